package pgwal

import "cdc/event"

const errMoney textError = "the text is not an amount of money (lc_monetary must be C)"

// defaultMoneyDigits is how many digits behind the point most currencies have.
const defaultMoneyDigits = 2

// moneyType: the column's values have as many digits behind the point as the
// server's lc_monetary says. The zero digits stands for not known.
func moneyType(digits *int16) event.Type {
	t := event.Type{Kind: event.KindDecimal, Logical: event.LogicalMoney, Native: "money", Precision: 19, Scale: defaultMoneyDigits}
	if digits != nil {
		t.Scale = *digits
	}
	return t
}

// moneyCell makes the reader of amounts that print as "-$1,234.56", in the
// locale C with its two digits behind the point, whatever the currency of the
// server: the stored integer is the same. It takes the digits off and puts the
// point where the server's own locale has it.
func moneyCell(scale int) textCell {
	return func(b *event.Batch, raw []byte) (event.Value, error) {
		n, ok := parseMoney(raw)
		if !ok {
			return event.Value{}, errMoney
		}
		if n <= 999_999_999_999_999_999 && n >= -999_999_999_999_999_999 {
			return event.Decimal(n, scale), nil
		}
		return putUnscaled(b, n, scale), nil
	}
}

func parseMoney(p []byte) (int64, bool) {
	neg := len(p) > 0 && p[0] == '-'
	if neg {
		p = p[1:]
	}
	if len(p) < 5 || p[0] != '$' || p[len(p)-3] != '.' {
		return 0, false
	}
	var n uint64
	digits := 0
	for i, c := range p[1:] {
		switch {
		case c-'0' <= 9:
			if digits++; digits > 19 {
				return 0, false
			}
			n = n*10 + uint64(c-'0')
		case c == ',' && i > 0 && i < len(p)-4, c == '.' && i == len(p)-4:
		default:
			return 0, false
		}
	}
	if neg {
		return -int64(n), n <= 1<<63
	}
	return int64(n), n < 1<<63
}

// putUnscaled writes a number of 19 digits with a point.
func putUnscaled(b *event.Batch, n int64, scale int) event.Value {
	at := len(b.Arena)
	b.Arena = appendScaled(b.Arena, n, scale)
	return event.Text(event.KindBigDecimal, at, len(b.Arena)-at)
}

// appendScaled prints n * 10^-scale with all its digits.
func appendScaled(p []byte, n int64, scale int) []byte {
	var digits [20]byte
	i := len(digits)
	u := uint64(n)
	if n < 0 {
		p = append(p, '-')
		u = -u
	}
	for ; u > 0 || i == len(digits); u /= 10 {
		i--
		digits[i] = byte('0' + u%10)
	}
	whole := len(digits) - i - scale
	if whole <= 0 {
		p = append(p, "0."...)
		for ; whole < 0; whole++ {
			p = append(p, '0')
		}
		return append(p, digits[i:]...)
	}
	p = append(p, digits[i:i+whole]...)
	if scale > 0 {
		p = append(append(p, '.'), digits[i+whole:]...)
	}
	return p
}
