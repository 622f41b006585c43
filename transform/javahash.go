package transform

import (
	"math"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"cdc/event"
	"cdc/transform/values"
)

// javaHash is the hashCode of what Debezium's connectors hand on for a value of a
// type, with their default modes, as that of the types of the Java language. It is
// false for a type that has none here.
func javaHash(t *event.Type) (func(x *exec, arena []byte, v event.Value) int32, bool) {
	switch t.Kind {
	case event.KindInt:
		if isLong(t) {
			return func(_ *exec, _ []byte, v event.Value) int32 { return hashLong(v.Uint()) }, true
		}
		return hashInt, true
	case event.KindUint, event.KindTime, event.KindLocal:
		return hashMicros(t), true
	case event.KindDate:
		return hashInt, true
	case event.KindBool:
		return hashBool, true
	case event.KindFloat32:
		return func(_ *exec, _ []byte, v event.Value) int32 { return int32(math.Float32bits(float32(v.Float()))) }, true
	case event.KindFloat64:
		return func(_ *exec, _ []byte, v event.Value) int32 { return hashLong(math.Float64bits(v.Float() + 0)) }, true
	case event.KindDecimal:
		return hashDecimal(int(t.Scale)), t.Precision >= 0 && t.Logical == event.LogicalNone
	case event.KindString, event.KindJSON, event.KindUUID:
		return func(_ *exec, arena []byte, v event.Value) int32 { return hashString(v.Bytes(arena)) }, true
	case event.KindInstant:
		return func(x *exec, _ []byte, v event.Value) int32 { return hashString(x.instant(v, t)) }, true
	case event.KindBytes, event.KindBits:
		return func(_ *exec, arena []byte, v event.Value) int32 { return hashBuffer(v.Bytes(arena)) }, true
	default:
		return nil, false
	}
}

func hashInt(_ *exec, _ []byte, v event.Value) int32 { return int32(v.Int()) }

func hashBool(_ *exec, _ []byte, v event.Value) int32 {
	if v.Bool() {
		return 1231
	}
	return 1237
}

// isLong reports whether an integer column is handed on as a long.
func isLong(t *event.Type) bool {
	name := t.Native
	if name == "" {
		name = t.Declared.Name
	}
	name = strings.ToLower(name)
	unsigned := t.Flags&event.Unsigned != 0 || strings.Contains(name, "unsigned") || strings.Contains(name, "zerofill")
	if end := strings.IndexAny(name, " ("); end >= 0 {
		name = name[:end]
	}
	switch name {
	case "tinyint", "int1", "bool", "boolean", "smallint", "int2", "smallserial", "serial2", "mediumint", "middleint", "int3", "year":
		return false
	case "int", "integer", "int4", "serial", "serial4":
		return unsigned
	default:
		return true
	}
}

// hashMicros is that of a long: of a wall clock with up to three fraction digits in
// milliseconds.
func hashMicros(t *event.Type) func(*exec, []byte, event.Value) int32 {
	millis := t.Kind == event.KindLocal && t.Precision >= 0 && t.Precision <= 3
	return func(_ *exec, _ []byte, v event.Value) int32 {
		if millis {
			return hashLong(uint64(event.FloorDiv(v.Int(), 1000)))
		}
		return hashLong(v.Uint())
	}
}

func hashLong(n uint64) int32 { return int32(uint32(n ^ n>>32)) }

// hashString is over the UTF-16 units of the text.
func hashString(text []byte) int32 {
	var h int32
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			h = 31*h + int32(c)
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		i += size
		if r >= 0x10000 {
			r -= 0x10000
			h = 31*h + 0xD800 + r>>10
			r = 0xDC00 + r&0x3FF
		}
		h = 31*h + r
	}
	return h
}

// hashBuffer is that of a ByteBuffer.
func hashBuffer(p []byte) int32 {
	h := int32(1)
	for _, c := range slices.Backward(p) {
		h = 31*h + int32(int8(c))
	}
	return h
}

// hashDecimal is that of a BigDecimal of the column's scale.
func hashDecimal(scale int) func(*exec, []byte, event.Value) int32 {
	return func(x *exec, _ []byte, v event.Value) int32 {
		if v.Kind() == event.KindDecimal && v.Scale() == scale {
			return 31*hashNumber(v.Int()) + int32(scale)
		}
		n, have, ok := values.Unscaled(x.b, v)
		if !ok {
			return 0 // NaN
		}
		values.Rescale(n, have, scale)
		var h int32
		for _, word := range slices.Backward(n.Bits()) {
			w := uint64(word)
			if bits.UintSize == 64 {
				h = 31*h + int32(uint32(w>>32))
			}
			h = 31*h + int32(uint32(w))
		}
		if n.Sign() < 0 {
			h = -h
		}
		return 31*h + int32(scale)
	}
}

// hashNumber is that of a BigInteger.
func hashNumber(n int64) int32 {
	u := uint64(n)
	if n < 0 {
		u = -u
	}
	h := 31*int32(uint32(u>>32)) + int32(uint32(u))
	if n < 0 {
		return -h
	}
	return h
}

// instant is the text of a point in time.
func (x *exec) instant(v event.Value, t *event.Type) []byte {
	x.scratch = values.AppendTime(x.scratch[:0], v, int(t.Precision))
	return x.scratch
}
