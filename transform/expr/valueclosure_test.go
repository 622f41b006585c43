package expr

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"cdc/event"
	"cdc/internal/cdctest"
	"cdc/transform/rulefile"
)

// textExpr, numberExpr and decimalExpr make output expressions of one type.
func (g gen) textExpr(depth int) string {
	if depth == 0 {
		return g.pick("after.status", "row.note", "before.doc", `old("status")`, `"x"`, "op", "topic", "source.table", "source.file", "source.gtid",
			"source.snapshot", "after.?note.orValue('none')", "source.sequence", "transaction.id", "row.doc", `""`)
	}
	a, b := g.textExpr(depth-1), g.textExpr(depth-1)
	switch g.IntN(7) {
	case 6:
		return g.pick("sha256(", "sha512(", "md5(") + g.pick(a, "row.raw") + ")"
	case 5:
		return "hmac_sha256(" + a + `, "PII_KEY")`
	case 0:
		return "(" + a + " + " + b + ")"
	case 1:
		return "(" + g.expr(1) + " ? " + a + " : " + b + ")"
	case 2:
		return "coalesce(" + a + ", " + b + ")"
	case 3:
		return "(" + a + ")" + g.pick(".lowerAscii()", ".upperAscii()")
	case 4:
		return "string(" + g.pick(g.numberExpr(depth-1), g.decimalExpr(depth-1), "row.u", "after.flag") + ")"
	default:
		return a
	}
}

func (g gen) numberExpr(depth int) string {
	if depth == 0 {
		return g.pick("after.id", "row.id", "key.id", "before.?id.orValue(3)", "source.ts_ms", "source.pos", "source.row", "7", `old("id")`, "value.ts_ms", "transaction.total_order")
	}
	a, b := g.numberExpr(depth-1), g.numberExpr(depth-1)
	return g.pick("("+g.expr(1)+" ? "+a+" : "+b+")", "coalesce("+a+", "+b+")", a)
}

func (g gen) decimalExpr(depth int) string {
	if depth == 0 {
		return g.pick("after.total", "row.total", "before.?total.orValue(3)", `decimal("-0.25")`, `old("total")`)
	}
	a, b := g.decimalExpr(depth-1), g.decimalExpr(depth-1)
	return g.pick("("+g.expr(1)+" ? "+a+" : "+b+")", "coalesce("+a+", "+b+")", a)
}

// Closures give the values that the interpreter gives, and of the promised type.
func TestValueClosuresAreCEL(t *testing.T) {
	g := gen{rand.New(rand.NewPCG(5, 6))}
	l := testLanguage(t)
	var closures, answers, fails int
	for i := range 1500 {
		tab := testTable(cdctest.KindsTable(g.IntN(2) == 0))
		text := []func(int) string{g.textExpr, g.numberExpr, g.decimalExpr, func(d int) string { return g.expr(d - 1) }}[i%4](2)
		var rep rulefile.Report
		c := l.CheckValue(rulefile.NewExpr("r.yaml", text), tab, &rep)
		if c == nil {
			continue
		}
		b := g.batch(tab.Schema)
		for i := range b.Rows {
			simple, failed := sameValue(t, c, tab, b, &b.Rows[i])
			answers++
			if simple {
				closures++
			}
			if failed {
				fails++
			}
		}
	}
	if closures < answers/2 || fails < answers/100 || fails > answers*9/10 {
		t.Errorf("%d answers, %d by closures, %d errors: the test has lost its bite", answers, closures, fails)
	}
	t.Logf("%d answers, %d by closures, %d errors", answers, closures, fails)
}

// sameValue holds a compiled expression against the interpreter on one row.
func sameValue(t *testing.T, c *CheckedValue, tab *Table, b *event.Batch, r *event.Row) (simple, failed bool) {
	t.Helper()
	get, simple, err := c.Compile(tab, r.Op)
	if err != nil {
		t.Fatalf("%s: compile: %v", c.Text, err)
	}
	if c.raw {
		return simple, false // has the form of its column, not that of CEL
	}
	whole := byInterpreter(t, c.Checked)
	got, gotErr := get(b, r)
	var want event.Value
	v, _, wantErr := whole.Eval(&activation{batch: b, row: r})
	if wantErr == nil {
		want, wantErr = put(b, v, c.Type().Kind)
	}
	if (gotErr == nil) != (wantErr == nil) || gotErr == nil && show(b, got) != show(b, want) {
		t.Fatalf("%s\non %c: compiled %s, %v; CEL %s, %v", c.Text, r.Op, show(b, got), gotErr, show(b, want), wantErr)
	}
	if k := got.Kind(); gotErr == nil && k != event.KindNull && k != c.Type().Kind && (k != event.KindBigDecimal || c.Type().Kind != event.KindDecimal) {
		t.Fatalf("%s: a value of kind %d for a field of kind %d", c.Text, k, c.Type().Kind)
	}
	return simple, gotErr != nil
}

// What is promised to be fast needs no interpreter and allocates nothing.
func TestSimpleValuesAreClosures(t *testing.T) {
	l, tab := testLanguage(t), testTable(cdctest.KindsTable(false))
	b := cdctest.NewBatch().Update(tab.Schema,
		cdctest.Row{7, "Ship", "n", uint64(5), float32(0.5), 2.5, "12.50", true, "raw", 1_700_000_000_123_456, 19_000, `{}`},
		cdctest.Row{7, "Shipping", "n", uint64(5), float32(0.5), 2.5, "12.50", true, "raw", 1_700_000_000_123_456, 19_000, `{}`}).Batch()
	b.Arena = append(make([]byte, 0, 1<<20), b.Arena...)
	n := len(b.Arena)
	for _, text := range []string{
		"after.id", "row.status", "key.id", "after.at", "before.day", `"constant"`, "7", "op", "topic", "ts", "source.file", "source.pos", "source.ts_ms", "source.query",
		`"orders." + after.status.lowerAscii() + "-" + string(after.id)`, `op == "d" ? before.status : after.status`, `changed("status") ? "yes" : "no"`,
		"after.?note.orValue('none')", "coalesce(after.note, before.note, 'x')", `string(after.total) + string(after.flag) + string(after.u)`,
		`"order." + (is_delete() ? "gone" : "there")`, `changed("status")`, "decimal('1.5')", "after.total", "transaction.id", "value.ts_ms",
		"sha256(after.status)", `"x" + hmac_sha256(after.raw, "PII_KEY")`, "md5(after.status + after.note)",
	} {
		var rep rulefile.Report
		c := l.CheckValue(rulefile.NewExpr("r.yaml", text), tab, &rep)
		if c == nil {
			t.Errorf("%s: %v", text, rep.Err())
			continue
		}
		get, simple, err := c.Compile(tab, event.OpUpdate)
		if err != nil || !simple {
			t.Errorf("%s: simple %v, %v", text, simple, err)
			continue
		}
		allocs := cdctest.LeastAllocs(func() {
			b.Arena = b.Arena[:n]
			if _, err := get(b, &b.Rows[0]); err != nil {
				t.Errorf("%s: %v", text, err)
			}
		})
		if allocs != 0 {
			t.Errorf("%s: %v allocations a value", text, allocs)
		}
	}
}

// Conditions as closures allocate nothing, and leave the arena as it was.
func TestConditionsAllocateNothing(t *testing.T) {
	l, tab := testLanguage(t), testTable(cdctest.KindsTable(false))
	b := sampleRow(tab.Schema)
	n := len(b.Arena)
	for _, text := range []string{
		`after.status.startsWith("Sh")`, `row.status.contains("hi") && key.id == 7`, `value.op == 'c' && value.after.id == 7`,
		`source.file == "binlog.000001" || source.snapshot == "x"`, `after.?note.orValue("x") == "x"`, `after.status.lowerAscii() + "x" == "shipx"`,
		`coalesce(after.note, "x") in ["x", "y"]`, `(after.id > 5 ? after.status : "z") != "z"`, `after.total >= decimal("12.5")`,
		`after.status.matches("^S.*p$")`, `matches(row.status, "hi")`, `sha256(after.status) != "x"`,
	} {
		var rep rulefile.Report
		c := l.Check(rulefile.NewExpr("r.yaml", text), tab, &rep)
		if c == nil {
			t.Errorf("%s: %v", text, rep.Err())
			continue
		}
		when, _, _, simple, err := c.Compile(tab, event.OpCreate)
		if err != nil || !simple || when == nil {
			t.Errorf("%s: simple %v, %v", text, simple, err)
			continue
		}
		allocs := cdctest.LeastAllocs(func() {
			if yes, err := when(b, &b.Rows[0]); !yes || err != nil {
				t.Errorf("%s: %v, %v", text, yes, err)
			}
		})
		if allocs != 0 || len(b.Arena) != n {
			t.Errorf("%s: %v allocations, %d bytes left in the arena", text, allocs, len(b.Arena)-n)
		}
	}
}

func TestUniqueSpelling(t *testing.T) {
	for k := range variables {
		for m := range manners {
			kind, manner, ok := kindOf(typeName(variableOf(rowKind(k), rowManner(m))))
			if !ok || int(kind) != k || int(manner) != m {
				t.Error(fmt.Sprint("kindOf of ", variables[k], " in manner ", m, ": ", kind, manner, ok))
			}
		}
	}
}

func rowManner(m int) manner { return manner(m) }
