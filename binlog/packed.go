package binlog

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"io"

	"cdc/event"
)

// packedCell reads the values of MariaDB's COMPRESSED columns: a byte with the
// way of packing, and the value, packed or not.
type packedCell struct {
	read   func(c *cell, b *event.Batch, p []byte) (event.Value, bool) // of the plain value
	source bytes.Reader
	zlib   io.ReadCloser
	flate  io.ReadCloser
	out    bytes.Buffer
}

// The first byte of a value.
const (
	packedPlain   = 0x00 // the upper half: not packed
	packedZlib    = 0x80
	packedNoFrame = 0x08 // without zlib's head and checksum
	packedSize    = 0x07 // the size of the length
)

func readPacked(c *cell, b *event.Batch, p []byte) (event.Value, bool) {
	plain, ok := c.packed.unpack(p)
	if !ok {
		return event.Value{}, false
	}
	return c.packed.read(c, b, plain)
}

// unpack returns the plain value, valid until the next call.
func (k *packedCell) unpack(p []byte) (plain []byte, ok bool) {
	if len(p) == 0 {
		return nil, true
	}
	head, p := p[0], p[1:]
	if head&0xf0 == packedPlain {
		return p, true
	}
	n := int(head & packedSize)
	if head&0xf0 != packedZlib || n > len(p) {
		return nil, false
	}
	size := bigUint(p[:n])
	if size > maxInflated {
		return nil, false
	}
	k.source.Reset(p[n:])
	r, err := k.open(head&packedNoFrame != 0)
	if err != nil {
		return nil, false
	}
	if k.out.Cap() > 4*event.MaxBatchBytes {
		k.out = bytes.Buffer{}
	}
	k.out.Reset() // grows with what comes, not with what the value says
	got, err := io.Copy(&k.out, io.LimitReader(r, int64(size)+1))
	return k.out.Bytes(), err == nil && got == int64(size)
}

func (k *packedCell) open(bare bool) (r io.Reader, err error) {
	if bare {
		if k.flate == nil {
			k.flate = flate.NewReader(&k.source)
			return k.flate, nil
		}
		return k.flate, k.flate.(flate.Resetter).Reset(&k.source, nil) //nolint:forcetypeassert // as the package promises
	}
	if k.zlib == nil {
		k.zlib, err = zlib.NewReader(&k.source)
		return k.zlib, err
	}
	return k.zlib, k.zlib.(zlib.Resetter).Reset(&k.source, nil) //nolint:forcetypeassert // as the package promises
}
