package expr

import (
	"math"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"cdc/event"
)

// compare gives the order of a value, which isn't NULL, against a constant.
type compare func(arena []byte, v event.Value) int

// order compiles column < constant and its sisters for whole numbers and
// decimals; nil when it is anything else.
func (k *compiler) order(op string, a, b ast.Expr) Cond {
	x := k.operand(a)
	if x == nil {
		if x = k.operand(b); x == nil {
			return nil
		}
		b, op = a, mirrored(op)
	}
	cmp := compareTo(x.kind, k.fate(b).val)
	if cmp == nil {
		return nil
	}
	get := x.get
	// The answers for less, equal and greater.
	answers := [3]bool{
		op == operators.Less || op == operators.LessEquals,
		op == operators.LessEquals || op == operators.GreaterEquals,
		op == operators.Greater || op == operators.GreaterEquals,
	}
	null := &Error{msg: x.name + " is NULL, which is neither less nor greater", mend: "compare it with null first"}
	return tidyUp(func(b *event.Batch, r *event.Row) (bool, error) {
		v, err := get(b, r)
		if err != nil {
			return false, err
		}
		if v.IsNull() {
			return false, null
		}
		return answers[1+max(-1, min(1, cmp(b.Arena, v)))], nil
	}, x)
}

// mirrored is the operator that says the same with the sides exchanged.
func mirrored(op string) string {
	switch op {
	case operators.Less:
		return operators.Greater
	case operators.LessEquals:
		return operators.GreaterEquals
	case operators.Greater:
		return operators.Less
	default:
		return operators.LessEquals
	}
}

func compareTo(k event.Kind, c ref.Val) compare {
	switch c := c.(type) {
	case types.Int:
		if k == event.KindInt {
			want := int64(c)
			return func(_ []byte, v event.Value) int { return compareInts(v.Int(), want) }
		}
	case types.Uint:
		if k == event.KindUint {
			want := uint64(c)
			return func(_ []byte, v event.Value) int { return compareUints(v.Uint(), want) }
		}
	case decimal:
		if k == event.KindDecimal || k == event.KindBigDecimal {
			return compareDecimal(c)
		}
	}
	return nil
}

func compareUints(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

// compareDecimal compares with a constant. The columns of a table mostly have
// one scale, so the constant is kept in every scale in which it is small.
func compareDecimal(want decimal) compare {
	const scales = 19
	var unscaled [scales]int64
	var known [scales]bool
	for s := range scales {
		unscaled[s], known[s] = want.rescale(s)
	}
	return func(arena []byte, v event.Value) int {
		if v.Kind() == event.KindDecimal && v.Scale() < scales && known[v.Scale()] {
			return compareInts(v.Int(), unscaled[v.Scale()])
		}
		d, ok := decimalValue(arena, v)
		if !ok {
			// Sources write numbers only; what isn't one orders behind all.
			return math.MaxInt
		}
		return d.cmp(want)
	}
}
