package pgwal

import (
	"testing"

	"cdc/event"
	"cdc/internal/rowbench"
)

// ordersUpdates returns a decoder that wants these columns of the orders table, nil for
// all, the table as it knows it, and a transaction of 100 updates with whole rows
// before them.
func ordersUpdates(tb testing.TB, want []bool) (d *decoder, s *event.Schema, messages []msg) {
	tb.Helper()
	d = newDecoder("app", selectFunc(func(sc *event.Schema) ([]bool, bool, error) {
		s = sc
		if want == nil {
			return selectAll{}.Select(sc)
		}
		return want, true, nil
	}), noFacts)
	relation, insert := ordersInsert()
	full := append(msg{}, relation...)
	full[1+4+len("public")+1+len("orders")+1] = 'f'
	tuple := insert[1+4+1:]
	update := append(append(rowMsg('U').u8('O'), tuple...), insert[1+4:]...)
	messages = []msg{beginOf(7)}
	for range 100 {
		messages = append(messages, update)
	}
	messages = append(messages, commitOf())
	decodeAll(tb, d, []msg{beginOf(6), full, commitOf()}, new(event.Batch))
	decodeAll(tb, d, messages, new(event.Batch))
	return d, s, messages
}

func decodeAll(tb testing.TB, d *decoder, messages []msg, b *event.Batch) {
	b.Reset()
	for _, m := range messages {
		if _, err := d.message(m, 0x1000, b); err != nil {
			tb.Fatal(err)
		}
	}
}

// BenchmarkRules is what rules save and cost for updates of the orders table, whose
// replica identity is FULL.
func BenchmarkRules(b *testing.B) {
	b.Run("update", func(b *testing.B) {
		_, s, _ := ordersUpdates(b, nil)
		rowbench.Rules(b, "postgresql", "status", s, func(want []bool) func(*event.Batch) {
			d, _, messages := ordersUpdates(b, want)
			return func(batch *event.Batch) { decodeAll(b, d, messages, batch) }
		})
	})
}
