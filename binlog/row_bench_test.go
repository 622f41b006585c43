package binlog

import (
	"testing"

	"cdc/event"
	"cdc/internal/rowbench"
)

// BenchmarkRow is decode and encode together, of the orders table.
func BenchmarkRow(b *testing.B) {
	for _, bm := range []struct {
		name string
		kind rowsKind
	}{{"insert", rowsInsert}, {"update", rowsUpdate}} {
		b.Run(bm.name, func(b *testing.B) {
			p, events := ordersRows(b, bm.kind, nil)
			rowbench.Run(b, "mysql", func(batch *event.Batch) { decodeEvents(b, p, bm.kind, events, batch) })
		})
	}
}
