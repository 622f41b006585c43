package encode

import (
	"math"
	"strings"

	"cdc/event"
)

// placeholder stands for a value that the log doesn't hold.
const placeholder = "__debezium_unavailable_value"

// decimalForm is how a decimal column prints.
type decimalForm uint8

const (
	fixedScale    decimalForm = iota // bytes of the unscaled number at the scale of the column
	variableScale                    // scale and bytes, PostgreSQL's numeric without precision
)

// column is a compiled column.
type column struct {
	name  []byte // `{"name":` for the first of an object, `,"name":` for others
	ord   int
	label string // for errors

	null        []byte // what a null prints
	unavailable []byte // what KindUnavailable prints; nil is an error

	scale    int
	decimal  decimalForm
	digits   int  // fraction digits of a time
	millis   bool // a KindLocal or KindTime of few digits prints milliseconds
	widen    bool // a float32 in a column of doubles (MySQL FLOAT(M,D))
	headName []byte
	headNull []byte
}

func newColumn(c *event.Column, first, postgres bool) (column, error) {
	t := &c.Type
	name := appendString(nil, []byte(c.Name))
	compiled := column{
		ord: c.Ord, label: c.Name,
		name:     append(append([]byte{','}, name...), ':'),
		headName: append(appendSimpleString(nil, []byte(c.Name)), ':'),
		scale:    int(t.Scale), widen: t.Kind == event.KindFloat64,
		digits: fractionDigits(t, postgres),
	}
	if first {
		compiled.name[0] = '{'
	}
	if postgres && t.Precision < 0 {
		compiled.decimal = variableScale
	}
	compiled.millis = compiled.digits <= 3 && (t.Kind == event.KindLocal || postgres)
	compiled.unavailable = unavailable(t.Kind)
	return compiled, compiled.compileNull(t)
}

// fractionDigits is the number of fraction digits of a temporal column. Without
// a precision MySQL keeps none, PostgreSQL six.
func fractionDigits(t *event.Type, postgres bool) int {
	if t.Precision < 0 && postgres {
		return 6
	}
	return min(max(int(t.Precision), 0), 6)
}

func unavailable(k event.Kind) []byte {
	switch k {
	case event.KindString, event.KindJSON, event.KindUUID:
		return appendString(nil, []byte(placeholder))
	case event.KindBytes:
		return appendBase64(nil, []byte(placeholder))
	default:
		return nil
	}
}

// compileNull prints what a null becomes: the default of the column, also
// where the column is nullable; else null, or, in a NOT NULL column (a before
// image that holds only the key, a zero date), the zero of the type.
func (c *column) compileNull(t *event.Type) error {
	if t.Default != nil && t.Default.Value.Kind() != event.KindNull {
		return c.compileDefault(t.Default)
	}
	if t.Nullable() {
		c.null, c.headNull = []byte("null"), []byte("null")
		return nil
	}
	c.null = c.zero(t)
	c.headNull = c.null
	if t.Kind == event.KindDecimal && c.decimal == fixedScale {
		c.headNull = appendJavaDecimal(nil, plainDecimal{zeros: max(c.scale, 0)}, c.scale)
	}
	return nil
}

func (c *column) compileDefault(d *event.Default) error {
	v := d.Value
	if v.Kind() == event.KindUint && v.Uint() > math.MaxInt64 {
		// A value of this size wraps around; a default is cut.
		v = event.Uint(math.MaxInt64)
	}
	var err error
	if c.null, err = c.append(nil, v, d.Text, math.MaxInt); err != nil {
		return err
	}
	c.headNull, err = c.appendHeader(nil, v, d.Text, math.MaxInt)
	return err
}

// zero is the text that stands for no value in a column that needs one.
func (c *column) zero(t *event.Type) []byte {
	switch t.Kind {
	case event.KindBool:
		return []byte("false")
	case event.KindFloat32, event.KindFloat64:
		return []byte("0.0")
	case event.KindDecimal, event.KindBigDecimal:
		if c.decimal == variableScale {
			return []byte(`{"scale":0,"value":"AA=="}`)
		}
		return []byte(`"AA=="`)
	case event.KindJSON:
		return []byte(`"{}"`)
	case event.KindInstant:
		return []byte(`"1970-01-01T00:00:00Z"`)
	case event.KindString:
		if zonedTime(t.Native) {
			return []byte(`"00:00:00Z"`)
		}
		return []byte(`""`)
	case event.KindBytes, event.KindUUID, event.KindBits:
		return []byte(`""`)
	default:
		return []byte("0")
	}
}

// zonedTime reports whether a text column is PostgreSQL's time with time zone.
func zonedTime(native string) bool {
	return strings.HasPrefix(native, "timetz") ||
		strings.HasPrefix(native, "time") && strings.HasSuffix(native, "with time zone")
}

// append appends v, whose text lies in arena. It gives up with errTooLarge
// before b would grow beyond limit by the length of the text alone.
func (c *column) append(b []byte, v event.Value, arena []byte, limit int) ([]byte, error) {
	switch v.Kind() {
	case event.KindNull:
		return append(b, c.null...), nil
	case event.KindInt:
		return appendInt(b, v.Int()), nil
	case event.KindUint: // wraps around above the int64
		return appendInt(b, int64(v.Uint())), nil
	case event.KindBool:
		return appendBool(b, v.Bool()), nil
	case event.KindString, event.KindJSON, event.KindUUID:
		if len(b)+v.Len() > limit {
			return b, errTooLarge
		}
		return appendString(b, v.Bytes(arena)), nil
	case event.KindBytes, event.KindBits:
		if len(b)+v.Len() > limit {
			return b, errTooLarge
		}
		return appendBase64(b, v.Bytes(arena)), nil
	case event.KindDecimal, event.KindBigDecimal:
		return c.appendDecimal(b, v, arena)
	case event.KindFloat32, event.KindFloat64:
		return c.appendFloat(b, v), nil
	case event.KindDate, event.KindTime, event.KindLocal, event.KindInstant:
		return c.appendTemporal(b, v), nil
	case event.KindUnavailable:
		if c.unavailable == nil {
			return b, errUnavailable
		}
		return append(b, c.unavailable...), nil
	case event.KindSkipped:
		return b, errSkipped
	default:
		return b, errKind
	}
}

func (c *column) appendFloat(b []byte, v event.Value) []byte {
	f := v.Float()
	quoted := math.IsNaN(f) || math.IsInf(f, 0)
	if quoted {
		b = append(b, '"')
	}
	b = appendJavaFloat(b, f, c.floatBits(v))
	if quoted {
		b = append(b, '"')
	}
	return b
}

func (c *column) floatBits(v event.Value) int {
	if v.Kind() == event.KindFloat32 && !c.widen {
		return 32
	}
	return 64
}

func appendBool(b []byte, t bool) []byte {
	if t {
		return append(b, "true"...)
	}
	return append(b, "false"...)
}
