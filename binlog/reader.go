package binlog

import "encoding/binary"

// reader walks over the bytes of an event. A read beyond the end gives zero
// values and sets short, so that a row of reads needs one check at its end.
type reader struct {
	b     []byte
	short bool
}

// take returns the next n bytes, which lie in the event.
func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.short, r.b = true, nil
		return nil
	}
	p := r.b[:n:n]
	r.b = r.b[n:]
	return p
}

func (r *reader) byte() byte {
	if p := r.take(1); p != nil {
		return p[0]
	}
	return 0
}

func (r *reader) uint16() uint16 {
	if p := r.take(2); p != nil {
		return binary.LittleEndian.Uint16(p)
	}
	return 0
}

// uint48 reads a table id.
func (r *reader) uint48() uint64 {
	if p := r.take(6); p != nil {
		return uint64(binary.LittleEndian.Uint32(p)) | uint64(p[4])<<32 | uint64(p[5])<<40
	}
	return 0
}

// packed reads a length-encoded integer.
func (r *reader) packed() uint64 {
	switch c := r.byte(); c {
	case 0xfc:
		return littleUint(r.take(2))
	case 0xfd:
		return littleUint(r.take(3))
	case 0xfe:
		return littleUint(r.take(8))
	case 0xfb, 0xff: // NULL and an error packet: never inside an event
		r.short = true
		return 0
	default:
		return uint64(c)
	}
}

// littleUint is the little-endian number in at most 8 bytes.
func littleUint(p []byte) (u uint64) {
	for i, c := range p {
		u |= uint64(c) << (8 * i)
	}
	return u
}

// bigUint is the big-endian number in at most 8 bytes.
func bigUint(p []byte) (u uint64) {
	for _, c := range p {
		u = u<<8 | uint64(c)
	}
	return u
}
