package pgwal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/jackc/pgx/v5/pgproto3"
)

// frame makes a message of the wire protocol.
func frame(kind byte, body []byte) []byte {
	p := binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(body)+4))
	return append(p, body...)
}

// cut reads all messages that a wire cuts out of what r brings.
func cut(r io.Reader) (messages []string, err error) {
	w := newWire(r)
	for {
		kind, body, ok, err := w.next()
		if err != nil {
			return messages, err
		}
		if ok {
			messages = append(messages, string(append([]byte{kind}, body...)))
			continue
		}
		if err := w.more(); err != nil {
			return messages, err
		}
	}
}

func TestWireCutsMessages(t *testing.T) {
	large := strings.Repeat("x", 3*readBuffer+17)
	stream := slicesConcat(frame('d', []byte("one")), frame('N', nil), frame('d', []byte(large)), frame('d', []byte("two")))
	for name, r := range map[string]io.Reader{
		"at once":      bytes.NewReader(stream),
		"byte by byte": iotest.OneByteReader(bytes.NewReader(stream)),
		"halves":       iotest.HalfReader(bytes.NewReader(stream)),
		"data and end": iotest.DataErrReader(bytes.NewReader(stream)),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := cut(r)
			if !errors.Is(err, io.EOF) {
				t.Fatalf("ended with %v", err)
			}
			want := []string{"done", "N", "d" + large, "dtwo"}
			if len(got) != len(want) {
				t.Fatalf("%d messages, want %d", len(got), len(want))
			}
			for i := range want {
				if got[i] != want[i] {
					t.Errorf("message %d has %d bytes, want %d", i, len(got[i]), len(want[i]))
				}
			}
		})
	}
}

func slicesConcat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestWireRefusesAnImpossibleSize(t *testing.T) {
	for _, size := range []uint32{0, 3, maxMessage + 1, 1<<32 - 1} {
		_, err := cut(bytes.NewReader(binary.BigEndian.AppendUint32([]byte{'d'}, size)))
		if err == nil || errors.Is(err, io.EOF) {
			t.Errorf("size %d: got %v, want it refused", size, err)
		}
	}
}

func TestWireGrowsOnlyWithWhatArrives(t *testing.T) {
	w := newWire(bytes.NewReader(binary.BigEndian.AppendUint32([]byte{'d'}, maxMessage)))
	for w.more() == nil {
	}
	if len(w.buf) > 2*readBuffer {
		t.Errorf("the buffer has %d bytes for a message of which 5 came", len(w.buf))
	}
}

// TestWireFeedsPgx: pgx must not get a byte beyond the message that it reads,
// or the beginning of the stream would be lost in its buffer.
func TestWireFeedsPgx(t *testing.T) {
	ready, err := (&pgproto3.ReadyForQuery{TxStatus: 'I'}).Encode(nil)
	if err != nil {
		t.Fatal(err)
	}
	both, err := (&pgproto3.CopyBothResponse{}).Encode(nil)
	if err != nil {
		t.Fatal(err)
	}
	w := newWire(nil)
	front := w.frontend(bytes.NewReader(slicesConcat(ready, both, frame('d', []byte("first")), frame('d', []byte("second")))), io.Discard)
	for range 2 {
		if _, err := front.Receive(); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"first", "second"} {
		if _, body, ok, err := w.next(); string(body) != want || !ok || err != nil {
			t.Errorf("got %q, %v, %v, want %q", body, ok, err, want)
		}
	}
}

func FuzzWire(f *testing.F) {
	f.Add(frame('d', []byte("one")), uint8(1))
	f.Add(slicesConcat(frame('k', nil), frame('E', []byte("x"))), uint8(3))
	f.Add([]byte{'d', 0, 0, 0, 3}, uint8(0))
	f.Fuzz(func(t *testing.T, p []byte, size uint8) {
		got, err := cut(&chunks{p: p, size: int(size) + 1})
		if err == nil {
			t.Fatal("a stream without end")
		}
		n := 0
		for _, m := range got {
			n += headerSize - 1 + len(m)
		}
		if n > len(p) {
			t.Errorf("%d bytes of messages out of %d", n, len(p))
		}
	})
}

type chunks struct {
	p    []byte
	size int
}

func (c *chunks) Read(p []byte) (int, error) {
	if len(c.p) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), c.size)], c.p)
	c.p = c.p[n:]
	return n, nil
}
