package expr

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"cdc/event"
)

func opText(op event.Op) ref.Val {
	switch op {
	case event.OpCreate:
		return types.String("c")
	case event.OpUpdate:
		return types.String("u")
	case event.OpDelete:
		return types.String("d")
	case event.OpRead:
		return types.String("r")
	default:
		return types.String("t")
	}
}

// general runs e as a CEL program.
func (c specialized) general(e ast.Expr) (Cond, error) {
	eval, err := c.eval(e)
	if err != nil {
		return nil, err
	}
	return func(b *event.Batch, r *event.Row) (bool, error) {
		n := len(b.Arena)
		v, err := eval(b, r)
		b.Arena = b.Arena[:n] // texts were copied
		if err != nil {
			return false, err
		}
		yes, ok := v.(types.Bool)
		if !ok {
			return false, errNotBool
		}
		return bool(yes), nil
	}, nil
}

// eval runs e as a CEL program. What the program reads may be put into the arena.
func (c specialized) eval(e ast.Expr) (func(b *event.Batch, r *event.Row) (ref.Val, error), error) {
	prog, err := c.program(e)
	if err != nil {
		return nil, err
	}
	pool := &sync.Pool{New: func() any { return new(activation) }}
	return func(b *event.Batch, r *event.Row) (ref.Val, error) {
		a, _ := pool.Get().(*activation)
		a.begin(b, r)
		v, _, err := prog.Eval(a)
		made := a.made
		a.end()
		pool.Put(a)
		switch {
		case made > maxMade: // also where it was caught
			return nil, errMade
		case err != nil:
			return nil, c.evalError(err)
		}
		return v, nil
	}, nil
}

var errNotBool = &Error{msg: "the condition is NULL, neither true nor false", mend: "compare it with null first"}

var (
	errNull = &Error{msg: "a NULL (or a time outside of the years 1 to 9999) was used where a value is needed", mend: "compare the column with null first"}
	errLong = &Error{msg: "the values of the row are too large for the loops of the expression"}
)

// evalError puts an error of the interpreter in words that hold no value of the
// row: conversions, for one, print what they couldn't convert.
func (c *Checked) evalError(err error) error {
	if re, ok := errors.AsType[*Error](err); ok {
		return re
	}
	call := c.failing(err)
	msg := err.Error()
	switch {
	case strings.HasPrefix(msg, "no such overload") && c.openTo(call):
		return &Error{msg: nameOf(call) + " can't be applied to a NULL, or to a value of that type", mend: "convert it first, as string(...) does, or compare it with null"}
	case strings.HasPrefix(msg, "no such overload"):
		return errNull
	case strings.HasPrefix(msg, "no such key"):
		return &Error{msg: "a member isn't there", mend: "write .?name before the name, and .orValue(...) behind it"}
	case strings.Contains(msg, "index out of") || strings.Contains(msg, "out of bounds") || strings.Contains(msg, "out of range: "):
		return &Error{msg: nameOf(call) + " was asked for a place that isn't there", mend: "compare with size() first"}
	case strings.Contains(msg, "cost limit"):
		return errLong
	case strings.Contains(msg, "overflow"):
		return &Error{msg: "a number is too large"}
	case strings.Contains(msg, "divi") && strings.Contains(msg, "zero"), strings.Contains(msg, "modulus by zero"):
		return &Error{msg: "a division by zero"}
	default:
		return &Error{msg: nameOf(call) + " can't take the value of this row"}
	}
}

// failing is the call in which an evaluation has failed; nil for unknown.
func (c *Checked) failing(err error) ast.Expr {
	failed, ok := errors.AsType[*types.Err](err)
	if !ok {
		return nil
	}
	var find func(e ast.Expr) ast.Expr
	find = func(e ast.Expr) ast.Expr {
		if e.ID() == failed.NodeID() && e.Kind() == ast.CallKind {
			return e
		}
		for _, child := range childrenOf(e) {
			if found := find(child); found != nil {
				return found
			}
		}
		return nil
	}
	return find(c.ast.Expr())
}

// openTo reports whether the type of an operand isn't known before a row is seen.
func (c *Checked) openTo(call ast.Expr) bool {
	if call == nil {
		return false
	}
	return slices.ContainsFunc(childrenOf(call), func(e ast.Expr) bool {
		return c.ast.GetType(e.ID()).Kind() == types.DynKind
	})
}

// nameOf is how a call is spelled.
func nameOf(call ast.Expr) string {
	if call == nil {
		return "a function"
	}
	name := call.AsCall().FunctionName()
	if operator, ok := operators.FindReverse(name); ok && operator != "" {
		return quote(operator)
	}
	switch name {
	case operators.Index, operators.OptIndex:
		return quote("[...]")
	default:
		return quote(name + "()")
	}
}

// valueField is a field whose value is that of a reader.
func valueField(t *types.Type, get reader, m manner) *types.FieldType {
	if m == optional {
		t = types.NewOptionalType(bare(t))
	}
	return readable(t, func(target any) (any, error) {
		a, ok := target.(*activation)
		if !ok || a.batch == nil {
			return nil, errNoRow
		}
		v, err := a.value(get)
		switch {
		case err != nil:
			return nil, err
		case m != optional:
			return v, nil
		case v == types.NullValue:
			return types.OptionalNone, nil
		default:
			return types.OptionalOf(v), nil
		}
	})
}

// bare is the type without NULL.
func bare(t *types.Type) *types.Type {
	for _, b := range []*types.Type{types.BoolType, types.IntType, types.UintType, types.DoubleType, types.StringType, types.BytesType} {
		if t.Kind() == b.Kind() {
			return b
		}
	}
	return t
}

func boolField(get Cond) *types.FieldType {
	return readable(types.BoolType, func(target any) (any, error) {
		a, ok := target.(*activation)
		if !ok {
			return nil, errNoRow
		}
		yes, err := get(a.batch, a.row)
		if err != nil {
			return nil, err
		}
		return types.Bool(yes), nil
	})
}

// columnType is the CEL type of the values of a kind; all can be null.
func columnType(k event.Kind) *types.Type {
	switch k {
	case event.KindBool:
		return types.NewNullableType(types.BoolType)
	case event.KindInt:
		return types.NewNullableType(types.IntType)
	case event.KindUint:
		return types.NewNullableType(types.UintType)
	case event.KindFloat32, event.KindFloat64:
		return types.NewNullableType(types.DoubleType)
	case event.KindDecimal, event.KindBigDecimal:
		return decimalType
	case event.KindString, event.KindJSON, event.KindUUID:
		return types.NewNullableType(types.StringType)
	case event.KindBytes, event.KindBits:
		return types.NewNullableType(types.BytesType)
	case event.KindDate, event.KindLocal, event.KindInstant:
		return types.TimestampType
	case event.KindTime:
		return types.DurationType
	default:
		return composedType
	}
}

// The moments that CEL knows: the years 1 to 9999.
const (
	minSecond = -62135596800
	maxSecond = 253402300799
	maxMicros = 1 << 53
)

var (
	errLongTime = &Error{msg: "a time of day is too long for an expression"}
	errLongText = &Error{msg: "a text of more than 8 MiB is too long for the interpreter", mend: "leave such columns to changed() and comparisons"}
	errList     = &Error{msg: "an array or a composed value can only be compared with null", mend: "write changed(...), or take the column as it is"}
)

// celValue makes a CEL value of v. Its text is copied.
func celValue(arena []byte, v event.Value) (ref.Val, error) {
	if v.HasText() && v.Len() > maxRead {
		return nil, errLongText
	}
	switch v.Kind() {
	case event.KindNull:
		return types.NullValue, nil
	case event.KindBool:
		return types.Bool(v.Bool()), nil
	case event.KindInt:
		return types.Int(v.Int()), nil
	case event.KindUint:
		return types.Uint(v.Uint()), nil
	case event.KindFloat32, event.KindFloat64:
		return types.Double(v.Float()), nil
	case event.KindDecimal, event.KindBigDecimal:
		if d, ok := decimalValue(arena, v); ok {
			return d, nil
		}
		return nil, errNotDecimal
	case event.KindString, event.KindJSON, event.KindUUID:
		return types.String(v.Bytes(arena)), nil
	case event.KindBytes, event.KindBits:
		return types.Bytes(append([]byte(nil), v.Bytes(arena)...)), nil
	case event.KindDate:
		return moment(v.Int(), secondsOf(v.Int()), 0), nil
	case event.KindLocal, event.KindInstant:
		sec := event.FloorDiv(v.Int(), 1e6)
		return moment(v.Int(), sec, v.Int()-sec*1e6), nil
	case event.KindTime:
		if v.Int() < -maxMicros || v.Int() > maxMicros {
			return nil, errLongTime
		}
		return types.Duration{Duration: time.Duration(v.Int()) * time.Microsecond}, nil
	case event.KindList:
		return composed(v.Bytes(arena)), nil
	default:
		return nil, errList
	}
}

// moment is a time that stands at raw in its column: that many seconds and
// micros after the epoch.
func moment(raw, seconds, micros int64) ref.Val {
	if seconds < minSecond || seconds > maxSecond {
		return farTime(raw)
	}
	return types.Timestamp{Time: time.Unix(seconds, micros*1000).UTC()}
}

// secondsOf is a day in seconds, or beyond all that CEL knows.
func secondsOf(day int64) int64 {
	const perDay = 86400
	if day < minSecond/perDay || day > maxSecond/perDay {
		return maxSecond + 1
	}
	return day * perDay
}
