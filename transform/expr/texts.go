package expr

import (
	"regexp"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// helpers are our functions beyond those of CEL and its libraries.
func (l *Language) helpers() []cel.EnvOption {
	a := cel.TypeParamType("A")
	opts := append(l.hashes(), times()...)
	return append(opts,
		cel.Function("mask", cel.Overload("mask_string_int", []*cel.Type{cel.StringType, cel.IntType}, cel.StringType, cel.BinaryBinding(mask))),
		cel.Function("json", cel.Overload("json_string", []*cel.Type{cel.StringType}, cel.DynType, cel.UnaryBinding(l.parseJSON))),
		cel.Function("to_json", cel.Overload("to_json_any", []*cel.Type{cel.DynType}, cel.StringType, cel.UnaryBinding(toJSON))),
		cel.Function("coalesce", cel.Overload("coalesce_two", []*cel.Type{a, a}, a, cel.OverloadIsNonStrict(), cel.BinaryBinding(coalesce))),
	)
}

// coalesce gives the first of two values that isn't NULL. Failures are none.
func coalesce(a, b ref.Val) ref.Val {
	if a == types.NullValue {
		return b
	}
	return a
}

// mask puts a * in the place of every character but the last ones.
func mask(v, keep ref.Val) ref.Val {
	s, ok := v.(types.String)
	n, whole := keep.(types.Int)
	if !ok || !whole {
		return types.MaybeNoSuchOverloadErr(v)
	}
	hide := utf8.RuneCountInString(string(s)) - int(max(0, min(n, maxText)))
	p := make([]byte, 0, len(s))
	for _, r := range string(s) {
		if hide--; hide >= 0 {
			r = '*'
		}
		p = utf8.AppendRune(p, r)
	}
	return types.String(p)
}

func checkPattern(s string) error {
	_, err := regexp.Compile(s)
	return err
}
