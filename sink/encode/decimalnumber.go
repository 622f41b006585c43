package encode

import (
	"math/big"
	"strings"

	"cdc/event"
)

// appendJavaDecimal appends d, whose digits are those of the unscaled number,
// as BigDecimal.toString prints it.
func appendJavaDecimal(b []byte, d plainDecimal, scale int) []byte {
	if scale >= 0 && d.significant()-1-scale >= -6 {
		return d.appendPlain(b)
	}
	digits := d.digits()
	if d.neg && digits[0] != '0' {
		b = append(b, '-')
	}
	exponent := len(digits) - 1 - scale
	b = append(b, digits[0])
	if len(digits) > 1 {
		b = append(append(b, '.'), digits[1:]...)
	}
	if exponent == 0 {
		return b
	}
	b = append(b, 'E')
	if exponent > 0 {
		b = append(b, '+')
	}
	return appendInt(b, int64(exponent))
}

// significant is the number of digits of the unscaled number, 1 for zero.
func (d plainDecimal) significant() int {
	n := len(d.whole) + len(d.frac) + d.zeros
	for _, part := range [2][]byte{d.whole, d.frac} {
		for _, c := range part {
			if c != '0' {
				return n
			}
			n--
		}
	}
	return 1
}

// appendNumeric appends a decimal as a number in JSON.
func (f *form) appendNumeric(b []byte, v event.Value, arena []byte) ([]byte, error) {
	if f.way == asUnsigned {
		return appendUint(b, v.Uint()), nil
	}
	const smallest = 1_000_000 // below, there may be an exponent
	if n := v.Int(); v.Kind() == event.KindDecimal && v.Scale() == f.scale && (f.scale <= 6 || n >= smallest || n <= -smallest) && f.scale <= 12 {
		return appendScaled(b, n, f.scale), nil
	}
	var room [maxDecimalText]byte
	d, err := f.parse(v, arena, &room)
	if err != nil {
		return b, err
	}
	return appendJavaDecimal(b, d, f.scale), nil
}

// decimalScale is the scale that the schema of the form tells.
func (f *form) decimalScale() int {
	if f.way == asUnsigned {
		return 0
	}
	return f.scale
}

// appendNumber appends a decimal, given as two's complement, as a number. It is
// for defaults.
func appendNumber(b, twos []byte, scale int) []byte {
	n := new(big.Int).SetBytes(twos)
	if len(twos) > 0 && twos[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(twos))))
	}
	digits := n.Text(10)
	d := plainDecimal{neg: strings.HasPrefix(digits, "-")}
	digits = strings.TrimPrefix(digits, "-")
	if missing := scale + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) - max(scale, 0)
	d.whole, d.frac = []byte(digits[:point]), []byte(digits[point:])
	return appendJavaDecimal(b, d, scale)
}
