package binlog

import (
	"context"
	"encoding/hex"
	"strings"
)

// MySQL's catalogue gives the default of a BINARY or VARBINARY column up to its
// first zero byte, and MariaDB's has a question mark for each byte that is no
// text. SHOW CREATE TABLE has all of it.

// mendDefaults reads the defaults that the catalogue may have spoilt.
func (c *control) mendDefaults(ctx context.Context, fl Flavor, f *tableFacts) error {
	if !f.mayBeCut(fl) {
		return nil
	}
	r, err := c.rows(ctx, "SHOW CREATE TABLE "+identifier(f.Database)+"."+identifier(f.Table))
	if err != nil || r.RowNumber() == 0 {
		return err
	}
	f.takeBinaryDefaults(fl, text(r, 0, 1))
	return nil
}

func (f *tableFacts) mayBeCut(fl Flavor) bool {
	for i := range f.Columns {
		if f.Columns[i].mayBeCut(fl) {
			return true
		}
	}
	return false
}

// mayBeCut reports whether the default of a binary column is in hexadecimal, as
// MySQL has it, or has question marks.
func (c *columnFact) mayBeCut(fl Flavor) bool {
	typ := strings.ToLower(c.Type)
	if c.Default == nil || c.DefaultExpr || !strings.HasPrefix(typ, "binary") && !strings.HasPrefix(typ, "varbinary") {
		return false
	}
	if fl == MariaDB {
		return strings.Contains(*c.Default, "?")
	}
	return strings.HasPrefix(*c.Default, "0x")
}

// takeBinaryDefaults takes the defaults from the table's definition, which
// Debezium reads as text, with U+FFFD where it is none.
func (f *tableFacts) takeBinaryDefaults(fl Flavor, create string) {
	create = string([]rune(create))
	st := parseStatement([]byte(create), f.Database, 0)
	defined, err := definition([]byte(create), &st, f.Database, 0).createTable(fl, tableName{f.Database, f.Table}, f.Charset)
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
func whole(fl Flavor, text string) *string {
	if fl == MySQL && !strings.HasPrefix(text, "0x") {
		text = "0x" + hex.EncodeToString([]byte(text))
	}
	return &text
}
