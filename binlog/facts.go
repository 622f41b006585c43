package binlog

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cdc/binlog/charsets"
	"cdc/binlog/ddl"
	"cdc/event"
)

// errFactsDiffer: the catalogue's facts are of another version of the table
// than the table map. The caller looks into its history or reads the catalogue
// again.
var errFactsDiffer = errors.New("catalogue and table map differ")

// schemaOf turns the facts into a schema. A type that can't be handled is an
// error that wraps event.ErrUnsupported and names table, column and type.
func schemaOf(f *ddl.Table, fl Flavor) (*event.Schema, error) {
	s := &event.Schema{Database: f.Database, Table: f.Table, Width: len(f.Columns)}
	s.Columns = make([]event.Column, len(f.Columns))
	for i := range f.Columns {
		typ, err := typeOf(&f.Columns[i], fl)
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

// typeOf is how values of the column are handed on.
func typeOf(c *ddl.Column, fl Flavor) (event.Type, error) {
	spec, err := ddl.ParseType(c.Type)
	if err != nil {
		return event.Type{}, err
	}
	typ, ok := spec.Event(fl)
	if !ok {
		return event.Type{}, fmt.Errorf("type %s: %w; leave the table out by an exclusion (!database.table)", c.Type, event.ErrUnsupported)
	}
	if spec.IsText() {
		typ.Charset = charsets.Canonical(c.Charset)
		if !charsets.Known(typ.Charset) && typ.Charset != charsets.Binary {
			return event.Type{}, fmt.Errorf("type %s: character set %q: %w; convert the column to utf8mb4 or leave the table out by an exclusion (!database.table)",
				c.Type, c.Charset, event.ErrUnsupported)
		}
	}
	typ.Native, typ.Comment = c.Type, string(ddl.Shown(c.Comment)) // Debezium takes it with its escapes
	if c.Written != nil {
		typ.Declared = c.Declared(fl)
	}
	typ.Flags = flagsOf(c, &spec)
	typ.Default = renderDefault(c, &typ)
	return typ, nil
}

func flagsOf(c *ddl.Column, spec *ddl.Type) (flags event.TypeFlags) {
	set := func(f event.TypeFlags, on bool) {
		if on {
			flags |= f
		}
	}
	extra := strings.ToUpper(c.Extra)
	set(event.Nullable, c.Nullable)
	set(event.Unsigned, spec.Unsigned)
	set(event.Generated, c.Generated())
	set(event.AutoIncrement, strings.Contains(extra, "AUTO_INCREMENT"))
	set(event.Invisible, slices.Contains(strings.FieldsFunc(extra, func(r rune) bool { return r == ' ' || r == ',' }), "INVISIBLE"))
	return flags
}
