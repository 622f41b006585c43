package expr

import (
	"errors"
	"math/big"
	"reflect"
	"strconv"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"cdc/event"
)

var errNotDecimal = &Error{msg: "the text isn't a decimal number"}

// decimalType is the CEL type of DECIMAL and NUMERIC values. It has the traits
// that the operators ask for.
var decimalType = types.NewOpaqueType("decimal").WithTraits(
	traits.ComparerType | traits.AdderType | traits.SubtractorType | traits.MultiplierType)

// decimal is an exact number: unscaled * 10^-scale while it fits an int64, else
// big with the same scale. special orders the values that are no numbers as
// PostgreSQL does: -Infinity, the numbers, Infinity, NaN, each equal to itself.
type decimal struct {
	unscaled int64
	scale    int
	big      *big.Int // nil when unscaled holds the number
	special  int8     // -1, 0, 1, 2
}

// maxDigits bounds the text of a decimal: PostgreSQL's numeric has at most
// 131,072 digits before and 16,383 behind the point.
const maxDigits = 131072 + 16383 + 2

// parseDecimal reads "-12.50", "NaN", "Infinity" or "-Infinity".
func parseDecimal(s string) (decimal, bool) {
	switch s {
	case "-Infinity":
		return decimal{special: -1}, true
	case "Infinity":
		return decimal{special: 1}, true
	case "NaN":
		return decimal{special: 2}, true
	}
	digits, scale := s, 0
	if dot := strings.IndexByte(s, '.'); dot >= 0 {
		digits, scale = s[:dot]+s[dot+1:], len(s)-dot-1
	}
	if len(digits) > maxDigits || !plainDigits(digits) {
		return decimal{}, false
	}
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		return decimal{unscaled: n, scale: scale}, true
	}
	n, ok := new(big.Int).SetString(digits, 10)
	return decimal{big: n, scale: scale}, ok
}

func plainDigits(s string) bool {
	s = strings.TrimPrefix(s, "-")
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// decimalValue makes a decimal of a value of a decimal column.
func decimalValue(arena []byte, v event.Value) (decimal, bool) {
	if v.Kind() == event.KindDecimal {
		return decimal{unscaled: v.Int(), scale: v.Scale()}, true
	}
	return parseDecimal(string(v.Bytes(arena)))
}

// cmp compares two decimals exactly.
func (d decimal) cmp(e decimal) int {
	switch {
	case d.special != 0 || e.special != 0:
		return int(d.special) - int(e.special)
	case d.big == nil && e.big == nil && d.scale == e.scale:
		return compareInts(d.unscaled, e.unscaled)
	}
	a, b := d.int(), e.int()
	if d.scale < e.scale {
		a = shift(a, e.scale-d.scale)
	} else {
		b = shift(b, d.scale-e.scale)
	}
	return a.Cmp(b)
}

func compareInts(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

func (d decimal) int() *big.Int {
	if d.big != nil {
		return d.big
	}
	return big.NewInt(d.unscaled)
}

// rescale gives d with another scale, if that is the same number and small.
func (d decimal) rescale(scale int) (unscaled int64, ok bool) {
	if d.big != nil || d.special != 0 || scale < d.scale || scale-d.scale > 18 {
		return 0, false
	}
	n := shift(big.NewInt(d.unscaled), scale-d.scale)
	return n.Int64(), n.IsInt64()
}

func shift(n *big.Int, digits int) *big.Int {
	ten := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
	return new(big.Int).Mul(n, ten)
}

// decimal is a CEL value.
var _ interface {
	ref.Val
	traits.Comparer
	traits.Adder
	traits.Subtractor
	traits.Multiplier
} = decimal{}

// ConvertToNative isn't supported.
func (d decimal) ConvertToNative(reflect.Type) (any, error) {
	return nil, errors.New("a decimal has no native form")
}

// ConvertToType makes a text, a whole number or a float of a decimal. A whole
// number loses the fraction.
func (d decimal) ConvertToType(t ref.Type) ref.Val {
	switch t.TypeName() {
	case decimalType.TypeName():
		return d
	case types.StringType.TypeName():
		return types.String(d.append(nil))
	case types.DoubleType.TypeName():
		return d.double()
	case types.IntType.TypeName():
		return d.whole()
	default:
		return types.MaybeNoSuchOverloadErr(d)
	}
}

// Equal compares by value: 12.5 equals 12.50.
func (d decimal) Equal(other ref.Val) ref.Val {
	e, ok := other.(decimal)
	return types.Bool(ok && d.cmp(e) == 0)
}

// Compare compares by value.
func (d decimal) Compare(other ref.Val) ref.Val {
	e, ok := other.(decimal)
	if !ok {
		return types.MaybeNoSuchOverloadErr(other)
	}
	return types.Int(max(-1, min(1, d.cmp(e))))
}

// Type returns the CEL type.
func (d decimal) Type() ref.Type { return decimalType }

// Value returns the decimal itself.
func (d decimal) Value() any { return d }
