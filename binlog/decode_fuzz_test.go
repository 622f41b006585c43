package binlog

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"cdc/event"
)

func FuzzTableMap(f *testing.F) {
	for _, name := range append(fixtures(), "mysql-refused", "mariadb-refused") {
		fixture := loadFixture(f, name)
		for _, e := range fixture.events {
			if e.typ == eventTableMap {
				f.Add(e.body, byte(fixture.flavor))
			}
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, fl byte) {
		var m tableMap
		_, database, table, headErr := tableMapHead(body)
		if err := parseTableMap(body, Flavor(fl&1), &m); err != nil {
			return
		}
		if headErr != nil || string(database) != m.Database || string(table) != m.Table {
			t.Fatalf("head of %q.%q: %v", m.Database, m.Table, headErr)
		}
		m.fingerprint()
		s, err := m.schema(nil)
		if err != nil {
			return
		}
		if len(s.Columns) != len(m.columns) || s.Width != len(m.columns) {
			t.Fatalf("%d columns of %d", len(s.Columns), len(m.columns))
		}
		if facts, err := m.facts(); err != nil {
			t.Fatal(err)
		} else if _, err := m.schema(facts); err != nil && !errors.Is(err, errFactsDiffer) {
			// They differ when a length is no multiple of the character's width.
			t.Fatalf("the map's own facts: %v", err)
		}
		if _, err := new(decoding).compilePlan(&m, s, nil); err != nil {
			t.Fatal(err)
		}
	})
}

// fuzzPlans returns the plans of every table of the fixtures, for all columns
// and for none.
func fuzzPlans(tb testing.TB) (plans []*plan, bodies map[string][]byte) {
	tb.Helper()
	bodies = map[string][]byte{}
	for _, name := range append(fixtures(), "mysql-partial", "mariadb-partial") {
		f := loadFixture(tb, name)
		tables := typesMaps(tb, f, false)
		for _, e := range f.events {
			if _, ok := rowsKindOf(e.typ); ok {
				bodies[string(e.body)] = e.body
			}
		}
		for _, table := range slices.Sorted(maps.Keys(tables)) {
			m := tables[table]
			s, err := m.schema(&f.tables[table].facts)
			if err != nil {
				tb.Fatal(err)
			}
			for _, want := range [][]bool{nil, {}} {
				for _, loose := range []bool{false, true} {
					p, err := (&decoding{partialRows: loose, plainYears: loose}).compilePlan(m, s, want)
					if err != nil {
						tb.Fatal(err)
					}
					plans = append(plans, p)
				}
			}
		}
	}
	return plans, bodies
}

func FuzzRows(f *testing.F) {
	plans, bodies := fuzzPlans(f)
	for _, body := range bodies {
		if len(body) > 1<<10 {
			continue
		}
		for i := range plans {
			f.Add(body, byte(i), byte(rowsExtra), byte(0))
		}
		f.Add(body, byte(len(plans)-1), byte(rowsExtra|rowsPartialUpdate), byte(0))
		f.Add(body, byte(0), byte(rowsUpdate|rowsCompressed), byte(1))
	}
	f.Fuzz(func(t *testing.T, body []byte, which, kind, skip byte) {
		p := plans[int(which)%len(plans)]
		var b event.Batch
		rows, err := p.decodeRows(rowsKind(kind&15), body, int(skip), &b, 0, 0)
		if err != nil && b.Size() != 0 {
			t.Fatalf("%d bytes left by an error", b.Size())
		}
		if err == nil && len(b.Rows) != max(0, rows-int(skip)) {
			t.Fatalf("%d rows of %d, %d skipped", len(b.Rows), rows, skip)
		}
		for _, v := range b.Values {
			if v.HasText() {
				v.Bytes(b.Arena)
			}
		}
	})
}
