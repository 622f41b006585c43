package event

import "math"

// Kind says how a Value is to be read.
type Kind uint8

// The kinds. For each: what Value.Num means, or what the bytes in the arena
// hold.
const (
	// KindSkipped is the zero Kind: nobody asked for the column, so it was not
	// decoded. It must never be read.
	KindSkipped Kind = iota
	// KindUnavailable: asked for, but not in the log (unchanged TOAST value,
	// column missing from a partial row image).
	KindUnavailable
	// KindNull is SQL NULL.
	KindNull
	// KindBool: 0 or 1.
	KindBool
	// KindInt: an int64.
	KindInt
	// KindUint: a uint64 (an unsigned BIGINT).
	KindUint
	// KindFloat32: the bits of a float32 (math.Float32bits).
	KindFloat32
	// KindFloat64: the bits of a float64 (math.Float64bits).
	KindFloat64
	// KindDecimal: an int64, the unscaled value; Value.Scale digits of it stand
	// behind the point. Decoders use it for numbers of up to 18 digits.
	KindDecimal
	// KindBigDecimal: the number as plain text ("-12345678901234567890.10"),
	// with all digits of its scale; or "NaN", "Infinity", "-Infinity".
	KindBigDecimal
	// KindString: UTF-8 text. Labels of an ENUM, and the comma-joined members
	// of a SET, are strings too.
	KindString
	// KindBytes: raw bytes.
	KindBytes
	// KindJSON: JSON text, as it is to be printed inside a string.
	KindJSON
	// KindUUID: the 36 characters of a UUID in lower case.
	KindUUID
	// KindDate: days since 1970-01-01, an int64.
	KindDate
	// KindTime: microseconds since midnight, an int64; negative or beyond 24 h
	// for a MySQL TIME.
	KindTime
	// KindLocal: a wall clock without zone, microseconds since 1970-01-01
	// 00:00:00 as if it were UTC.
	KindLocal
	// KindInstant: a point in time, microseconds since the Unix epoch.
	KindInstant
	// KindBits: a bit string of more than one bit, little-endian bytes.
	KindBits
	// KindList: several values; see [List]. An array, a vector, or the parts of
	// a composed value in the order that Type.Logical lays down.
	KindList
)

// Microsecond values with a meaning of their own in KindLocal and KindInstant.
// PostgreSQL prints them as infinity and -infinity.
const (
	Infinity    = math.MaxInt64
	NegInfinity = math.MinInt64
)

// Value is one column of one row image: 16 bytes without a pointer. Text and
// bytes lie in the arena of the batch (or of a Default).
type Value struct {
	num  uint64
	size uint32
	kind Kind
}

// Null, Unavailable and the functions below make values without text. Values
// with text are made by [Batch.Put].
var (
	Null        = Value{kind: KindNull}
	Unavailable = Value{kind: KindUnavailable}
)

// Bool makes a KindBool.
func Bool(b bool) Value {
	if b {
		return Value{kind: KindBool, num: 1}
	}
	return Value{kind: KindBool}
}

// Int makes a KindInt.
func Int(i int64) Value { return Value{kind: KindInt, num: uint64(i)} }

// Uint makes a KindUint.
func Uint(u uint64) Value { return Value{kind: KindUint, num: u} }

// Float32 makes a KindFloat32.
func Float32(f float32) Value { return Value{kind: KindFloat32, num: uint64(math.Float32bits(f))} }

// Float64 makes a KindFloat64.
func Float64(f float64) Value { return Value{kind: KindFloat64, num: math.Float64bits(f)} }

// Decimal makes a KindDecimal: unscaled * 10^-scale.
func Decimal(unscaled int64, scale int) Value {
	return Value{kind: KindDecimal, num: uint64(unscaled), size: uint32(scale)}
}

// Of makes a value of one of the kinds that hold an int64: KindDate, KindTime,
// KindLocal, KindInstant (and KindInt).
func Of(k Kind, i int64) Value { return Value{kind: k, num: uint64(i)} }

// Text makes a value of kind k whose bytes are arena[off : off+size].
func Text(k Kind, off, size int) Value {
	return Value{kind: k, num: uint64(off), size: uint32(size)}
}

// Kind returns the kind.
func (v Value) Kind() Kind { return v.kind }

// Int returns the number of a KindInt, KindDate, KindTime, KindLocal,
// KindInstant, and the unscaled number of a KindDecimal.
func (v Value) Int() int64 { return int64(v.num) }

// Uint returns the number of a KindUint.
func (v Value) Uint() uint64 { return v.num }

// Bool returns the truth of a KindBool.
func (v Value) Bool() bool { return v.num != 0 }

// Float returns the number of a KindFloat32 or KindFloat64.
func (v Value) Float() float64 {
	if v.kind == KindFloat32 {
		return float64(math.Float32frombits(uint32(v.num)))
	}
	return math.Float64frombits(v.num)
}

// Scale returns the digits behind the point of a KindDecimal.
func (v Value) Scale() int { return int(v.size) }

// IsNull reports whether the value is SQL NULL.
func (v Value) IsNull() bool { return v.kind == KindNull }

// HasText reports whether the value's bytes lie in an arena.
func (v Value) HasText() bool {
	switch v.kind {
	case KindBigDecimal, KindString, KindBytes, KindJSON, KindUUID, KindBits, KindList:
		return true
	default:
		return false
	}
}

// Bytes returns the text of the value: a slice of arena, which must be the
// arena that the value was put into. The slice is valid as long as the arena.
func (v Value) Bytes(arena []byte) []byte {
	return arena[v.num : v.num+uint64(v.size) : v.num+uint64(v.size)]
}

// Len returns the number of bytes of the text.
func (v Value) Len() int { return int(v.size) }

// Equal reports whether v (with text in arena) and w (with text in brena) are
// the same value of the same kind.
func (v Value) Equal(arena []byte, w Value, brena []byte) bool {
	if v.kind != w.kind {
		return false
	}
	if v.HasText() {
		return string(v.Bytes(arena)) == string(w.Bytes(brena))
	}
	return v.num == w.num && v.size == w.size
}
