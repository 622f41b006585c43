package expr

import (
	"math/rand/v2"
	"testing"

	"cdc/internal/cdctest"
	"cdc/transform/rulefile"
)

// FuzzCondition reads any text as a condition. What is taken, closures and
// interpreter answer alike.
func FuzzCondition(f *testing.F) {
	g := gen{rand.New(rand.NewPCG(3, 4))}
	for range 100 {
		f.Add(g.expr(2))
	}
	f.Add("after.total in [1, 2] ? -1 == after.id : [1, 2].all(x, x > 0 || after.u == 3u)")
	lang := testLanguage(f)
	s := cdctest.KindsTable(true)
	f.Fuzz(func(t *testing.T, text string) {
		c := rulefile.NewExpr("f.yaml", text)
		var rep rulefile.Report
		offline := lang.Check(c, nil, &rep)
		if (offline == nil) != (len(rep.List) > 0) {
			t.Fatalf("%v with errors %v", offline, rep.List)
		}
		bound := lang.Check(c, testTable(s), &rep)
		if bound == nil {
			return
		}
		whole := byInterpreter(t, bound)
		b := cdctest.Sparse(s, cdctest.AllValues(s))
		for i := range b.Rows {
			got, gotErr := closed(t, bound, s, b, &b.Rows[i])
			want, wantErr := interpreted(whole, b, &b.Rows[i])
			if got != want || (gotErr == nil) != (wantErr == nil) {
				t.Errorf("%s on %c: closures say %v, %v; CEL says %v, %v", text, b.Rows[i].Op, got, gotErr, want, wantErr)
			}
		}
	})
}

// FuzzValue reads any text as an output expression. What is taken gives a value of
// its type, and the one that the interpreter gives.
func FuzzValue(f *testing.F) {
	g := gen{rand.New(rand.NewPCG(7, 8))}
	for range 40 {
		f.Add(g.textExpr(2))
		f.Add(g.decimalExpr(2))
	}
	for _, text := range []string{
		`json(after.doc).a.?b.orValue(1)`, `to_json({"a": [after.at, after.total]})`, `mask(row.status, 2) + uuid5("dns", op)`, `parse_time(row.note, "%Y-%f")`,
		`format_time(ts, "%j%L")`, `after.?u.optMap(x, x + 1u)`, `hmac_sha256(row.raw, "PII_KEY")`, `row.status.replace("a", "b").split("").join("x")`,
		`decimal(row.id) * 3u - row.total`, `date(from_unix_ms(row.id))`, `math.greatest(row.id, 3)`, `"%s".format([row.day])`,
	} {
		f.Add(text)
	}
	lang := testLanguage(f)
	f.Fuzz(func(t *testing.T, text string) {
		tab := testTable(cdctest.KindsTable(true))
		e := rulefile.NewExpr("f.yaml", text)
		var rep rulefile.Report
		offline := lang.CheckValue(e, nil, &rep)
		if (offline == nil) != (len(rep.List) > 0) {
			t.Fatalf("%v with errors %v", offline, rep.List)
		}
		c := lang.CheckValue(e, tab, &rep)
		if c == nil {
			return
		}
		b := cdctest.Sparse(tab.Schema, cdctest.AllValues(tab.Schema))
		for i := range b.Rows {
			sameValue(t, c, tab, b, &b.Rows[i])
			c.Unlogged(b.Rows[i].Op)
		}
	})
}
