package expr

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// opened is json(text), whose value is weighed with all that is in it.
type opened struct {
	interpreter.InterpretableCall
	text interpreter.InterpretableV2
	lang *Language
}

// Exec opens the text, as long as the evaluation has room for more.
func (o *opened) Exec(f *interpreter.ExecutionFrame) ref.Val {
	text := o.text.Exec(f)
	if types.IsUnknownOrError(text) {
		return text
	}
	a := activationOf(f)
	if a != nil && a.made > maxMade {
		return types.WrapErr(errMade)
	}
	v, values := o.lang.openJSON(text)
	if t := f.CostTracker(); t != nil {
		t.EvalUnary(f, o.ID(), o, text, v)
	}
	if a != nil {
		if a.made += weightOfEntry*values + weight(text); a.made > maxMade {
			return types.WrapErr(errMade)
		}
	}
	return v
}

// Eval is Exec for an activation.
func (o *opened) Eval(vars interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(vars, o.Exec)
}
