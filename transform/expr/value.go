package expr

import (
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"cdc/event"
	"cdc/transform/rulefile"
)

// Value is a compiled output expression. Its text is put into the arena of the
// batch, or lies there already.
type Value func(b *event.Batch, r *event.Row) (event.Value, error)

// CheckedValue is an output expression whose types are known, for one table or
// offline.
type CheckedValue struct {
	*Checked
	typ event.Type
	raw bool // nothing but a column or another field of the event
}

// CheckValue checks an output expression, as Check does a condition. It must have a
// type that a field of an event can have.
func (l *Language) CheckValue(e *rulefile.Expr, t *Table, rep *rulefile.Report) *CheckedValue {
	c := l.check(e, t, rep)
	if c == nil {
		return nil
	}
	v := &CheckedValue{Checked: c}
	root := c.ast.Expr()
	if r, ok := c.reads[root.ID()]; ok && root.Kind() == ast.SelectKind && t != nil {
		if typ, ok := l.typeOfRead(t, r); ok {
			v.typ, v.raw = typ, true
			return v
		}
	}
	typ := c.typeOf(root)
	kind, hint := kindOfType(typ)
	if kind == event.KindSkipped && (t != nil || !isAny(typ) || !c.readsRow(root)) {
		rep.Add(e.Place(0), hint, "a field can't be %s", spellType(typ.String()))
		return nil
	}
	v.typ = event.Type{Kind: kind, Flags: event.Nullable}
	switch kind {
	case event.KindDecimal:
		v.typ.Native, v.typ.Precision = "numeric", -1
	case event.KindInstant, event.KindTime:
		v.typ.Precision = microseconds
	default: // the kind says it all
	}
	return v
}

// microseconds is the precision of times that expressions make.
const microseconds = 6

// typeOf is the type of e. CEL takes null ? x : y for null, whatever x is.
func (c *Checked) typeOf(e ast.Expr) *types.Type {
	t := c.ast.GetType(e.ID())
	if t.Kind() != types.NullTypeKind || e.Kind() != ast.CallKind {
		return t
	}
	for _, a := range e.AsCall().Args() {
		if other := c.typeOf(a); other.Kind() != types.NullTypeKind && (other.Kind() != types.BoolKind || e.AsCall().FunctionName() != operators.Conditional) {
			return other
		}
	}
	return t
}

// typeOfRead is the type of a field that is nothing but a read.
func (l *Language) typeOfRead(t *Table, r read) (event.Type, bool) {
	switch {
	case r.isValue():
		typ := t.column(r.kind, r.name).Type
		typ.Flags, typ.Default = typ.Flags&event.Unsigned|event.Nullable, nil
		return typ, true
	case r.kind > rowMissing:
		f, ok := l.metadata(t, r.kind, r.name)
		f.typ.Flags = event.Nullable
		return f.typ, ok
	default:
		return event.Type{}, false
	}
}

// kindOfType is the kind of the values of a CEL type; KindSkipped with a hint when
// no field has it.
func kindOfType(t *types.Type) (k event.Kind, hint string) {
	switch t.Kind() {
	case types.BoolKind:
		return event.KindBool, ""
	case types.IntKind:
		return event.KindInt, ""
	case types.UintKind:
		return event.KindUint, ""
	case types.DoubleKind:
		return event.KindFloat64, ""
	case types.StringKind:
		return event.KindString, ""
	case types.BytesKind:
		return event.KindBytes, ""
	case types.TimestampKind:
		return event.KindInstant, ""
	case types.DurationKind:
		return event.KindTime, ""
	case types.ListKind, types.MapKind:
		return event.KindSkipped, "write to_json(...) around it"
	case types.NullTypeKind:
		return event.KindSkipped, "it would always be NULL"
	case types.OpaqueKind:
		switch {
		case t.TypeName() == decimalType.TypeName():
			return event.KindDecimal, ""
		case isOptional(t) && len(t.Parameters()) == 1: // none is NULL
			return kindOfType(t.Parameters()[0])
		}
		return event.KindSkipped, "take the column by itself"
	default:
		return event.KindSkipped, "write string(...), int(...) or another type around it"
	}
}

// Type is the type of the field: that of the column where the expression is nothing
// but a column, else the kind that its CEL type has. It always takes NULL. Offline,
// where it depends on the columns, its kind is KindSkipped.
func (c *CheckedValue) Type() event.Type { return c.typ }

// Column is the column of which the expression is nothing but the value; empty for
// others.
func (c *CheckedValue) Column() string {
	if r, ok := c.reads[c.ast.Expr().ID()]; ok && c.raw && r.isValue() {
		return r.name
	}
	return ""
}

// Compile compiles the expression for op. simple is false when a part of it runs in
// the interpreter.
func (c *CheckedValue) Compile(t *Table, op event.Op) (v Value, simple bool, err error) {
	if err := c.fits(t); err != nil {
		return nil, false, err
	}
	k := compiler{specialized: specialized{c.Checked, op}, table: t, simple: true}
	root := c.ast.Expr()
	if f := k.fate(root); f.val != nil {
		if f.val == types.OptionalNone {
			f.val = types.NullValue
		}
		if x := constantValue(f.val); x != nil {
			return x.get, true, nil
		}
	}
	if c.raw {
		r := c.reads[root.ID()]
		if r.manner == optional {
			r.manner = lenient
		}
		get, _ := k.read(r)
		return Value(get), true, nil
	}
	if x := k.value(root); x != nil && k.simple {
		return x.get, true, nil
	}
	if c.typ.Kind == event.KindBool {
		if cond, err := k.cond(root); err == nil && k.simple {
			return truth(cond), true, nil
		}
	}
	eval, err := k.eval(root)
	if err != nil {
		return nil, false, err
	}
	kind := c.typ.Kind
	return func(b *event.Batch, r *event.Row) (event.Value, error) {
		n := len(b.Arena)
		val, err := eval(b, r)
		b.Arena = b.Arena[:n]
		if err != nil {
			return event.Value{}, err
		}
		return put(b, val, kind)
	}, false, nil
}

func truth(c Cond) Value {
	return func(b *event.Batch, r *event.Row) (event.Value, error) {
		yes, err := c(b, r)
		return event.Bool(yes), err
	}
}

var errKind = &Error{msg: "an expression gave a value of another type than it has", mend: "write string(...), int(...) or another type around what is read from JSON"}

// put makes a value of kind k of what the interpreter gave.
func put(b *event.Batch, v ref.Val, k event.Kind) (event.Value, error) {
	if got, ok := v.(*types.Optional); ok {
		if v = types.NullValue; got.HasValue() {
			v = got.GetValue()
		}
	}
	switch v := v.(type) {
	case types.Null:
		return event.Null, nil
	case types.Bool:
		return kept(event.Bool(bool(v)), k)
	case types.Int:
		return kept(event.Int(int64(v)), k)
	case types.Uint:
		return kept(event.Uint(uint64(v)), k)
	case types.Double:
		return kept(event.Float64(float64(v)), k)
	case types.String:
		return putText(b, event.KindString, string(v), k)
	case types.Bytes:
		return putText(b, event.KindBytes, string(v), k)
	case types.Timestamp:
		return kept(event.Of(event.KindInstant, v.UnixMicro()), k)
	case types.Duration:
		return kept(event.Of(event.KindTime, v.Microseconds()), k)
	case decimal:
		if k != event.KindDecimal {
			return event.Value{}, errKind
		}
		return v.put(b)
	case farTime:
		return event.Value{}, errFarTime
	default:
		return event.Value{}, errKind
	}
}

func kept(v event.Value, k event.Kind) (event.Value, error) {
	if v.Kind() != k {
		return event.Value{}, errKind
	}
	return v, nil
}

func putText(b *event.Batch, own event.Kind, s string, k event.Kind) (event.Value, error) {
	switch {
	case own != k:
		return event.Value{}, errKind
	case len(s) > maxText:
		return event.Value{}, errLarge
	}
	at := len(b.Arena)
	b.Arena = append(b.Arena, s...)
	return event.Text(k, at, len(s)), nil
}

// put makes a value of a decimal, as decoders do.
func (d decimal) put(b *event.Batch) (event.Value, error) {
	const most = 999_999_999_999_999_999 // 18 digits
	if d.big == nil && d.special == 0 && d.scale <= 18 && d.unscaled >= -most && d.unscaled <= most {
		return event.Decimal(d.unscaled, d.scale), nil
	}
	at := len(b.Arena)
	b.Arena = d.append(b.Arena)
	return event.Text(event.KindBigDecimal, at, len(b.Arena)-at), nil
}
