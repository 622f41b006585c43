package encode

import (
	"fmt"
	"testing"

	"cdc/event"
)

// tenColumns is a row as applications have them.
func tenColumns(b *builder, i int64) []event.Value {
	return vals(
		event.Int(100_000+i), event.Int(42), b.text(event.KindString, "shipping"), event.Decimal(123_456+i, 2),
		b.text(event.KindString, "Ada Lovelace, 12 St James's Square"), event.Of(event.KindLocal, 1767225600123456),
		event.Of(event.KindInstant, 1767225600123456), event.Bool(true), event.Null, event.Int(7),
	)
}

func benchBatch(rows, perOrigin int, op event.Op) *builder {
	s := table(1,
		col("id", 0, typ(event.KindInt, 0)), col("customer_id", 1, typ(event.KindInt, 0)), col("status", 2, typ(event.KindString, 0)),
		col("total", 3, decimalType(10, 2)), col("address", 4, typ(event.KindString, event.Nullable)), col("created_at", 5, temporal(event.KindLocal, 6)),
		col("updated_at", 6, temporal(event.KindInstant, 0)), col("paid", 7, typ(event.KindBool, 0)), col("note", 8, typ(event.KindString, event.Nullable)),
		col("version", 9, typ(event.KindInt, 0)))
	b := newBuilder(s)
	b.batch.Txs[0].GTID = b.text(event.KindString, "3e11fa47-71ca-11e1-9e33-c80aa9429562:984204")
	b.batch.Origins = nil
	for i := range rows {
		var before []event.Value
		if op == event.OpUpdate {
			before = tenColumns(b, int64(i))
		}
		b.add(op, 0, before, tenColumns(b, int64(i)))
		b.batch.Rows[i].Origin = int32(i / perOrigin)
		b.batch.Rows[i].Off = uint64(10_695_797 + i/perOrigin*300)
		b.batch.Rows[i].Index = uint32(i % perOrigin)
		if i%perOrigin == 0 {
			b.batch.Origins = append(b.batch.Origins, event.Origin{Micros: 1767225600130456 + int64(i)})
		}
	}
	return b
}

func BenchmarkEncode(b *testing.B) {
	const rows = 1000
	for _, c := range []Config{mysqlConf, pgConf} {
		for _, perOrigin := range []int{1, 100} {
			for _, op := range []event.Op{event.OpCreate, event.OpUpdate} {
				b.Run(fmt.Sprintf("%s/%d-row-tx/%c", c.Connector, perOrigin, op), func(b *testing.B) {
					batch := benchBatch(rows, perOrigin, op)
					e := mustNew(b, c)
					f := new(event.Frame)
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

// BenchmarkRules encodes what rules leave: a row of three columns; with structs;
// with headers and a partition; JSON text that is expanded.
func BenchmarkRules(b *testing.B) {
	const rows = 1000
	for _, c := range []struct {
		name string
		view func(s *event.Schema) *event.Schema
	}{
		{"whole", func(s *event.Schema) *event.Schema { return s }},
		{"three", func(s *event.Schema) *event.Schema { return s.Project(s.Columns[:3]) }},
		{"structs", func(s *event.Schema) *event.Schema {
			return s.Project([]event.Column{s.Columns[0], {Name: "who", Fields: []event.Column{s.Columns[1], {Name: "at", Fields: s.Columns[2:3]}}}})
		}},
		{"headers", func(s *event.Schema) *event.Schema {
			v := s.Project(s.Columns[:3])
			v.Headers, v.PartitionBy = s.Columns[1:3], s.Columns[1:2]
			return v
		}},
		{"expanded", func(s *event.Schema) *event.Schema {
			doc := s.Columns[2]
			doc.Ord, doc.Type.Logical = 4, event.LogicalExpanded
			return s.Project([]event.Column{s.Columns[0], doc})
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			batch := benchBatch(rows, 100, event.OpCreate)
			view := c.view(batch.schema)
			doc := batch.text(event.KindString, `{"id":1,"lines":[{"sku":"a","qty":2},{"sku":"b","qty":3}]}`)
			target := &event.Target{Topic: "t", Shape: event.ShapeRow}
			for i := range batch.batch.Outs {
				o := &batch.batch.Outs[i]
				o.View, o.Target = view, target
				batch.batch.Image(o.After, view)[4] = doc
			}
			e, f := mustNew(b, mysqlConf), new(event.Frame)
			b.ReportAllocs()
			for b.Loop() {
				f.Reset()
				if err := e.Encode(f, &batch.batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		})
	}
}

// Once the frame has grown, encoding allocates nothing.
func TestEncodeAllocatesNothing(t *testing.T) {
	for _, c := range []Config{mysqlConf, pgConf} {
		b := benchBatch(100, 3, event.OpUpdate)
		b.batch.Txs[0].File = "a-binlog-with-a-rather-long-name-on-the-server.000001"
		b.batch.Rows[5].Flags = event.KeyChanged
		b.batch.Outs[5].KeyChanged = true
		e := mustNew(t, c)
		f := new(event.Frame)
		allocs := testing.AllocsPerRun(20, func() {
			f.Reset()
			if err := e.Encode(f, &b.batch); err != nil {
				t.Fatal(err)
			}
		})
		if allocs != 0 {
			t.Errorf("%s: %v allocations per batch", c.Connector, allocs)
		}
	}
}
