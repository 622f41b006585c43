package ddl

import "strings"

// Name is a table's name in two parts.
type Name struct{ Database, Table string }

// String is the name as patterns and messages have it.
func (n Name) String() string { return n.Database + "." + n.Table }

// Lower is the name in lower case.
func (n Name) Lower() Name {
	return Name{strings.ToLower(n.Database), strings.ToLower(n.Table)}
}

// Identifier quotes a name for a statement.
func Identifier(s string) string { return "`" + strings.ReplaceAll(s, "`", "``") + "`" }

// SQL is the name as a statement wants it.
func (n Name) SQL() string { return Identifier(n.Database) + "." + Identifier(n.Table) }

// QuotedID is the name of a table on the schema change topic.
func (n Name) QuotedID() string {
	return doubleQuoted(n.Database) + "." + doubleQuoted(n.Table)
}

func doubleQuoted(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}
