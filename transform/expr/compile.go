package expr

import (
	"fmt"
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"

	"cdc/event"
	"cdc/transform/rulefile"
)

// compiler turns an expression into closures for one table version and one
// operation; what has no simple form becomes a CEL program.
type compiler struct {
	specialized
	table *Table
	// simple is false when some part runs in the interpreter.
	simple bool
}

// Compile compiles the condition for op. When it always gives the same, always or
// never says so, and the closure is nil. simple is false when a part of it runs in
// the interpreter.
func (c *Checked) Compile(t *Table, op event.Op) (when Cond, always, never, simple bool, err error) {
	if err := c.fits(t); err != nil {
		return nil, false, false, false, err
	}
	k := compiler{specialized: specialized{c, op}, table: t, simple: true}
	f := k.fate(c.ast.Expr())
	if f.isBool(true) || f.isBool(false) {
		return nil, f.isBool(true), f.isBool(false), true, nil
	}
	when, err = k.cond(c.ast.Expr())
	return when, false, false, k.simple, err
}

// fits reports whether the table has all that the expression reads: it has where the
// expression was checked for it.
func (c *Checked) fits(t *Table) error {
	for _, r := range c.reads {
		there := true
		switch {
		case r.isColumn():
			there = t.column(r.kind, r.name) != nil
		case r.kind > rowMissing:
			_, there = c.lang.metadata(t, r.kind, r.name)
		}
		if !there {
			return fmt.Errorf("compile %s: it is checked for another table than this (internal error)", rulefile.Printable(r.String()))
		}
	}
	return nil
}

// cond compiles an expression of type bool.
func (k *compiler) cond(e ast.Expr) (Cond, error) {
	if r, ok := k.reads[e.ID()]; ok && e.Kind() == ast.SelectKind {
		return k.boolRead(r, e)
	}
	if e.Kind() != ast.CallKind {
		return k.interpreted(e)
	}
	call := e.AsCall()
	args := call.Args()
	switch name := call.FunctionName(); name {
	case operators.LogicalOr:
		return k.logic(args, true)
	case operators.LogicalAnd:
		return k.logic(args, false)
	case operators.LogicalNot:
		return k.not(args[0])
	case operators.Conditional:
		return k.choice(e, args)
	}
	if c := k.comparison(call); c != nil {
		return c, nil
	}
	if c := k.boolValue(e); c != nil {
		return c, nil
	}
	return k.interpreted(e)
}

// comparison compiles what compares a column with a constant or another column;
// nil when it is anything else.
func (k *compiler) comparison(call ast.CallExpr) Cond {
	args := call.Args()
	switch name := call.FunctionName(); name {
	case operators.Equals:
		return k.equality(args[0], args[1])
	case operators.NotEquals:
		if c := k.equality(args[0], args[1]); c != nil {
			return negate(c)
		}
	case operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		return k.order(name, args[0], args[1])
	case operators.In:
		return k.in(args[0], args[1])
	case "startsWith", "endsWith", "contains", "matches":
		if call.IsMemberFunction() && len(args) == 1 {
			return k.textTest(name, call.Target(), args[0])
		}
		if name == "matches" && len(args) == 2 {
			return k.textTest(name, args[0], args[1])
		}
	}
	return nil
}

// boolValue compiles what gives a bool by orValue or coalesce.
func (k *compiler) boolValue(e ast.Expr) Cond {
	x := k.operand(e)
	if x == nil || x.kind != event.KindBool {
		return nil
	}
	return tidyUp(isTrue(x.get), x)
}

func isTrue(get reader) Cond {
	return func(b *event.Batch, r *event.Row) (bool, error) {
		v, err := get(b, r)
		if err != nil {
			return false, err
		}
		if v.Kind() != event.KindBool {
			return false, errNotBool
		}
		return v.Bool(), nil
	}
}

// choice compiles test ? a : b.
func (k *compiler) choice(e ast.Expr, args []ast.Expr) (Cond, error) {
	switch test := k.fate(args[0]); {
	case test.isBool(true):
		return k.whole(args[1])
	case test.isBool(false):
		return k.whole(args[2])
	}
	was := k.simple
	test, err := k.cond(args[0])
	if err != nil {
		return nil, err
	}
	yes, err := k.whole(args[1])
	if err != nil {
		return nil, err
	}
	no, err := k.whole(args[2])
	if err != nil {
		return nil, err
	}
	if !k.simple && was { // one program is faster than three
		return k.interpreted(e)
	}
	return func(b *event.Batch, r *event.Row) (bool, error) {
		first, err := test(b, r)
		switch {
		case err != nil:
			return false, err
		case first:
			return yes(b, r)
		default:
			return no(b, r)
		}
	}, nil
}

// whole compiles an expression of type bool that may be a constant.
func (k *compiler) whole(e ast.Expr) (Cond, error) {
	f := k.fate(e)
	if f.isBool(true) || f.isBool(false) {
		always := f.isBool(true)
		return func(*event.Batch, *event.Row) (bool, error) { return always, nil }, nil
	}
	return k.cond(e)
}

func (k *compiler) interpreted(e ast.Expr) (Cond, error) {
	k.simple = false
	return k.general(e)
}

// boolRead is changed("x"), before == null, or a column of type bool.
func (k *compiler) boolRead(r read, e ast.Expr) (Cond, error) {
	switch r.kind {
	case rowChanged:
		return changedCond(k.table.Schema, k.table.Schema.Column(r.name)), nil
	case rowMissing:
		return missingCond(k.table.Schema, r.name), nil
	default: // a column
	}
	if x := k.operand(e); x != nil {
		return tidyUp(isTrue(x.get), x), nil
	}
	return k.interpreted(e)
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

// operand is what a comparison looks at.
type operand struct {
	get  reader
	kind event.Kind
	name string // for messages
	// makes: its text is put into the arena, where nobody needs it afterwards.
	makes bool
}

// operand compiles a column, another field of the event, or a text or number that
// is made of them; nil when e is none.
func (k *compiler) operand(e ast.Expr) *operand {
	if r, ok := k.reads[e.ID()]; ok && e.Kind() == ast.SelectKind {
		if r.manner == optional || r.kind == rowChanged || r.kind == rowMissing {
			return nil
		}
		get, kind := k.read(r)
		return &operand{get, kind, r.String(), !r.isValue()}
	}
	if k.fate(e).val != nil {
		return nil
	}
	if v := k.value(e); v != nil {
		return &operand{v.get, v.kind, "what is compared", true}
	}
	return nil
}

// read compiles a read that gives a value.
func (k *compiler) read(r read) (reader, event.Kind) {
	if !r.isValue() {
		f, _ := k.lang.metadata(k.table, r.kind, r.name)
		return f.read, f.typ.Kind
	}
	col := k.table.column(r.kind, r.name)
	return readerOf(k.table.Schema, col, r.kind, r.manner), col.Type.Kind
}

// tidyUp takes back the text that a condition's operands have made.
func tidyUp(c Cond, operands ...*operand) Cond {
	if c == nil || !slices.ContainsFunc(operands, func(x *operand) bool { return x.makes }) {
		return c
	}
	return func(b *event.Batch, r *event.Row) (bool, error) {
		n := len(b.Arena)
		yes, err := c(b, r)
		b.Arena = b.Arena[:n]
		return yes, err
	}
}

// equality compiles a == b where one side is a column and the other a constant
// or a column of the same kind; nil when it is anything else.
func (k *compiler) equality(a, b ast.Expr) Cond {
	x, y := k.operand(a), k.operand(b)
	switch {
	case x != nil && y != nil:
		if !sameBits(x.kind) || !sameBits(y.kind) || textual(x.kind) != textual(y.kind) || !textual(x.kind) && x.kind != y.kind {
			return nil
		}
		return tidyUp(equalColumns(x.get, y.get), x, y)
	case x == nil && y == nil:
		return nil
	case x == nil:
		b, x = a, y
	}
	is := equalTo(x.kind, k.fate(b).val)
	if is == nil {
		return nil
	}
	get := x.get
	return tidyUp(func(b *event.Batch, r *event.Row) (bool, error) {
		v, err := get(b, r)
		return err == nil && is(b.Arena, v), err
	}, x)
}

// sameBits reports whether two values of kind k are equal when they are
// stored alike. That isn't so of floats (NaN, zeros) and decimals (scales).
func sameBits(k event.Kind) bool {
	switch k {
	case event.KindBool, event.KindInt, event.KindUint, event.KindString, event.KindJSON, event.KindUUID, event.KindBytes, event.KindBits, event.KindList:
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
		if textual(v.Kind()) && textual(w.Kind()) {
			return string(v.Bytes(b.Arena)) == string(w.Bytes(b.Arena)), nil
		}
		return v.Equal(b.Arena, w, b.Arena), nil
	}
}
