package binlog

import (
	"testing"

	"cdc/event"
)

// ordersRows returns the plan of the orders table (10 columns) and its rows
// events of one kind.
func ordersRows(tb testing.TB, kind rowsKind, want []bool) (p *plan, events [][]byte) {
	tb.Helper()
	f := loadFixture(tb, "mysql-orders")
	m := typesMaps(tb, f, false)["orders"]
	s, err := m.schema(&f.tables["orders"].facts)
	if err != nil {
		tb.Fatal(err)
	}
	if p, err = new(decoding).compilePlan(m, s, want); err != nil {
		tb.Fatal(err)
	}
	for _, e := range f.events {
		if k, ok := rowsKindOf(e.typ); ok && k&rowsOperation == kind {
			events = append(events, e.body)
		}
	}
	return p, events
}

func decodeEvents(tb testing.TB, p *plan, kind rowsKind, events [][]byte, b *event.Batch) (rows int) {
	b.Reset()
	for _, body := range events {
		n, err := p.decodeRows(kind|rowsExtra, body, 0, b, 0, 0)
		if err != nil {
			tb.Fatal(err)
		}
		rows += n
	}
	return rows
}

func TestDecodeDoesNotAllocate(t *testing.T) {
	for _, kind := range []rowsKind{rowsInsert, rowsUpdate} {
		p, events := ordersRows(t, kind, nil)
		var b event.Batch
		if rows := decodeEvents(t, p, kind, events, &b); rows != 100 {
			t.Fatalf("%d rows", rows)
		}
		if n := testing.AllocsPerRun(20, func() { decodeEvents(t, p, kind, events, &b) }); n != 0 {
			t.Errorf("kind %d: %v allocations for 100 rows", kind, n)
		}
	}
}

func TestTextDoesNotAllocate(t *testing.T) {
	for _, name := range append(fixtures(), "mysql-orders") {
		f := loadFixture(t, name)
		for _, table := range f.tables {
			s, err := schemaOf(&table.facts, f.flavor)
			if err != nil {
				t.Fatal(err)
			}
			var b event.Batch
			for i := range s.Columns {
				parse, err := new(decoding).compileText(s, &s.Columns[i], f.flavor)
				if err != nil {
					t.Fatal(err)
				}
				n := testing.AllocsPerRun(5, func() {
					b.Reset()
					for _, row := range table.rows {
						if _, err := parse(&b, row[i]); err != nil {
							t.Fatal(err)
						}
					}
				})
				if n != 0 {
					t.Errorf("%s.%s %s: %v allocations", s.Table, s.Columns[i].Name, s.Columns[i].Type.Native, n)
				}
			}
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	three := make([]bool, 10)
	three[0], three[2], three[5] = true, true, true
	for _, bm := range []struct {
		name string
		kind rowsKind
		want []bool
	}{
		{"insert", rowsInsert, nil},
		{"insert-3-of-10", rowsInsert, three},
		{"update", rowsUpdate, nil},
	} {
		b.Run(bm.name, func(b *testing.B) {
			p, events := ordersRows(b, bm.kind, bm.want)
			var batch event.Batch
			rows := 0
			b.ReportAllocs()
			for b.Loop() {
				rows += decodeEvents(b, p, bm.kind, events, &batch)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
		})
	}
}
