package binlog

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"

	"cdc/event"
)

// maxInflated bounds what one compressed event may hold: the largest packet
// that a server sends.
const maxInflated = 1 << 30

// inflater unpacks MariaDB's compressed events, one at a time.
type inflater struct {
	source bytes.Reader
	zlib   io.ReadCloser
	out    bytes.Buffer
}

// inflate unpacks the rows of a compressed rows event: a byte with the algorithm
// and the size of the length, the length, big-endian, and the packed bytes. The
// result is valid until the next call.
func (f *inflater) inflate(data []byte) ([]byte, error) {
	r := reader{b: data}
	head := r.byte()
	length := r.take(uint64(head & 7))
	if r.short {
		return nil, errRowsShort
	}
	size := bigUint(length)
	if head&0xf0 != 0x80 {
		return nil, fmt.Errorf("compressed rows event: algorithm %d: %w", head>>4&7, event.ErrUnsupported)
	}
	if size > maxInflated {
		return nil, fmt.Errorf("compressed rows event: %d bytes unpacked, more than %d", size, maxInflated)
	}
	if err := f.read(r.b, int64(size)); err != nil {
		return nil, fmt.Errorf("compressed rows event: %w", err)
	}
	return f.out.Bytes(), nil
}

// read unpacks exactly size bytes. The buffer grows with what comes, not with
// what the event says.
func (f *inflater) read(packed []byte, size int64) error {
	f.source.Reset(packed)
	if err := f.open(); err != nil {
		return err
	}
	if f.out.Cap() > 4*event.MaxBatchBytes {
		f.out = bytes.Buffer{}
	}
	f.out.Reset()
	n, err := io.Copy(&f.out, io.LimitReader(f.zlib, size+1))
	if err != nil {
		return err
	}
	if n != size {
		return fmt.Errorf("%d bytes where %d were announced", n, size)
	}
	return nil
}

func (f *inflater) open() (err error) {
	if r, ok := f.zlib.(zlib.Resetter); ok {
		return r.Reset(&f.source, nil)
	}
	f.zlib, err = zlib.NewReader(&f.source)
	return err
}
