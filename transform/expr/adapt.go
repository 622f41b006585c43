package expr

import (
	"math"
	"strconv"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"cdc/event"
)

func joinNames(names []string) string { return strings.Join(names, ", ") }

// adapt walks e and puts the table's own values in place of source.table, and
// numbers of the column's type in place of numbers that stand beside a column:
// total > 100 compares decimals, ratio == 1 compares floats. CEL by itself
// compares only what has the same type.
func (w *rewriter) adapt(e ast.Expr, s *Table) {
	for _, c := range childrenOf(e) {
		w.adapt(c, s)
	}
	if r, ok := w.reads[e.ID()]; ok && r.kind > rowMissing && e.Kind() == ast.SelectKind {
		if f, ok := w.lang.metadata(s, r.kind, r.name); ok && f.constant {
			e.SetKindCase(w.f.NewLiteral(e.ID(), types.String(f.fixed)))
			delete(w.reads, e.ID())
		}
		return
	}
	if e.Kind() != ast.CallKind {
		return
	}
	c := e.AsCall()
	if c.FunctionName() == "orValue" && c.IsMemberFunction() && len(c.Args()) == 1 {
		w.adaptLiteral(c.Args()[0], w.columnOf(c.Target(), s))
	}
	if len(c.Args()) != 2 {
		return
	}
	a, b := c.Args()[0], c.Args()[1]
	switch c.FunctionName() {
	case "coalesce":
		w.adaptLiteral(b, w.columnOf(a, s))
	case operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		w.adaptLiteral(b, w.columnOf(a, s))
		w.adaptLiteral(a, w.columnOf(b, s))
	case operators.In:
		if b.Kind() == ast.ListKind {
			for _, item := range b.AsList().Elements() {
				w.adaptLiteral(item, w.columnOf(a, s))
			}
		}
	}
}

// columnOf returns the column that e reads, or stands in for when it is NULL; nil
// when it is something else.
func (w *rewriter) columnOf(e ast.Expr, t *Table) *event.Column {
	if e.Kind() == ast.CallKind {
		switch c := e.AsCall(); {
		case c.FunctionName() == "orValue" && c.IsMemberFunction():
			return w.columnOf(c.Target(), t)
		case c.FunctionName() == "coalesce" && len(c.Args()) == 2:
			return w.columnOf(c.Args()[0], t)
		}
		return nil
	}
	r, ok := w.reads[e.ID()]
	if !ok || !r.isValue() {
		return nil
	}
	return t.column(r.kind, r.name)
}

// adaptLiteral changes number e to the type of column c if it is the same
// number there. What doesn't fit stays, and the type checker refuses it.
func (w *rewriter) adaptLiteral(e ast.Expr, c *event.Column) {
	if c == nil || e.Kind() != ast.LiteralKind {
		return
	}
	if c.Type.Kind == event.KindDecimal || c.Type.Kind == event.KindBigDecimal {
		w.adaptDecimal(e)
		return
	}
	if v := sameNumber(e.AsLiteral(), c.Type.Kind); v != nil {
		e.SetKindCase(w.f.NewLiteral(e.ID(), v))
	}
}

func sameNumber(v ref.Val, k event.Kind) ref.Val {
	switch v := v.(type) {
	case types.Int:
		switch {
		case k == event.KindUint && v >= 0:
			return types.Uint(v)
		case k == event.KindFloat64 && int64(float64(v)) == int64(v) && v != math.MaxInt64:
			return types.Double(v)
		case k == event.KindFloat32 && v.Equal(types.Double(float32(v))) == types.True:
			return types.Double(float32(v))
		}
	case types.Uint:
		if k == event.KindInt && v <= math.MaxInt64 {
			return types.Int(v)
		}
	case types.Double:
		return sameDouble(v, k)
	}
	return nil
}

func sameDouble(v types.Double, k event.Kind) ref.Val {
	const exact = 1 << 53
	whole := float64(v) == math.Trunc(float64(v)) && math.Abs(float64(v)) < exact
	switch {
	case k == event.KindFloat32:
		// The column holds 0.1 rounded to 24 bits: so must what it is compared with.
		return types.Double(float32(v))
	case k == event.KindInt && whole:
		return types.Int(v)
	case k == event.KindUint && whole && v >= 0:
		return types.Uint(v)
	default:
		return nil
	}
}

// adaptDecimal turns whole number e into decimal("..."). A float isn't exact.
func (w *rewriter) adaptDecimal(e ast.Expr) {
	var text string
	switch v := e.AsLiteral().(type) {
	case types.Int:
		text = strconv.FormatInt(int64(v), 10)
	case types.Uint:
		text = strconv.FormatUint(uint64(v), 10)
	case types.Double:
		w.refuse(e, "write "+w.digitsAt(e), "a decimal column is exact, and this number isn't")
		return
	default:
		return
	}
	lit := w.f.NewLiteral(w.newID(e.ID()), types.String(text))
	e.SetKindCase(w.f.NewCall(e.ID(), "decimal", lit))
}

// digitsAt returns decimal("...") with the number that stands in the expression at
// e, digit by digit where it has no exponent.
func (w *rewriter) digitsAt(e ast.Expr) string {
	text := []rune(w.cond.Text)
	at := min(w.offset(e), len(text))
	end := at
	for end < len(text) && strings.ContainsRune("-0123456789.", text[end]) {
		end++
	}
	s := string(text[at:end])
	if strings.HasPrefix(s, ".") {
		s = "0" + s
	}
	if _, ok := parseDecimal(s); !ok || end < len(text) && strings.ContainsRune("eE", text[end]) {
		f, _ := e.AsLiteral().Value().(float64)
		s = strconv.FormatFloat(f, 'f', -1, 64)
	}
	return `decimal("` + s + `")`
}
