package dryrun

import (
	"encoding/base64"
	"errors"
	"math/big"
	"strconv"
	"strings"

	"cdc/event"
	"cdc/transform/rulefile"
)

const (
	// maxDigits bounds the digits of a decimal.
	maxDigits = 2_000
	// smallDigits are those that fit into a KindDecimal.
	smallDigits = 18
)

var errDecimal = errors.New("that isn't a decimal number")

// decimal reads a number, text of one, or what the JSON converter writes.
func (r *reader) decimal(t *event.Type, l *rulefile.Literal) (event.Value, error) {
	switch l.Kind {
	case rulefile.LiteralNumber:
		return r.decimalText(t, l.Text)
	case rulefile.LiteralText:
		if p, ok := r.unscaled(t, l.Text); ok {
			return r.putDecimal(t, twosComplement(p).String(), int(t.Scale))
		}
		return r.decimalText(t, l.Text)
	case rulefile.LiteralMap: // a VariableScaleDecimal
		scale, value := member(l, "scale"), member(l, "value")
		if scale == nil || value == nil || value.Kind != rulefile.LiteralText {
			return event.Null, errDecimal
		}
		n, err := strconv.Atoi(scale.Text)
		p, err2 := base64.StdEncoding.DecodeString(value.Text)
		if err != nil || err2 != nil || n < -maxDigits || n > maxDigits || len(p) > maxDigits {
			return event.Null, errDecimal
		}
		return r.putDecimal(t, twosComplement(p).String(), n)
	default:
		return event.Null, wrongKind(l)
	}
}

// unscaled decides whether text is base64. Text of a number could be, too, but
// with digits behind the point it has a point.
func (r *reader) unscaled(t *event.Type, text string) ([]byte, bool) {
	if !r.encoded || t.Precision < 0 || len(text) > maxDigits {
		return nil, false
	}
	p, err := base64.StdEncoding.Strict().DecodeString(text)
	return p, err == nil && len(p) > 0
}

func twosComplement(p []byte) *big.Int {
	n := new(big.Int).SetBytes(p)
	if len(p) > 0 && p[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(p))))
	}
	return n
}

// decimalText reads -12.50 and 1.25e1.
func (r *reader) decimalText(t *event.Type, text string) (event.Value, error) {
	switch text {
	case "NaN", "Infinity", "-Infinity":
		return r.b.Put(event.KindBigDecimal, []byte(text)), nil
	}
	number, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	e := 0
	if strings.Contains(strings.ToLower(text), "e") {
		var err error
		if e, err = strconv.Atoi(exponent); err != nil || e < -maxDigits || e > maxDigits {
			return event.Null, errDecimal
		}
	}
	whole, fraction, _ := strings.Cut(number, ".")
	sign := ""
	if cut, ok := strings.CutPrefix(whole, "-"); ok {
		whole, sign = cut, "-"
	} else {
		whole = strings.TrimPrefix(whole, "+")
	}
	digits := whole + fraction
	if digits == "" || len(digits) > maxDigits || strings.Trim(digits, "0123456789") != "" {
		return event.Null, errDecimal
	}
	return r.putDecimal(t, sign+digits, len(fraction)-e)
}

// putDecimal makes the value digits * 10^-scale of the scale that the column has.
func (r *reader) putDecimal(t *event.Type, digits string, scale int) (event.Value, error) {
	digits, negative := strings.CutPrefix(digits, "-")
	want := max(scale, 0)
	if t.Precision >= 0 {
		want = int(t.Scale)
	}
	for scale > want && strings.HasSuffix(digits, "0") && len(digits) > 1 {
		digits, scale = digits[:len(digits)-1], scale-1
	}
	if scale > want {
		if strings.Trim(digits, "0") != "" {
			return event.Null, errors.New("the number has more digits behind the point than the column")
		}
		scale = want
	}
	digits += strings.Repeat("0", want-scale)
	if digits = strings.TrimLeft(digits, "0"); digits == "" {
		digits, negative = "0", false
	}
	if t.Precision > 0 && len(digits) > int(t.Precision) {
		return event.Null, errors.New("the number has more digits than the column")
	}
	if len(digits) <= smallDigits && want <= smallDigits {
		n, err := strconv.ParseInt(digits, 10, 64)
		if negative {
			n = -n
		}
		return event.Decimal(n, want), err
	}
	if missing := want + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	text := digits[:len(digits)-want]
	if want > 0 {
		text += "." + digits[len(digits)-want:]
	}
	if negative {
		text = "-" + text
	}
	return r.b.Put(event.KindBigDecimal, []byte(text)), nil
}
