package rowbench

import (
	"strings"
	"testing"

	"cdc/event"
	"cdc/examples/rules"
	"cdc/sink/encode"
	"cdc/transform"
	"cdc/transform/rulefile"
)

// Rules benchmarks what the example rule for orders saves and costs, as ns per row.
// decode returns what Run takes, for the columns that are wanted, nil for all; every
// row is an update, and none changes the column that stands in for the status.
//
//	whole        decode of whole rows
//	needed       decode of the columns that the rule needs
//	filtered     the same, and the rule, which lets no row through
//	whole+json   decode of whole rows, and their records
//	fields+json  the rule without its condition: decode of two columns, and their records
func Rules(b *testing.B, connector, status string, s *event.Schema, decode func(want []bool) func(*event.Batch)) {
	b.Helper()
	order := program(b, connector, s, status, string(rules.Orders))
	all := program(b, connector, s, status, strings.Replace(string(rules.Orders), `when: op == "c"`, `when: true || op == "c"`, 1))
	b.Run("whole", func(b *testing.B) { measureRules(b, decode(nil), func(*event.Batch) {}) })
	b.Run("needed", func(b *testing.B) { measureRules(b, decode(wanted(b, order, s)), func(*event.Batch) {}) })
	b.Run("filtered", func(b *testing.B) {
		measureRules(b, decode(wanted(b, order, s)), func(batch *event.Batch) {
			if leave(b, order, batch); len(batch.Outs) > 0 {
				b.Fatalf("%d rows leave", len(batch.Outs))
			}
		})
	})
	whole := transform.PassAll(transform.Options{Connector: connector})
	for _, p := range []struct {
		name    string
		program *transform.Program
	}{{"whole+json", whole}, {"fields+json", all}} {
		e, f := encoder(b, connector, encode.FormatJSON), new(event.Frame)
		b.Run(p.name, func(b *testing.B) {
			measureRules(b, decode(wanted(b, p.program, s)), func(batch *event.Batch) {
				leave(b, p.program, batch)
				f.Reset()
				if err := e.Encode(f, batch); err != nil {
					b.Fatal(err)
				}
				if len(f.Records) != len(batch.Rows) {
					b.Fatalf("%d records", len(f.Records))
				}
			})
			b.ReportMetric(float64(len(f.Buf))/float64(len(f.Records)), "B/row")
		})
	}
}

// program makes the rules of a text for the table of s.
func program(b *testing.B, connector string, s *event.Schema, status, text string) *transform.Program {
	b.Helper()
	text, _, _ = strings.Cut(text, "\ntests:")
	text = strings.NewReplacer("[shop.orders]", "['*."+s.Table+"']", `changed("status")`, `changed("`+status+`")`,
		"status: status", "status: "+status).Replace(text)
	p, err := transform.Parse([]*rulefile.Source{{Name: "orders.yaml", Text: []byte(text)}}, transform.Options{Connector: connector})
	if err != nil {
		b.Fatal(err)
	}
	return p
}

func wanted(b *testing.B, p *transform.Program, s *event.Schema) []bool {
	b.Helper()
	want, ok, err := p.Select(s)
	if err != nil || !ok {
		b.Fatalf("no columns are wanted: %v", err)
	}
	return want
}

func leave(b *testing.B, p *transform.Program, batch *event.Batch) {
	b.Helper()
	batch.Outs = batch.Outs[:0]
	if err := p.Run(batch); err != nil {
		b.Fatal(err)
	}
}

func measureRules(b *testing.B, decode, then func(*event.Batch)) {
	b.Helper()
	batch, n := new(event.Batch), 0
	once := func() {
		decode(batch)
		origin(batch)
		then(batch)
	}
	once()
	b.ReportAllocs()
	for b.Loop() {
		once()
		n += len(batch.Rows)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/row")
}
