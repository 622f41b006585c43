package dryrun

import (
	"cdc/event"
	"cdc/transform/rulefile"
)

// Change is a change of a row that goes through the rules.
type Change struct {
	// At is where it stands, for errors.
	At rulefile.Place
	// Table is "database.table" (MySQL, MariaDB) or "schema.table" (PostgreSQL).
	Table string
	Op    event.Op
	// Before and After are mappings of column to value; nil where there is no row.
	Before, After *rulefile.Literal
	// Source are fields of the source block; nil for none.
	Source *rulefile.Literal

	envelope *envelope // of a Debezium event; nil for others
}

// images are the rows of the change that are there.
func (c *Change) images() []*rulefile.Literal {
	var list []*rulefile.Literal
	for _, l := range []*rulefile.Literal{c.Before, c.After} {
		if l != nil && l.Kind == rulefile.LiteralMap {
			list = append(list, l)
		}
	}
	return list
}

// ofTest makes a change of what a test says.
func ofTest(in *rulefile.TestChange) (*Change, error) {
	c := &Change{At: in.At, Table: in.Table, Before: row(in.Before), After: row(in.After), Source: row(in.Source)}
	if len(in.Op) == 1 {
		c.Op = event.Op(in.Op[0])
	}
	return c, c.check()
}

// row is a mapping, or nil for a null.
func row(l *rulefile.Literal) *rulefile.Literal {
	if l == nil || l.Kind == rulefile.LiteralNull {
		return nil
	}
	return l
}

// check refuses a change that no log holds.
func (c *Change) check() error {
	for _, l := range []*rulefile.Literal{c.Before, c.After, c.Source} {
		if l != nil && l.Kind != rulefile.LiteralMap {
			return c.At.Errorf("for example {id: 1, status: new}", "a row must be a mapping of column to value, not %s", kindName(l.Kind))
		}
	}
	before, after := c.Before != nil, c.After != nil
	switch c.Op {
	case event.OpCreate, event.OpRead:
		if before || !after {
			return c.At.Errorf(`give it "after" alone`, "%s has a row after, and none before", opName(c.Op))
		}
	case event.OpUpdate:
		if !after {
			return c.At.Errorf(`give it "after", and "before" where the log has it`, "an update has a row after")
		}
	case event.OpDelete:
		if after || !before {
			return c.At.Errorf(`give it "before" alone`, "a delete has a row before, and none after")
		}
	case event.OpTruncate:
		if before || after {
			return c.At.Errorf("", "a truncate has no row")
		}
	default:
		return c.At.Errorf("it is c, u, d, r or t", "an operation that isn't known")
	}
	return nil
}

func opName(op event.Op) string {
	if op == event.OpRead {
		return "a snapshot row"
	}
	return "an insert"
}

func kindName(k rulefile.LiteralKind) string {
	switch k {
	case rulefile.LiteralNull:
		return "null"
	case rulefile.LiteralBool:
		return "true or false"
	case rulefile.LiteralNumber:
		return "a number"
	case rulefile.LiteralText:
		return "text"
	case rulefile.LiteralBytes:
		return "bytes"
	case rulefile.LiteralList:
		return "a list"
	default:
		return "a mapping"
	}
}

// member returns what a mapping holds under a name, nil for nothing.
func member(l *rulefile.Literal, name string) *rulefile.Literal {
	if l == nil {
		return nil
	}
	for i, key := range l.Keys {
		if key == name && i < len(l.Items) {
			return l.Items[i]
		}
	}
	return nil
}
