package expr

import (
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"cdc/event"
)

// compiler turns a condition into closures for one table version and one
// operation; what has no simple form becomes a CEL program.
type compiler struct {
	specialized
	schema *event.Schema
	// simple is false when some part runs in the interpreter.
	simple bool
}

// Compile compiles the condition for op. When it always gives the same, always or
// never says so, and the closure is nil. simple is false when a part of it runs in
// the interpreter.
func (c *Checked) Compile(t *Table, op event.Op) (when Cond, always, never, simple bool, err error) {
	k := compiler{specialized: specialized{c, op}, schema: t.Schema, simple: true}
	f := k.fate(c.ast.Expr())
	if f.isBool(true) || f.isBool(false) {
		return nil, f.isBool(true), f.isBool(false), true, nil
	}
	when, err = k.cond(c.ast.Expr())
	return when, false, false, k.simple, err
}

// cond compiles an expression of type bool.
func (k *compiler) cond(e ast.Expr) (Cond, error) {
	if r, ok := k.reads[e.ID()]; ok && e.Kind() == ast.SelectKind {
		return k.boolRead(r, e)
	}
	if e.Kind() != ast.CallKind {
		return k.interpreted(e)
	}
	args := e.AsCall().Args()
	switch name := e.AsCall().FunctionName(); name {
	case operators.LogicalOr:
		return k.logic(args, true)
	case operators.LogicalAnd:
		return k.logic(args, false)
	case operators.LogicalNot:
		return k.not(args[0])
	case operators.Equals, operators.NotEquals:
		if c := k.equality(args[0], args[1]); c != nil {
			if name == operators.NotEquals {
				return negate(c), nil
			}
			return c, nil
		}
	case operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		if c := k.order(name, args[0], args[1]); c != nil {
			return c, nil
		}
	case operators.In:
		if c := k.in(args[0], args[1]); c != nil {
			return c, nil
		}
	}
	return k.interpreted(e)
}

func (k *compiler) interpreted(e ast.Expr) (Cond, error) {
	k.simple = false
	return k.general(e)
}

// boolRead is changed("x"), before == null, or a column of type bool.
func (k *compiler) boolRead(r read, e ast.Expr) (Cond, error) {
	switch r.kind {
	case rowChanged:
		return changedCond(k.schema, k.schema.Column(r.name)), nil
	case rowMissing:
		return missingCond(k.schema, r.name), nil
	default: // a column
	}
	get := k.reader(e)
	if get == nil {
		return k.interpreted(e)
	}
	return func(b *event.Batch, r *event.Row) (bool, error) {
		v, err := get(b, r)
		if err != nil {
			return false, err
		}
		if v.Kind() != event.KindBool {
			return false, errNotBool
		}
		return v.Bool(), nil
	}, nil
}

// logic is || (decides: true) or && (decides: false) as CEL defines them: an
// operand with the deciding value settles it, even beside one that fails; else
// the first failure does.
func (k *compiler) logic(args []ast.Expr, decides bool) (Cond, error) {
	var all Cond
	for i, a := range args {
		last := all == nil && i == len(args)-1
		if !last && k.fate(a).isBool(!decides) {
			continue // neutral
		}
		c, err := k.cond(a)
		if err != nil {
			return nil, err
		}
		if all == nil {
			all = c
		} else {
			all = either(all, c, decides)
		}
	}
	return all, nil
}

func either(x, y Cond, decides bool) Cond {
	return func(b *event.Batch, r *event.Row) (bool, error) {
		v, err := x(b, r)
		if err == nil && v == decides {
			return decides, nil
		}
		w, errY := y(b, r)
		if errY == nil && w == decides {
			return decides, nil
		}
		if err == nil {
			err = errY
		}
		return !decides && err == nil, err
	}
}

func (k *compiler) not(arg ast.Expr) (Cond, error) {
	c, err := k.cond(arg)
	if err != nil {
		return nil, err
	}
	return negate(c), nil
}

func negate(c Cond) Cond {
	return func(b *event.Batch, r *event.Row) (bool, error) {
		v, err := c(b, r)
		return !v && err == nil, err
	}
}

// reader compiles a read of a column; nil when e is none.
func (k *compiler) reader(e ast.Expr) reader {
	r, ok := k.reads[e.ID()]
	if !ok || e.Kind() != ast.SelectKind || r.kind > rowOld {
		return nil
	}
	return readerOf(k.schema, k.schema.Column(r.name), r.kind)
}

// kind is the kind of the column that e reads.
func (k *compiler) kind(e ast.Expr) event.Kind {
	return k.schema.Column(k.reads[e.ID()].name).Type.Kind
}

// equality compiles a == b where one side is a column and the other a constant
// or a column of the same kind; nil when it is anything else.
func (k *compiler) equality(a, b ast.Expr) Cond {
	x, y := k.reader(a), k.reader(b)
	switch {
	case x != nil && y != nil:
		if k.kind(a) != k.kind(b) || !sameBits(k.kind(a)) {
			return nil
		}
		return equalColumns(x, y)
	case x == nil && y == nil:
		return nil
	case x == nil:
		a, b, x = b, a, y
	}
	is := equalTo(k.kind(a), k.fate(b).val)
	if is == nil {
		return nil
	}
	return func(b *event.Batch, r *event.Row) (bool, error) {
		v, err := x(b, r)
		return err == nil && is(b.Arena, v), err
	}
}

// sameBits reports whether two values of kind k are equal when they are
// stored alike. That isn't so of floats (NaN, zeros) and decimals (scales).
func sameBits(k event.Kind) bool {
	switch k {
	case event.KindBool, event.KindInt, event.KindUint, event.KindString, event.KindJSON, event.KindUUID, event.KindBytes, event.KindBits:
		return true
	default:
		return false
	}
}

func equalColumns(x, y reader) Cond {
	return func(b *event.Batch, r *event.Row) (bool, error) {
		v, err := x(b, r)
		if err != nil {
			return false, err
		}
		w, err := y(b, r)
		if err != nil {
			return false, err
		}
		return v.Equal(b.Arena, w, b.Arena), nil
	}
}

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
	get := k.reader(a)
	if get == nil || list.Kind() != ast.ListKind {
		return nil
	}
	tests := []test{}
	for _, item := range list.AsList().Elements() {
		t := equalTo(k.kind(a), k.fate(item).val)
		if t == nil {
			return nil
		}
		tests = append(tests, t)
	}
	return func(b *event.Batch, r *event.Row) (bool, error) {
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
	}
}
