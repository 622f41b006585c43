package encode

import (
	"encoding/binary"
	"math/big"
	"math/bits"

	"cdc/event"
)

// plainDecimal is a decimal number as runs of digits that lie elsewhere: those
// before the point, those behind it, and zeros that follow them.
type plainDecimal struct {
	neg         bool
	whole, frac []byte
	zeros       int
}

const (
	// maxDecimalText is the largest scale that a KindDecimal may have.
	maxDecimalText = 64
	maxInt64Digits = 19
)

// appendDecimalBytes appends the two's complement of the unscaled number at the
// scale of the form.
func (f *form) appendDecimalBytes(b []byte, v event.Value, arena []byte) ([]byte, error) {
	if v.Kind() == event.KindDecimal && v.Scale() == f.scale {
		return appendTwos(b, v.Int()), nil
	}
	var room [maxDecimalText]byte
	d, err := f.parse(v, arena, &room)
	if err != nil {
		return b, err
	}
	return d.appendTwos(b), nil
}

// parse reads a decimal and brings it to the scale of the form.
func (f *form) parse(v event.Value, arena []byte, room *[maxDecimalText]byte) (plainDecimal, error) {
	d, err := parseValue(v, arena, room)
	if err != nil || f.scale == anyScale {
		return d, err
	}
	if f.rounds && len(d.frac) > f.scale {
		return d.round(f.scale)
	}
	return d.at(f.scale)
}

// variable reads a number of its own scale, without trailing zeros behind the
// point, and appends the two's complement of its unscaled number.
func appendVariable(b []byte, v event.Value, arena []byte) (number []byte, scale int, err error) {
	if v.Kind() == event.KindDecimal {
		n, scale := v.Int(), v.Scale()
		for scale > 0 && n%10 == 0 {
			n /= 10
			scale--
		}
		return appendTwos(b, n), scale, nil
	}
	d, err := parseDecimal(v.Bytes(arena))
	if err != nil {
		return b, 0, err
	}
	d.trim()
	return d.appendTwos(b), len(d.frac), nil
}

// appendTwos appends the shortest big-endian two's complement of n.
func appendTwos(b []byte, n int64) []byte {
	var room [8]byte
	binary.BigEndian.PutUint64(room[:], uint64(n))
	size := bits.Len64(uint64(n^n>>63))/8 + 1
	return append(b, room[8-size:]...)
}

// parseValue reads a decimal of either kind. The digits of a KindDecimal are
// put into room.
func parseValue(v event.Value, arena []byte, room *[maxDecimalText]byte) (plainDecimal, error) {
	if v.Kind() == event.KindBigDecimal {
		return parseDecimal(v.Bytes(arena))
	}
	scale := v.Scale()
	if scale > maxDecimalText {
		return plainDecimal{}, errNotDecimal
	}
	n := v.Int()
	size := uint64(n)
	if n < 0 {
		size = -size
	}
	digits := appendPadded(room[:0], size, max(scale, maxInt64Digits))
	point := len(digits) - scale
	return plainDecimal{neg: n < 0, whole: digits[:point], frac: digits[point:]}, nil
}

// parseDecimal reads a number without exponent.
func parseDecimal(text []byte) (plainDecimal, error) {
	var d plainDecimal
	switch string(text) {
	case "NaN", "Infinity", "-Infinity":
		return d, errSpecialDecimal
	}
	if len(text) > 0 && text[0] == '-' {
		d.neg, text = true, text[1:]
	}
	d.whole = text
	for i, c := range text {
		if c == '.' && d.frac == nil {
			d.whole, d.frac = text[:i], text[i+1:]
		} else if c < '0' || c > '9' {
			return d, errNotDecimal
		}
	}
	if len(d.whole)+len(d.frac) == 0 {
		return d, errNotDecimal
	}
	return d, nil
}

// at returns d with exactly scale digits behind the point, or, where scale is
// negative, without as many before it. It never rounds.
func (d plainDecimal) at(scale int) (plainDecimal, error) {
	if scale < 0 {
		cut := max(len(d.whole)+scale, 0)
		if !allZeros(d.whole[cut:]) || !allZeros(d.frac) {
			return d, errScale
		}
		d.whole, d.frac = d.whole[:cut], nil
		return d, nil
	}
	if len(d.frac) <= scale {
		d.zeros = scale - len(d.frac)
		return d, nil
	}
	if !allZeros(d.frac[scale:]) {
		return d, errScale
	}
	d.frac = d.frac[:scale]
	return d, nil
}

// round returns d with scale digits behind the point, rounded half up (away from
// zero): what Debezium does with money. It allocates where it must carry.
func (d plainDecimal) round(scale int) (plainDecimal, error) {
	up := d.frac[scale] >= '5'
	d.frac = d.frac[:scale]
	if !up {
		return d, nil
	}
	n, ok := new(big.Int).SetString("0"+string(d.whole)+string(d.frac), 10)
	if !ok {
		return d, errNotDecimal
	}
	digits := n.Add(n, big.NewInt(1)).Append(nil, 10)
	for len(digits) <= scale {
		digits = append([]byte{'0'}, digits...)
	}
	d.whole, d.frac = digits[:len(digits)-scale], digits[len(digits)-scale:]
	return d, nil
}

// trim takes away trailing zeros behind the point.
func (d *plainDecimal) trim() {
	for len(d.frac) > 0 && d.frac[len(d.frac)-1] == '0' {
		d.frac = d.frac[:len(d.frac)-1]
	}
}

func allZeros(digits []byte) bool {
	for _, c := range digits {
		if c != '0' {
			return false
		}
	}
	return true
}

// digits returns the digits of the unscaled number without leading zeros.
func (d plainDecimal) digits() []byte {
	all := append(append([]byte{}, d.whole...), d.frac...)
	for range d.zeros {
		all = append(all, '0')
	}
	i := 0
	for i < len(all)-1 && all[i] == '0' {
		i++
	}
	if len(all) == 0 {
		return []byte{'0'}
	}
	return all[i:]
}
