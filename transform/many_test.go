package transform

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cdc/event"
	"cdc/internal/cdctest"
)

const (
	tableCount = 1000
	ruleCount  = 500
)

// manyRulesText has a rule like that for orders for every second table, which two
// tables share.
func manyRulesText() string {
	var b strings.Builder
	b.WriteString("version: 1\nrules:\n")
	for i := range ruleCount {
		fmt.Fprintf(&b, `- name: r%d
  tables: [shop.orders%d, "shop.orders%d"]
  on: [insert, update]
  when: op == "c" || changed("status")
  fields: {orderId: id, status: status}
  topic: shop.orders.%d
`, i, i, i+ruleCount, i)
	}
	return b.String()
}

// oneRuleText has the same rule for all tables.
const oneRuleText = `version: 1
rules:
- name: r
  tables: ["shop.orders*"]
  on: [insert, update]
  when: op == "c" || changed("status")
  fields: {orderId: id, status: status}
  topic: shop.orders
`

func orderTables(n int) []*event.Schema {
	list := make([]*event.Schema, n)
	for i := range list {
		s := *ordersTable()
		s.Table = fmt.Sprint("orders", i)
		list[i] = &s
	}
	return list
}

// updatesOf is a batch of updates that rules filter out, of all tables in turns.
func updatesOf(tables []*event.Schema) *event.Batch {
	b := cdctest.NewBatch()
	for i := range tableCount {
		s := tables[i%len(tables)]
		b.Update(s, row{i, "processing", "12.50", "n"}, row{i, "processing", "13.50", "n"})
	}
	return b.Batch()
}

func bindAll(tb testing.TB, p *Program, tables []*event.Schema) {
	tb.Helper()
	for _, s := range tables {
		if _, ok, err := p.Select(s); err != nil || !ok {
			tb.Fatalf("table %s: selected %t: %v", s.Name(), ok, err)
		}
	}
}

// Rules that don't name a table cost nothing for its rows: its plan is that which
// the one rule alone gives. Binding has a bound that only another order of growth
// breaks; how long it takes is measured by BenchmarkMany.
func TestManyRules(t *testing.T) {
	const bound = 20 * time.Second
	tables, start := orderTables(tableCount), time.Now()
	many := parse(t, manyRulesText())
	bindAll(t, many, tables)
	if d := time.Since(start); d > bound {
		t.Errorf("%d rules for %d tables took %s to bind", ruleCount, tableCount, d)
	}
	one := parse(t, oneRuleText)
	for _, s := range tables {
		got, want := planOf(t, many, s), planOf(t, one, s)
		for op := range got.outputs {
			if len(got.outputs[op]) != len(want.outputs[op]) {
				t.Fatalf("table %s, operation %d: a row is offered to %d outputs, want %d", s.Name(), op, len(got.outputs[op]), len(want.outputs[op]))
			}
		}
	}
	batch := updatesOf(tables)
	if n := cdctest.LeastAllocs(func() { filter(t, many, batch) }); n > 0 {
		t.Errorf("%v allocations for %d rows", n, len(batch.Rows))
	}
}

func planOf(tb testing.TB, p *Program, s *event.Schema) *plan {
	tb.Helper()
	pl, err := p.plans.Get(s)
	if err != nil {
		tb.Fatal(err)
	}
	return pl
}

// filter runs a batch of which no row leaves.
func filter(tb testing.TB, p *Program, b *event.Batch) {
	tb.Helper()
	b.Outs = b.Outs[:0]
	if err := p.Run(b); err != nil {
		tb.Fatal(err)
	}
	if len(b.Outs) > 0 {
		tb.Fatalf("%d rows leave", len(b.Outs))
	}
}

// BenchmarkMany gives the time of reading 500 rules, of binding them to 1,000
// tables, and that of one filtered row with them and with one rule: alone in its
// batch, and among 1,000 of one table, and of as many tables in turns.
func BenchmarkMany(b *testing.B) {
	text, tables := manyRulesText(), orderTables(tableCount)
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			parse(b, text)
		}
	})
	b.Run("bind", func(b *testing.B) {
		p := parse(b, text)
		for b.Loop() {
			p.plans.Reset()
			bindAll(b, p, tables)
		}
	})
	for _, bb := range []struct {
		name, text   string
		tables, rows int
	}{
		{"one rule, batch of one", oneRuleText, 1, 1},
		{"500 rules, batch of one", text, 1, 1},
		{"one rule, one table", oneRuleText, 1, tableCount},
		{"500 rules, one table", text, 1, tableCount},
		{"one rule, 1000 tables", oneRuleText, tableCount, tableCount},
		{"500 rules, 1000 tables", text, tableCount, tableCount},
	} {
		b.Run(bb.name, func(b *testing.B) {
			p, batch := parse(b, bb.text), updatesOf(tables[:bb.tables])
			batch.Rows = batch.Rows[:bb.rows]
			bindAll(b, p, tables)
			filter(b, p, batch)
			b.ReportAllocs()
			for b.Loop() {
				filter(b, p, batch)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(batch.Rows)), "ns/row")
		})
	}
}
