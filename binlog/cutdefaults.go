package binlog

import (
	"context"
	"encoding/hex"
	"strings"
)

// MySQL's catalogue gives the default of a BINARY or VARBINARY column up to its
// first zero byte. SHOW CREATE TABLE has all of it.

// mendDefaults reads the defaults that the catalogue may have cut.
func (c *control) mendDefaults(ctx context.Context, fl Flavor, f *tableFacts) error {
	if fl == MariaDB || !f.mayBeCut() {
		return nil
	}
	r, err := c.rows(ctx, "SHOW CREATE TABLE "+identifier(f.Database)+"."+identifier(f.Table))
	if err != nil || r.RowNumber() == 0 {
		return err
	}
	f.takeBinaryDefaults(fl, text(r, 0, 1))
	return nil
}

func (f *tableFacts) mayBeCut() bool {
	for i := range f.Columns {
		if f.Columns[i].hasBinaryDefault() {
			return true
		}
	}
	return false
}

// hasBinaryDefault reports whether the default is in hexadecimal.
func (c *columnFact) hasBinaryDefault() bool {
	typ := strings.ToLower(c.Type)
	return c.Default != nil && !c.DefaultExpr && strings.HasPrefix(*c.Default, "0x") &&
		(strings.HasPrefix(typ, "binary") || strings.HasPrefix(typ, "varbinary"))
}

// takeBinaryDefaults takes the defaults from the table's definition.
func (f *tableFacts) takeBinaryDefaults(fl Flavor, create string) {
	st := parseStatement([]byte(create), f.Database, 0)
	defined, err := definition([]byte(create), &st, f.Database, 0).createTable(fl, tableName{f.Database, f.Table}, f.Charset)
	if err != nil || len(defined.Columns) != len(f.Columns) {
		return // what the catalogue has must do
	}
	for i := range f.Columns {
		c, d := &f.Columns[i], defined.Columns[i].Default
		if !c.hasBinaryDefault() || d == nil || defined.Columns[i].Name != c.Name {
			continue
		}
		whole := *d
		if !strings.HasPrefix(whole, "0x") {
			whole = "0x" + hex.EncodeToString([]byte(whole))
		}
		c.Default = &whole
	}
}
