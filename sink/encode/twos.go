package encode

import (
	"encoding/binary"
	"math"
	"math/big"
	"math/bits"
)

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
