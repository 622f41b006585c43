package pgwal

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap"

	"cdc/event"
)

// copied makes a reader of COPY's text for a table t (id integer, v text).
func copied(tb testing.TB) (*copyRows, *collector) {
	tb.Helper()
	s, err := New("test", goodConfig(), zap.NewNop())
	if err != nil {
		tb.Fatal(err)
	}
	f := &tableFacts{Namespace: "public", Table: "t", Kind: 'r', Columns: []columnFact{
		{Name: "id", TypeOID: 23, Mod: -1, TypeName: "integer", NotNull: true, BaseOID: 23, BaseMod: -1, BaseName: "int4"},
		{Name: "v", TypeOID: 25, Mod: -1, TypeName: "text", BaseOID: 25, BaseMod: -1, BaseName: "text"},
	}, Key: []string{"id"}}
	schema, _ := f.schema("app", nil, &event.Capture{})
	c := newCollector(s)
	w := &copyRows{ctx: tb.Context(), out: c, batch: c.Batch(), schema: schema, view: &view{s: s, start: 0x77, xid: 5, micros: 9}}
	sql, err := w.plan([]bool{true, true})
	if err != nil || sql != `COPY "public"."t" ("id", "v") TO STDOUT` {
		tb.Fatalf("statement %s, %v", sql, err)
	}
	return w, c
}

func TestCopyRows(t *testing.T) {
	const text = "1\ta\n2\t\\N\n3\ttab\\tline\\nback\\\\end\n4\t\n5\t\\b\\f\\r\\v\\x\n"
	want := []string{"r public.t 1 a", "r public.t 2 null", "r public.t 3 tab\tline\nback\\end", "r public.t 4 ", "r public.t 5 \b\f\r\vx"}
	for size := 1; size <= len(text); size++ { // a row may come in pieces
		w, c := copied(t)
		for p := []byte(text); len(p) > 0; {
			n := min(size, len(p))
			if _, err := w.Write(slices.Clone(p[:n])); err != nil {
				t.Fatal(err)
			}
			p = p[n:]
		}
		if err := w.flush(); err != nil {
			t.Fatal(err)
		}
		if got := c.all(); !slices.Equal(got, want) {
			t.Fatalf("in pieces of %d: got %q", size, got)
		}
		if c.raw[0].Off != 0x77 || c.txs[0].XID != 5 || c.micros[0] != 9 {
			t.Errorf("row %+v of transaction %+v at %d", c.raw[0], c.txs[0], c.micros[0])
		}
	}
}

func TestCopyRowsRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"1\n":               "1 columns instead of 2",
		"1\ta\tb\n":         "more than 2",
		"x\ta\n":            `column "id"`,
		"1\ta\\\n":          "backslash",
		"1\ta\nsecret\tb\n": "row 2",
	} {
		w, _ := copied(t)
		_, err := w.Write([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "public.t") {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error shows a value: %v", err)
		}
		if _, again := w.Write([]byte("1\ta\n")); again == nil {
			t.Errorf("%q: went on after an error", text)
		}
	}
}

// A value that can't be read now can't be read later either.
func TestCopyRowsRefusesForGood(t *testing.T) {
	w, _ := copied(t)
	if _, err := w.Write([]byte("x\ta\n")); !errors.Is(err, event.ErrUnsupported) {
		t.Errorf("got %v", err)
	}
}

func TestCopyRowsBoundsItsBatches(t *testing.T) {
	w, c := copied(t)
	row := []byte("1\t" + strings.Repeat("x", 10_000) + "\n")
	for range 200 {
		if _, err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.flush(); err != nil {
		t.Fatal(err)
	}
	if len(c.raw) != 200 || c.batches < 3 || c.position != "" {
		t.Errorf("%d rows in %d batches, position %q", len(c.raw), c.batches, c.position)
	}
}

func TestCopyRowsStopsWithItsContext(t *testing.T) {
	w, c := copied(t)
	ctx, cancel := context.WithCancel(t.Context())
	w.ctx, c.shut = ctx, true
	cancel()
	row := []byte("1\t" + strings.Repeat("x", event.MaxBatchBytes) + "\n")
	if _, err := w.Write(row); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestCopyReadsOnlyWhatIsWanted(t *testing.T) {
	w, _ := copied(t)
	w.cells = nil
	if sql, err := w.plan([]bool{false, true}); err != nil || sql != `COPY "public"."t" ("v") TO STDOUT` {
		t.Errorf("statement %s, %v", sql, err)
	}
	w.cells = nil
	if sql, err := w.plan([]bool{false, false}); err != nil || sql != `COPY (SELECT FROM ONLY "public"."t") TO STDOUT` {
		t.Errorf("statement %s, %v", sql, err)
	}
}

func FuzzCopyRows(f *testing.F) {
	f.Add([]byte("1\ta\n2\t\\N\n3\tx\\ty\n"), uint8(2))
	f.Add([]byte("1\n\\"), uint8(0))
	f.Fuzz(func(t *testing.T, p []byte, size uint8) {
		w, c := copied(t)
		for len(p) > 0 {
			n := min(int(size)+1, len(p))
			if _, err := w.Write(p[:n]); err != nil {
				return
			}
			p = p[n:]
		}
		if err := w.flush(); err != nil || uint64(len(c.raw)) != w.rows {
			t.Errorf("%d rows of %d, %v", len(c.raw), w.rows, err)
		}
	})
}

func BenchmarkCopyRow(b *testing.B) {
	w, _ := copied(b)
	row := []byte("123456\tshipping to somewhere\\tsoon\n")
	b.ReportAllocs()
	for b.Loop() {
		if err := w.write(row); err != nil {
			b.Fatal(err)
		}
		if w.batch.Size() > event.MaxBatchBytes/2 {
			w.batch.Reset()
		}
	}
}
