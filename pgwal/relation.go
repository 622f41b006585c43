package pgwal

import (
	"fmt"
	"slices"

	"cdc/event"
)

// relation is how the rows of one table are read on this connection.
type relation struct {
	name   string // schema.table, for messages
	wanted bool
	schema *event.Schema
	cells  []cell
	// keys are the columns of the record key whose old values the replica
	// identity tells.
	keys []int
}

// cell is how one column is read.
type cell struct {
	name     string
	read     textCell // nil: nobody asked for it
	identity bool     // an old row holds its value
}

// binding is what the Selector said about a schema.
type binding struct {
	schema *event.Schema
	wanted bool
	want   []bool
}

func (d *decoder) readRelation(p []byte) error {
	m, err := parseRelation(p)
	if err != nil {
		return err
	}
	f, err := d.facts(m.oid)
	if err != nil {
		return &catalogueError{fmt.Errorf("table %s.%s: %w", m.namespace, m.table, err)}
	}
	d.learn(f)
	schema, unsupported := makeSchema(d.database, m.namespace, m.table, d.describe(m, f), recordKey(m, f))
	bound, err := d.bind(m.oid, schema, unsupported)
	if err != nil {
		return err
	}
	r, err := newRelation(m, bound)
	if err != nil {
		return err
	}
	d.relations[m.oid], d.last = r, nil
	return nil
}

// learn remembers what the catalogue says about types of users: later it may
// know the table no more, while rows of it are still to come.
func (d *decoder) learn(f *tableFacts) {
	if f == nil {
		return
	}
	for _, c := range f.Columns {
		if c.TypeOID >= firstUserOID {
			d.types[c.TypeOID] = columnFact{
				TypeOID: c.TypeOID, TypeName: c.TypeName, Enum: c.Enum,
				BaseOID: c.BaseOID, BaseMod: c.BaseMod, BaseName: c.BaseName,
			}
		}
	}
}

// describe says all that is known about the columns of a relation message. What
// the catalogue says holds now, not when the row was written: it is used for the
// columns as long as they look alike, else the message stands alone.
func (d *decoder) describe(m *relationMsg, f *tableFacts) []columnFact {
	if agreed := f.agree(m); agreed != nil {
		return agreed
	}
	columns := make([]columnFact, len(m.columns))
	for i := range m.columns {
		columns[i] = d.columnAlone(&m.columns[i])
		columns[i].NotNull = m.columns[i].identity && m.identity != 'f'
	}
	return columns
}

// agree returns the facts of exactly the columns of m, or nil when name, type or
// number differ. Generated columns may be missing from m.
func (f *tableFacts) agree(m *relationMsg) []columnFact {
	if f == nil {
		return nil
	}
	agreed := make([]columnFact, 0, len(m.columns))
	for i := range f.Columns {
		c := &f.Columns[i]
		if n := len(agreed); n < len(m.columns) && c.is(&m.columns[n]) {
			agreed = append(agreed, *c)
		} else if c.Generated == "" {
			return nil
		}
	}
	if len(agreed) != len(m.columns) {
		return nil
	}
	return agreed
}

func (c *columnFact) is(m *relationColumn) bool {
	return c.Name == m.name && c.TypeOID == m.oid && c.Mod == m.mod
}

// columnAlone describes a column by what its message says, and its type by what
// was learnt earlier or said by a type message.
func (d *decoder) columnAlone(m *relationColumn) columnFact {
	c := columnFact{Name: m.name, TypeOID: m.oid, Mod: m.mod, BaseOID: m.oid, BaseMod: m.mod}
	if m.oid < firstUserOID {
		c.TypeName = typeOfOID(m.oid)
		return c
	}
	if t, ok := d.types[m.oid]; ok {
		c.TypeName, c.Enum, c.BaseOID, c.BaseName = t.TypeName, t.Enum, t.BaseOID, t.BaseName
		if t.BaseOID != m.oid {
			c.BaseMod = t.BaseMod
		}
		return c
	}
	said := d.named[m.oid]
	c.TypeName, c.BaseName = said.name, said.name
	if said.name == "" {
		c.TypeName = typeOfOID(m.oid)
	}
	if said.namespace == "" && said.name != "" {
		c.BaseOID, c.BaseMod = baseOfName(said.name), -1
	}
	return c
}

// recordKey chooses the columns of the record key, in key order. Under the
// replica identity DEFAULT the message marks the primary key as it was when the
// row was written; FULL marks all columns, and then only the catalogue knows.
// With an index as identity, old rows hold nothing but its columns: a key must
// lie within them, or deletes would carry a key that no insert had.
func recordKey(m *relationMsg, f *tableFacts) []string {
	var marked, fromFacts []string
	for i := range m.columns {
		if m.columns[i].identity {
			marked = append(marked, m.columns[i].name)
		}
	}
	if f.knowsKey(m) {
		fromFacts = f.Key
	}
	if m.identity == 'f' || m.identity == 'n' || len(marked) == 0 {
		return fromFacts
	}
	within := len(fromFacts) > 0
	for _, name := range fromFacts {
		within = within && slices.Contains(marked, name)
	}
	if within && (m.identity == 'i' || len(fromFacts) == len(marked)) {
		return fromFacts
	}
	return marked
}

// knowsKey reports whether all key columns of f are columns of m with the same
// type.
func (f *tableFacts) knowsKey(m *relationMsg) bool {
	if f == nil {
		return false
	}
	for _, name := range f.Key {
		at := slices.IndexFunc(m.columns, func(c relationColumn) bool { return c.name == name })
		known := slices.IndexFunc(f.Columns, func(c columnFact) bool { return c.Name == name })
		if at < 0 || known < 0 || !f.Columns[known].is(&m.columns[at]) {
			return false
		}
	}
	return true
}

// bind asks the Selector about a schema, once: when it equals the last one of
// the table, that one and its answer stay.
func (d *decoder) bind(oid uint32, schema *event.Schema, unsupported error) (*binding, error) {
	known := d.known[oid]
	schema.Version = 1
	if known != nil {
		if known.schema.Equal(schema) && (unsupported == nil || !known.wanted) {
			return known, nil
		}
		schema.Version = known.schema.Version + 1
	}
	want, ok, err := d.sel.Select(schema)
	switch {
	case err == nil && !ok:
		// A table that nobody wants may have columns of any type.
	case unsupported != nil:
		return nil, unsupported
	case err != nil:
		return nil, fmt.Errorf("table %s: %w", schema.Name(), err)
	case len(want) != schema.Width:
		return nil, fmt.Errorf("table %s: %d columns selected of %d", schema.Name(), len(want), schema.Width)
	}
	bound := &binding{schema: schema, wanted: ok, want: want}
	d.known[oid] = bound
	return bound, nil
}

func newRelation(m *relationMsg, bound *binding) (*relation, error) {
	s := bound.schema
	r := &relation{name: s.Name(), schema: s, wanted: bound.wanted}
	if !r.wanted {
		return r, nil
	}
	r.cells = make([]cell, len(m.columns))
	for i := range r.cells {
		r.cells[i] = cell{name: m.columns[i].name, identity: m.columns[i].identity}
		if !bound.want[i] && !isKey(s, i) {
			continue
		}
		read, err := compileText(&s.Columns[i])
		if err != nil {
			return nil, r.cellError(i, err)
		}
		r.cells[i].read = read
	}
	for i := range s.Key {
		if ord := s.Key[i].Ord; r.cells[ord].identity {
			r.keys = append(r.keys, ord)
		}
	}
	return r, nil
}

func isKey(s *event.Schema, ord int) bool {
	return slices.ContainsFunc(s.Key, func(c event.Column) bool { return c.Ord == ord })
}

// makeSchema puts a schema together. Columns of a type that isn't supported are
// KindSkipped in it, and the error names the first one.
func makeSchema(database, namespace, table string, columns []columnFact, key []string) (*event.Schema, error) {
	s := &event.Schema{Database: database, Namespace: namespace, Table: table, Width: len(columns)}
	s.Columns = make([]event.Column, len(columns))
	var unsupported error
	for i := range columns {
		c := &columns[i]
		t, ok := c.eventType()
		if !ok && unsupported == nil {
			unsupported = fmt.Errorf("%w: column %q of table %s.%s has type %s (leave the table out with the pattern \"!%s.%s\")",
				event.ErrUnsupported, c.Name, namespace, table, c.TypeName, namespace, table)
		}
		s.Columns[i] = event.Column{Name: c.Name, Type: t, Ord: i}
	}
	for _, name := range key {
		if c := s.Column(name); c != nil {
			s.Key = append(s.Key, *c)
		}
	}
	return s, unsupported
}
