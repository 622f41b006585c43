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
	f.Add("after.total in [1, 2.5] ? -1 == after.id : [1, 2].all(x, x > 0 || after.u == 3u)")
	lang, err := NewLanguage(Options{})
	if err != nil {
		f.Fatal(err)
	}
	s := cdctest.KindsTable(true)
	f.Fuzz(func(t *testing.T, text string) {
		c := rulefile.NewExpr("f.yaml", text)
		var rep rulefile.Report
		offline := lang.Check(c, nil, &rep)
		if (offline == nil) != (len(rep.List) > 0) {
			t.Fatalf("%v with errors %v", offline, rep.List)
		}
		bound := lang.Check(c, &Table{Schema: s}, &rep)
		if bound == nil {
			return
		}
		whole, err := bound.env.PlanProgram(bound.ast)
		if err != nil {
			return
		}
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
