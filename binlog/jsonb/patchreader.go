package jsonb

// patchReader walks over a patch. A read beyond its end gives nothing and sets
// short, so that a row of reads needs one check at its end.
type patchReader struct {
	b     []byte
	short bool
}

func (r *patchReader) byte() byte {
	if p := r.take(1); p != nil {
		return p[0]
	}
	return 0
}

// sized returns bytes that follow their length.
func (r *patchReader) sized() []byte { return r.take(r.length()) }

// length reads a length-encoded integer.
func (r *patchReader) length() (n uint64) {
	var size uint64
	switch c := r.byte(); c {
	case 0xfc:
		size = 2
	case 0xfd:
		size = 3
	case 0xfe:
		size = 8
	case 0xfb, 0xff: // NULL and an error packet: never inside a patch
		r.short = true
		return 0
	default:
		return uint64(c)
	}
	for i, c := range r.take(size) {
		n |= uint64(c) << (8 * i)
	}
	return n
}

func (r *patchReader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.short, r.b = true, nil
		return nil
	}
	p := r.b[:n:n]
	r.b = r.b[n:]
	return p
}
