package rowbench

import (
	"testing"

	"github.com/twmb/franz-go/pkg/sr/srfake"
	"go.uber.org/zap"

	"cdc/event"
	"cdc/sink/encode"
	"cdc/sink/registry"
)

// Run benchmarks decode alone, decode and encode together in each format, and the
// copy, each as ns per row. decode empties the batch and fills it with the same
// rows at each call; connector is the source's, as the encoder knows it.
func Run(b *testing.B, connector string, decode func(*event.Batch)) {
	b.Helper()
	var plain, schemas [2]int // bytes of all keys and of all values
	rows := &rows{decode: decode, target: &event.Target{Topic: "bench.shop.orders"}}
	b.Run("decode", func(b *testing.B) { rows.measure(b, func() {}) })
	for _, format := range []string{encode.FormatJSON, encode.FormatJSONSchema, encode.FormatAvro} {
		e, f := encoder(b, connector, format), new(event.Frame)
		once := func() {
			f.Records, f.Buf = f.Records[:0], f.Buf[:0]
			if err := e.Encode(f, &rows.batch); err != nil {
				b.Fatal(err)
			}
		}
		rows.fill()
		once()
		switch format {
		case encode.FormatJSON:
			plain = sizes(f)
		case encode.FormatJSONSchema:
			schemas = sizes(f)
		}
		b.Run(format, func(b *testing.B) {
			rows.measure(b, once)
			b.ReportMetric(float64(len(f.Buf))/float64(len(rows.batch.Rows)), "B/row")
		})
	}
	n := len(rows.batch.Rows)
	b.Run("copy", func(b *testing.B) { copies(b, (schemas[0]-plain[0])/n, (schemas[1]-plain[1])/n, n) })
}

// sizes returns the bytes of all keys and of all values.
func sizes(f *event.Frame) (n [2]int) {
	for i := range f.Records {
		n[0] += len(f.Key(i))
		n[1] += len(f.Value(i))
	}
	return n
}

// encoder returns the encoder of one format, with a registry of its own.
func encoder(b *testing.B, connector, format string) *encode.Encoder {
	b.Helper()
	c := encode.Config{Connector: connector, Name: "bench", Format: encode.Format{Key: format, Value: format}}
	if format == encode.FormatAvro {
		fake := srfake.New()
		b.Cleanup(fake.Close)
		c.Format.Registry.URLs = []string{fake.URL()}
		r, err := registry.New(c.Format.Registry, zap.NewNop())
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(r.Close)
		c.Registry = r
	}
	e, err := encode.New(c)
	if err != nil {
		b.Fatal(err)
	}
	return e
}

// rows are decoded again and again.
type rows struct {
	batch  event.Batch
	decode func(*event.Batch)
	target *event.Target
}

// fill decodes the rows and sends each to the target, as a pipeline without rules
// does.
func (r *rows) fill() {
	b := &r.batch
	r.decode(b)
	origin(b)
	for i := range b.Rows {
		row := &b.Rows[i]
		b.Outs = append(b.Outs, event.Out{Row: int32(i), Before: row.Before, After: row.After, View: row.Schema, Target: r.target, KeyChanged: row.Flags&event.KeyChanged != 0})
	}
}

// origin adds what rows alone don't tell: the transaction that they are of.
func origin(b *event.Batch) {
	if len(b.Origins) > 0 {
		return
	}
	b.Txs = append(b.Txs, event.Tx{File: "bin.000001", Server: 1, GTID: event.Null})
	b.Origins = append(b.Origins, event.Origin{Micros: 1767225600130456})
}

func (r *rows) measure(b *testing.B, encode func()) {
	b.Helper()
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		r.fill()
		encode()
		n += len(r.batch.Rows)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/row")
}

// copies measures what writing the added bytes of a key and of a value costs at
// least, for each of n rows.
func copies(b *testing.B, key, value, n int) {
	b.Helper()
	keySchema, valueSchema, buf := make([]byte, key), make([]byte, value), make([]byte, 0, (key+value)*n)
	for b.Loop() {
		buf = buf[:0]
		for range n {
			buf = append(buf, keySchema...)
			buf = append(buf, valueSchema...)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/row")
	b.ReportMetric(float64(key+value), "B/row")
}
