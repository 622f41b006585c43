package sink

import (
	"fmt"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"

	"cdc/event"
)

// BenchmarkWrite delivers frames of 500 records of about 800 bytes to a broker
// in the same process that throws them away.
func BenchmarkWrite(b *testing.B) {
	for _, codec := range []string{"none", "snappy", "lz4", "zstd"} {
		b.Run(codec, func(b *testing.B) {
			c := startCluster(b, kfake.BlackholeProduce())
			config := configFor(c)
			config.Compression = codec
			config.Linger = Default().Linger
			k := openSink(b, config)
			frames := make(chan *event.Frame, 32)
			for range cap(frames) {
				frames <- envelopes(500)
			}
			done := func(f *event.Frame, err error) {
				if err != nil {
					b.Error(err)
				}
				frames <- f
			}
			rows, bytes := 0, 0
			b.ReportAllocs()
			for b.Loop() {
				f := <-frames
				rows += len(f.Records)
				bytes += len(f.Buf)
				if err := k.Write(b.Context(), f, done); err != nil {
					b.Fatal(err)
				}
			}
			mustFlush(b, k)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
			b.SetBytes(int64(bytes / b.N))
		})
	}
}

// envelopes makes a frame of n records like those of a change in an order.
func envelopes(n int) *event.Frame {
	f := &event.Frame{}
	target := &event.Target{Topic: "shop.orders"}
	for i := range n {
		id := 7919 * i
		row := fmt.Sprintf(`{"id":%d,"customer_id":%d,"status":"shipping","amount":"%d.%02d","created_at":%d,"note":"%x"}`, id, id%977, id%1000, i%100, 1764000000000000+id*31, id*id*2654435761)
		appendRecord(f, target, rec{
			key: fmt.Sprintf(`{"id":%d}`, id),
			value: fmt.Sprintf(`{"before":%s,"after":%s,"source":{"version":"1","connector":"mysql","name":"shop","ts_ms":%d,"snapshot":"false","db":"shop","sequence":null,"table":"orders","server_id":1,"gtid":"3e11fa47-71ca-11e1-9e33-c80aa9429562:%d","file":"binlog.000003","pos":%d,"row":%d,"thread":42,"query":null},"transaction":null,"op":"u","ts_ms":%d}`,
				row, row, 1764000000000+id, id, 4*id, i, 1764000000000+2*id),
		})
	}
	return f
}
