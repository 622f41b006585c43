package encode

import (
	"errors"
	"strings"
	"testing"

	"cdc/event"
)

func limited(n int) Config {
	c := mysqlConf
	c.Limit = func(string) (int, error) { return n, nil }
	return c
}

func textRow(n int) *builder {
	b := newBuilder(idName())
	return b.add(event.OpCreate, 0, nil, vals(event.Int(1), b.text(event.KindString, strings.Repeat("x", n))))
}

// The limit is met to the byte.
func TestLimitExact(t *testing.T) {
	b := textRow(500)
	f := b.encode(t, limited(0))
	size := len(f.Key(0)) + len(f.Value(0))

	if _, err := b.try(t, limited(size)); err != nil {
		t.Errorf("a record of the size of the limit: %v", err)
	}
	_, err := b.try(t, limited(size-1))
	var large *TooLargeError
	if !errors.As(err, &large) {
		t.Fatalf("got %v", err)
	}
	if large.Size != size || large.Partial || large.Limit != size-1 || large.Table != "public.t" || large.Topic != "p.public.t" {
		t.Errorf("got %+v", large)
	}
	for _, part := range []string{"public.t", "bin.000001:200 row 0", "max.message.bytes", "p.public.t"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q doesn't say %s", err, part)
		}
	}
}

// A row far over the limit doesn't grow the frame.
func TestLimitBoundsGrowth(t *testing.T) {
	for _, kind := range []event.Kind{event.KindString, event.KindBytes} {
		b := newBuilder(table(0, col("v", 0, typ(kind, 0))))
		b.add(event.OpCreate, 0, nil, vals(b.text(kind, strings.Repeat("\x01", 64<<20))))
		f, err := b.try(t, limited(1<<20))
		var large *TooLargeError
		if !errors.As(err, &large) || !large.Partial || large.Size < 64<<20 {
			t.Fatalf("got %v", err)
		}
		if cap(f.Buf) > 1<<20 {
			t.Errorf("the frame has grown to %d bytes", cap(f.Buf))
		}
	}
}

// A tombstone with a header counts it.
func TestLimitCountsHeader(t *testing.T) {
	b := newBuilder(table(1, col("k", 0, typ(event.KindString, 0))))
	key := strings.Repeat("k", 300)
	b.add(event.OpUpdate, event.KeyChanged, vals(b.text(event.KindString, "a")), vals(b.text(event.KindString, key)))
	b.target.Shape = event.ShapeRow
	size := len(`{"k":"a"}`) + len(`{"k":"`) + len(key) + len(`"}`)
	var large *TooLargeError
	if _, err := b.try(t, limited(size-1)); !errors.As(err, &large) || large.Size != size {
		t.Errorf("got %v", err)
	}
}

func TestLimitOfPosition(t *testing.T) {
	c := pgConf
	c.Limit = limited(100).Limit
	b := textRow(500)
	b.batch.Rows[0].Off = 0x16_B374D848
	_, err := b.try(t, c)
	var large *TooLargeError
	if !errors.As(err, &large) || large.Position != "16/B374D848" {
		t.Errorf("got %v", err)
	}
}

// A row of a snapshot isn't said to stand where the snapshot does.
func TestLimitInSnapshot(t *testing.T) {
	for _, c := range []Config{mysqlConf, pgConf} {
		c.Limit = limited(100).Limit
		b := textRow(500)
		b.batch.Rows[0].Op = event.OpRead
		_, err := b.try(t, c)
		var large *TooLargeError
		if !errors.As(err, &large) || !large.Snapshot || strings.Contains(large.Position, "row") {
			t.Fatalf("got %v", err)
		}
		if text := err.Error(); !strings.Contains(text, "table public.t: the record of a row of the snapshot (which was taken at "+large.Position+")") || strings.Contains(text, "the row at") {
			t.Errorf("got %s", text)
		}
	}
}

// The same holds for a value that can't be encoded.
func TestFailureInSnapshot(t *testing.T) {
	for op, want := range map[event.Op]string{event.OpRead: ": a row of the snapshot (which was taken at ", event.OpCreate: ": the row at "} {
		b := newBuilder(idName())
		b.add(op, 0, nil, vals(event.Int(1), event.Value{}))
		if _, err := b.try(t, mysqlConf); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%c: got %v", op, err)
		}
	}
}
