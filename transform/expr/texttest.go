package expr

import (
	"bytes"
	"regexp"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"

	"cdc/event"
)

// textual reports whether values of the kind are texts for an expression.
func textual(k event.Kind) bool {
	return k == event.KindString || k == event.KindJSON || k == event.KindUUID
}

// textTest compiles text.startsWith("constant") and its sisters,
// matches among them.
func (k *compiler) textTest(name string, target, arg ast.Expr) Cond {
	x := k.operand(target)
	part, ok := k.fate(arg).val.(types.String)
	if x == nil || !ok || !textual(x.kind) {
		return nil
	}
	find := textFinder(name, string(part))
	if find == nil {
		return nil
	}
	get := x.get
	null := &Error{msg: x.name + " is NULL, which is no text", mend: "compare it with null first"}
	return tidyUp(func(b *event.Batch, r *event.Row) (bool, error) {
		v, err := get(b, r)
		switch {
		case err != nil:
			return false, err
		case !v.HasText():
			return false, null
		default:
			return find(v.Bytes(b.Arena)), nil
		}
	}, x)
}

// textFinder looks for a constant in texts; nil when the pattern is none.
func textFinder(name, part string) func(s []byte) bool {
	want := []byte(part)
	switch name {
	case "startsWith":
		return func(s []byte) bool { return bytes.HasPrefix(s, want) }
	case "endsWith":
		return func(s []byte) bool { return bytes.HasSuffix(s, want) }
	case "contains":
		return func(s []byte) bool { return bytes.Contains(s, want) }
	}
	re, err := regexp.Compile(part)
	if err != nil {
		return nil
	}
	return re.Match
}
