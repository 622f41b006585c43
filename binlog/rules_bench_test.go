package binlog

import (
	"testing"

	"cdc/event"
	"cdc/internal/rowbench"
)

// BenchmarkRules is what rules save and cost for updates of the orders table.
func BenchmarkRules(b *testing.B) {
	b.Run("update", func(b *testing.B) {
		p, events := ordersRows(b, rowsUpdate, nil)
		batch := new(event.Batch)
		decodeEvents(b, p, rowsUpdate, events, batch)
		rowbench.Rules(b, "mysql", "reference", batch.Rows[0].Schema, func(want []bool) func(*event.Batch) {
			p, events := ordersRows(b, rowsUpdate, want)
			return func(batch *event.Batch) { decodeEvents(b, p, rowsUpdate, events, batch) }
		})
	})
}
