package expr

import (
	"fmt"
	"strconv"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"cdc/event"
	"cdc/transform/rulefile"
)

// Wants are the constants that a condition asks single values to be equal to, in every
// row that it takes.
type Wants struct{ list []want }

type want struct {
	name string
	val  ref.Val
}

// Wants finds them: the comparisons with == that all have to hold.
func (c *Checked) Wants() *Wants {
	w := &Wants{}
	c.wants(c.ast.Expr(), w)
	return w
}

func (c *Checked) wants(e ast.Expr, w *Wants) {
	if e.Kind() != ast.CallKind {
		return
	}
	args := e.AsCall().Args()
	switch e.AsCall().FunctionName() {
	case operators.LogicalAnd:
		for _, a := range args {
			c.wants(a, w)
		}
	case operators.Equals:
		for i, a := range args {
			name, other := c.named(a), args[1-i]
			if name == "" || other.Kind() != ast.LiteralKind {
				continue
			}
			w.list = append(w.list, want{name, other.AsLiteral()})
		}
	}
}

// named is how a value is called that an expression is nothing but; empty for others.
func (c *Checked) named(e ast.Expr) string {
	if e.Kind() == ast.IdentKind && e.AsIdent() == "op" {
		return "op"
	}
	if r, ok := c.reads[e.ID()]; ok && e.Kind() == ast.SelectKind && r.manner == strict && !(r.kind == rowChanged || r.kind == rowMissing) {
		return r.String()
	}
	return ""
}

// Against says of which value the two ask that it is two things, so that no row meets
// both; empty when nothing is known against it.
func (w *Wants) Against(o *Wants) string {
	for _, a := range w.list {
		for _, b := range o.list {
			if a.name == b.name && a.val.Equal(b.val) == types.False {
				return fmt.Sprintf("%s is not both %s and %s", rulefile.Printable(a.name), spell(a.val), spell(b.val))
			}
		}
	}
	return ""
}

// spell is a constant as a person writes it.
func spell(v ref.Val) string {
	switch v := v.(type) {
	case types.String:
		return strconv.Quote(rulefile.Printable(string(v)))
	case types.Null:
		return "null"
	default:
		return rulefile.Printable(fmt.Sprint(v.Value()))
	}
}

// Facts are what is known of a condition before any table is: for rules that take the
// operations of which takes holds.
type Facts struct {
	// Never: it holds for no row of them.
	Never bool
	// MayFail are the reads that can fail, by the place of the operation in ops.
	MayFail []*Trap
	Wants   *Wants
}

// Facts works them out for the operations in ops, of which those that takes says count.
func (c *Checked) Facts(ops []event.Op, takes func(i int) bool) *Facts {
	f := &Facts{Never: true, MayFail: make([]*Trap, len(ops)), Wants: c.Wants()}
	for i, op := range ops {
		if takes(i) {
			f.Never = f.Never && c.Never(op)
			f.MayFail[i] = c.MayFail(op)
		}
	}
	return f
}
