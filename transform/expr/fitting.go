package expr

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"
)

// fitting is a part of an expression whose values must not make too much of the text
// that they are put into.
type fitting struct {
	interpreter.InterpretableV2
	fit func(ref.Val) ref.Val
}

// Exec makes the value.
func (f *fitting) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	return f.fit(f.InterpretableV2.Exec(frame))
}

// Eval is Exec for an activation.
func (f *fitting) Eval(vars interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(vars, f.Exec)
}

// fitting has the two halves of every text.format(list) in e looked at.
func (c *Checked) fitting(e ast.Expr) []cel.ProgramOption {
	halves := map[int64]func(ref.Val) ref.Val{}
	formats(e, halves)
	if len(halves) == 0 {
		return nil
	}
	return []cel.ProgramOption{cel.CustomDecorator(func(i interpreter.Interpretable) (interpreter.Interpretable, error) {
		v2, ok := i.(interpreter.InterpretableV2)
		if fit := halves[i.ID()]; ok && fit != nil {
			return &fitting{v2, fit}, nil
		}
		return i, nil
	})}
}

func formats(e ast.Expr, halves map[int64]func(ref.Val) ref.Val) {
	if e.Kind() == ast.CallKind {
		if call := e.AsCall(); call.FunctionName() == "format" && call.IsMemberFunction() && len(call.Args()) == 1 {
			halves[call.Target().ID()], halves[call.Args()[0].ID()] = formatOf, fits
		}
	}
	for _, part := range childrenOf(e) {
		formats(part, halves)
	}
}

// maxPrecision bounds the digits behind the point that a format may ask for.
const maxPrecision = 100

// Characters that values take at most in a format.
const (
	widthOfFloat  = 330 + maxPrecision
	widthOfNumber = 70 // in binary
)

var errPrecision = &Error{msg: "a format asks for more than 100 digits behind the point"}

// formatOf refuses a format that makes much of little.
func formatOf(v ref.Val) ref.Val {
	s, ok := v.(types.String)
	switch {
	case !ok:
		return v // a failure
	case len(s) > maxText:
		return types.WrapErr(errLarge)
	}
	for i := 0; i+1 < len(s); i++ {
		if s[i] != '.' {
			continue
		}
		n, digits := 0, s[i+1:]
		for len(digits) > 0 && digits[0] >= '0' && digits[0] <= '9' {
			n, digits = min(n*10+int(digits[0]-'0'), maxPrecision+1), digits[1:]
		}
		if n > maxPrecision && len(digits) > 0 && (digits[0] == 'f' || digits[0] == 'e') {
			return types.WrapErr(errPrecision)
		}
	}
	return v
}

// fits refuses values whose texts together are too large.
func fits(v ref.Val) ref.Val {
	if width(v, maxText, 0) < 0 {
		return types.WrapErr(errLarge)
	}
	return v
}

// width takes from room what v takes as text, less than nothing when it is too much.
func width(v ref.Val, room, depth int) int {
	switch v := v.(type) {
	case types.String:
		return room - len(v)
	case types.Bytes:
		return room - 2*len(v) // in hexadecimal
	case decimal:
		return room - 3*v.weight()
	case types.Double:
		return room - widthOfFloat
	case *types.Optional:
		if v.HasValue() && depth < maxNesting {
			return width(v.GetValue(), room, depth+1)
		}
		return room - widthOfNumber
	case traits.Mapper:
		for it := v.Iterator(); room >= 0 && depth < maxNesting && it.HasNext() == types.True; {
			key := it.Next()
			room = width(v.Get(key), width(key, room, depth+1), depth+1) - 2
		}
		return room
	case traits.Lister:
		for it := v.Iterator(); room >= 0 && depth < maxNesting && it.HasNext() == types.True; {
			room = width(it.Next(), room, depth+1) - 2
		}
		return room
	default:
		return room - widthOfNumber
	}
}
