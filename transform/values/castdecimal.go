package values

import (
	"bytes"
	"math/big"
	"strings"

	"cdc/event"
)

// MaxShort is how many digits the number of a KindDecimal has at most.
const MaxShort = 18

// castDecimal makes decimals of fixed precision. Digits behind the point that the
// type doesn't have are rounded, a half away from zero.
func castDecimal(precision, scale int) Change {
	return func(b *event.Batch, v event.Value) (event.Value, error) {
		if w, ok := shortDecimal(v, precision, scale); ok {
			return w, nil
		}
		n, have, ok := Unscaled(b, v)
		if !ok {
			return v, ErrCast
		}
		Rescale(n, have, scale)
		text := new(big.Int).Abs(n).String()
		if len(text) > precision && n.Sign() != 0 {
			return v, errCastRange
		}
		if precision <= MaxShort {
			return event.Decimal(n.Int64(), scale), nil
		}
		return putBig(b, n, scale), nil
	}
}

// shortDecimal casts what needs no arithmetic with large numbers.
func shortDecimal(v event.Value, precision, scale int) (event.Value, bool) {
	n, have := v.Int(), 0
	switch v.Kind() {
	case event.KindBool, event.KindInt:
	case event.KindDecimal:
		have = v.Scale()
	default:
		return v, false
	}
	if precision > MaxShort || have > scale {
		return v, false
	}
	limit := int64(1)
	for range precision - (scale - have) {
		limit *= 10
	}
	if n >= limit || n <= -limit {
		return v, false // it doesn't fit, or isn't short
	}
	for range scale - have {
		n *= 10
	}
	return event.Decimal(n, scale), true
}

// maxExponent bounds the digits of a number in scientific notation.
const maxExponent = 1000

// Unscaled is a value as a whole number and the digits of it behind the point.
func Unscaled(b *event.Batch, v event.Value) (n *big.Int, scale int, ok bool) {
	switch v.Kind() {
	case event.KindBool, event.KindInt:
		return big.NewInt(v.Int()), 0, true
	case event.KindUint:
		return new(big.Int).SetUint64(v.Uint()), 0, true
	case event.KindDecimal:
		return big.NewInt(v.Int()), v.Scale(), true
	case event.KindFloat32, event.KindFloat64:
		text, _ := AppendText(nil, nil, v, &event.Type{})
		return parseUnscaled(string(text))
	default:
		text := bytes.TrimSpace(b.Bytes(v))
		if len(text) > maxExponent {
			return nil, 0, false
		}
		return parseUnscaled(string(text))
	}
}

func parseUnscaled(text string) (n *big.Int, scale int, ok bool) {
	mantissa, exponent := text, 0
	if at := strings.IndexAny(text, "eE"); at >= 0 {
		var good bool
		if exponent, good = smallInt(text[at+1:]); !good {
			return nil, 0, false
		}
		mantissa = text[:at]
	}
	if dot := strings.IndexByte(mantissa, '.'); dot >= 0 {
		scale = len(mantissa) - dot - 1
		mantissa = mantissa[:dot] + mantissa[dot+1:]
	}
	if strings.ContainsRune(mantissa, '_') {
		return nil, 0, false
	}
	n, ok = new(big.Int).SetString(mantissa, 10)
	return n, scale - exponent, ok
}

// smallInt reads an exponent within bounds.
func smallInt(text string) (int, bool) {
	n, negative, digits := 0, strings.HasPrefix(text, "-"), strings.TrimLeft(text, "+-")
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		if n = n*10 + int(c-'0'); n > maxExponent {
			return 0, false
		}
	}
	if negative {
		n = -n
	}
	return n, digits != ""
}

// Rescale changes n from one scale to another.
func Rescale(n *big.Int, from, to int) {
	if from <= to {
		n.Mul(n, pow10(to-from))
		return
	}
	by := pow10(from - to)
	half := new(big.Int).Rsh(by, 1)
	if n.Sign() < 0 {
		half.Neg(half)
	}
	n.Quo(n.Add(n, half), by)
}

func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// putBig makes a KindDecimal of a number that is short enough, else a
// KindBigDecimal.
func putBig(b *event.Batch, n *big.Int, scale int) event.Value {
	if n.IsInt64() && len(n.String()) <= MaxShort && scale <= MaxShort {
		return event.Decimal(n.Int64(), scale)
	}
	text := new(big.Int).Abs(n).String()
	if scale > 0 {
		if len(text) <= scale {
			text = strings.Repeat("0", scale-len(text)+1) + text
		}
		text = text[:len(text)-scale] + "." + text[len(text)-scale:]
	}
	if n.Sign() < 0 {
		text = "-" + text
	}
	return b.Put(event.KindBigDecimal, []byte(text))
}
