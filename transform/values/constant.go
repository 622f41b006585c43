package values

import (
	"math/big"
	"strconv"
	"strings"

	"cdc/event"
)

// Parse reads the constant of a redaction as a value of a column's type: a
// number, true or false. In the place of dates and times only 0 can stand, which is
// the first moment that they count from.
func Parse(text string, t *event.Type) (v event.Value, ok bool) {
	switch t.Kind {
	case event.KindBool:
		b, err := strconv.ParseBool(text)
		return event.Bool(b), err == nil
	case event.KindInt:
		n, err := strconv.ParseInt(text, 10, 64)
		return event.Int(n), err == nil && fitsInt(n, t.Native)
	case event.KindUint:
		n, err := strconv.ParseUint(text, 10, 64)
		return event.Uint(n), err == nil
	case event.KindFloat32:
		f, err := strconv.ParseFloat(text, 32)
		return event.Float32(float32(f)), err == nil
	case event.KindFloat64:
		f, err := strconv.ParseFloat(text, 64)
		return event.Float64(f), err == nil
	case event.KindDecimal, event.KindBigDecimal:
		return decimalOf(text, t)
	case event.KindDate, event.KindTime, event.KindLocal, event.KindInstant:
		return event.Of(t.Kind, 0), text == "0"
	default:
		return v, false
	}
}

// decimalOf reads a decimal that needs no more digits than the type has.
func decimalOf(text string, t *event.Type) (event.Value, bool) {
	if len(text) > MaxShort+2 || strings.Trim(text, "-.0123456789") != "" {
		return event.Null, false
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return event.Null, false
	}
	scale := min(max(int(t.Scale), 0), MaxShort)
	r.Mul(r, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)))
	if !r.IsInt() || !r.Num().IsInt64() {
		return event.Null, false
	}
	digits := len(new(big.Int).Abs(r.Num()).String())
	return event.Decimal(r.Num().Int64(), scale), digits <= MaxShort && (t.Precision <= 0 || digits <= int(t.Precision))
}

// fitsInt reports whether a number is one of the column's type, as far as its name
// says.
func fitsInt(n int64, native string) bool {
	bits := map[string]int{"tinyint": 8, "smallint": 16, "int2": 16, "mediumint": 24, "int": 32, "integer": 32, "int4": 32}[native]
	return bits == 0 || n >= -1<<(bits-1) && n < 1<<(bits-1)
}
