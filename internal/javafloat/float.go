package javafloat

import (
	"math"
	"strconv"
)

// The bounds within which Java prints a float without an exponent.
const (
	plainFrom = 1e-3
	plainTo   = 1e7
)

// Append appends f as Java's Double.toString (bits 64) or
// Float.toString (bits 32) does, with the fewest digits that give f back. Java
// before 19 now and then prints one digit more.
func Append(b []byte, f float64, bits int) []byte {
	size := math.Abs(f)
	switch {
	case f == 0:
		if math.Signbit(f) {
			b = append(b, '-')
		}
		return append(b, "0.0"...)
	case math.IsNaN(f):
		return append(b, "NaN"...)
	case math.IsInf(f, 1):
		return append(b, "Infinity"...)
	case math.IsInf(f, -1):
		return append(b, "-Infinity"...)
	case size >= plainTo || size < plainFrom:
		return appendExponent(b, f, bits)
	case size == math.Trunc(size):
		return append(strconv.AppendInt(b, int64(f), 10), ".0"...)
	default:
		return strconv.AppendFloat(b, f, 'f', -1, bits)
	}
}

// appendExponent appends f as d.dddE±n: at least one digit behind the point,
// no plus sign, no leading zero in the exponent.
func appendExponent(b []byte, f float64, bits int) []byte {
	if f < 0 {
		b, f = append(b, '-'), -f
	}
	switch {
	case f >= plainTo && f < 1<<63 && f == math.Trunc(f):
		return appendLargeInteger(b, f, bits)
	case power(f) && f < 1 && !subnormal(f, bits):
		return appendPower(b, f, bits)
	}
	at := len(b)
	b = strconv.AppendFloat(b, f, 'e', -1, bits)
	if b[at+1] == 'e' && subnormal(f, bits) {
		// Java wants two digits: of all that give f back, the nearest.
		b = strconv.AppendFloat(b[:at], f, 'e', 1, bits)
	}
	e := len(b) - 1
	for b[e] != 'e' {
		e--
	}
	exponent, _ := strconv.Atoi(string(b[e+1:]))
	b = b[:e]
	if e == at+1 {
		b = append(b, ".0"...)
	}
	return strconv.AppendInt(append(b, 'E'), int64(exponent), 10)
}

func subnormal(f float64, bits int) bool {
	if bits == 32 {
		return math.Abs(f) < 0x1p-126
	}
	return math.Abs(f) < 0x1p-1022
}
