package javafloat

import (
	"math"
	"math/big"
	"strconv"
)

// Java before 19, in which Kafka Connect mostly runs, prints some floats with
// more digits than would give them back: large integers and powers of two.
// Consumers compare texts, so these are printed alike.

// appendDigits appends digits, of which the first stands before the point, and
// an exponent.
func appendDigits(b, digits []byte, exponent int) []byte {
	for len(digits) > 1 && digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
	}
	b = append(b, digits[0], '.')
	if len(digits) == 1 {
		b = append(b, '0')
	}
	return strconv.AppendInt(append(append(b, digits[1:]...), 'E'), int64(exponent), 10)
}

// appendLargeInteger appends an integer below 2^63. Java prints all its digits
// but as many as a unit in the last place has, one bit less counted.
func appendLargeInteger(b []byte, f float64, bits int) []byte {
	significant := 53
	if bits == 32 {
		significant = 24
	}
	n := uint64(f)
	drop := 0
	if spare := math.Ilogb(f) - significant - 1; spare > 1 {
		drop = int(float64(spare) * math.Log10E * math.Ln2)
	}
	if drop > 0 {
		unit := uint64(math.Pow10(drop))
		rest := n % unit
		n /= unit
		if rest >= unit/2 {
			n++
		}
	}
	var room [20]byte
	digits := strconv.AppendUint(room[:0], n, 10)
	return appendDigits(b, digits, len(digits)-1+drop)
}

// power reports whether f is a power of two.
func power(f float64) bool {
	fraction, _ := math.Frexp(f)
	return fraction == 0.5
}

// appendPower appends a power of two below 1. The float below it is only half as
// far away as the one above, and Java takes that distance for both sides.
func appendPower(b []byte, f float64, bits int) []byte {
	significant := 53
	if bits == 32 {
		significant = 24
	}
	e := -math.Ilogb(f) // f = 2^-e
	// All numbers are scaled by 2^(e+significant+1), so that a quarter of a unit
	// in the last place is 1: value = 2^(significant+1), unit = the scale.
	value := new(big.Int).Lsh(big.NewInt(1), uint(significant+1))
	unit := new(big.Int).Lsh(big.NewInt(1), uint(e+significant+1))
	margin := big.NewInt(1)
	ten := big.NewInt(10)
	exponent := 0
	for value.Cmp(unit) < 0 {
		value.Mul(value, ten)
		margin.Mul(margin, ten)
		exponent--
	}
	digits := make([]byte, 0, 20)
	digit, sum := new(big.Int), new(big.Int)
	for {
		digit.QuoRem(value, unit, value)
		digits = append(digits, '0'+byte(digit.Int64()))
		low := value.Cmp(margin) < 0
		high := sum.Add(value, margin).Cmp(unit) >= 0
		if (low || high) && len(digits) > 1 {
			if high && (!low || sum.Lsh(value, 1).Cmp(unit) > 0) {
				digits, exponent = roundUp(digits, exponent)
			}
			return appendDigits(b, digits, exponent)
		}
		value.Mul(value, ten)
		margin.Mul(margin, ten)
	}
}

// roundUp adds one to the last digit.
func roundUp(digits []byte, exponent int) (rounded []byte, e int) {
	i := len(digits) - 1
	for i >= 0 && digits[i] == '9' {
		digits[i] = '0'
		i--
	}
	if i < 0 {
		digits[0] = '1'
		return digits, exponent + 1
	}
	digits[i]++
	return digits, exponent
}
