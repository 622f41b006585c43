package encode

import (
	"encoding/base64"
	"encoding/binary"
	"math"
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

// appendDecimal appends a KindDecimal or KindBigDecimal.
func (c *column) appendDecimal(b []byte, v event.Value, arena []byte) ([]byte, error) {
	if v.Kind() == event.KindDecimal {
		switch {
		case c.decimal == variableScale:
			return appendVariable(b, v.Int(), v.Scale()), nil
		case v.Scale() == c.scale:
			return appendUnscaled(b, v.Int()), nil
		}
	}
	var room [maxDecimalText]byte
	d, err := parseValue(v, arena, &room)
	if err != nil {
		return b, err
	}
	if c.decimal == fixedScale {
		if d, err = d.at(c.scale); err != nil {
			return b, err
		}
		return d.appendUnscaled(b), nil
	}
	d.trim()
	b = appendInt(append(b, `{"scale":`...), int64(len(d.frac)))
	return append(d.appendUnscaled(append(b, `,"value":`...)), '}'), nil
}

// appendVariable appends a number of its own scale, without trailing zeros
// behind the point.
func appendVariable(b []byte, unscaled int64, scale int) []byte {
	for scale > 0 && unscaled%10 == 0 {
		unscaled /= 10
		scale--
	}
	b = appendInt(append(b, `{"scale":`...), int64(scale))
	return append(appendUnscaled(append(b, `,"value":`...), unscaled), '}')
}

// appendUnscaled appends n as base64 of its shortest big-endian two's
// complement, quoted.
func appendUnscaled(b []byte, n int64) []byte {
	var room [8]byte
	binary.BigEndian.PutUint64(room[:], uint64(n))
	size := bits.Len64(uint64(n^n>>63))/8 + 1
	return appendBase64(b, room[8-size:])
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

// appendUnscaled appends the unscaled number of d as appendUnscaled does.
func (d plainDecimal) appendUnscaled(b []byte) []byte {
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
		return appendUnscaled(b, v)
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
	return appendBase64(b, p)
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

// append appends the number, or its negative, as base64 of its shortest
// big-endian two's complement, quoted.
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
	b = append(b, '"')
	b = base64.StdEncoding.AppendEncode(b, room[at:])
	return append(b, '"')
}

// negateBits makes n into the used words of its two's complement negative.
func (n *words) negateBits() {
	carry := uint64(1)
	for i := range n.used {
		n.w[i], carry = bits.Add64(^n.w[i], 0, carry)
	}
}
