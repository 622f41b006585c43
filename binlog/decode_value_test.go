package binlog

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"cdc/event"
)

// valueRow is the rows of one table with one wanted column.
type valueRow struct {
	name   string
	plan   *plan
	kind   rowsKind
	bodies [][]byte
}

// valueRows returns, for each column of the fixtures, a plan that decodes it
// alone (and the key), and the rows events of its table.
func valueRows(tb testing.TB) (list []valueRow) {
	tb.Helper()
	seen := map[string]bool{}
	for _, name := range fixtures() {
		f := loadFixture(tb, name)
		tables := typesMaps(tb, f, false)
		for _, table := range slices.Sorted(maps.Keys(tables)) {
			m := tables[table]
			bodies, kind := insertsOf(tb, f, m.ID)
			if len(bodies) == 0 {
				continue
			}
			s, err := m.schema(&f.tables[table].facts)
			if err != nil {
				tb.Fatal(err)
			}
			s.Key = nil
			for i := range s.Columns {
				row := valueRow{name: valueName(&s.Columns[i].Type), kind: kind, bodies: bodies}
				if seen[row.name] {
					continue
				}
				seen[row.name] = true
				want := make([]bool, len(s.Columns))
				want[i] = true
				if row.plan, err = new(decoding).compilePlan(m, s, want); err != nil {
					tb.Fatal(err)
				}
				list = append(list, row)
			}
		}
	}
	return list
}

// valueName is a type without its numbers, and its character set.
func valueName(t *event.Type) string {
	name, _, _ := strings.Cut(t.Native, "(")
	name, _, _ = strings.Cut(name, " ")
	if strings.Contains(t.Native, "COMPRESSED") {
		name += "-compressed"
	}
	if t.Flags&event.Unsigned != 0 {
		name += "-unsigned"
	}
	if t.Charset != "" && t.Charset != "utf8mb4" {
		name += "-" + t.Charset
	}
	return name
}

func insertsOf(tb testing.TB, f *fixture, id uint64) (bodies [][]byte, kind rowsKind) {
	tb.Helper()
	for _, e := range f.events {
		k, ok := rowsKindOf(e.typ)
		if !ok || k&rowsOperation != rowsInsert || k&rowsCompressed != 0 {
			continue
		}
		if of, _, err := rowsTableID(e.body); err == nil && of == id {
			bodies, kind = append(bodies, e.body), k
		}
	}
	return bodies, kind
}

func (r *valueRow) decode(tb testing.TB, b *event.Batch) (rows int) {
	b.Reset()
	for _, body := range r.bodies {
		n, err := r.plan.decodeRows(r.kind, body, 0, b, 0, 0)
		if err != nil {
			tb.Fatal(err)
		}
		rows += n
	}
	return rows
}

// No type allocates but the packed ones, whose tables belong to the library that
// unpacks them.
func TestValueDoesNotAllocate(t *testing.T) {
	rows := valueRows(t)
	if len(rows) < 70 {
		t.Errorf("only %d types", len(rows))
	}
	for _, r := range rows {
		if strings.HasSuffix(r.name, "-compressed") {
			continue
		}
		var b event.Batch
		r.decode(t, &b)
		if n := testing.AllocsPerRun(10, func() { r.decode(t, &b) }); n != 0 {
			t.Errorf("%s: %v allocations", r.name, n)
		}
	}
}

// cellBytes returns the bytes of the values of the wanted column in all rows.
func (r *valueRow) cellBytes(tb testing.TB) (c *cell, values [][]byte) {
	tb.Helper()
	for i := range r.plan.cells {
		if r.plan.cells[i].read == nil {
			continue
		}
		c = &r.plan.cells[i]
		read := c.read
		c.read = func(_ *cell, _ *event.Batch, p []byte) (event.Value, bool) {
			values = append(values, p)
			return event.Null, true
		}
		r.decode(tb, new(event.Batch))
		c.read = read
	}
	if len(values) == 0 {
		tb.Fatalf("no values of %s", r.name)
	}
	return c, values
}

// BenchmarkDecodeValue is ns per value by type: of the value alone, without the
// rest of its row.
func BenchmarkDecodeValue(b *testing.B) {
	for _, r := range valueRows(b) {
		b.Run(r.name, func(b *testing.B) {
			c, values := r.cellBytes(b)
			var batch event.Batch
			b.ReportAllocs()
			for b.Loop() {
				batch.Arena = batch.Arena[:0]
				for _, p := range values {
					c.read(c, &batch, p)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(values)), "ns/value")
		})
	}
}
