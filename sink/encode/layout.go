package encode

import (
	"fmt"

	"cdc/event"
	"cdc/sink/encode/connect"
)

// layout is one field of a key or of a row, for every format.
type layout struct {
	column   string // in the source
	field    string // in the record
	ord      int
	nullable bool
	typ      *event.Type
	form     *form
	filter   *filter
	// unavailable stands for a value that isn't in the log; "by" is nil where
	// nothing can. It is to be filtered.
	unavailable zero
	// schema is that of the field, with everything.
	schema *connect.Schema
	// opened: the text doesn't leave as text; nil for other columns.
	opened *opened
	// fields are those of a struct, of which nothing else counts but field and
	// schema.
	fields []layout
}

// shape is what the records of a view that go to a target look like, for every
// format.
type shape struct {
	key, row []layout
	// headers are those of the view, and route is what chooses the partition.
	headers, route []layout
	// keySchema is nil for a table without a key. valueSchema is that of the
	// envelope, or of the row or the only column where that is what leaves.
	keySchema, valueSchema *connect.Schema
	// shown is the key as the headers of a change of it show it.
	shown keyShape
}

// keyShape is what a key looks like, with the schema of all of it. bare: its only
// column by itself.
type keyShape struct {
	list   []layout
	schema *connect.Schema
	bare   bool
}

// ofKey is the key of the records.
func (s *shape) ofKey(t *event.Target) keyShape {
	return keyShape{list: s.key, schema: s.keySchema, bare: t.Key == event.KeyValue}
}

// shape compiles the layouts and schemas of a view for a target.
func (e *Encoder) shape(k planKey) (*shape, error) {
	var s shape
	var err error
	if err := single(k); err != nil {
		return nil, err
	}
	base := k.target.SchemaName()
	for _, part := range []struct {
		columns []event.Column
		name    string
		role    role
		list    *[]layout
		schema  **connect.Schema
	}{
		{k.view.Key, k.target.KeySchemaName() + ".Key", ofKey, &s.key, &s.keySchema},
		{k.view.Columns, base + ".Value", ofRow, &s.row, &s.valueSchema},
		{k.view.Headers, base + ".Header", ofHeaders, &s.headers, new(*connect.Schema)},
		{k.view.PartitionBy, base + ".Partition", ofKey, &s.route, new(*connect.Schema)},
	} {
		if len(part.columns) == 0 && part.role != ofRow {
			continue
		}
		if *part.list, *part.schema, err = e.structOf(k, part.columns, part.name, part.role); err != nil {
			return nil, err
		}
	}
	if k.target.Key == event.KeyValue && len(s.key) > 0 {
		s.keySchema = aloneSchema(s.key, s.keySchema)
	}
	s.shown = s.ofKey(k.target)
	if t := k.view.TableKey; t != nil {
		s.shown = keyShape{}
		if s.shown.list, s.shown.schema, err = e.structOf(k, t.Columns, t.Name+".Key", ofKey); err != nil {
			return nil, err
		}
	}
	switch k.target.Shape {
	case event.ShapeEnvelope:
		s.valueSchema.Optional = true
		s.valueSchema, err = e.envelope(base+".Envelope", s.valueSchema)
		return &s, err
	case event.ShapeValue:
		s.valueSchema = aloneSchema(s.row, s.valueSchema)
	default:
	}
	if k.target.Version != 0 {
		s.valueSchema.Version = int(k.target.Version)
	}
	return &s, nil
}

// role says of what a column is part: those of keys aren't filtered, and only those
// of rows may leave as something else than what they are.
type role uint8

const (
	ofKey role = iota
	ofRow
	ofHeaders
)

// aloneSchema is the schema of the only column of a struct by itself. A struct in its
// place gets the name of the one around it.
func aloneSchema(list []layout, around *connect.Schema) *connect.Schema {
	s := list[0].schema
	if list[0].fields != nil {
		s.Name = around.Name
	}
	return s
}

// single refuses a key or a value of one column that has none, or several.
func single(k planKey) error {
	if n := len(k.view.Key); k.target.Key == event.KeyValue && n > 1 {
		return fmt.Errorf("%w: encode: table %s: a key of one column by itself is asked for, and the key has %d columns (%s); name one",
			event.ErrConfig, k.view.Name(), n, k.view.KeyNames())
	}
	if n := len(k.view.Columns); k.target.Shape == event.ShapeValue && n != 1 {
		return fmt.Errorf("%w: encode: table %s: a value of one column by itself is asked for, and there are %d; name one",
			event.ErrConfig, k.view.Name(), n)
	}
	return nil
}

// structOf compiles the columns of a struct and its schema, which has that name.
func (e *Encoder) structOf(k planKey, columns []event.Column, name string, of role) ([]layout, *connect.Schema, error) {
	adjusted, err := e.schemaNames.schemaName(name)
	if err != nil {
		return nil, nil, err
	}
	list := make([]layout, len(columns))
	s := &connect.Schema{Type: connect.Struct, Name: adjusted}
	taken := map[string]string{}
	for i := range columns {
		c := &columns[i]
		l := &list[i]
		if *l, err = e.field(k, c, name, of); err != nil {
			return nil, nil, err
		}
		if other, is := taken[l.field]; is && of != ofHeaders { // a record may have two headers of a name
			return nil, nil, sameField(k.view, other, c.Name, l.field)
		}
		taken[l.field] = c.Name
		s.Fields = append(s.Fields, connect.Field{Name: l.field, Schema: l.schema})
	}
	return list, s, nil
}

func sameField(view *event.Schema, one, other, field string) error {
	if one == other {
		return fmt.Errorf("%w: encode: table %s: two fields are called %q; rename one, or leave it out", event.ErrConfig, view.Name(), one)
	}
	return fmt.Errorf("%w: encode: table %s: the columns %q and %q both become field %q (events.field_name_adjustment_mode); use avro_unicode, which tells them apart, or leave one out",
		event.ErrConfig, view.Name(), one, other, field)
}

// field compiles one column of a struct of that name.
func (e *Encoder) field(k planKey, c *event.Column, name string, of role) (l layout, err error) {
	if len(c.Fields) > 0 {
		l = layout{column: c.Source(), field: e.fieldNames.adjust(c.Name)}
		l.fields, l.schema, err = e.structOf(k, c.Fields, name+"."+l.field, of)
		return l, err
	}
	if c.Ord < 0 || c.Ord >= k.view.Width {
		return l, fmt.Errorf("encode: table %s: column %q: index %d outside the image of %d values (internal error)",
			k.view.Name(), c.Name, c.Ord, k.view.Width)
	}
	l = e.layout(k.view, c, of != ofKey)
	if of == ofRow && c.Type.Logical >= event.LogicalExpanded {
		if l.opened, err = e.opened(k, c, &l); err != nil {
			return l, fmt.Errorf("encode: table %s: %w", k.view.Name(), err)
		}
	}
	return l, nil
}

// layout compiles a column. Only those of a value are filtered.
func (e *Encoder) layout(view *event.Schema, c *event.Column, value bool) layout {
	l := layout{
		column: c.Source(), field: e.fieldNames.adjust(c.Name), ord: c.Ord,
		nullable: c.Type.Nullable(), typ: &c.Type, form: e.forms.of(&c.Type),
	}
	var params []connect.Param
	if value {
		if z, ok := e.forms.unavailable(l.form, &c.Type); ok {
			l.unavailable = z
		}
		l.filter, params = e.filters.apply(view, c, l.form, e.postgres)
	}
	// The schema of the form is this column's own: it may be completed.
	l.schema = l.form.schema
	l.schema.Params = append(l.schema.Params, params...)
	if e.conf.Options.SchemaComments && c.Type.Comment != "" {
		l.schema.Doc = c.Type.Comment
	}
	return l
}

// envelope is the schema of a change: the row before and after it, where it
// comes from, the transaction, the operation and the time.
func (e *Encoder) envelope(name string, row *connect.Schema) (*connect.Schema, error) {
	name, err := e.schemaNames.schemaName(name)
	if err != nil {
		return nil, err
	}
	s := structure(name, field("before", row), field("after", row), field("source", e.sourceSchema),
		field("transaction", transactionSchema()), field("op", connect.Of(connect.String)),
		field("ts_ms", optional(connect.Int64)), field("ts_us", optional(connect.Int64)), field("ts_ns", optional(connect.Int64)))
	s.Version = envelopeVersion
	return s, nil
}

const envelopeVersion = 2
