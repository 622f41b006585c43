package dryrun

import (
	"strconv"
	"strings"

	"cdc/event"
	"cdc/transform/rulefile"
)

// changeOf makes a change of a JSON object: a Debezium event, with its schema or
// without, or a change as tests have it. It is nil for what tells of no change: a
// tombstone, the record of a transaction. key is that of the record, nil for
// unknown.
func changeOf(l, key *rulefile.Literal) (*Change, error) {
	if l.Kind == rulefile.LiteralNull {
		return nil, nil //nolint:nilnil // a tombstone
	}
	if l.Kind != rulefile.LiteralMap {
		return nil, l.At.Errorf("a Debezium event, or {table: ..., op: c, after: {...}}", "a change must be an object, not %s", kindName(l.Kind))
	}
	schema := (*rulefile.Literal)(nil)
	if p := member(l, "payload"); p != nil && member(l, "op") == nil {
		schema, l = row(member(l, "schema")), p
		if l.Kind == rulefile.LiteralNull {
			return nil, nil //nolint:nilnil // a tombstone
		}
	}
	if member(l, "source") == nil || member(l, "table") != nil {
		return plainChange(l)
	}
	return eventChange(l, schema, key)
}

// plainChange reads {table: shop.orders, op: c, after: {...}}.
func plainChange(l *rulefile.Literal) (*Change, error) {
	if member(l, "status") != nil && member(l, "event_count") != nil {
		return nil, nil //nolint:nilnil // the begin or end of a transaction
	}
	in := &rulefile.TestChange{At: l.At, Table: textOf(l, "table"), Op: textOf(l, "op"), Before: member(l, "before"), After: member(l, "after"), Source: member(l, "source")}
	if len(l.Keys) > 0 && l.Keys[0] == "ts_ms" {
		return nil, nil //nolint:nilnil // a heartbeat
	}
	if in.Table == "" || in.Op == "" {
		return nil, l.At.Errorf(`an event has "op" and "source", a change "table" and "op"`, "the object is neither a Debezium event nor a change")
	}
	for _, name := range l.Keys {
		switch name {
		case "table", "op", "before", "after", "source":
		default:
			return nil, l.At.Errorf(rulefile.DidYouMean(name, []string{"table", "op", "before", "after", "source"}), "a change has no %q", rulefile.Printable(name))
		}
	}
	return ofTest(in)
}

// eventChange reads the envelope of an event.
func eventChange(l, schema, key *rulefile.Literal) (*Change, error) {
	source := member(l, "source")
	op := textOf(l, "op")
	switch {
	case op == "" && member(l, "ddl") != nil:
		return nil, nil //nolint:nilnil // a change of a schema
	case op == "" && member(l, "ts_ms") != nil && member(l, "before") == nil && member(l, "after") == nil:
		return nil, l.At.Errorf("", `the event has no "op"`)
	case len(op) != 1:
		return nil, l.At.Errorf("it is c, u, d, r or t", `the event has no "op" that is known`)
	case op == "m":
		return nil, nil //nolint:nilnil // a logical message: rules don't see it
	}
	c := &Change{At: l.At, Op: event.Op(op[0]), Before: row(member(l, "before")), After: row(member(l, "after")), Source: row(source), envelope: &envelope{key: keyFields(key), keyless: key != nil && key.Kind == rulefile.LiteralNull}}
	first := textOf(source, "schema")
	if textOf(source, "connector") != connectorPostgres || first == "" {
		first = textOf(source, "db")
	}
	if c.Table = first + "." + textOf(source, "table"); first == "" || textOf(source, "table") == "" {
		return nil, l.At.Errorf("source.table and source.schema (PostgreSQL) or source.db are needed", "the event doesn't say of which table it is")
	}
	if err := c.envelope.read(c, l, schema); err != nil {
		return nil, err
	}
	return c, c.check()
}

// read takes what the event says beyond the change.
func (e *envelope) read(c *Change, l, schema *rulefile.Literal) (err error) {
	for _, f := range []struct {
		name  string
		nanos int64
	}{{"ts_ms", 1_000_000}, {"ts_us", 1_000}, {"ts_ns", 1}} {
		if m := member(l, f.name); m != nil && m.Kind == rulefile.LiteralNumber {
			n, err := strconv.ParseInt(m.Text, 10, 64)
			if err != nil || n > 1<<62/f.nanos || n < 0 {
				return m.At.Errorf("", "%s isn't a time", f.name)
			}
			e.nanos = n * f.nanos
		}
	}
	if tx := row(member(l, "transaction")); tx != nil {
		e.order, e.tableOrder = ordinal(tx, "total_order"), ordinal(tx, "data_collection_order")
	}
	if e.fields, e.shape, err = rowFields(schema); err != nil {
		return err
	}
	e.digits(c)
	return nil
}

func ordinal(l *rulefile.Literal, name string) uint32 {
	m := member(l, name)
	if m == nil {
		return 0
	}
	n, err := strconv.ParseUint(m.Text, 10, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}

// digits finds the fraction digits of the columns that hold points in time: their
// schema doesn't say them, and their text shows them.
func (e *envelope) digits(c *Change) {
	for i := range e.fields {
		f := &e.fields[i]
		if f.typ.Kind != event.KindInstant {
			continue
		}
		most := -1
		for _, image := range c.images() {
			if v := member(image, f.name); v != nil && v.Kind == rulefile.LiteralText {
				_, fraction, _ := strings.Cut(strings.TrimSuffix(v.Text, "Z"), ".")
				most = max(most, min(len(fraction), 6))
			}
		}
		f.typ.Precision = int16(most)
		e.shape += "\x00" + strconv.Itoa(most)
	}
}

// keyFields are the names of the fields of a key; nil where it has none.
func keyFields(key *rulefile.Literal) []string {
	if key == nil || key.Kind != rulefile.LiteralMap {
		return nil
	}
	if p := member(key, "payload"); p != nil && member(key, "schema") != nil {
		key = p
	}
	if key.Kind != rulefile.LiteralMap {
		return nil
	}
	return key.Keys
}

// Origin is what the source block of an event says of the pipeline that wrote it.
type Origin struct {
	Connector, Name, Version string
	Database                 string // PostgreSQL
}

// Origin returns what the event says; the zero Origin for what is no event.
func (c *Change) Origin() (o Origin) {
	if c.envelope == nil {
		return o
	}
	o = Origin{Connector: textOf(c.Source, "connector"), Name: textOf(c.Source, "name"), Version: textOf(c.Source, "version")}
	if o.Connector == connectorPostgres {
		o.Database = textOf(c.Source, "db")
	}
	return o
}
