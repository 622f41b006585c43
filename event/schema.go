package event

import (
	"slices"
	"strings"
)

// TypeFlags are properties of a column.
type TypeFlags uint16

// The flags of a column.
const (
	Nullable TypeFlags = 1 << iota
	Unsigned
	Generated
	AutoIncrement
	Invisible
)

// Type describes a column as its source knows it.
type Type struct {
	// Kind is the kind of the column's non-null values. KindDecimal stands for
	// both decimal kinds.
	Kind Kind
	// Native is the type as the source spells it: "varchar(20)",
	// "numeric(10,2)", "timestamp with time zone".
	Native string
	// Precision is the number of digits of a decimal (-1: unlimited), or the
	// number of fraction digits of a temporal type. Scale is that of a decimal.
	Precision, Scale int16
	// Length is that of a text, binary or bit column; 0 when unlimited.
	Length int32
	// Logical is what the column means beyond the kind of its values.
	Logical Logical
	// Elem describes the elements of an array or a vector; nil for others.
	Elem *Type
	// Declared is the type in Debezium's model of a column.
	Declared Declared
	// Comment is the column's comment, empty for none.
	Comment string
	// Symbols are the members of an ENUM or a SET, in definition order.
	Symbols []string
	// Charset is the character set of a text column as the source names it.
	Charset string
	// Default is what the column holds when a row doesn't say; nil for none.
	Default *Default
	Flags   TypeFlags
}

// Nullable reports whether the column takes NULL.
func (t *Type) Nullable() bool { return t.Flags&Nullable != 0 }

// Default is the default of a column. Its text lies in Text, not in a batch.
type Default struct {
	Value Value
	Text  []byte
}

// Column is one column of a view of a table.
type Column struct {
	Name string
	Type Type
	// From is the name of the column in the table, where a projection calls it
	// otherwise; empty: Name.
	From string
	// Ord is the column's index in the row image. It isn't used where Fields are.
	Ord int
	// Fields, when there are any, make the column a struct of other columns; Type
	// isn't used then.
	Fields []Column
}

// Source returns the name of the column in the table.
func (c *Column) Source() string {
	if c.From != "" {
		return c.From
	}
	return c.Name
}

// Schema is one version of a table as some reader sees it. It is immutable and
// shared by pointer; the same pointer means the same shape.
type Schema struct {
	// Database is the MySQL or PostgreSQL database. Namespace is the PostgreSQL
	// schema, empty for MySQL.
	Database, Namespace, Table string
	// Version counts the versions of this table, from 1, for messages and logs.
	Version uint64
	// Columns are the view; a projection lists fewer, renamed or reordered.
	Columns []Column
	// Key holds the columns of the record key in key order; empty when the
	// table has none.
	Key []Column
	// TableKey is what the headers of a change of the key show, where a projection
	// has another key than its table; nil: Key, as records have it.
	TableKey *TableKey
	// Headers are columns whose values become headers of the records, and
	// PartitionBy those that choose the partition, as if they were the key; only
	// projections have them.
	Headers, PartitionBy []Column
	// Width is the number of values in one row image. That of a projection may be
	// larger: its rows are copies, and rules put values behind those of the table.
	Width int
	// Old says which rows before a change the log holds.
	Old OldRows
	// OldColumns are the ordinals of the columns that a row before a change holds
	// where Old is OldKey. They may be others than those of the record key, which
	// the configuration can choose; nil stands for those of Key.
	OldColumns []int
}

// TableKey is the key of a table where records have another.
type TableKey struct {
	// Columns are those of the key, in the images of the projection.
	Columns []Column
	// Name is what the name of its Connect schema begins with (Name + ".Key").
	Name string
}

// HoldsOld reports whether a row before a change, where the log has one, holds the
// column at that ordinal. Where Old is OldUnknown it may.
func (s *Schema) HoldsOld(ord int) bool {
	switch {
	case s.Old == OldNone:
		return false
	case s.Old != OldKey:
		return true
	case s.OldColumns != nil:
		return slices.Contains(s.OldColumns, ord)
	}
	return slices.ContainsFunc(s.Key, func(c Column) bool { return c.Ord == ord })
}

// OldRows says what the log holds of a row before a change.
type OldRows uint8

// What the log may hold.
const (
	OldUnknown OldRows = iota // found out row by row
	OldFull                   // the whole row
	// OldKey: the columns that Schema.HoldsOld tells, for a delete and where an
	// update changes one of them (PostgreSQL, replica identity DEFAULT or INDEX).
	OldKey
	OldNone // nothing
)

// Name returns "database.table" for MySQL and "schema.table" for PostgreSQL:
// the name by which rules and table lists know the table.
func (s *Schema) Name() string { return s.Space() + "." + s.Table }

// Space is what tables are named in: the database of MySQL, the schema of PostgreSQL.
func (s *Schema) Space() string {
	if s.Namespace != "" {
		return s.Namespace
	}
	return s.Database
}

// KeyNames lists the names of the key's columns for a message, by which a person
// finds the row; "none" when there is no key.
func (s *Schema) KeyNames() string {
	if len(s.Key) == 0 {
		return "none"
	}
	names := make([]string, len(s.Key))
	for i := range s.Key {
		names[i] = s.Key[i].Name
	}
	return strings.Join(names, ", ")
}

// Column returns the column of that name, or nil.
func (s *Schema) Column(name string) *Column {
	for i := range s.Columns {
		if s.Columns[i].Name == name {
			return &s.Columns[i]
		}
	}
	return nil
}

// Project returns a view of s with the given columns. Key, names and image
// stay those of s.
func (s *Schema) Project(columns []Column) *Schema {
	p := *s
	p.Columns = columns
	return &p
}

// Equal reports whether two versions of a table describe the same shape:
// everything but Version, and what only projections have.
func (s *Schema) Equal(o *Schema) bool {
	return s.Database == o.Database && s.Namespace == o.Namespace && s.Table == o.Table &&
		s.Width == o.Width && s.Old == o.Old && slices.Equal(s.OldColumns, o.OldColumns) && equalColumns(s.Columns, o.Columns) && equalColumns(s.Key, o.Key)
}

func equalColumns(a, b []Column) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Name != b[i].Name || a[i].From != b[i].From || a[i].Ord != b[i].Ord || !a[i].Type.equal(&b[i].Type) || !equalColumns(a[i].Fields, b[i].Fields) {
			return false
		}
	}
	return true
}

func (t *Type) equal(o *Type) bool {
	return t.Kind == o.Kind && t.Native == o.Native && t.Precision == o.Precision && t.Scale == o.Scale &&
		t.Length == o.Length && t.Charset == o.Charset && t.Flags == o.Flags &&
		t.Logical == o.Logical && t.Declared == o.Declared && t.Comment == o.Comment && equalElem(t.Elem, o.Elem) &&
		strings.Join(t.Symbols, "\x00") == strings.Join(o.Symbols, "\x00") && t.Default.equal(o.Default)
}

func equalElem(t, o *Type) bool {
	if t == nil || o == nil {
		return t == o
	}
	return t.equal(o)
}

func (d *Default) equal(o *Default) bool {
	if d == nil || o == nil {
		return d == o
	}
	return d.Value.Equal(d.Text, o.Value, o.Text)
}
