package binlog

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cdc/binlog/charsets"
	"cdc/event"
)

// errFactsDiffer: the catalogue's facts are of another version of the table
// than the table map. The caller looks into its history or reads the catalogue
// again.
var errFactsDiffer = errors.New("catalogue and table map differ")

// columnFact is what the catalogue (information_schema.columns) says about a
// column. It is stored in the schema history.
type columnFact struct {
	Name string `json:"name"`
	// Type is COLUMN_TYPE, verbatim: "int unsigned", "enum('a','b')".
	Type string `json:"type"`
	// Charset and Collation are CHARACTER_SET_NAME and COLLATION_NAME; empty for
	// columns that aren't text.
	Charset   string `json:"charset,omitempty"`
	Collation string `json:"collation,omitempty"`
	Nullable  bool   `json:"nullable,omitempty"`
	// Default is the value of a literal default as text, without quotes; nil for
	// none (and for DEFAULT NULL). For an expression it is the expression's text
	// and DefaultExpr is true: "CURRENT_TIMESTAMP(6)", "uuid()". See setDefault.
	Default     *string `json:"default,omitempty"`
	DefaultExpr bool    `json:"default_expr,omitempty"`
	// Extra is EXTRA, verbatim: "auto_increment", "VIRTUAL GENERATED",
	// "INVISIBLE", "on update CURRENT_TIMESTAMP".
	Extra string `json:"extra,omitempty"`
	// Comment is COLUMN_COMMENT.
	Comment string `json:"comment,omitempty"`
	// Period: MariaDB's GENERATED ALWAYS AS ROW START or ROW END.
	Period bool `json:"period,omitempty"`
	// Written is how a statement in the log spells the column; nil when only the
	// catalogue has told of it.
	Written *writtenColumn `json:"written,omitempty"`
}

// writtenColumn is what a statement says of a column where the catalogue says it
// in other words.
type writtenColumn struct {
	// Type is the type's text: "integer(5)", "bool".
	Type    string `json:"type"`
	Charset string `json:"charset,omitempty"`
	// Default is the default as Debezium shows it; nil for none.
	Default *string `json:"default,omitempty"`
}

// indexFact is a unique index.
type indexFact struct {
	Name    string   `json:"name,omitempty"`
	Columns []string `json:"columns,omitempty"`
	// Expression: some part of it is none of a column. Prefix: some part is only
	// the beginning of one.
	Expression bool `json:"expression,omitempty"`
	Prefix     bool `json:"prefix,omitempty"`
}

// tableFacts is what the catalogue says about one version of a table. It is
// stored in the schema history.
type tableFacts struct {
	Database string       `json:"database"`
	Table    string       `json:"table"`
	Columns  []columnFact `json:"columns"`
	// Key names the columns of the record key in key order: the primary key,
	// else the first UNIQUE index of plain columns; empty for none.
	Key []string `json:"key,omitempty"`
	// Primary says that Key is the primary key.
	Primary bool `json:"primary,omitempty"`
	// Unique are the unique indexes beside the primary key, in the server's order.
	Unique []indexFact `json:"unique,omitempty"`
	// Charset is the table's default character set; empty for unknown.
	Charset string `json:"charset,omitempty"`
	Comment string `json:"comment,omitempty"`
}

// schema turns the facts into a schema. A type that can't be handled is an
// error that wraps event.ErrUnsupported and names table, column and type.
func (f *tableFacts) schema(fl Flavor) (*event.Schema, error) {
	s := &event.Schema{Database: f.Database, Table: f.Table, Width: len(f.Columns)}
	s.Columns = make([]event.Column, len(f.Columns))
	for i := range f.Columns {
		typ, err := f.Columns[i].eventType(fl)
		if err != nil {
			return nil, fmt.Errorf("table %s, column %q: %w", s.Name(), f.Columns[i].Name, err)
		}
		s.Columns[i] = event.Column{Name: f.Columns[i].Name, Ord: i, Type: typ}
	}
	for _, name := range f.Key {
		c := s.Column(name)
		if c == nil {
			return nil, fmt.Errorf("table %s: key column %q isn't among its columns", s.Name(), name)
		}
		s.Key = append(s.Key, *c)
	}
	return s, nil
}

func (c *columnFact) eventType(fl Flavor) (event.Type, error) {
	spec, err := parseType(c.Type)
	if err != nil {
		return event.Type{}, err
	}
	typ, ok := spec.eventType(fl)
	if !ok {
		return event.Type{}, fmt.Errorf("type %s: %w; leave the table out by an exclusion (!database.table)", c.Type, event.ErrUnsupported)
	}
	if spec.isText() {
		typ.Charset = charsets.Canonical(c.Charset)
		if !charsets.Known(typ.Charset) && typ.Charset != charsets.Binary {
			return event.Type{}, fmt.Errorf("type %s: character set %q: %w; convert the column to utf8mb4 or leave the table out by an exclusion (!database.table)",
				c.Type, c.Charset, event.ErrUnsupported)
		}
	}
	typ.Native, typ.Comment = c.Type, string(shown(c.Comment)) // Debezium takes it with its escapes
	if c.Written != nil {
		typ.Declared = c.declared(fl)
	}
	typ.Flags = c.flags(&spec)
	typ.Default = c.renderDefault(&typ)
	return typ, nil
}

func (c *columnFact) flags(spec *typeSpec) (flags event.TypeFlags) {
	set := func(f event.TypeFlags, on bool) {
		if on {
			flags |= f
		}
	}
	extra := strings.ToUpper(c.Extra)
	set(event.Nullable, c.Nullable)
	set(event.Unsigned, spec.unsigned)
	set(event.Generated, c.generated())
	set(event.AutoIncrement, strings.Contains(extra, "AUTO_INCREMENT"))
	set(event.Invisible, slices.Contains(strings.FieldsFunc(extra, func(r rune) bool { return r == ' ' || r == ',' }), "INVISIBLE"))
	return flags
}

// generated tells a generated column from one with an expression default, which
// MySQL marks as DEFAULT_GENERATED.
func (c *columnFact) generated() bool {
	extra := strings.ToUpper(c.Extra)
	return strings.Contains(extra, "VIRTUAL GENERATED") || strings.Contains(extra, "STORED GENERATED")
}
