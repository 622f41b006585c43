package encode

import (
	"math"
	"strconv"
)

// appendInt appends n in decimal.
func appendInt(b []byte, n int64) []byte {
	if n < 0 {
		return appendUint(append(b, '-'), -uint64(n))
	}
	return appendUint(b, uint64(n))
}

// pairs holds "00" to "99".
const pairs = "00010203040506070809" +
	"10111213141516171819" +
	"20212223242526272829" +
	"30313233343536373839" +
	"40414243444546474849" +
	"50515253545556575859" +
	"60616263646566676869" +
	"70717273747576777879" +
	"80818283848586878889" +
	"90919293949596979899"

// appendUint appends n in decimal.
func appendUint(b []byte, n uint64) []byte {
	if n < 10 {
		return append(b, '0'+byte(n))
	}
	if n < 100 {
		return append(b, pairs[2*n:2*n+2]...)
	}
	var room [20]byte
	i := len(room)
	for n >= 100 {
		i -= 2
		q := n / 100
		p := 2 * (n - 100*q)
		room[i], room[i+1] = pairs[p], pairs[p+1]
		n = q
	}
	if n >= 10 {
		i -= 2
		room[i], room[i+1] = pairs[2*n], pairs[2*n+1]
	} else {
		i--
		room[i] = '0' + byte(n)
	}
	return append(b, room[i:]...)
}

// appendPadded appends the last width digits of n, with zeros before it.
func appendPadded(b []byte, n uint64, width int) []byte {
	at := len(b)
	for range width {
		b = append(b, '0')
	}
	for i := len(b) - 1; i >= at; i-- {
		b[i] = '0' + byte(n%10)
		n /= 10
	}
	return b
}

func floorDiv(n, by int64) int64 {
	q := n / by
	if n%by < 0 {
		q--
	}
	return q
}

// The bounds within which Java prints a float without an exponent.
const (
	plainFrom = 1e-3
	plainTo   = 1e7
)

// appendJavaFloat appends f as Java's Double.toString (bits 64) or
// Float.toString (bits 32) does, with the fewest digits that give f back. Java
// before 19 now and then prints one digit more.
func appendJavaFloat(b []byte, f float64, bits int) []byte {
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
		return append(appendInt(b, int64(f)), ".0"...)
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
	return appendInt(append(b, 'E'), int64(exponent))
}

func subnormal(f float64, bits int) bool {
	if bits == 32 {
		return math.Abs(f) < 0x1p-126
	}
	return math.Abs(f) < 0x1p-1022
}
