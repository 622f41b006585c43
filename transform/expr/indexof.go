package expr

import (
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

var errIndex = &Error{msg: "a place in a text is less than 0"}

// places are text.indexOf(part) and text.lastIndexOf(part), with a place to begin at or
// without. Those of the library compare every place with every character of the part.
func places() []cel.EnvOption {
	var opts []cel.EnvOption
	for name, find := range map[string]func(s, part string, at int, given bool) int{"@indexOf": indexOf, "@lastIndexOf": lastIndexOf} {
		bind := cel.FunctionBinding(func(args ...ref.Val) ref.Val { return place(args, find) })
		opts = append(opts, cel.Function(name,
			cel.MemberOverload(name+" all", []*cel.Type{cel.StringType, cel.StringType}, cel.IntType, bind),
			cel.MemberOverload(name+" from", []*cel.Type{cel.StringType, cel.StringType, cel.IntType}, cel.IntType, bind)))
	}
	return opts
}

func place(args []ref.Val, find func(s, part string, at int, given bool) int) ref.Val {
	s, ok1 := args[0].(types.String)
	part, ok2 := args[1].(types.String)
	if !ok1 || !ok2 {
		return types.MaybeNoSuchOverloadErr(args[0])
	}
	if len(args) == 2 {
		return types.Int(find(string(s), string(part), 0, false))
	}
	at, ok := args[2].(types.Int)
	switch {
	case !ok:
		return types.MaybeNoSuchOverloadErr(args[2])
	case at < 0:
		return types.WrapErr(errIndex)
	}
	return types.Int(find(string(s), string(part), int(at), true))
}

// indexOf is the first place, in characters, at or behind at; -1 for none.
func indexOf(s, part string, at int, _ bool) int {
	from, whole := byteAt(s, at)
	switch {
	case part == "":
		return min(at, utf8.RuneCountInString(s))
	case !whole:
		return -1
	}
	i := strings.Index(s[from:], part)
	if i < 0 {
		return -1
	}
	return at + utf8.RuneCountInString(s[from:from+i])
}

// lastIndexOf is the last place at or before at, if that is given.
func lastIndexOf(s, part string, at int, given bool) int {
	end := len(s)
	if given {
		from, whole := byteAt(s, at)
		switch {
		case part == "":
			return min(at, utf8.RuneCountInString(s))
		case !whole || from == len(s):
			return -1
		}
		end = min(len(s), from+len(part))
	}
	i := strings.LastIndex(s[:end], part)
	if i < 0 {
		return -1
	}
	return utf8.RuneCountInString(s[:i])
}

// byteAt is where a character begins; false where there are fewer.
func byteAt(s string, n int) (at int, whole bool) {
	for ; n > 0 && at < len(s); n-- {
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
	return at, n == 0
}
