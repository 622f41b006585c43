package transform

import (
	"testing"

	"cdc/event"
	"cdc/examples/rules"
	"cdc/internal/cdctest"
)

// updates is a batch of 1,000 updates that leave the status alone.
func updates(s *event.Schema) *event.Batch {
	b := cdctest.NewBatch()
	for i := range 1000 {
		b.Update(s, row{i, "processing", "12.50", "n"}, row{i, "processing", "13.50", "n"})
	}
	return b.Batch()
}

// Each benchmark gives the time of one row that is left out.
func BenchmarkFiltered(b *testing.B) {
	benches := []struct{ name, text string }{
		{"order rule", string(rules.Orders)},
		{"order rule, shipping", string(rules.OrdersShipping)},
		{"closure, op", when(`op in ["c", "d"]`)},
		{"closure, column == constant", when(`after.status == "shipping"`)},
		{"closure, column in list", when(`after.status in ["shipping", "paid", "new"]`)},
		{"closure, decimal > constant", when(`after.total > 100`)},
		{"closure, before != after", when(`before.status != after.status`)},
		{"CEL, startsWith", when(`after.status.startsWith("ship")`)},
		{"CEL, exists", when(`["a", "b"].exists(x, x == after.status)`)},
		{"CEL, arithmetic", when(`after.id + 1 > 5000 && after.id % 2 == 3`)},
	}
	for _, bb := range benches {
		b.Run(bb.name, func(b *testing.B) {
			p := parse(b, bb.text)
			batch := updates(ordersTable())
			b.ReportAllocs()
			for b.Loop() {
				batch.Outs = batch.Outs[:0]
				if err := p.Run(batch); err != nil {
					b.Fatal(err)
				}
			}
			if len(batch.Outs) != 0 {
				b.Fatalf("%d rows left", len(batch.Outs))
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(batch.Rows)), "ns/row")
		})
	}
}

// BenchmarkPassed gives the time of one row that leaves.
func BenchmarkPassed(b *testing.B) {
	p := PassAll(Options{})
	batch := updates(ordersTable())
	for b.Loop() {
		batch.Outs = batch.Outs[:0]
		if err := p.Run(batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(batch.Rows)), "ns/row")
}

// BenchmarkVerbs gives the time of one row that leaves: inserts, snapshot rows,
// updates, changes of the key and deletes in equal parts. The table has ten columns.
func BenchmarkVerbs(b *testing.B) {
	leaving(b, "whole rows", declare(b, "emit: envelope"), customerDay(customersTable(), 200))
	for name, verb := range declarative {
		leaving(b, name, declare(b, verb), customerDay(customersTable(), 200))
	}
	for name, text := range outboxes {
		leaving(b, name, with(b, Options{}, outboxRules+text+"\n"), messages(1000))
	}
}

func leaving(b *testing.B, name string, p *Program, batch *event.Batch) {
	run := again(b, p, batch)
	run()
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			run()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(batch.Rows)), "ns/row")
	})
}

// BenchmarkBind gives the time of compiling a rule for a table version.
func BenchmarkBind(b *testing.B) {
	p := parse(b, string(rules.OrdersShipping))
	for b.Loop() {
		if _, err := p.bind(ordersTable()); err != nil {
			b.Fatal(err)
		}
	}
}

func when(text string) string {
	return "version: 1\nrules:\n- name: r\n  tables: [shop.orders]\n  on: update\n  when: '" + text + "'\n"
}
