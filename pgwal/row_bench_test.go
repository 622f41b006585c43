package pgwal

import (
	"testing"

	"cdc/event"
	"cdc/internal/rowbench"
)

// BenchmarkRow is decode and encode together, of the orders table.
func BenchmarkRow(b *testing.B) {
	b.Run("insert", func(b *testing.B) {
		d, insert := ordersDecoder(b)
		messages := []msg{commitOf(), beginOf(7)}
		for range 100 {
			messages = append(messages, insert)
		}
		rowbench.Run(b, "postgresql", func(batch *event.Batch) {
			batch.Reset()
			for _, m := range messages {
				if _, err := d.message(m, 0x1000, batch); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}
