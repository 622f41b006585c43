package pgwal

import (
	"fmt"
	"slices"

	"cdc/event"
)

// relation is how the rows of one table are read on this connection.
type relation struct {
	said     *relationMsg
	formless []columnFact // the columns that are left out
	gen      uint32       // of the rules that wanted and cells are for

	name   string // schema.table, for messages
	wanted bool
	schema *event.Schema
	cells  []cell
	// keys are the columns of the record key whose old values the replica
	// identity tells, keyless is the first whose old values it doesn't tell.
	keys    []int
	keyless string
	// tx is the transaction in which the table was counted last, count its place
	// among the counts.
	tx    uint64
	count int
}

// cell is how one column is read.
type cell struct {
	name     string
	read     textCell // nil: nobody asked for it
	identity bool     // an old row holds its value
}

// binding is what the Selector said about a schema.
type binding struct {
	gen    uint32
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
	columns, err := d.describe(m)
	if err != nil {
		return &catalogueError{fmt.Errorf("table %s.%s: %w", m.namespace, m.table, err)}
	}
	schema, formless := makeSchema(d.database, m.namespace, m.table, columns, recordKey(m, d.keyFacts(m.oid, f)), &d.capture)
	schema.Old, schema.OldColumns = oldRows(m.identity, len(m.columns), func(i int) bool { return m.columns[i].identity })
	return d.relate(m, schema, formless)
}

// relate binds the rules to a relation and keeps it.
func (d *decoder) relate(m *relationMsg, schema *event.Schema, formless []columnFact) error {
	bound, err := d.bind(m.oid, schema)
	if err != nil {
		return err
	}
	r, err := d.newRelation(m, bound)
	if err != nil {
		return err
	}
	r.said, r.formless, r.gen = m, formless, d.gen
	if r.wanted {
		d.tell(r, m, formless)
	}
	d.relations[m.oid], d.last = r, nil
	return nil
}

// relation finds a relation that this connection has described, and binds the
// rules to it when they are others than when it was described.
func (d *decoder) relation(oid uint32) (*relation, error) {
	r := d.relations[oid]
	if r == nil {
		return nil, fmt.Errorf("%w (OID %d)", errUnknownRel, oid)
	}
	if r.gen == d.gen {
		return r, nil
	}
	if err := d.relate(r.said, r.schema, r.formless); err != nil {
		return nil, err
	}
	return d.relations[oid], nil
}

// tell says once what a person should know about a table that is captured.
func (d *decoder) tell(r *relation, m *relationMsg, formless []columnFact) {
	if d.note == nil {
		return
	}
	for i := range formless {
		d.note(formlessNote(r.schema, &formless[i]))
	}
	name := tableName{r.schema.Namespace, r.schema.Table}
	if r.keyless != "" && m.identity != 'n' {
		d.note(fmt.Sprintf("table %s: column %q belongs to the record key, but old rows don't hold it, so that a delete has no full key; run: %s",
			r.name, r.keyless, identitySQL(name)))
	}
	if t := d.tables[m.oid]; m.identity == 'i' && t != nil && t.facts.KeyMoved {
		d.note(fmt.Sprintf("table %s: its replica identity is an index without the columns of the primary key, so that old rows don't hold them: the record key is %s; to be keyed by the primary key, run: ALTER TABLE %s REPLICA IDENTITY DEFAULT",
			r.name, r.schema.KeyNames(), quoteTable(name.Schema, name.Table)))
	}
}

// formlessNote says that a column is left out, and how to have it.
func formlessNote(s *event.Schema, c *columnFact) string {
	return fmt.Sprintf("table %s: column %q is left out, since its type %s has no form in an event; set events.include_unknown_datatypes: true to have its text as bytes",
		s.Name(), c.Name, c.TypeName)
}

// bind asks the Selector about a schema, once: when it equals the last one of
// the table, that one stays, and the answer too as long as the rules do.
func (d *decoder) bind(oid uint32, schema *event.Schema) (*binding, error) {
	known := d.known[oid]
	switch {
	case known == nil:
		schema.Version = 1
	case !known.schema.Equal(schema):
		schema.Version = known.schema.Version + 1
	case known.gen == d.gen:
		return known, nil
	default:
		schema = known.schema
	}
	want, ok, err := d.sel.Select(schema)
	switch {
	case err == nil && !ok:
	case err != nil:
		return nil, fmt.Errorf("table %s: %w", schema.Name(), err)
	case len(want) != schema.Width:
		return nil, fmt.Errorf("table %s: %d columns selected of %d", schema.Name(), len(want), schema.Width)
	}
	bound := &binding{gen: d.gen, schema: schema, wanted: ok, want: want}
	d.known[oid] = bound
	return bound, nil
}

func (d *decoder) newRelation(m *relationMsg, bound *binding) (*relation, error) {
	s := bound.schema
	r := &relation{name: s.Name(), schema: s, wanted: bound.wanted}
	if !r.wanted {
		return r, nil
	}
	r.cells = make([]cell, len(m.columns))
	for i := range r.cells {
		r.cells[i] = cell{name: m.columns[i].name, identity: m.columns[i].identity}
	}
	for i := range s.Columns {
		c := &s.Columns[i]
		if !bound.want[c.Ord] && !isKey(s, c.Ord) {
			continue
		}
		read, err := compileText(&c.Type, unfitOf(&d.capture, s, c.Name))
		if err != nil {
			return nil, r.cellError(c.Ord, err)
		}
		r.cells[c.Ord].read = read
	}
	for i := range s.Key {
		if ord := s.Key[i].Ord; r.cells[ord].identity {
			r.keys = append(r.keys, ord)
		} else if r.keyless == "" {
			r.keyless = s.Key[i].Name
		}
	}
	return r, nil
}

// unfitOf makes what takes the values of a column that have no form.
func unfitOf(capture *event.Capture, s *event.Schema, column string) unfitFunc {
	if capture.Unfit == nil {
		return nil
	}
	return func(reason string) error {
		if err := capture.Unfit.Take(s, column, reason); err != nil {
			return fmt.Errorf("%w (record key: %s)", err, s.KeyNames())
		}
		return nil
	}
}

func isKey(s *event.Schema, ord int) bool {
	return slices.ContainsFunc(s.Key, func(c event.Column) bool { return c.Ord == ord })
}

// makeSchema puts a schema together. Columns of a type without a form are there
// as LogicalUnknown where that is asked for or the key needs them, and otherwise
// missing, and returned: their place in the row image stays empty.
func makeSchema(database, namespace, table string, columns []columnFact, key []string, capture *event.Capture) (s *event.Schema, formless []columnFact) {
	s = &event.Schema{Database: database, Namespace: namespace, Table: table, Width: len(columns)}
	s.Columns = make([]event.Column, 0, len(columns))
	for i := range columns {
		c := &columns[i]
		t, ok := c.eventType()
		switch {
		case !ok && !capture.UnknownTypes && !slices.Contains(key, c.Name):
			formless = append(formless, *c)
			continue
		case !ok:
			t = c.unknownType()
		}
		s.Columns = append(s.Columns, event.Column{Name: c.Name, Type: t, Ord: i})
	}
	for _, name := range key {
		if c := s.Column(name); c != nil {
			s.Key = append(s.Key, *c)
		}
	}
	capture.Keys.Apply(s)
	return s, formless
}
