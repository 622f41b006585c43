package ddl

import (
	"encoding/hex"
	"strings"

	"cdc/binlog/flavor"
)

// MayBeCut reports whether the catalogue may have spoilt a default: MySQL's gives
// that of a BINARY or VARBINARY column up to its first zero byte, MariaDB's has a
// question mark for each byte that is no text.
func (f *Table) MayBeCut(fl flavor.Flavor) bool {
	for i := range f.Columns {
		if f.Columns[i].mayBeCut(fl) {
			return true
		}
	}
	return false
}

// mayBeCut reports whether the default of a binary column is in hexadecimal, as
// MySQL has it, or has question marks.
func (c *Column) mayBeCut(fl flavor.Flavor) bool {
	typ := strings.ToLower(c.Type)
	if c.Default == nil || c.DefaultExpr || !strings.HasPrefix(typ, "binary") && !strings.HasPrefix(typ, "varbinary") {
		return false
	}
	if fl == flavor.MariaDB {
		return strings.Contains(*c.Default, "?")
	}
	return strings.HasPrefix(*c.Default, "0x")
}

// TakeBinaryDefaults takes the defaults from the table's definition as SHOW CREATE
// TABLE prints it, which Debezium reads as text, with U+FFFD where it is none.
func (f *Table) TakeBinaryDefaults(fl flavor.Flavor, create string) {
	create = string([]rune(create))
	st := Parse([]byte(create), f.Database, 0)
	defined, err := st.Define(fl, f.Name(), f.Charset)
	if err != nil || len(defined.Columns) != len(f.Columns) {
		return // what the catalogue has must do
	}
	for i := range f.Columns {
		c, d := &f.Columns[i], defined.Columns[i].Default
		if !c.mayBeCut(fl) || d == nil || defined.Columns[i].Name != c.Name {
			continue
		}
		c.Default = whole(fl, *d)
	}
}

// whole is a default in the form of the catalogue.
func whole(fl flavor.Flavor, text string) *string {
	if fl == flavor.MySQL && !strings.HasPrefix(text, "0x") {
		text = "0x" + hex.EncodeToString([]byte(text))
	}
	return &text
}
