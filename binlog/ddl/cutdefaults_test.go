package ddl

import (
	"testing"

	"cdc/binlog/flavor"
)

// TestSpoiltDefaults: the catalogue doesn't have all of a binary default, the
// table's definition does.
func TestSpoiltDefaults(t *testing.T) {
	for _, c := range []struct {
		fl                           flavor.Flavor
		typ, catalogue, create, want string
	}{
		{fl: flavor.MySQL, typ: "binary(2)", catalogue: "0x61", create: `'a\0'`, want: "0x6100"},
		{fl: flavor.MySQL, typ: "varbinary(5)", catalogue: "0x", create: "0x00FF", want: "0x00FF"},
		{fl: flavor.MariaDB, typ: "varbinary(5)", catalogue: "\x00?", create: "'\\0\xff'", want: "\x00\uFFFD"},
		{fl: flavor.MariaDB, typ: "varbinary(5)", catalogue: "why?", create: "'why?'", want: "why?"},
	} {
		f := &Table{Database: "shop", Table: "t", Columns: []Column{{Name: "v", Type: c.typ, Default: &c.catalogue}}}
		if !f.MayBeCut(c.fl) {
			t.Errorf("%s, %q: taken as it is", c.fl, c.catalogue)
		}
		f.TakeBinaryDefaults(c.fl, "CREATE TABLE `t` (\n  `v` "+c.typ+" DEFAULT "+c.create+"\n)")
		if got := *f.Columns[0].Default; got != c.want {
			t.Errorf("%s, %s: got %q, want %q", c.fl, c.create, got, c.want)
		}
	}
	text := "x?"
	for _, f := range []Column{{Type: "varchar(5)", Default: &text}, {Type: "binary(2)"}, {Type: "binary(2)", Default: &text, DefaultExpr: true}} {
		if f.mayBeCut(flavor.MariaDB) {
			t.Errorf("%+v needs no definition", f)
		}
	}
}
