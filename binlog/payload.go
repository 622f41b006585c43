package binlog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// maxEvent is the largest event that a server can write.
const maxEvent = 1 << 30

// payload unpacks a compressed transaction, one event at a time: only one of
// them is in memory.
func (h *handler) payload(outer header, body []byte) error {
	data, compressed, err := parsePayload(body)
	if err != nil {
		return err
	}
	var r io.Reader = bytes.NewReader(data)
	if compressed {
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(64<<20))
		if err != nil {
			return fmt.Errorf("open the compressed transaction: %w", err)
		}
		defer z.Close()
		r = z
	}
	var buf []byte
	for {
		buf, err = readEvent(r, buf[:0])
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		hd, err := parseHeader(buf)
		if err != nil {
			return err
		}
		if hd.kind == evPayload {
			return errors.New("a compressed transaction inside another")
		}
		hd.serverID, hd.end = outer.serverID, outer.end
		if err := h.dispatch(hd, buf[headerSize:]); err != nil {
			return err
		}
	}
}

// parsePayload reads the fields of a payload event.
func parsePayload(body []byte) (data []byte, compressed bool, err error) {
	const (
		fieldEnd, fieldSize, fieldAlgorithm = 0, 1, 2
		zstandard, none                     = 0, 255
	)
	size, algorithm := ^uint64(0), uint64(none)
	for {
		field, rest, ok := lengthInt(body)
		if !ok {
			return nil, false, errShort
		}
		body = rest
		if field == fieldEnd {
			break
		}
		n, rest, ok := lengthInt(body)
		if !ok || n > uint64(len(rest)) {
			return nil, false, errShort
		}
		value, _, ok := lengthInt(rest[:n])
		if !ok {
			return nil, false, errShort
		}
		switch field {
		case fieldSize:
			size = value
		case fieldAlgorithm:
			algorithm = value
		}
		body = rest[n:]
	}
	if size > uint64(len(body)) {
		return nil, false, errShort
	}
	if algorithm != zstandard && algorithm != none {
		return nil, false, fmt.Errorf("compression algorithm %d isn't known", algorithm)
	}
	return body[:size], algorithm == zstandard, nil
}

// lengthInt reads a number with its length in front.
func lengthInt(b []byte) (v uint64, rest []byte, ok bool) {
	if len(b) == 0 {
		return 0, nil, false
	}
	var n int
	switch b[0] {
	case 0xfc:
		n = 2
	case 0xfd:
		n = 3
	case 0xfe:
		n = 8
	case 0xfb, 0xff:
		return 0, nil, false
	default:
		return uint64(b[0]), b[1:], true
	}
	if len(b) < 1+n {
		return 0, nil, false
	}
	for i := n; i > 0; i-- {
		v = v<<8 | uint64(b[i])
	}
	return v, b[1+n:], true
}

// readEvent reads one event into buf, which grows with what really comes, not
// with what the header says.
func readEvent(r io.Reader, buf []byte) ([]byte, error) {
	buf = append(buf, make([]byte, headerSize)...)
	if n, err := io.ReadFull(r, buf); err != nil {
		if n > 0 {
			err = io.ErrUnexpectedEOF
		}
		return buf, fmt.Errorf("unpack the compressed transaction: %w", err)
	}
	size := binary.LittleEndian.Uint32(buf[9:])
	if size < headerSize || size > maxEvent {
		return buf, fmt.Errorf("unpack the compressed transaction: an event of %d bytes", size)
	}
	return readN(r, buf, int(size)-headerSize)
}

// readN appends n bytes of r to buf.
func readN(r io.Reader, buf []byte, n int) ([]byte, error) {
	const step = 1 << 20
	for n > 0 {
		part := min(n, step)
		at := len(buf)
		buf = append(buf, make([]byte, part)...)
		if _, err := io.ReadFull(r, buf[at:]); err != nil {
			return buf, fmt.Errorf("unpack: %w", err)
		}
		n -= part
	}
	return buf, nil
}

// inflateQuery unpacks MariaDB's compressed query event into a plain one: the
// statement is what's compressed.
func (h *handler) inflateQuery(body []byte) ([]byte, error) {
	const fixed = 4 + 4 + 1 + 2 + 2
	if len(body) < fixed {
		return nil, errShort
	}
	head := fixed + int(binary.LittleEndian.Uint16(body[11:])) + int(body[8]) + 1
	if len(body) < head {
		return nil, errShort
	}
	text, err := h.inflater.inflate(body[head:])
	if err != nil {
		return nil, err
	}
	return append(body[:head:head], text...), nil
}
