package expr

import (
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"cdc/event"
)

// test looks at one value.
type test func(arena []byte, v event.Value) bool

// equalTo compiles the comparison of a column of kind k with a constant; nil
// when there is no simple form. NULL equals nothing but NULL.
func equalTo(k event.Kind, c ref.Val) test {
	switch c := c.(type) {
	case types.Null:
		return func(_ []byte, v event.Value) bool { return v.IsNull() }
	case types.String:
		if k == event.KindString || k == event.KindJSON || k == event.KindUUID {
			return equalText(string(c))
		}
	case types.Int:
		if k == event.KindInt {
			return equalBits(event.Int(int64(c)))
		}
	case types.Uint:
		if k == event.KindUint {
			return equalBits(event.Uint(uint64(c)))
		}
	case types.Bool:
		if k == event.KindBool {
			return equalBits(event.Bool(bool(c)))
		}
	case types.Double:
		if k == event.KindFloat32 || k == event.KindFloat64 {
			f := float64(c)
			return func(_ []byte, v event.Value) bool { return !v.IsNull() && v.Float() == f }
		}
	case decimal:
		if k == event.KindDecimal || k == event.KindBigDecimal {
			cmp := compareDecimal(c)
			return func(arena []byte, v event.Value) bool { return !v.IsNull() && cmp(arena, v) == 0 }
		}
	}
	return nil
}

func equalText(want string) test {
	return func(arena []byte, v event.Value) bool {
		return v.HasText() && v.Len() == len(want) && string(v.Bytes(arena)) == want
	}
}

func equalBits(want event.Value) test {
	return func(_ []byte, v event.Value) bool { return v == want }
}

// in compiles column in [constants].
func (k *compiler) in(a, list ast.Expr) Cond {
	x := k.operand(a)
	if x == nil || list.Kind() != ast.ListKind || len(list.AsList().OptionalIndices()) > 0 {
		return nil
	}
	get, tests := x.get, []test{}
	for _, item := range list.AsList().Elements() {
		t := equalTo(x.kind, k.fate(item).val)
		if t == nil {
			return nil
		}
		tests = append(tests, t)
	}
	return tidyUp(func(b *event.Batch, r *event.Row) (bool, error) {
		v, err := get(b, r)
		if err != nil {
			return false, err
		}
		for _, is := range tests {
			if is(b.Arena, v) {
				return true, nil
			}
		}
		return false, nil
	}, x)
}
