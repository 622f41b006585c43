package encode

import (
	"encoding/binary"
	"math"
	"math/big"
	"math/bits"
	"strconv"

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
	var room [maxDecimalText]byte
	d, err := f.parse(v, arena, &room)
	if err != nil {
		return b, err
	}
	return d.appendPlain(b), nil
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

// maxWords bounds the numbers that are converted on the stack: 600 digits.
const maxWords = 32

// appendTwos appends the shortest big-endian two's complement of the unscaled
// number.
func (d plainDecimal) appendTwos(b []byte) []byte {
	if len(d.whole)+len(d.frac)+d.zeros > 600 {
		return d.appendHuge(b)
	}
	var n words
	n.addDigits(d.whole)
	n.addDigits(d.frac)
	n.addZeros(d.zeros)
	if n.used == 0 || n.used == 1 && n.w[0] <= math.MaxInt64 {
		v := int64(n.w[0])
		if d.neg {
			v = -v
		}
		return appendTwos(b, v)
	}
	return n.append(b, d.neg)
}

// appendHuge is the way of numbers that no table should hold.
func (d plainDecimal) appendHuge(b []byte) []byte {
	n, _ := new(big.Int).SetString(string(d.digits()), 10)
	neg := d.neg && n.Sign() != 0
	if neg {
		n.Sub(n, big.NewInt(1))
	}
	p := n.FillBytes(make([]byte, n.BitLen()/8+1))
	if neg {
		for i := range p {
			p[i] = ^p[i]
		}
	}
	return append(b, p...)
}

// words is a natural number, lowest word first.
type words struct {
	w    [maxWords]uint64
	used int
}

// mulAdd makes n into n*by + plus.
func (n *words) mulAdd(by, plus uint64) {
	for i := range n.used {
		high, low := bits.Mul64(n.w[i], by)
		low, carry := bits.Add64(low, plus, 0)
		n.w[i], plus = low, high+carry
	}
	if plus != 0 {
		n.w[n.used] = plus
		n.used++
	}
}

// digitsPerWord is how many digits a step takes: 10^18 < 2^63.
const digitsPerWord = 18

func (n *words) addDigits(digits []byte) {
	for len(digits) > 0 {
		run := min(len(digits), digitsPerWord)
		by, plus := uint64(1), uint64(0)
		for _, c := range digits[:run] {
			by *= 10
			plus = plus*10 + uint64(c-'0')
		}
		n.mulAdd(by, plus)
		digits = digits[run:]
	}
}

func (n *words) addZeros(count int) {
	for count > 0 {
		run := min(count, digitsPerWord)
		by := uint64(1)
		for range run {
			by *= 10
		}
		n.mulAdd(by, 0)
		count -= run
	}
}

// append appends the shortest big-endian two's complement of the number or of
// its negative.
func (n *words) append(b []byte, neg bool) []byte {
	if neg {
		n.negateBits()
	}
	var room [8*maxWords + 8]byte // one word more, for the sign
	sign := byte(0)
	if neg {
		sign = 0xff
		for i := range 8 {
			room[len(room)-8*n.used-8+i] = sign
		}
	}
	for i := range n.used {
		binary.BigEndian.PutUint64(room[len(room)-8*(i+1):], n.w[i])
	}
	at := len(room) - 8*n.used - 1
	for at < len(room)-1 && room[at] == sign && (room[at+1]^sign)&0x80 == 0 {
		at++
	}
	return append(b, room[at:]...)
}

// negateBits makes n into the used words of its two's complement negative.
func (n *words) negateBits() {
	carry := uint64(1)
	for i := range n.used {
		n.w[i], carry = bits.Add64(^n.w[i], 0, carry)
	}
}
