package values

import (
	"bytes"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"cdc/event"
	"cdc/transform/rulefile"
)

// CastType is the type of what a cast makes.
func CastType(c *rulefile.CastType) event.Type {
	t := event.Type{Flags: event.Nullable}
	switch c.Name {
	case "int16":
		t.Kind, t.Native = event.KindInt, "smallint"
	case "int32":
		t.Kind, t.Native = event.KindInt, "integer"
	case "int64":
		t.Kind, t.Native = event.KindInt, "bigint"
	case "float32":
		t.Kind = event.KindFloat32
	case "float64":
		t.Kind = event.KindFloat64
	case "boolean":
		t.Kind = event.KindBool
	case "bytes":
		t.Kind = event.KindBytes
	case "timestamp":
		t.Kind, t.Precision = event.KindInstant, 6
	case "decimal":
		t.Kind, t.Precision, t.Scale = event.KindDecimal, int16(c.Precision), int16(c.Scale)
	default:
		t.Kind = event.KindString
	}
	return t
}

// Cast compiles a cast of values of a type; nil when there is none.
func Cast(c *rulefile.CastType, from event.Type) Change {
	number, text := isNumber(from.Kind), IsText(from.Kind)
	switch c.Name {
	case "int16":
		return castInt(from, math.MinInt16, math.MaxInt16)
	case "int32":
		return castInt(from, math.MinInt32, math.MaxInt32)
	case "int64":
		return castInt(from, math.MinInt64, math.MaxInt64)
	case "float32", "float64":
		if number || text {
			return castFloat(c.Name == "float32")
		}
	case "boolean":
		if number || text {
			return castBool
		}
	case "bytes":
		if text || from.Kind == event.KindBytes {
			return func(_ *event.Batch, v event.Value) (event.Value, error) { return retext(v, event.KindBytes), nil }
		}
	case "timestamp":
		if text || isMoment(from.Kind) || from.Kind == event.KindInt || from.Kind == event.KindUint {
			return castInstant
		}
	case "decimal":
		if number || text {
			return castDecimal(c.Precision, c.Scale)
		}
	default:
		return castString(from)
	}
	return nil
}

func isNumber(k event.Kind) bool {
	switch k {
	case event.KindBool, event.KindInt, event.KindUint, event.KindFloat32, event.KindFloat64, event.KindDecimal, event.KindBigDecimal:
		return true
	default:
		return false
	}
}

// IsText reports whether values of a kind are texts.
func IsText(k event.Kind) bool {
	return k == event.KindString || k == event.KindJSON || k == event.KindUUID
}

func isMoment(k event.Kind) bool {
	return k == event.KindDate || k == event.KindLocal || k == event.KindInstant
}

// retext is the same text as a value of another kind.
func retext(v event.Value, k event.Kind) event.Value {
	at := v.Uint()
	return event.Text(k, int(at), v.Len())
}

var (
	// ErrCast says that a value has no form in the type that is asked for.
	ErrCast      = NewFault("a value can't be cast", `say what then: on_error: keep puts NULL there`)
	errCastRange = NewFault("a value is out of the range of the type that it is cast to", "take a larger type, or on_error: keep, which puts NULL there")
)

func castString(from event.Type) Change {
	if from.Kind == event.KindList {
		return nil
	}
	return func(b *event.Batch, v event.Value) (event.Value, error) {
		if IsText(v.Kind()) || v.Kind() == event.KindBigDecimal {
			return retext(v, event.KindString), nil
		}
		at := len(b.Arena)
		arena, err := AppendText(b.Arena, b.Arena, v, &from)
		b.Arena = arena
		return event.Text(event.KindString, at, len(arena)-at), err
	}
}

// castInt cuts fractions off.
func castInt(from event.Type, low, high int64) Change {
	if !isNumber(from.Kind) && !IsText(from.Kind) {
		return nil
	}
	return func(b *event.Batch, v event.Value) (event.Value, error) {
		n, err := wholeNumber(b, v)
		if err != nil {
			return v, err
		}
		if n < low || n > high {
			return v, errCastRange
		}
		return event.Int(n), nil
	}
}

func wholeNumber(b *event.Batch, v event.Value) (int64, error) {
	switch v.Kind() {
	case event.KindBool, event.KindInt:
		return v.Int(), nil
	case event.KindUint:
		if v.Uint() > math.MaxInt64 {
			return 0, errCastRange
		}
		return int64(v.Uint()), nil
	case event.KindFloat32, event.KindFloat64:
		f := math.Trunc(v.Float())
		if !(f >= -1<<63 && f < 1<<63) {
			return 0, errCastRange
		}
		return int64(f), nil
	case event.KindDecimal:
		n := v.Int()
		for range v.Scale() {
			n /= 10
		}
		return n, nil
	default:
		return wholeText(b, v)
	}
}

// wholeText reads the digits of a text, or those of a large decimal before the point.
func wholeText(b *event.Batch, v event.Value) (int64, error) {
	text := bytes.TrimSpace(b.Bytes(v))
	if dot := bytes.IndexByte(text, '.'); dot >= 0 && v.Kind() == event.KindBigDecimal {
		text = text[:dot]
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return 0, ErrCast
	}
	return n, nil
}

func castFloat(single bool) Change {
	return func(b *event.Batch, v event.Value) (event.Value, error) {
		f, err := float(b, v)
		if err != nil {
			return v, err
		}
		if single {
			if math.Abs(f) > math.MaxFloat32 && !math.IsInf(f, 0) {
				return v, errCastRange
			}
			return event.Float32(float32(f)), nil
		}
		return event.Float64(f), nil
	}
}

func float(b *event.Batch, v event.Value) (float64, error) {
	switch v.Kind() {
	case event.KindBool, event.KindInt:
		return float64(v.Int()), nil
	case event.KindUint:
		return float64(v.Uint()), nil
	case event.KindFloat32, event.KindFloat64:
		return v.Float(), nil
	case event.KindDecimal:
		var digits [48]byte
		return parseFloat(appendDecimal(digits[:0], v.Int(), v.Scale()))
	default:
		return parseFloat(bytes.TrimSpace(b.Bytes(v)))
	}
}

func parseFloat(text []byte) (float64, error) {
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return 0, ErrCast
	}
	return f, nil
}

func castBool(b *event.Batch, v event.Value) (event.Value, error) {
	if IsText(v.Kind()) {
		text := bytes.TrimSpace(b.Bytes(v))
		switch {
		case bytes.EqualFold(text, []byte("true")), string(text) == "1":
			return event.Bool(true), nil
		case bytes.EqualFold(text, []byte("false")), string(text) == "0":
			return event.Bool(false), nil
		}
		return v, ErrCast
	}
	f, err := float(b, v)
	return event.Bool(f != 0), err
}

// castInstant takes texts in ISO 8601, and numbers as milliseconds since the epoch.
func castInstant(b *event.Batch, v event.Value) (event.Value, error) {
	switch v.Kind() {
	case event.KindInstant, event.KindLocal:
		return event.Of(event.KindInstant, v.Int()), nil
	case event.KindDate:
		if n := v.Int(); n > -1e8 && n < 1e8 {
			return event.Of(event.KindInstant, n*SecondsPerDay*microsPerSecond), nil
		}
		return v, errCastRange
	case event.KindInt, event.KindUint:
		if n := v.Int(); n > math.MinInt64/1000 && n < math.MaxInt64/1000 && (n >= 0 || v.Kind() == event.KindInt) {
			return event.Of(event.KindInstant, n*1000), nil
		}
		return v, errCastRange
	default:
		n, ok := parseInstant(b.Bytes(v))
		if !ok {
			return v, ErrCast
		}
		return event.Of(event.KindInstant, n), nil
	}
}

// parseInstant reads a date, a wall clock (taken as UTC) or a point in time.
func parseInstant(text []byte) (micros int64, ok bool) {
	s := string(bytes.TrimSpace(text))
	if len(s) > len("2006-01-02T15:04:05.999999999+07:00:00") || !utf8.ValidString(s) {
		return 0, false
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UnixMicro(), true
		}
	}
	return 0, false
}
