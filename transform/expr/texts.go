package expr

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// helpers are our functions beyond those of CEL and its libraries.
func (l *Language) helpers() []cel.EnvOption {
	a := cel.TypeParamType("A")
	opts := append(append(l.hashes(), times()...), places()...)
	return append(opts,
		cel.Function("mask", cel.Overload("mask_string_int", []*cel.Type{cel.StringType, cel.IntType}, cel.StringType, cel.BinaryBinding(mask))),
		cel.Function("json", cel.Overload("json_string", []*cel.Type{cel.StringType}, cel.DynType, cel.UnaryBinding(l.parseJSON))),
		cel.Function("to_json", cel.Overload("to_json_any", []*cel.Type{cel.DynType}, cel.StringType, cel.UnaryBinding(toJSON))),
		cel.Function("@replace",
			cel.MemberOverload("replace_all", []*cel.Type{cel.StringType, cel.StringType, cel.StringType}, cel.StringType, cel.FunctionBinding(replace)),
			cel.MemberOverload("replace_some", []*cel.Type{cel.StringType, cel.StringType, cel.StringType, cel.IntType}, cel.StringType, cel.FunctionBinding(replace))),
		cel.Function("@split",
			cel.MemberOverload("split_all", []*cel.Type{cel.StringType, cel.StringType}, cel.ListType(cel.StringType), cel.FunctionBinding(l.split)),
			cel.MemberOverload("split_some", []*cel.Type{cel.StringType, cel.StringType, cel.IntType}, cel.ListType(cel.StringType), cel.FunctionBinding(l.split))),
		cel.Function("@join",
			cel.MemberOverload("join_all", []*cel.Type{cel.ListType(cel.StringType)}, cel.StringType, cel.FunctionBinding(join)),
			cel.MemberOverload("join_between", []*cel.Type{cel.ListType(cel.StringType), cel.StringType}, cel.StringType, cel.FunctionBinding(join))),
		cel.Function("coalesce", cel.Overload("coalesce_two", []*cel.Type{a, a}, a, cel.OverloadIsNonStrict(), cel.BinaryBinding(coalesce))),
	)
}

// bounded are functions of the library whose results can be many times larger
// than their arguments, or that take many times longer: ours do the same with an end.
var bounded = map[string]string{
	"replace": "@replace", "split": "@split", "join": "@join", "indexOf": "@indexOf", "lastIndexOf": "@lastIndexOf",
}

// ownFunctions are those whose costs are ours to tell.
var ownFunctions = map[string]bool{
	"sha256": true, "sha512": true, "md5": true, "hmac_sha256": true, "hmac_sha512": true, "uuid5": true,
	"format_time": true, "parse_time": true, "date": true, "mask": true, "json": true, "to_json": true, "coalesce": true,
	"@replace": true, "@split": true, "@join": true, "@indexOf": true, "@lastIndexOf": true,
}

// replace is s.replace(old, new) and s.replace(old, new, limit).
func replace(args ...ref.Val) ref.Val {
	s, ok1 := args[0].(types.String)
	was, ok2 := args[1].(types.String)
	now, ok3 := args[2].(types.String)
	n := types.Int(-1)
	if len(args) == 4 {
		n, _ = args[3].(types.Int)
	}
	if !ok1 || !ok2 || !ok3 {
		return types.MaybeNoSuchOverloadErr(args[0])
	}
	count := strings.Count(string(s), string(was))
	if n >= 0 {
		count = min(count, int(n))
	}
	if len(s) > maxText || count > 0 && len(now) > (maxText-len(s))/count+len(was) {
		return types.WrapErr(errLarge)
	}
	return types.String(strings.Replace(string(s), string(was), string(now), count))
}

// maxParts bounds the list that split makes.
const maxParts = maxText / 2

var errParts = &Error{msg: "a text has more than half a million parts to split it into"}

// split is s.split(separator) and s.split(separator, limit).
func (l *Language) split(args ...ref.Val) ref.Val {
	s, ok1 := args[0].(types.String)
	sep, ok2 := args[1].(types.String)
	n := types.Int(-1)
	if len(args) == 3 {
		n, _ = args[2].(types.Int)
	}
	if !ok1 || !ok2 {
		return types.MaybeNoSuchOverloadErr(args[0])
	}
	if len(s) > maxText {
		return types.WrapErr(errLarge)
	}
	parts := int(max(-1, min(n, maxParts+1)))
	if (parts < 0 || parts > maxParts) && strings.Count(string(s), string(sep)) >= maxParts {
		return types.WrapErr(errParts)
	}
	list := strings.SplitN(string(s), string(sep), parts)
	return types.NewStringList(l.registry, list)
}

// join is list.join() and list.join(separator).
func join(args ...ref.Val) ref.Val {
	list, ok := args[0].(traits.Lister)
	if !ok {
		return types.MaybeNoSuchOverloadErr(args[0])
	}
	sep := types.String("")
	if len(args) == 2 {
		if sep, ok = args[1].(types.String); !ok {
			return types.MaybeNoSuchOverloadErr(args[1])
		}
	}
	var b strings.Builder
	for it := list.Iterator(); it.HasNext() == types.True; {
		s, ok := it.Next().(types.String)
		if !ok {
			return types.MaybeNoSuchOverloadErr(args[0])
		}
		if b.Len()+len(sep)+len(s) > maxText {
			return types.WrapErr(errLarge)
		}
		b.WriteString(string(s))
		if it.HasNext() == types.True {
			b.WriteString(string(sep))
		}
	}
	return types.String(b.String())
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

// checkPattern says what is wrong with a regular expression.
func checkPattern(s string) error {
	if _, err := regexp.Compile(s); err != nil {
		return err
	}
	parsed, err := syntax.Parse(s, syntax.Perl)
	if err != nil {
		return err
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err == nil && len(prog.Inst) > maxRegexp {
		err = errLongPattern
	}
	return err
}

var errLongPattern = errors.New("it repeats too much")
