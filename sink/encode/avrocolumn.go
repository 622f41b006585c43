package encode

import (
	"slices"

	"cdc/event"
	"cdc/sink/encode/connect"
)

// avroColumn is a compiled column of a row or key in Avro.
type avroColumn struct {
	ord int
	standIn
	form *form
	// filter changes the text of the value; nil for none.
	filter *filter

	// opened: the text isn't to leave as text; nil for other columns. plain: the
	// value is there as it is.
	opened *opened
	plain  bool
	// bare: the column is all of the record.
	bare bool

	// optional: the field is a union, and branch stands before a value.
	optional bool
	branch   byte

	unavailable []byte // what KindUnavailable is, with the branch; nil is unfit
}

// newAvroColumn compiles a column.
func newAvroColumn(l *layout, s side) (avroColumn, error) {
	c := avroColumn{ord: l.ord, standIn: standIn{label: l.column}, form: l.form, filter: l.filter, opened: l.opened}
	c.plain = c.filter == nil && c.opened == nil
	if l.schema.Optional {
		c.optional, c.branch = true, branch(l.schema, false)
	}
	if def := l.schema.Default; def != nil && def.JSON == nil && (l.schema.Type == connect.Float32 || l.schema.Type == connect.Float64) {
		def.JSON = appendFloat(nil, def.Float, floatBits(l.schema))
	}
	z := &l.form.zero
	zero, err := z.by.appendAvro(nil, z.value, z.arena, noLimit)
	if err != nil {
		return c, err
	}
	c.zero = c.there(zero)
	c.null = c.compileNull(l, s)
	c.lenient = l.nullable || l.schema.Default != nil
	c.sparse = s.sparse
	if u := &l.unavailable; u.by != nil {
		by := avroColumn{form: u.by, filter: c.filter, optional: c.optional, branch: c.branch, standIn: standIn{null: c.null}}
		c.unavailable, err = by.append(nil, u.value, u.arena, noLimit)
	}
	return c, err
}

// there puts the branch before a value.
func (c *avroColumn) there(value []byte) []byte {
	if c.optional {
		return append([]byte{c.branch}, value...)
	}
	return slices.Clone(value)
}

// compileNull is what a null becomes: see [column.compileNull].
func (c *avroColumn) compileNull(l *layout, s side) []byte {
	if c.filter != nil && c.filter.constant != nil {
		return c.there(appendAvroBytes(nil, c.filter.constant))
	}
	def := l.schema.Default
	switch {
	case l.nullable && (def == nil || !s.nullAsDefault):
		return []byte{branch(l.schema, true)}
	case def != nil && (l.nullable || c.filter == nil):
		return c.there(avroDefault(l.schema))
	case def != nil:
		return c.there(c.filtered(def.Bytes))
	case c.filter != nil:
		return c.there(c.filtered(l.form.zero.arena))
	default:
		return c.zero
	}
}

// filtered is what the filter makes of a text or of bytes.
func (c *avroColumn) filtered(text []byte) []byte {
	b, _ := appendAvroText(nil, c.filter.apply(slices.Clone(text), 0))
	return b
}

// append appends v, whose text lies in arena. It gives up with errTooLarge
// before b would grow beyond limit by the length of the text alone.
func (c *avroColumn) append(b []byte, v event.Value, arena []byte, limit int) ([]byte, error) {
	if v.Kind() <= event.KindNull {
		return c.appendMissing(b, v)
	}
	if c.opened != nil {
		return c.appendOpened(b, v, arena, limit)
	}
	if c.optional {
		b = append(b, c.branch)
	}
	if c.filter != nil {
		return c.appendFiltered(b, v, arena, limit)
	}
	return c.form.appendAvro(b, v, arena, limit)
}

func (c *avroColumn) appendMissing(b []byte, v event.Value) ([]byte, error) {
	switch {
	case v.Kind() == event.KindNull:
		return append(b, c.null...), nil
	case v.Kind() == event.KindSkipped:
		return b, errSkipped
	case c.unavailable == nil:
		return b, errUnavailable
	default:
		return append(b, c.unavailable...), nil
	}
}

// appendFiltered appends what the filter makes of the value.
func (c *avroColumn) appendFiltered(b []byte, v event.Value, arena []byte, limit int) ([]byte, error) {
	f := c.form
	if c.filter.constant != nil {
		return appendAvroBytes(b, c.filter.constant), nil
	}
	if !f.takes(v.Kind()) {
		return b, f.mismatch(v)
	}
	if v.HasText() && len(b)+v.Len() > limit {
		return b, errTooLarge
	}
	if f.schema.Type == connect.Bytes { // only a truncation of plain bytes
		p := v.Bytes(arena)
		return appendAvroBytes(b, p[:min(len(p), c.filter.cut)]), nil
	}
	at := len(b)
	b, err := f.appendText(append(b, 0), v, arena)
	if err != nil {
		return b[:at], err
	}
	return closeAvro(mendTail(c.filter.apply(b, at+1), at+1), at), nil
}
