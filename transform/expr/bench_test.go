package expr

import (
	"strings"
	"testing"

	"cdc/event"
	"cdc/internal/cdctest"
	"cdc/transform/rulefile"
)

// updates is a batch of 1,000 updates.
func updates(s *event.Schema) *event.Batch {
	b := cdctest.NewBatch()
	for i := range 1000 {
		before, after := wholeRow("processing"), wholeRow("processing")
		before[0], after[0] = i, i
		b.Update(s, before, after)
	}
	return b.Batch()
}

// Each gives the time of one condition on one row. bench/run.sh check holds closures
// and CEL to their limits.
func BenchmarkConditions(b *testing.B) {
	l, tab := testLanguage(b), testTable(cdctest.KindsTable(false))
	batch := updates(tab.Schema)
	for _, bb := range []struct{ name, text string }{
		{"closure, column", `after.status == "shipping"`},
		{"closure, row", `row.status == "shipping"`},
		{"closure, key", `key.id == 7`},
		{"closure, as in Debezium", `value.op == 'u' && value.before.id == 2`},
		{"closure, list", `after.status in ["shipping", "paid", "new"]`},
		{"closure, changed", `changed("status")`},
		{"closure, before != after", `before.status != after.status`},
		{"closure, decimal", `after.total > decimal("100.5")`},
		{"closure, orValue", `after.?note.orValue("x") == "y"`},
		{"closure, startsWith", `after.status.startsWith("ship")`},
		{"closure, contains", `after.status.contains("ship")`},
		{"closure, source number", `source.pos == 5`},
		{"closure, source text", `source.file == "x"`},
		{"closure, lowerAscii", `after.status.lowerAscii() == "x"`},
		{"CEL, arithmetic", `after.id + 1 > 5000 && after.id % 2 == 3`},
		{"CEL, exists", `["a", "b"].exists(x, x == after.status)`},
		{"function, matches", `after.status.matches("^ship")`},
		{"CEL, substring", `after.status.substring(0, 4) == "ship"`},
		{"CEL, time", `after.at > timestamp("2026-01-01T00:00:00Z")`},
		{"CEL, decimals", `after.total * 2 > decimal("100")`},
		{"CEL, json", `json(after.doc).?a.orValue(0) == 1`},
		{"function, sha256", `sha256(after.status) == ""`},
	} {
		b.Run(bb.name, func(b *testing.B) {
			var rep rulefile.Report
			c := l.Check(rulefile.NewExpr("r.yaml", bb.text), tab, &rep)
			if c == nil {
				b.Fatal(rep.Err())
			}
			when, _, _, simple, err := c.Compile(tab, event.OpUpdate)
			if err != nil {
				b.Fatal(err)
			}
			called(b, bb.name, simple)
			b.ReportAllocs()
			for b.Loop() {
				for i := range batch.Rows {
					if _, err := when(batch, &batch.Rows[i]); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/row")
		})
	}
}

// called holds the name of a benchmark to what it measures, by which its limit goes.
// A "function" runs as a closure and takes what it does beside that: a hash, a pattern.
func called(b *testing.B, name string, simple bool) {
	b.Helper()
	if closure := !strings.HasPrefix(name, "CEL, "); closure != simple {
		b.Fatalf("runs as closures: %t", simple)
	}
}

// Each gives the time of one value of one row.
func BenchmarkValues(b *testing.B) {
	l, tab := testLanguage(b), testTable(cdctest.KindsTable(false))
	batch := updates(tab.Schema)
	n := len(batch.Arena)
	for _, bb := range []struct{ name, text string }{
		{"closure, column", `after.status`},
		{"closure, constant", `"x"`},
		{"closure, source", `source.ts_ms`},
		{"closure, concatenation", `"orders." + after.status.lowerAscii() + "-" + string(after.id)`},
		{"closure, choice", `op == "d" || after.id > 500 ? "high" : "low"`},
		{"closure, coalesce", `coalesce(after.note, after.status)`},
		{"CEL, arithmetic", `after.id * 2 + 1`},
		{"function, hmac", `hmac_sha256(after.status, "PII_KEY")`},
		{"CEL, date", `date(after.at)`},
		{"CEL, json", `string(json(after.doc).?color.orValue(""))`},
	} {
		b.Run(bb.name, func(b *testing.B) {
			var rep rulefile.Report
			c := l.CheckValue(rulefile.NewExpr("r.yaml", bb.text), tab, &rep)
			if c == nil {
				b.Fatal(rep.Err())
			}
			get, simple, err := c.Compile(tab, event.OpUpdate)
			if err != nil {
				b.Fatal(err)
			}
			called(b, bb.name, simple)
			b.ReportAllocs()
			for b.Loop() {
				batch.Arena = batch.Arena[:n]
				for i := range batch.Rows {
					if _, err := get(batch, &batch.Rows[i]); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/row")
		})
	}
}

// BenchmarkBind gives the time of checking and compiling for a table: the table's
// vocabulary once, and each expression.
func BenchmarkBind(b *testing.B) {
	l, s := testLanguage(b), cdctest.KindsTable(false)
	e := rulefile.NewExpr("r.yaml", `op == "c" || (changed("status") && after.status == "shipping")`)
	bind := func(t *Table) {
		var rep rulefile.Report
		c := l.Check(e, t, &rep)
		for _, op := range rulefile.Ops {
			if _, _, _, _, err := c.Compile(t, op); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("table", func(b *testing.B) {
		for b.Loop() {
			bind(testTable(s))
		}
	})
	b.Run("expression", func(b *testing.B) {
		t := testTable(s)
		for b.Loop() {
			bind(t)
		}
	})
}
