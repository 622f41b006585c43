package encode

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"

	"cdc/event"
	"cdc/internal/javafloat"
	"cdc/sink/encode/connect"
)

// column is a compiled column of a row or key in JSON.
type column struct {
	name []byte // what stands before it: `,"name":`
	ord  int
	// kinds are those of values that are appended without looking further, by the
	// way of the form.
	kinds uint32
	way   way
	standIn
	form *form
	// filter changes the text of the value; nil for none.
	filter *filter
	// numeric: decimals are numbers, not bytes.
	numeric bool

	unavailable []byte // what KindUnavailable prints; nil is unfit
	// opened: the text isn't to leave as text; nil for other columns.
	opened *opened
}

// side says how one half of a record is written in JSON.
type side struct {
	numeric       bool // decimals are numbers
	nullAsDefault bool // NULL is written as the default of its column
	key           bool
	sparse        bool // rows may lack columns
}

// newColumn compiles a column, but for what stands before it.
func newColumn(l *layout, s side) (column, error) {
	c := column{
		ord: l.ord, standIn: standIn{label: l.column}, form: l.form, filter: l.filter, numeric: s.numeric, way: l.form.way,
		opened: l.opened,
	}
	if l.filter == nil && l.opened == nil {
		c.kinds = l.form.kinds
	}
	if err := c.compileZero(l); err != nil {
		return c, err
	}
	var err error
	if l.form.schema.Default != nil {
		if l.form.schema.Default.JSON, err = c.appendDefault(nil, l.form.schema.Default); err != nil {
			return c, err
		}
	}
	if c.null, err = c.compileNull(l, s); err != nil {
		return c, err
	}
	c.lenient = l.nullable || l.form.schema.Default != nil
	c.sparse = s.sparse
	c.unavailable, err = c.compileUnavailable(&l.unavailable)
	return c, err
}

// compileUnavailable prints what stands for a value that isn't in the log. Keys
// have none: a placeholder would give different rows the same key.
func (c *column) compileUnavailable(z *zero) ([]byte, error) {
	if z.by == nil {
		return nil, nil
	}
	by := plainColumn(z.by, c.numeric)
	if c.filter != nil {
		by.kinds, by.filter, by.null = 0, c.filter, c.null
	}
	return by.append(nil, z.value, z.arena, math.MaxInt)
}

func (c *column) compileZero(l *layout) (err error) {
	z := &l.form.zero
	plain := plainColumn(z.by, c.numeric)
	c.zero, err = plain.append(nil, z.value, z.arena, math.MaxInt)
	return err
}

// compileNull prints what a null becomes: the default of the column, also where
// the column is nullable; else null, or, in a NOT NULL column (a before image
// that holds only the key, a zero date), the zero of the type. A mask of
// asterisks hides that there is no value, and what stands for a value is
// filtered like one.
func (c *column) compileNull(l *layout, s side) ([]byte, error) {
	if c.filter != nil && c.filter.constant != nil {
		return appendString(nil, c.filter.constant), nil
	}
	def := l.form.schema.Default
	switch {
	case l.nullable && (def == nil || !s.nullAsDefault):
		return []byte("null"), nil
	case l.nullable:
		return def.JSON, nil
	case def != nil && c.filter == nil:
		return def.JSON, nil
	case def != nil:
		return c.filteredText(nil, def.Bytes), nil
	case c.filter != nil:
		return c.filteredText(nil, l.form.zero.arena), nil
	default:
		return c.zero, nil
	}
}

// filteredText appends what the filter makes of a text or of bytes.
func (c *column) filteredText(b, text []byte) []byte {
	text = c.filter.apply(slices.Clone(text), 0)
	if c.form.schema.Type == connect.Bytes {
		return appendBase64(b, text)
	}
	return appendString(b, text)
}

// appendDefault prints a default as a value is printed.
func (c *column) appendDefault(b []byte, d *connect.Value) ([]byte, error) {
	switch s := c.form.schema; s.Type {
	case connect.Boolean:
		return appendBool(b, d.Int != 0), nil
	case connect.Float32:
		return appendFloat(b, d.Float, 32), nil
	case connect.Float64:
		return appendFloat(b, d.Float, 64), nil
	case connect.String:
		return appendString(b, d.Bytes), nil
	case connect.Bytes:
		if c.numeric && s.Name == connect.DecimalName {
			return appendNumber(b, d.Bytes, c.form.decimalScale()), nil
		}
		return appendBase64(b, d.Bytes), nil
	default:
		return appendInt(b, d.Int), nil
	}
}

// plainColumn is a column without anything but its form.
func plainColumn(f *form, numeric bool) column {
	return column{form: f, way: f.way, kinds: f.kinds, numeric: numeric}
}

// append appends v, whose text lies in arena. It gives up with errTooLarge
// before b would grow beyond limit by the length of the text alone.
func (c *column) append(b []byte, v event.Value, arena []byte, limit int) ([]byte, error) {
	if c.kinds>>v.Kind()&1 == 0 {
		return c.appendOther(b, v, arena, limit)
	}
	switch c.way {
	case asInt: // an unsigned one wraps around above the int64
		return appendInt(b, v.Int()), nil
	case asText:
		if len(b)+v.Len() > limit {
			return b, errTooLarge
		}
		b, valid := connect.AppendText(b, v.Bytes(arena))
		if !valid {
			return b, errBadText
		}
		return b, nil
	case asDecimal:
		if v.Kind() == event.KindDecimal && v.Scale() == c.form.scale && !c.numeric {
			return appendUnscaled(b, v.Int()), nil
		}
		return c.appendDecimal(b, v, arena)
	case asInstant:
		return appendInstant(b, v.Int(), c.form.digits), nil
	case asMicros:
		return appendInt(b, finiteOf(v)), nil
	case asBool:
		return appendBool(b, v.Bool()), nil
	case asFloat:
		return appendFloat(b, v.Float(), floatBits(c.form.schema)), nil
	case asBytes:
		if len(b)+v.Len() > limit {
			return b, errTooLarge
		}
		return appendBase64(b, v.Bytes(arena)), nil
	default:
		return c.appendRest(b, v, arena, limit)
	}
}

// appendRest appends values of the ways that are rarer.
func (c *column) appendRest(b []byte, v event.Value, arena []byte, limit int) ([]byte, error) {
	f := c.form
	switch f.way {
	case asDays, asMillis, asNanos, asIntervalMicros:
		n, err := f.integer(v, arena)
		return appendInt(b, n), err
	case asDecimalFloat:
		n, err := f.float(v, arena)
		return appendFloat(b, n, floatBits(f.schema)), err
	case asUnsigned:
		return c.appendDecimal(b, v, arena)
	case asShape:
		return appendShapeJSON(b, f, v, arena, limit)
	case asHstoreText:
		return appendEscaped(b, f, v, arena, limit)
	default:
		if f.way.composed() {
			return c.appendComposed(b, v, arena, limit)
		}
		return appendQuoted(b, f, v, arena, limit)
	}
}

// appendOther appends what isn't there, or is filtered, or is no value of the
// column.
func (c *column) appendOther(b []byte, v event.Value, arena []byte, limit int) ([]byte, error) {
	switch {
	case v.Kind() == event.KindNull:
		return append(b, c.null...), nil
	case v.Kind() == event.KindSkipped:
		return b, errSkipped
	case v.Kind() == event.KindUnavailable:
		if c.unavailable == nil {
			return b, errUnavailable
		}
		return append(b, c.unavailable...), nil
	case c.filter != nil:
		return c.appendFiltered(b, v, arena, limit)
	case c.opened != nil:
		return c.appendOpened(b, v, arena, limit)
	default:
		return b, c.form.mismatch(v)
	}
}

// mismatch says why a value isn't taken.
func (f *form) mismatch(v event.Value) error {
	if v.Kind() == event.KindList {
		return errDimensions
	}
	return errKind
}

func floatBits(s *connect.Schema) int {
	if s.Type == connect.Float32 {
		return 32
	}
	return 64
}

// appendQuoted appends a text that needs no escapes.
func appendQuoted(b []byte, f *form, v event.Value, arena []byte, limit int) ([]byte, error) {
	if v.HasText() && len(b)+v.Len() > limit {
		return b, errTooLarge
	}
	b, err := f.appendText(append(b, '"'), v, arena)
	return append(b, '"'), err
}

// appendEscaped appends a text that isn't known before it is made.
func appendEscaped(b []byte, f *form, v event.Value, arena []byte, limit int) ([]byte, error) {
	if len(b)+v.Len() > limit {
		return b, errTooLarge
	}
	at := len(b)
	b, err := f.appendText(b, v, arena)
	if err != nil {
		return b[:at], err
	}
	return escapeTail(b, at), nil
}

// escapeTail makes a JSON string of b[at:].
func escapeTail(b []byte, at int) []byte {
	end := len(b)
	b = appendString(b, b[at:end])
	return b[:at+copy(b[at:], b[end:])]
}

// appendFiltered appends what the filter makes of the value.
func (c *column) appendFiltered(b []byte, v event.Value, arena []byte, limit int) ([]byte, error) {
	if c.filter.constant != nil {
		return append(b, c.null...), nil
	}
	f := c.form
	if !f.takes(v.Kind()) {
		return b, f.mismatch(v)
	}
	if v.HasText() && len(b)+v.Len() > limit {
		return b, errTooLarge
	}
	at := len(b)
	if f.schema.Type == connect.Bytes { // only a truncation of plain bytes
		p := v.Bytes(arena)
		return appendBase64(b, p[:min(len(p), c.filter.cut)]), nil
	}
	b, err := f.appendText(b, v, arena)
	if err != nil {
		return b[:at], err
	}
	return escapeTail(c.filter.apply(b, at), at), nil
}

// appendDecimal appends a decimal as bytes or, where the converter is told so, as
// a number.
func (c *column) appendDecimal(b []byte, v event.Value, arena []byte) ([]byte, error) {
	if c.numeric {
		return c.form.appendNumeric(b, v, arena)
	}
	var room [64]byte
	p, err := c.form.appendBytes(room[:0], v, arena)
	if err != nil {
		return b, err
	}
	return appendBase64(b, p), nil
}

// appendUnscaled appends n as base64 of its shortest big-endian two's
// complement, quoted.
func appendUnscaled(b []byte, n int64) []byte {
	var room [8]byte
	binary.BigEndian.PutUint64(room[:], uint64(n))
	size := bits.Len64(uint64(n^n>>63))/8 + 1
	return appendBase64(b, room[8-size:])
}

// appendFloat appends a float as Jackson does: what isn't a number is quoted.
func appendFloat(b []byte, f float64, bits int) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(javafloat.Append(append(b, '"'), f, bits), '"')
	}
	return javafloat.Append(b, f, bits)
}

func appendBool(b []byte, t bool) []byte {
	if t {
		return append(b, "true"...)
	}
	return append(b, "false"...)
}
