package expr

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"cel.dev/cel-go/cel"

	"cdc/event"
	"cdc/internal/cdctest"
	"cdc/transform/rulefile"
)

// gen makes random rows and conditions.
type gen struct{ *rand.Rand }

func (g gen) pick(list ...string) string { return list[g.IntN(len(list))] }

func (g gen) value(k event.Kind, b *cdctest.Builder) event.Value {
	if g.IntN(6) == 0 {
		return event.Null
	}
	switch k {
	case event.KindString, event.KindJSON, event.KindBytes:
		return b.Value(k, g.pick("", "a", "b", "shipping", "a\x00b"))
	case event.KindUint:
		return event.Uint([]uint64{0, 1, 5, math.MaxUint64}[g.IntN(4)])
	case event.KindFloat32:
		return event.Float32([]float32{0, 0.1, 1, float32(math.NaN()), float32(math.Inf(1))}[g.IntN(5)])
	case event.KindFloat64:
		return event.Float64([]float64{0, math.Copysign(0, -1), 0.1, 1, 2.5, math.NaN()}[g.IntN(6)])
	case event.KindDecimal:
		return b.Value(k, g.pick("0", "1", "12.5", "12.50", "-3.00", "NaN", "Infinity", "-Infinity", "12345678901234567890.12"))
	case event.KindBool:
		return event.Bool(g.IntN(2) == 0)
	case event.KindInstant:
		return event.Of(k, []int64{0, -1, 1_700_000_000_000_000, event.Infinity}[g.IntN(4)])
	case event.KindDate:
		return event.Of(k, []int64{0, 19_000, event.NegInfinity, 1 << 40}[g.IntN(4)])
	default:
		return event.Of(k, []int64{0, 1, -1, 5}[g.IntN(4)])
	}
}

func (g gen) image(s *event.Schema, b *cdctest.Builder, toast bool) cdctest.Row {
	row := make(cdctest.Row, s.Width)
	for i, c := range s.Columns {
		row[i] = g.value(c.Type.Kind, b)
		if toast && c.Name == "note" && g.IntN(3) == 0 {
			row[i] = event.Unavailable
		}
	}
	return row
}

// batch makes one row of each operation, with what PostgreSQL leaves out.
func (g gen) batch(s *event.Schema) *event.Batch {
	b := cdctest.NewBatch()
	b.Insert(s, g.image(s, b, false)...).Read(s, g.image(s, b, false)...).Truncate(s).Delete(s, g.image(s, b, false)...)
	old := g.image(s, b, false)
	after := g.image(s, b, s.Namespace != "")
	if g.IntN(2) == 0 {
		after[1] = old[1]
	}
	if s.Namespace != "" {
		switch g.IntN(4) {
		case 0:
			old = nil
		case 1:
			for i := 1; i < len(old); i++ {
				old[i] = event.Null
			}
			b.Update(s, old, after).Last().Flags |= event.KeyOnly
			return b.Batch()
		}
	}
	return b.Update(s, old, after).Batch()
}

// column is a read of a column; literal a constant of its type.
func (g gen) column() (col, literal string) {
	name := g.pick("id", "status", "note", "u", "f", "g", "total", "flag", "doc", "raw", "at", "day")
	return g.pick("before."+name, "after."+name, `after["`+name+`"]`, `old("`+name+`")`, "row."+name, "value.after."+name, "value.before."+name,
		"after.?"+name+".orValue("+g.other(name)+")", "coalesce(before."+name+", after."+name+")", "coalesce(row."+name+", "+g.other(name)+")"), g.literal(name)
}

// other is what stands for a value that is NULL.
func (g gen) other(name string) string {
	return map[string]string{
		"id": "5", "u": "5", "f": "2", "g": "1", "total": "12", "flag": "false", "raw": `b"a"`,
		"at": `timestamp("1970-01-01T00:00:00Z")`, "day": `timestamp("1970-01-01T00:00:00Z")`,
	}[name] + map[bool]string{true: `"a"`}[name == "status" || name == "note" || name == "doc"]
}

func (g gen) literal(name string) string {
	switch name {
	case "id":
		return g.pick("0", "1", "-1", "5", "1.0", "2u", "null")
	case "u":
		return g.pick("0", "1", "5u", "18446744073709551615u", "1.0", "null")
	case "f", "g":
		return g.pick("0", "0.1", "1", "2.5", "-1", "null")
	case "total":
		return g.pick("0", "1", `decimal("12.5")`, `decimal("12.500")`, "-3", `decimal("NaN")`, `decimal("12345678901234567890.12")`, "null")
	case "flag":
		return g.pick("true", "false", "null")
	case "raw":
		return g.pick(`b"a"`, "null")
	case "at", "day":
		return g.pick(`timestamp("1970-01-01T00:00:00Z")`, `timestamp("2023-11-14T22:13:20Z")`, "null")
	default:
		return g.pick(`"a"`, `"shipping"`, `""`, "null")
	}
}

func (g gen) atom() string {
	col, lit := g.column()
	switch g.IntN(15) {
	case 12:
		text := g.pick("after.status", "row.note", "before.doc", `old("status")`, `after.?note.orValue("ship")`, "(row.status + row.note)", "after.status.lowerAscii()", "row.note.upperAscii()")
		return text + g.pick(".startsWith", ".endsWith", ".contains", ".matches") + `("` + g.pick("", "s", "ship", "A") + `")`
	case 13:
		return g.pick("key.id == 1", "key.id != row.id", `source.snapshot == "true"`, `source.snapshot in ["first", "false"]`, "source.ts_ms == 1000", "source.table + op == 'ordersc'",
			"source.?thread.orValue(7) == 7", "transaction == null", "transaction.id != null", `topic == "pre.shop.orders"`, `value.source.db.startsWith("a")`, "value.after == null", "value.before != null", "row == null",
			"value.ts_ms > 0", "is_update()", "is_snapshot() || is_delete()", `string(row.id) == "1"`, `op + string(row.total) != "c1"`)
	case 14:
		return g.pick("(row.id > 0 ? after.status : before.note)", "(before == null ? after.status : row.status)", `coalesce(after.note, before.note, "b")`) +
			g.pick(" == ", " != ") + g.pick(`"a"`, `"b"`, "after.note", "null")
	case 0:
		return g.pick(`op == "c"`, `op != "u"`, `op in ["c", "r"]`, `"d" == op`)
	case 1:
		return `changed("` + g.pick("id", "status", "note", "total", "g") + `")`
	case 2:
		return g.pick("before == null", "after == null", "before != null", "null != after")
	case 3:
		return fmt.Sprintf("%s %s %s", lit, g.pick("==", "!="), col)
	case 4:
		name := g.pick("id", "status", "note", "u", "g", "total", "flag")
		return fmt.Sprintf("before.%s %s after.%s", name, g.pick("==", "!="), name)
	case 5:
		if lit = strings.ReplaceAll(lit, "null", `"x"`); strings.Contains(col, "status") {
			return fmt.Sprintf(`%s in ["a", %s]`, col, lit)
		}
		return fmt.Sprintf(`%s in [1, 2, 5]`, g.pick("after.id", "before.u", "after.total"))
	case 6, 7:
		if g.IntN(2) == 0 {
			col, lit = lit, col
		}
		return fmt.Sprintf("%s %s %s", col, g.pick("<", "<=", ">", ">="), lit)
	case 8:
		return g.pick("after.flag", "before.flag", `old("flag")`)
	case 9:
		return g.pick(`after.status.startsWith("ship")`, "size(after.note) > 0", `["a", "b"].exists(x, x == after.status)`,
			"(before == null ? true : before.id == 1)", "after.id + 1 == 2", `(op in ["c", "r"] ? after.flag : changed("status"))`, `!(op == "c")`, "true", "1 > 2", "has(after.status)", "has(before.note)")
	default:
		return fmt.Sprintf("%s %s %s", col, g.pick("==", "!="), lit)
	}
}

func (g gen) expr(depth int) string {
	if depth == 0 || g.IntN(4) == 0 {
		return g.atom()
	}
	switch g.IntN(5) {
	case 0:
		return "!(" + g.expr(depth-1) + ")"
	case 1, 2:
		return "(" + g.expr(depth-1) + " && " + g.expr(depth-1) + ")"
	default:
		return "(" + g.expr(depth-1) + " || " + g.expr(depth-1) + ")"
	}
}

// Closures give what the interpreter gives: the same truth, or an error where
// it gives one.
func TestClosuresAreCEL(t *testing.T) {
	g := gen{rand.New(rand.NewPCG(1, 2))}
	lang := testLanguage(t)
	var compiled, answers, fails int
	for range 1200 {
		s := cdctest.KindsTable(g.IntN(2) == 0)
		text := g.expr(3)
		c := bindText(t, lang, s, text)
		if c == nil {
			continue // a comparison of types that don't go together
		}
		compiled++
		whole := byInterpreter(t, c)
		for range 4 {
			b := g.batch(s)
			for i := range b.Rows {
				got, gotErr := closed(t, c, s, b, &b.Rows[i])
				want, wantErr := interpreted(whole, b, &b.Rows[i])
				if got != want || (gotErr == nil) != (wantErr == nil) {
					t.Fatalf("%s\non %c %v: closures say %v, %v; CEL says %v, %v", text, b.Rows[i].Op, b.Values, got, gotErr, want, wantErr)
				}
				answers++
				if gotErr != nil {
					fails++
				}
			}
		}
	}
	if compiled < 800 || fails < answers/100 || fails > answers*9/10 {
		t.Errorf("%d conditions, %d answers, %d of them errors: the test has lost its bite", compiled, answers, fails)
	}
	t.Logf("%d conditions, %d answers, %d of them errors", compiled, answers, fails)
}

func bindText(t *testing.T, lang *Language, s *event.Schema, text string) *Checked {
	t.Helper()
	src := &rulefile.Source{Name: "r.yaml", Text: []byte("version: 1\nrules:\n- name: r\n  tables: [a.b]\n  when: |-\n    " + text + "\n")}
	var rep rulefile.Report
	f := rulefile.Parse(src, &rep)
	if err := rep.Err(); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return lang.Check(f.Rules[0].When, testTable(s), &rep)
}

func closed(t *testing.T, c *Checked, s *event.Schema, b *event.Batch, r *event.Row) (bool, error) {
	t.Helper()
	when, always, _, _, err := c.Compile(c.table, r.Op)
	if err != nil {
		t.Fatalf("%s: compile: %v", c.Text, err)
	}
	if when == nil {
		return always, nil
	}
	return when(b, r)
}

// interpreter plans the whole expression, without any of our shortcuts.
func byInterpreter(t *testing.T, c *Checked) (prog cel.Program) {
	t.Helper()
	c.lang.within(c.table, func(env *cel.Env) {
		var err error
		if prog, err = env.PlanProgram(c.ast); err != nil {
			t.Fatalf("%s: %v", c.Text, err)
		}
	})
	return prog
}

func interpreted(prog cel.Program, b *event.Batch, r *event.Row) (bool, error) {
	v, _, err := prog.Eval(&activation{batch: b, row: r})
	if err != nil {
		return false, err
	}
	yes, ok := v.Value().(bool)
	if !ok {
		return false, errors.New("not a bool")
	}
	return yes, nil
}

// The forms that are promised to be fast need no interpreter.
func TestSimpleFormsAreClosures(t *testing.T) {
	lang := testLanguage(t)
	s := cdctest.KindsTable(false)
	for _, text := range []string{
		`op == "c"`, `op in ["c", "u"]`, `op != "d" && changed("status")`, `before == null || after != null`,
		`after.status == "x"`, `"x" != before.status`, `after.id == 5`, `after.u >= 5`, `after.flag == true`, `!after.flag`,
		`after.status == null`, `after.total > decimal("12.50")`, `after.f == 0.1`, `after.status in ["a", "b"]`,
		`before.status != after.status`, `old("status") == after.status`, `has(after.status)`, `source.table == "orders" && after.id < 3`,
	} {
		c := bindText(t, lang, s, text)
		if c == nil {
			t.Errorf("%s: refused", text)
			continue
		}
		for _, op := range rulefile.Ops {
			if _, _, _, simple, err := c.Compile(c.table, op); !simple || err != nil {
				t.Errorf("%s for %c: simple %v, %v", text, op, simple, err)
			}
		}
	}
}
