package expr

import (
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"

	"cdc/event"
	"cdc/transform/rulefile"
)

// Trap is a place in an expression that looks at what a row of some operation
// doesn't have.
type Trap struct {
	// Read is how the expression spells it, Image the image that is missing: before
	// or after.
	Read, Image string
	// Column is the column that is read; empty for a comparison with null.
	Column string
	// Mend is the statement to run on the server, where that helps.
	Mend string
	At   rulefile.Place
}

// Fails returns the trap into which every row of op falls; nil when there is none.
func (c *Checked) Fails(op event.Op) *Trap {
	return c.trap(specialized{c, op}.fate(c.ast.Expr()).fails)
}

// MayFail returns a trap into which some rows of op fall.
func (c *Checked) MayFail(op event.Op) *Trap { return c.trap(specialized{c, op}.risk(c.ast.Expr())) }

// Never reports whether the condition holds for no row of op.
func (c *Checked) Never(op event.Op) bool {
	return specialized{c, op}.fate(c.ast.Expr()).isBool(false)
}

func (c *Checked) trap(r *read) *Trap {
	if r == nil {
		return nil
	}
	return &Trap{Read: r.String(), Column: r.name, Image: imageOf(r.kind), At: c.Place(r.offset)}
}

func imageOf(k rowKind) string {
	if k == rowRow || k == rowKey {
		return "before or after"
	}
	return variables[k]
}

// Unlogged returns a read that fails for rows of op since the log surely doesn't
// hold what it reads of the row before; nil when there is none, when the
// expression's value is known without it, or when the table isn't known. Such a
// rule must not be bound: it would stop at some row, however rare.
func (c *Checked) Unlogged(op event.Op) *Trap {
	if c.table == nil || c.table.Schema.Old == event.OldUnknown || c.table.Schema.Old == event.OldFull ||
		op != event.OpUpdate && op != event.OpDelete {
		return nil
	}
	r := specialized{c, op}.unlogged(c.ast.Expr())
	if r == nil {
		return nil
	}
	t := c.trap(r)
	t.Image, t.Mend = "before", WholeOldRows(c.table.Schema)
	if r.kind == rowMissing {
		t.Column = ""
	}
	return t
}

// unlogged looks for such a read in what is evaluated for the operation.
func (c specialized) unlogged(e ast.Expr) *read {
	if f := c.fate(e); f.val != nil {
		return nil
	}
	if r, ok := c.reads[e.ID()]; ok && e.Kind() == ast.SelectKind {
		if c.inLog(r) {
			return nil
		}
		return &r
	}
	parts := childrenOf(e)
	if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == operators.Conditional {
		switch test := c.fate(parts[0]); {
		case test.isBool(true):
			parts = parts[1:2]
		case test.isBool(false):
			parts = parts[2:]
		}
	}
	for _, part := range parts {
		if r := c.unlogged(part); r != nil {
			return r
		}
	}
	return nil
}

// inLog reports whether the log may hold what r reads in rows of the operation.
func (c specialized) inLog(r read) bool {
	s := c.table.Schema
	update := c.op == event.OpUpdate
	switch r.kind {
	case rowMissing:
		return r.name != "before" || !update
	case rowBefore, rowOld:
	case rowRow, rowKey:
		if update {
			return true
		}
	case rowChanged:
		if !update {
			return true
		}
	default:
		return true
	}
	col := c.table.column(r.kind, r.name)
	return col == nil || s.HoldsOld(col.Ord)
}

// Images reports which images of a row the expression names: before, also by old and
// changed, and after. The image at hand (row, key) is neither.
func (c *Checked) Images() (before, after bool) {
	for _, r := range c.reads {
		switch r.kind {
		case rowBefore, rowOld:
			before = true
		case rowChanged:
			before, after = true, true
		case rowAfter:
			after = true
		case rowMissing:
			before, after = before || r.name == "before", after || r.name == "after"
		default: // the image at hand, or none
		}
	}
	return before, after
}
