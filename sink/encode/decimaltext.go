package encode

import (
	"math"
	"strconv"

	"cdc/event"
)

// appendDecimalText appends a number in plain notation; a special one as Java's
// constants are called.
func (f *form) appendDecimalText(b []byte, v event.Value, arena []byte) ([]byte, error) {
	if special := specialDecimal(v, arena); special != 0 {
		switch special {
		case nan:
			return append(b, "NAN"...), nil
		case infinite:
			return append(b, "POSITIVE_INFINITY"...), nil
		default:
			return append(b, "NEGATIVE_INFINITY"...), nil
		}
	}
	if v.Kind() == event.KindDecimal && (f.scale == v.Scale() || f.scale == anyScale) {
		return appendScaled(b, v.Int(), v.Scale()), nil
	}
	var room [maxDecimalText]byte
	d, err := f.parse(v, arena, &room)
	if err != nil {
		return b, err
	}
	return d.appendPlain(b), nil
}

// appendScaled appends n with scale digits behind a point.
func appendScaled(b []byte, n int64, scale int) []byte {
	size := uint64(n)
	if n < 0 {
		b, size = append(b, '-'), -size
	}
	at := len(b)
	b = appendUint(b, size)
	if scale == 0 {
		return b
	}
	if digits := len(b) - at; digits <= scale {
		zeros := scale + 1 - digits
		for range zeros {
			b = append(b, '0')
		}
		copy(b[at+zeros:], b[at:at+digits])
		for i := range zeros {
			b[at+i] = '0'
		}
	}
	b = append(b, 0)
	point := len(b) - 1 - scale
	copy(b[point+1:], b[point:])
	b[point] = '.'
	return b
}

// special is a number that isn't one.
type special uint8

const (
	nan special = iota + 1
	infinite
	negInfinite
)

func specialDecimal(v event.Value, arena []byte) special {
	if v.Kind() != event.KindBigDecimal {
		return 0
	}
	switch string(v.Bytes(arena)) {
	case "NaN":
		return nan
	case "Infinity":
		return infinite
	case "-Infinity":
		return negInfinite
	default:
		return 0
	}
}

// appendPlain appends the number with all digits of its scale and without
// leading zeros.
func (d plainDecimal) appendPlain(b []byte) []byte {
	if d.neg && !(allZeros(d.whole) && allZeros(d.frac)) {
		b = append(b, '-')
	}
	whole := d.whole
	for len(whole) > 0 && whole[0] == '0' {
		whole = whole[1:]
	}
	if len(whole) == 0 {
		b = append(b, '0')
	}
	b = append(b, whole...)
	if len(d.frac)+d.zeros > 0 {
		b = append(append(b, '.'), d.frac...)
	}
	for range d.zeros {
		b = append(b, '0')
	}
	return b
}

// powers of ten that a double holds exactly
const maxExactPower = 22

// decimalFloat is the double nearest to a decimal.
func (f *form) decimalFloat(v event.Value, arena []byte) (float64, error) {
	switch specialDecimal(v, arena) {
	case nan:
		return math.NaN(), nil
	case infinite:
		return math.Inf(1), nil
	case negInfinite:
		return math.Inf(-1), nil
	default:
	}
	if n := v.Int(); v.Kind() == event.KindDecimal && v.Scale() <= maxExactPower && n > -1<<53 && n < 1<<53 {
		// Both are exact, so that the quotient is rounded once.
		return float64(n) / math.Pow10(v.Scale()), nil
	}
	var room [maxDecimalText]byte
	d, err := parseValue(v, arena, &room)
	if err != nil {
		return 0, err
	}
	var text [2 * maxDecimalText]byte
	n, err := strconv.ParseFloat(string(d.appendPlain(text[:0])), 64)
	if err != nil && !math.IsInf(n, 0) {
		return 0, errNotDecimal
	}
	return n, nil
}
