package pgwal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

const (
	// readBuffer is what one read call may bring. The server sends small
	// packets; a large buffer takes in whatever has piled up.
	readBuffer = 256 << 10
	// maxMessage is the largest message that PostgreSQL sends.
	maxMessage = 1 << 30
	headerSize = 5 // type byte and length
)

// wire cuts what the server sends into messages. Until the stream begins it
// feeds pgx's own reader, message by message, so that pgx never reads a byte
// of the stream into a buffer of its own; see
// https://www.postgresql.org/docs/current/protocol-message-formats.html.
type wire struct {
	r    io.Reader
	conn net.Conn // set when the stream begins

	buf      []byte
	from, to int // the bytes that wait are buf[from:to]
	handed   int // bytes of the current message still to feed to pgx
	full     bool
	deadline time.Time
	least    int // bytes that wake a read that waits; 0 and 1 are the same
}

func newWire(r io.Reader) *wire { return &wire{r: r, buf: make([]byte, readBuffer)} }

// Read feeds pgx. It never hands out bytes beyond the message that pgx is
// reading, which begins with the type byte and the length.
func (w *wire) Read(p []byte) (int, error) {
	if w.handed == 0 {
		for w.to-w.from < headerSize {
			if err := w.more(); err != nil {
				return 0, err
			}
		}
		size, err := bodySize(w.buf[w.from:])
		if err != nil {
			return 0, err
		}
		w.handed = headerSize + size
		p = p[:min(len(p), headerSize)]
	}
	if w.from == w.to {
		if err := w.more(); err != nil {
			return 0, err
		}
	}
	n := copy(p[:min(len(p), w.handed)], w.buf[w.from:w.to])
	w.from += n
	w.handed -= n
	return n, nil
}

func bodySize(header []byte) (int, error) {
	n := binary.BigEndian.Uint32(header[1:])
	if n < 4 || n > maxMessage {
		return 0, fmt.Errorf("message %q of the server says it has %d bytes", header[0], n)
	}
	return int(n) - 4, nil
}

// next returns the next message that has arrived in full; ok is false when
// there is none. The body is valid until the next call of fill.
func (w *wire) next() (kind byte, body []byte, ok bool, err error) {
	have := w.to - w.from
	if have < headerSize {
		return 0, nil, false, nil
	}
	size, err := bodySize(w.buf[w.from:])
	if err != nil || have < headerSize+size {
		return 0, nil, false, err
	}
	at := w.from + headerSize
	kind, body = w.buf[w.from], w.buf[at:at+size:at+size]
	w.from = at + size
	return kind, body, true, nil
}

// drained reports whether the last read took everything that the socket held,
// so that the next one may have to wait.
func (w *wire) drained() bool { return !w.full }

// arm says until when the next reads may wait.
func (w *wire) arm(deadline time.Time) error {
	if deadline.Equal(w.deadline) {
		return nil
	}
	if err := w.conn.SetReadDeadline(deadline); err != nil {
		return fmt.Errorf("set read deadline: %w", err)
	}
	w.deadline = deadline
	return nil
}

// atLeast says how many bytes must have come to wake a read that waits. Where
// the system can't do that, any number wakes it.
func (w *wire) atLeast(n int) error {
	if n == max(w.least, 1) {
		return nil
	}
	w.least = n
	return setLowWater(w.conn, n)
}

// fill reads once and returns the number of bytes that came. A read that ran
// out of time is no error: it brings nothing.
func (w *wire) fill() (int, error) {
	before := w.to - w.from
	err := w.more()
	if late := net.Error(nil); errors.As(err, &late) && late.Timeout() {
		return 0, nil
	}
	return w.to - w.from - before, err
}

// more reads once into the room behind the bytes that wait, which it makes
// first: by moving them to the front, or by growing a buffer that one message
// fills. It grows with what has arrived, never by what a length promises.
func (w *wire) more() error {
	switch {
	case w.from == w.to && len(w.buf) > 4*readBuffer:
		w.buf, w.from, w.to = make([]byte, readBuffer), 0, 0
	case w.from > 0:
		w.from, w.to = 0, copy(w.buf, w.buf[w.from:w.to])
	case w.to == len(w.buf):
		w.buf = append(w.buf, make([]byte, len(w.buf))...)
	}
	n, err := w.r.Read(w.buf[w.to:])
	w.to += n
	w.full = w.to == len(w.buf)
	if n > 0 {
		return nil
	}
	return err
}

// frontend is how pgx is made to read through a wire.
func (w *wire) frontend(r io.Reader, out io.Writer) *pgproto3.Frontend {
	w.r = r
	return pgproto3.NewFrontend(w, out)
}
