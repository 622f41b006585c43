package expr

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"
)

// maxMade bounds the bytes of all values together that the calls of one evaluation
// make. What they read of the row isn't among them: it is copied once.
const maxMade = 16 << 20

// Bytes that values take beside their texts.
const (
	weightOfText  = 16
	weightOfItem  = 16
	weightOfEntry = 64
	// weightOfGrowth is one item more of a list that a macro makes, which has room
	// for others too.
	weightOfGrowth = 32
)

var errMade = &Error{msg: "the values of the row are too large for what the expression makes of them", mend: "it may make 16 MiB of texts and lists for a row"}

// metered is a call whose results are weighed.
type metered struct{ interpreter.InterpretableCall }

// meter has the calls of a program weighed whose results can be large.
func (c *Checked) meter() cel.ProgramOption {
	return cel.CustomDecorator(func(i interpreter.Interpretable) (interpreter.Interpretable, error) {
		call, ok := i.(interpreter.InterpretableCall)
		if !ok || c.passesOn(call) {
			return i, nil
		}
		if call.Function() == "json" {
			return &opened{call, call.Args()[0], c.lang}, nil
		}
		return &metered{call}, nil
	})
}

// passesOn reports whether the results of a call are small, or what it has been given.
func (c *Checked) passesOn(call interpreter.InterpretableCall) bool {
	switch call.Function() {
	case "coalesce", "orValue", "or", "value", "dyn":
		return true
	}
	switch t := c.ast.GetType(call.ID()); t.Kind() {
	case types.BoolKind, types.IntKind, types.UintKind, types.DoubleKind, types.TimestampKind, types.DurationKind, types.NullTypeKind, types.TypeKind:
		return true
	default:
		// Without loops there are few decimals.
		return t.TypeName() == decimalType.TypeName() && !c.limited
	}
}

// Exec makes the value, as long as the evaluation has room for more.
func (m *metered) Exec(f *interpreter.ExecutionFrame) ref.Val {
	a := activationOf(f)
	if a == nil { // a constant
		return m.InterpretableCall.Exec(f)
	}
	if a.made <= maxMade {
		v := m.InterpretableCall.Exec(f)
		if a.made += weight(v); a.made <= maxMade {
			return v
		}
	}
	return types.WrapErr(errMade)
}

// Eval is Exec for an activation.
func (m *metered) Eval(vars interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(vars, m.Exec)
}

// activationOf is the row that is evaluated; nil for none.
func activationOf(f *interpreter.ExecutionFrame) *activation {
	v, _ := f.ResolveName("@row")
	a, _ := v.(*activation)
	return a
}

// weight is about how many bytes a value takes, without the items of lists, which have
// been weighed before.
func weight(v ref.Val) int {
	switch v := v.(type) {
	case types.String:
		return weightOfText + len(v)
	case types.Bytes:
		return weightOfText + len(v)
	case decimal:
		return v.weight()
	case traits.MutableLister:
		return weightOfGrowth
	case traits.Lister:
		return weightOfItem * (1 + sizeOf(v))
	case traits.Mapper:
		return weightOfEntry * (1 + sizeOf(v))
	default:
		return 0
	}
}

func sizeOf(v traits.Sizer) int {
	n, _ := v.Size().(types.Int)
	return int(n)
}

// weight counts the digits behind the point too, since arithmetic makes them.
func (d decimal) weight() int {
	n := weightOfEntry + d.scale/2
	if d.big != nil {
		n += d.big.BitLen() / 8
	}
	return n
}
