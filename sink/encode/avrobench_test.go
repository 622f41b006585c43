package encode

import (
	"fmt"
	"math"
	"testing"

	"cdc/event"
)

// BenchmarkFormats encodes the same rows in JSON and in Avro.
func BenchmarkFormats(b *testing.B) {
	const rows = 1000
	for _, format := range []string{FormatJSON, FormatAvro} {
		for _, c := range []Config{mysqlConf, pgConf} {
			for _, op := range []event.Op{event.OpCreate, event.OpUpdate} {
				b.Run(fmt.Sprintf("%s/%s/%c", format, c.Connector, op), func(b *testing.B) {
					if format == FormatAvro {
						c = avroConf(b, c, newFake(b))
					}
					batch, e, f := benchBatch(rows, 1, op), mustNew(b, c), new(event.Frame)
					b.ReportAllocs()
					for b.Loop() {
						f.Reset()
						if err := e.Encode(f, &batch.batch); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
					b.ReportMetric(float64(len(f.Buf))/rows, "B/row")
				})
			}
		}
	}
}

// Once the frame has grown, encoding allocates nothing, whatever the types.
func TestAvroAllocatesNothing(t *testing.T) {
	for _, c := range []Config{mysqlConf, pgConf} {
		list := samples()
		if c.Connector == connectorPostgres {
			list = postgresSamples()
		}
		keyChange := benchBatch(100, 3, event.OpUpdate)
		keyChange.batch.Rows[5].Flags = event.KeyChanged
		keyChange.batch.Outs[5].KeyChanged = true
		keyChange.batch.Rows[6].Order = 1
		for name, b := range map[string]*builder{"rows": keyChange, "types": sampleBatch("t", list, event.Nullable)} {
			b.batch.Txs[0].File = "a-binlog-with-a-rather-long-name-on-the-server.000001"
			e, f := mustNew(t, avroConf(t, c, newFake(t))), new(event.Frame)
			allocs := testing.AllocsPerRun(20, func() {
				f.Reset()
				if err := e.Encode(f, &b.batch); err != nil {
					t.Fatal(err)
				}
			})
			if allocs != 0 {
				t.Errorf("%s, %s: %v allocations per batch", c.Connector, name, allocs)
			}
		}
	}
}

// FuzzAvro: whatever the values and names, Avro holds what JSON holds.
func FuzzAvro(f *testing.F) {
	f.Add("naïve col", []byte("x\xff\n"), int64(5), uint64(1), "bin.000001", uint16(3))
	f.Add("_1", []byte{}, int64(math.MinInt64), uint64(math.MaxUint64), "", uint16(0))
	f.Add("a", make([]byte, 70), int64(1577836800000000), math.Float64bits(1e-300), "ü", uint16(64))
	fake := newFake(f)
	f.Fuzz(func(t *testing.T, name string, value []byte, n int64, off uint64, file string, size uint16) {
		var long []byte
		for len(value) > 0 && len(long) < int(size)%300 {
			long = append(long, value...)
		}
		s := table(2,
			col("text "+name, 0, typ(event.KindString, 0)), col("b", 1, typ(event.KindBytes, 0)), col("i", 2, typ(event.KindInt, event.Nullable)),
			col("at", 3, temporal(event.KindInstant, 6)), col("d", 4, decimalType(10, 0)), col("f", 5, typ(event.KindFloat64, 0)),
			col("l", 6, temporal(event.KindLocal, 0)), col("v", 7, decimalType(-1, 0)))
		s.Table, s.Database = name, file
		for _, c := range []Config{mysqlConf, pgConf} {
			b := newBuilder(s)
			// hamba takes no part of a namespace that begins with a digit; Java does.
			b.target = &event.Target{Topic: "t", Name: "p.t"}
			b.batch.Txs[0].File = file
			b.batch.Txs[0].GTID = b.batch.Put(event.KindString, value)
			b.batch.Origins[0].Micros = n / 1000
			image := vals(b.batch.Put(event.KindString, long), b.batch.Put(event.KindBytes, long), event.Int(n), event.Of(event.KindInstant, n),
				event.Decimal(n, 0), event.Float64(math.Float64frombits(off)), event.Of(event.KindLocal, n), event.Decimal(n, int(size)%19))
			b.add(event.OpUpdate, event.KeyChanged, image, image)
			b.batch.Rows[0].Off = off >> 1
			fake.Reset()
			b.sameInBoth(t, c, fake)
		}
	})
}
