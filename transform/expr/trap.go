package expr

import (
	"cdc/event"
	"cdc/transform/rulefile"
)

// Trap is a place in a condition that looks at what a row of some operation
// doesn't have.
type Trap struct {
	// Read is how the condition spells it, Image the image that is missing: before
	// or after.
	Read, Image string
	At          rulefile.Place
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
	return &Trap{Read: r.String(), Image: variables[r.kind], At: c.Place(r.offset)}
}
