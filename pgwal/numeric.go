package pgwal

import (
	"cdc/event"
)

// maxDigits is how many digits always fit into an int64.
const maxDigits = 18

// errScale: the digits behind the point come from the same type modifier as the
// column's scale, so more of them mean that the two don't belong together.
const errScale textError = "the number has more digits behind the point than the column's scale"

// numericCell reads a numeric without precision: every value has a scale of its own.
func numericCell(b *event.Batch, raw []byte) (event.Value, error) {
	return parseNumeric(b, raw, -1)
}

// decimalCell makes the reader of a numeric(p, scale).
func decimalCell(scale int) textCell {
	return func(b *event.Batch, raw []byte) (event.Value, error) {
		return parseNumeric(b, raw, scale)
	}
}

// parseNumeric reads a number as the server prints it: digits with an optional
// sign and point, never an exponent. With scale below 0 it keeps the digits
// behind the point that are there.
func parseNumeric(b *event.Batch, raw []byte, scale int) (event.Value, error) {
	var n uint64
	digits, behind := 0, -1 // behind: digits after the point, -1 before it
	p := raw
	neg := len(p) > 0 && p[0] == '-'
	if neg {
		p = p[1:]
	}
	for _, c := range p {
		if c == '.' && behind < 0 {
			behind = 0
			continue
		}
		if c -= '0'; c > 9 {
			return notFinite(b, raw)
		}
		n = n*10 + uint64(c) // wraps beyond 19 digits, where it isn't used
		digits++
		if behind >= 0 {
			behind++
		}
	}
	if digits == 0 {
		return event.Value{}, errNumeric
	}
	behind = max(behind, 0)
	if scale < 0 {
		scale = behind
	}
	pad := scale - behind
	if pad < 0 {
		return event.Value{}, errScale
	}
	if digits+pad > maxDigits || scale > maxDigits {
		return bigNumeric(b, raw, behind, pad), nil
	}
	for ; pad > 0; pad-- {
		n *= 10
	}
	if neg {
		return event.Decimal(-int64(n), scale), nil
	}
	return event.Decimal(int64(n), scale), nil
}

// bigNumeric keeps the text, with zeros up to the scale.
func bigNumeric(b *event.Batch, raw []byte, behind, pad int) event.Value {
	at := len(b.Arena)
	b.Arena = append(b.Arena, raw...)
	if pad > 0 && behind == 0 && raw[len(raw)-1] != '.' {
		b.Arena = append(b.Arena, '.')
	}
	for ; pad > 0; pad-- {
		b.Arena = append(b.Arena, '0')
	}
	return event.Text(event.KindBigDecimal, at, len(b.Arena)-at)
}

func notFinite(b *event.Batch, raw []byte) (event.Value, error) {
	switch string(raw) {
	case "NaN", "Infinity", "-Infinity":
		return b.Put(event.KindBigDecimal, raw), nil
	default:
		return event.Value{}, errNumeric
	}
}
