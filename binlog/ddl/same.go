package ddl

import (
	"slices"
	"strings"

	"cdc/binlog/charsets"
)

// Confirmed is the table as the catalogue shows it, when that is the same table,
// and else as it was worked out. What the statement says in its own words stays.
func (f *Table) Confirmed(live *Table) *Table {
	if live == nil || !f.Same(live) {
		return f
	}
	both := *live
	both.Columns = slices.Clone(live.Columns)
	for i := range both.Columns {
		both.Columns[i].Written = f.Columns[i].Written
	}
	return &both
}

// Same reports whether two tables differ in spelling only.
func (f *Table) Same(o *Table) bool {
	return len(f.Columns) == len(o.Columns) && slices.Equal(f.Key, o.Key) && f.Primary == o.Primary &&
		len(f.Unique) == len(o.Unique) && f.Charset == o.Charset && f.Comment == o.Comment &&
		slices.EqualFunc(f.Columns, o.Columns, func(x, y Column) bool { return x.Same(&y) })
}

// Same reports whether two columns differ in spelling only.
func (c *Column) Same(o *Column) bool {
	a, err1 := ParseType(c.Type)
	b, err2 := ParseType(o.Type)
	if err1 != nil || err2 != nil || a.Name != b.Name || a.Unsigned != b.Unsigned || !slices.Equal(a.Symbols, b.Symbols) || c.Comment != o.Comment {
		return false
	}
	if !isInteger(a.Name) && !slices.Equal(a.args, b.args) {
		return false
	}
	return c.Name == o.Name && c.Nullable == o.Nullable && charsets.Canonical(c.Charset) == charsets.Canonical(o.Charset) &&
		c.Generated() == o.Generated() && c.sameDefault(o)
}

func isInteger(name string) bool {
	return jdbcOf[name] == jdbcInteger || strings.HasSuffix(name, "int")
}

// sameDefault compares defaults; of expressions the servers change the spelling.
func (c *Column) sameDefault(o *Column) bool {
	if c.Generated() {
		return true
	}
	if c.Default == nil || o.Default == nil || c.DefaultExpr != o.DefaultExpr {
		return c.Default == nil && o.Default == nil
	}
	return c.DefaultExpr || *c.Default == *o.Default
}
