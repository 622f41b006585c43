package encode

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"math"

	"cdc/event"
	"cdc/sink/encode/connect"
)

// unfit is why a value has no form. It is an error so that appending can stop at
// it; the writer asks the policy what to do.
type unfit struct {
	reason string
	// then says what Debezium prints there.
	then instead
}

func (u *unfit) Error() string { return u.reason }

// instead is what stands for a value without a form.
type instead uint8

const (
	// thenNull: null, or the default of the column; where it takes neither,
	// Debezium stops.
	thenNull instead = iota
	// thenZero: the zero of the type.
	thenZero
	// thenKept: what was appended.
	thenKept
	// thenStop: nothing; Debezium stops.
	thenStop
)

// integer returns the number that a value is in a schema of integers or
// booleans.
func (f *form) integer(v event.Value, arena []byte) (int64, error) {
	switch f.way {
	case asInt, asBool, asMicros, asDays:
		return finiteOf(v), nil
	case asMillis:
		return f.millis(v)
	case asNanos:
		return nanosOf(v)
	case asIntervalMicros:
		return intervalMicros(event.List(v.Bytes(arena)))
	default:
		return 0, errKind
	}
}

// finiteOf is the number of v, or what stands for an infinite one.
func finiteOf(v event.Value) int64 {
	n := v.Int()
	switch v.Kind() {
	case event.KindDate:
		return finite(n, infinityDay, negInfinityDay)
	case event.KindLocal:
		return finite(n, infinityMicros, negInfinityMicros)
	default:
		return n
	}
}

func (f *form) millis(v event.Value) (int64, error) {
	n := finiteOf(v)
	if v.Kind() == event.KindTime && (n < 0 || n > microsPerDay) {
		return 0, errTimeOfDay
	}
	return event.FloorDiv(n, 1000), nil
}

func nanosOf(v event.Value) (int64, error) {
	n := v.Int()
	if v.Kind() == event.KindLocal && (n == event.Infinity || n == event.NegInfinity) {
		return n, nil
	}
	if n > math.MaxInt64/1000 || n < math.MinInt64/1000 {
		return 0, errNanos
	}
	return n * 1000, nil
}

// float returns the number that a value is in a schema of floats.
func (f *form) float(v event.Value, arena []byte) (float64, error) {
	if f.way == asDecimalFloat {
		return f.decimalFloat(v, arena)
	}
	return v.Float(), nil
}

// appendBytes appends what a value is in a schema of bytes.
func (f *form) appendBytes(b []byte, v event.Value, arena []byte) ([]byte, error) {
	switch f.way {
	case asBytes:
		return append(b, v.Bytes(arena)...), nil
	case asShape:
		return f.appendShape(b, v, arena, f.then), nil
	case asUnsigned:
		return appendTwosUnsigned(b, v.Uint()), nil
	case asDecimal:
		return f.appendDecimalBytes(b, v, arena)
	default:
		return b, errKind
	}
}

// appendTwosUnsigned appends the shortest big-endian two's complement of n.
func appendTwosUnsigned(b []byte, n uint64) []byte {
	if n > math.MaxInt64 {
		b = append(b, 0)
		return binary.BigEndian.AppendUint64(b, n)
	}
	return appendTwos(b, int64(n))
}

// appendText appends what a value is in a schema of strings. Text that isn't
// UTF-8 is appended as it is: see [connect.AppendText] and
// [connect.AppendUTF8].
func (f *form) appendText(b []byte, v event.Value, arena []byte) ([]byte, error) {
	switch f.way {
	case asText:
		return append(b, v.Bytes(arena)...), nil
	case asInstant:
		return appendInstantText(b, v.Int(), f.digits), nil
	case asISODate:
		return append(appendDay(b, finiteOf(v)), 'Z'), nil
	case asISOTime:
		return appendISOTime(b, v.Int())
	case asISOTimestamp:
		return appendISOTimestamp(b, finiteOf(v)), nil
	case asDecimalText:
		return f.appendDecimalText(b, v, arena)
	case asHex:
		return hex.AppendEncode(b, v.Bytes(arena)), nil
	case asBase64:
		return base64.StdEncoding.AppendEncode(b, v.Bytes(arena)), nil
	case asBase64URL:
		return base64.URLEncoding.AppendEncode(b, v.Bytes(arena)), nil
	case asShape:
		return f.appendShape(b, v, arena, f.then), nil
	case asIntervalText:
		return appendIntervalText(b, event.List(v.Bytes(arena)))
	case asHstoreText:
		return appendHstoreText(b, event.List(v.Bytes(arena)), appendJackson)
	default:
		return b, errKind
	}
}

// defaultValue turns a default of the column into one of its schema; nil where
// the schema can't hold it.
func (f *form) defaultValue(d *event.Default) *connect.Value {
	v := d.Value
	if f.way.composed() || !f.takes(v.Kind()) {
		return nil
	}
	if f.way == asInt && v.Kind() == event.KindUint && v.Uint() > math.MaxInt64 {
		// A value of this size wraps around; a default is cut.
		v = event.Int(math.MaxInt64)
	}
	c := &connect.Value{}
	var err error
	switch f.schema.Type {
	case connect.Float32, connect.Float64:
		c.Float, err = f.float(v, d.Text)
	case connect.String:
		c.Bytes, err = f.appendText([]byte{}, v, d.Text)
	case connect.Bytes:
		c.Bytes, err = f.appendBytes([]byte{}, v, d.Text)
	default:
		c.Int, err = f.integer(v, d.Text)
	}
	if err != nil {
		return nil
	}
	return c
}
