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
}

// shape is what the records of a view that go to a target look like, for every
// format.
type shape struct {
	key, row []layout
	// keySchema is nil for a table without a key. valueSchema is that of the
	// envelope, or of the row where that is what leaves.
	keySchema, rowSchema, valueSchema *connect.Schema
}

// shape compiles the layouts and schemas of a view for a target.
func (e *Encoder) shape(k planKey) (*shape, error) {
	var s shape
	var err error
	if s.key, err = e.layouts(k.view, k.view.Key, false); err != nil {
		return nil, err
	}
	if s.row, err = e.layouts(k.view, k.view.Columns, true); err != nil {
		return nil, err
	}
	base := k.target.SchemaName()
	if len(s.key) > 0 {
		if s.keySchema, err = e.structOf(base+".Key", s.key); err != nil {
			return nil, err
		}
	}
	if s.rowSchema, err = e.structOf(base+".Value", s.row); err != nil {
		return nil, err
	}
	s.rowSchema.Optional = true
	s.valueSchema = s.rowSchema
	if k.target.Shape == event.ShapeEnvelope {
		s.valueSchema, err = e.envelope(base+".Envelope", s.rowSchema)
	}
	return &s, err
}

// layouts compiles columns. Only those of a value are filtered.
func (e *Encoder) layouts(view *event.Schema, columns []event.Column, value bool) ([]layout, error) {
	list := make([]layout, len(columns))
	taken := map[string]string{}
	for i := range columns {
		c := &columns[i]
		if c.Ord < 0 || c.Ord >= view.Width {
			return nil, fmt.Errorf("encode: table %s: column %q: index %d outside the image of %d values (internal error)",
				view.Name(), c.Name, c.Ord, view.Width)
		}
		l := e.layout(view, c, value)
		if other, is := taken[l.field]; is {
			return nil, fmt.Errorf("%w: encode: table %s: the columns %q and %q both become field %q (events.field_name_adjustment_mode); use avro_unicode, which tells them apart, or leave one out",
				event.ErrConfig, view.Name(), other, c.Name, l.field)
		}
		taken[l.field] = c.Name
		list[i] = l
	}
	return list, nil
}

func (e *Encoder) layout(view *event.Schema, c *event.Column, value bool) layout {
	l := layout{
		column: c.Name, field: e.fieldNames.adjust(c.Name), ord: c.Ord,
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

// structOf is the schema of a key or of a row.
func (e *Encoder) structOf(name string, list []layout) (*connect.Schema, error) {
	name, err := e.schemaNames.schemaName(name)
	if err != nil {
		return nil, err
	}
	s := &connect.Schema{Type: connect.Struct, Name: name}
	for i := range list {
		s.Fields = append(s.Fields, connect.Field{Name: list[i].field, Schema: list[i].schema})
	}
	return s, nil
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
