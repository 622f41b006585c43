package expr

import (
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"cdc/event"
)

// typed is a closure that gives values of a kind, or NULL. KindNull: only NULL.
type typed struct {
	get  func(b *event.Batch, r *event.Row) (event.Value, error)
	kind event.Kind
}

// value compiles an expression that gives a text, a number or a bool; nil when it
// has no simple form.
func (k *compiler) value(e ast.Expr) *typed {
	if v := k.fate(e).val; v != nil {
		return constantValue(v)
	}
	if r, ok := k.reads[e.ID()]; ok && e.Kind() == ast.SelectKind {
		return k.column(r)
	}
	if e.Kind() != ast.CallKind {
		return nil
	}
	call := e.AsCall()
	args := call.Args()
	switch name := call.FunctionName(); {
	case name == operators.Conditional:
		return k.either(args)
	case name == operators.Add && k.isText(e):
		return k.concat(args[0], args[1])
	case name == "orValue" && call.IsMemberFunction() && len(args) == 1:
		return k.orValue(call.Target(), args[0])
	case name == "coalesce" && len(args) == 2:
		return firstOf(k.value(args[0]), k.value(args[1]))
	case name == "lowerAscii" && call.IsMemberFunction():
		return mapped(k.value(call.Target()), 'A', 'Z')
	case name == "upperAscii" && call.IsMemberFunction():
		return mapped(k.value(call.Target()), 'a', 'z')
	case name == "string" && len(args) == 1 && !call.IsMemberFunction():
		return printed(k.value(args[0]))
	case plainHashes[name] != nil && len(args) == 1:
		return hashed(k.value(args[0]), plainHashes[name])
	case keyedHashes[name] != nil && len(args) == 2 && isText(args[1]):
		return hashed(k.value(args[0]), k.lang.hmac(keyedHashes[name], textOf(args[1])))
	}
	return nil
}

func (k *compiler) isText(e ast.Expr) bool { return k.ast.GetType(e.ID()).Kind() == types.StringKind }

// column compiles a read as a part of something larger. Times, 4-byte floats and
// bit strings aren't what they are in CEL, and go through the interpreter.
func (k *compiler) column(r read) *typed {
	if r.manner == optional || r.kind == rowChanged || r.kind == rowMissing {
		return nil
	}
	get, kind := k.read(r)
	switch kind {
	case event.KindBool, event.KindInt, event.KindUint, event.KindFloat64, event.KindDecimal, event.KindBytes, event.KindString:
		return &typed{get, kind}
	case event.KindBigDecimal:
		return &typed{get, event.KindDecimal}
	case event.KindJSON, event.KindUUID:
		return &typed{asText(get), event.KindString}
	default:
		return nil
	}
}

func asText(get reader) reader {
	return func(b *event.Batch, r *event.Row) (event.Value, error) {
		v, err := get(b, r)
		if err == nil && v.HasText() {
			v = event.Text(event.KindString, int(v.Int()), v.Len())
		}
		return v, err
	}
}

func constantValue(v ref.Val) *typed {
	switch v := v.(type) {
	case types.Null:
		return always(event.Null)
	case types.Bool:
		return always(event.Bool(bool(v)))
	case types.Int:
		return always(event.Int(int64(v)))
	case types.Uint:
		return always(event.Uint(uint64(v)))
	case types.Double:
		return always(event.Float64(float64(v)))
	case types.String:
		return written(event.KindString, string(v))
	case types.Bytes:
		return written(event.KindBytes, string(v))
	case decimal:
		return &typed{func(b *event.Batch, _ *event.Row) (event.Value, error) { return v.put(b) }, event.KindDecimal}
	default:
		return nil
	}
}

func always(v event.Value) *typed {
	return &typed{func(*event.Batch, *event.Row) (event.Value, error) { return v, nil }, v.Kind()}
}

func written(k event.Kind, s string) *typed {
	if len(s) > maxText {
		return nil
	}
	return &typed{func(b *event.Batch, _ *event.Row) (event.Value, error) {
		at := len(b.Arena)
		b.Arena = append(b.Arena, s...)
		return event.Text(k, at, len(s)), nil
	}, k}
}

// common is the kind of two values of which one is taken.
func common(x, y *typed) (event.Kind, bool) {
	switch {
	case x == nil || y == nil:
		return 0, false
	case x.kind == event.KindNull:
		return y.kind, true
	default:
		return x.kind, y.kind == x.kind || y.kind == event.KindNull
	}
}

// either compiles test ? x : y.
func (k *compiler) either(args []ast.Expr) *typed {
	switch test := k.fate(args[0]); {
	case test.isBool(true):
		return k.value(args[1])
	case test.isBool(false):
		return k.value(args[2])
	}
	x, y := k.value(args[1]), k.value(args[2])
	kind, ok := common(x, y)
	if !ok {
		return nil
	}
	was := k.simple
	test, err := k.cond(args[0])
	if err != nil || !k.simple {
		k.simple = was
		return nil
	}
	return &typed{func(b *event.Batch, r *event.Row) (event.Value, error) {
		yes, err := test(b, r)
		switch {
		case err != nil:
			return event.Value{}, err
		case yes:
			return x.get(b, r)
		default:
			return y.get(b, r)
		}
	}, kind}
}

// orValue compiles column.orValue(other) of an optional column.
func (k *compiler) orValue(target, other ast.Expr) *typed {
	r, ok := k.reads[target.ID()]
	if !ok || target.Kind() != ast.SelectKind || r.manner != optional {
		return nil
	}
	if f := k.fate(target); f.val == types.OptionalNone {
		return k.value(other)
	}
	inner := r
	inner.manner = lenient
	return firstOf(k.column(inner), k.value(other))
}

// firstOf gives x, or y where x is NULL.
func firstOf(x, y *typed) *typed {
	kind, ok := common(x, y)
	if !ok {
		return nil
	}
	first, other := x.get, y.get
	return &typed{func(b *event.Batch, r *event.Row) (event.Value, error) {
		v, err := first(b, r)
		if err == nil && v.IsNull() {
			return other(b, r)
		}
		return v, err
	}, kind}
}
