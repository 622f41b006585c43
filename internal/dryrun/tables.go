package dryrun

import (
	"slices"
	"strings"

	"cdc/event"
	"cdc/transform/rulefile"
)

// table is a table and how literals of its rows are read.
type table struct {
	schema  *event.Schema
	columns []column // as those of the schema
	encoded bool     // rows stand as the JSON converter writes them
}

func newTable(s *event.Schema) *table {
	t := &table{schema: s}
	for i := range s.Columns {
		t.columns = append(t.columns, column{name: s.Columns[i].Name, typ: &s.Columns[i].Type})
	}
	return t
}

// tables finds the table of a change: that of the dump, that which the event
// describes, or one that is inferred from all changes.
type tables struct {
	setup *Setup
	dump  map[string]*table
	// ruleKeys are the columns of the keys that rules give.
	ruleKeys func(first, name string) []string
	outlines map[string]*outline
	inferred map[string]*table
	// described are tables of events with schemas, by name and text of the schema.
	described map[[2]string]*table
}

func newTables(s *Setup, ruleKeys func(first, name string) []string) *tables {
	t := &tables{
		setup: s, ruleKeys: ruleKeys, dump: map[string]*table{}, outlines: map[string]*outline{},
		inferred: map[string]*table{}, described: map[[2]string]*table{},
	}
	for _, schema := range s.Tables {
		t.dump[schema.Name()] = newTable(schema)
	}
	return t
}

func (t *tables) postgres() bool { return t.setup.Connector == connectorPostgres }

func (t *tables) outline(name string) *outline {
	o := t.outlines[name]
	if o == nil {
		o = &outline{byName: map[string]*guess{}, types: map[string]event.Type{}}
		t.outlines[name] = o
	}
	return o
}

// hint takes what a file says of tables for its tests.
func (t *tables) hint(list []rulefile.TestTable) error {
	for i := range list {
		if t.dump[list[i].Table.Text] != nil {
			continue
		}
		if err := t.outline(list[i].Table.Text).hint(&list[i], t.postgres()); err != nil {
			return err
		}
	}
	return nil
}

// learn adds the columns of a change to what is known. It is called for all
// changes before the table of any is asked for.
func (t *tables) learn(c *Change) error {
	if t.dump[c.Table] != nil || c.envelope.describes() {
		return nil
	}
	o := t.outline(c.Table)
	if len(o.key) == 0 {
		o.key = c.envelope.keyNames()
		o.keyless = c.envelope != nil && c.envelope.keyless
	}
	for _, row := range c.images() {
		if err := o.learn(c.Table, row); err != nil {
			return err
		}
	}
	return nil
}

// of returns the table of a change.
func (t *tables) of(c *Change) (*table, error) {
	if c.envelope.describes() {
		return t.describedBy(c)
	}
	if d := t.dump[c.Table]; d != nil {
		if c.envelope != nil {
			encoded := *d
			encoded.encoded = true
			return &encoded, nil
		}
		return d, nil
	}
	if found := t.inferred[c.Table]; found != nil {
		return found, nil
	}
	s, err := t.named(c)
	if err != nil {
		return nil, err
	}
	first, name, _ := strings.Cut(c.Table, ".")
	made := newTable(t.outline(c.Table).schema(s, t.ruleKeys(first, name), t.postgres()))
	t.inferred[c.Table] = made
	return made, nil
}

// named makes a schema with nothing but a name.
func (t *tables) named(c *Change) (*event.Schema, error) {
	first, name, ok := strings.Cut(c.Table, ".")
	if !ok || first == "" || name == "" {
		return nil, c.At.Errorf("write database.table or schema.table", "table %q has one part", rulefile.Printable(c.Table))
	}
	s := &event.Schema{Database: first, Table: name}
	if t.postgres() {
		s.Database, s.Namespace = t.setup.database(), first
		if db := member(c.Source, "db"); db != nil && db.Kind == rulefile.LiteralText {
			s.Database = db.Text
		}
	}
	return s, nil
}

// read makes the values of a row of the table: the image, in the batch.
func (t *table) read(r *reader, row *rulefile.Literal) (int32, error) {
	if row == nil {
		return -1, nil
	}
	at := len(r.b.Values)
	r.b.Values = append(r.b.Values, make([]event.Value, t.schema.Width)...)
	for i := range t.columns {
		c := &t.columns[i]
		ord := t.schema.Columns[i].Ord
		l := member(row, c.name)
		if l == nil {
			r.b.Values[at+ord] = r.missing(c.typ)
			continue
		}
		v, err := r.value(c, l)
		if err != nil {
			return 0, l.At.Errorf("", "column %q (%s) of table %s: %s", c.name, typeName(c.typ), t.schema.Name(), err)
		}
		if v.IsNull() && !c.typ.Nullable() && c.typ.Logical != event.LogicalGeometry {
			return 0, l.At.Errorf("", "column %q of table %s is NULL, and it takes no NULL", c.name, t.schema.Name())
		}
		r.b.Values[at+ord] = v
	}
	return int32(at), t.known(row)
}

// known refuses a row with a column that the table lacks.
func (t *table) known(row *rulefile.Literal) error {
	for i, name := range row.Keys {
		if !slices.ContainsFunc(t.columns, func(c column) bool { return c.name == name }) {
			names := make([]string, len(t.columns))
			for j := range t.columns {
				names[j] = t.columns[j].name
			}
			return row.Items[i].At.Errorf(rulefile.DidYouMean(name, names), "table %s has no column %q", t.schema.Name(), rulefile.Printable(name))
		}
	}
	return nil
}

// missing is what a column holds that a row doesn't name: NULL, its default, or
// what is empty in its type.
func (r *reader) missing(t *event.Type) event.Value {
	if t.Default != nil {
		if v := t.Default.Value; v.HasText() {
			return r.b.Put(v.Kind(), v.Bytes(t.Default.Text))
		}
		return t.Default.Value
	}
	if t.Nullable() || t.Kind == event.KindList {
		return event.Null
	}
	switch t.Kind {
	case event.KindDecimal, event.KindBigDecimal:
		return event.Decimal(0, min(max(int(t.Scale), 0), smallDigits))
	case event.KindString, event.KindBytes, event.KindBits:
		return r.b.Put(t.Kind, nil)
	case event.KindJSON:
		return r.b.Put(t.Kind, []byte("{}"))
	case event.KindUUID:
		return r.b.Put(t.Kind, []byte("00000000-0000-0000-0000-000000000000"))
	case event.KindFloat32:
		return event.Float32(0)
	case event.KindFloat64:
		return event.Float64(0)
	default:
		return event.Of(t.Kind, 0)
	}
}

func typeName(t *event.Type) string {
	if t.Native != "" {
		return t.Native
	}
	if t.Declared.Name != "" {
		return strings.ToLower(t.Declared.Name)
	}
	return kindWords[t.Kind]
}
