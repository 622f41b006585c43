package expr

import (
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"cdc/event"
)

// fate is what is known about an expression for one operation before any row is
// seen: a value, or that it fails on every row, or (the zero fate) nothing.
type fate struct {
	val   ref.Val
	fails *read // the read that fails
}

func (f fate) isBool(b bool) bool { return f.val == types.Bool(b) }

// specialized is an expression compiled for one operation.
type specialized struct {
	*Checked
	op event.Op
}

// fate works out e: op is a constant, an insert has no image before, a delete
// none after.
func (c specialized) fate(e ast.Expr) fate {
	if r, ok := c.reads[e.ID()]; ok && e.Kind() == ast.SelectKind {
		return c.fateOfRead(r)
	}
	if c.closed(e) {
		return fate{val: c.constant(e)}
	}
	if e.Kind() == ast.ComprehensionKind {
		return fate{fails: c.fate(e.AsComprehension().IterRange()).fails}
	}
	if e.Kind() == ast.CallKind {
		args := e.AsCall().Args()
		switch e.AsCall().FunctionName() {
		case operators.LogicalOr:
			return c.fateOfLogic(args, true)
		case operators.LogicalAnd:
			return c.fateOfLogic(args, false)
		case operators.LogicalNot:
			return c.fateOfNot(args[0])
		case operators.Conditional:
			return c.fateOfChoice(args)
		case "orValue", "hasValue":
			if f, ok := c.fateOfOptional(e.AsCall()); ok {
				return f
			}
		case "coalesce":
			if first := c.fate(args[0]); first.val == types.NullValue {
				return c.fate(args[1])
			} else if first.fails != nil {
				return first
			}
			return fate{}
		}
	}
	for _, child := range childrenOf(e) {
		if f := c.fate(child); f.fails != nil {
			return f
		}
	}
	return fate{}
}

func (c specialized) fateOfRead(r read) fate {
	noBefore := c.op != event.OpUpdate && c.op != event.OpDelete
	noAfter := c.op == event.OpDelete || c.op == event.OpTruncate
	switch r.kind {
	case rowBefore:
		return fateOfImage(r, noBefore)
	case rowAfter:
		return fateOfImage(r, noAfter)
	case rowRow, rowKey:
		return fateOfImage(r, noBefore && noAfter)
	case rowOld:
		if noBefore {
			return fate{val: types.NullValue}
		}
	case rowChanged:
		if c.op != event.OpUpdate {
			return fate{val: types.False}
		}
	case rowMissing:
		return c.fateOfMissing(r, noBefore, noAfter)
	case rowSource:
		if r.name == "snapshot" && r.manner == strict && c.op != event.OpRead {
			return fate{val: types.String(streamed)}
		}
	default: // known when the rule is bound, or row by row
	}
	return fate{}
}

func fateOfImage(r read, missing bool) fate {
	switch {
	case !missing:
		return fate{}
	case r.manner == optional:
		return fate{val: types.OptionalNone}
	case r.manner == lenient:
		return fate{val: types.NullValue}
	default:
		return fate{fails: &r}
	}
}

func (c specialized) fateOfMissing(r read, noBefore, noAfter bool) fate {
	switch {
	case r.name == "after":
		return fate{val: types.Bool(noAfter)}
	case r.name == "row" || r.name == "key":
		return fate{val: types.Bool(noBefore && noAfter)}
	case r.name == "before" && c.op != event.OpUpdate:
		return fate{val: types.Bool(noBefore)}
	}
	return fate{}
}

// fateOfOptional is that of target.orValue(other) and target.hasValue().
func (c specialized) fateOfOptional(call ast.CallExpr) (fate, bool) {
	if !call.IsMemberFunction() || len(call.Args()) > 1 {
		return fate{}, false
	}
	target := c.fate(call.Target())
	switch {
	case target.fails != nil:
		return target, true
	case target.val != types.OptionalNone:
		return fate{}, target.val == nil
	case call.FunctionName() == "orValue" && len(call.Args()) == 1:
		return c.fate(call.Args()[0]), true
	default:
		return fate{val: types.False}, len(call.Args()) == 0
	}
}

// fateOfLogic is that of || (decides: true) or && (decides: false): one operand
// with the deciding value settles it, even beside one that fails.
func (c specialized) fateOfLogic(args []ast.Expr, decides bool) fate {
	var failed *read
	open := false
	for _, a := range args {
		f := c.fate(a)
		switch {
		case f.isBool(decides):
			return f
		case f.fails != nil && failed == nil:
			failed = f.fails
		case f.fails == nil && !f.isBool(!decides):
			open = true // unknown, or NULL
		}
	}
	switch {
	case open:
		return fate{}
	case failed != nil:
		return fate{fails: failed}
	default:
		return fate{val: types.Bool(!decides)}
	}
}

// risk returns a read in e that fails on every row and makes e fail with it
// unless another part of e decides; nil when there is none.
func (c specialized) risk(e ast.Expr) *read {
	f := c.fate(e)
	if f.fails != nil || f.val != nil {
		return f.fails
	}
	if e.Kind() != ast.CallKind {
		return nil
	}
	switch e.AsCall().FunctionName() {
	case operators.LogicalOr, operators.LogicalAnd, operators.LogicalNot:
		for _, a := range e.AsCall().Args() {
			if r := c.risk(a); r != nil {
				return r
			}
		}
	}
	return nil
}

func (c specialized) fateOfNot(arg ast.Expr) fate {
	f := c.fate(arg)
	if b, ok := f.val.(types.Bool); ok {
		return fate{val: !b}
	}
	return fate{fails: f.fails}
}

func (c specialized) fateOfChoice(args []ast.Expr) fate {
	test := c.fate(args[0])
	switch {
	case test.fails != nil:
		return test
	case test.isBool(true):
		return c.fate(args[1])
	case test.isBool(false):
		return c.fate(args[2])
	}
	yes, no := c.fate(args[1]), c.fate(args[2])
	if yes.fails != nil && no.fails != nil {
		return yes
	}
	return fate{}
}

// closed reports whether e reads nothing of the row and no variable but op.
func (c *Checked) closed(e ast.Expr) bool {
	if e.Kind() == ast.SelectKind {
		if _, ok := c.reads[e.ID()]; ok {
			return false
		}
	}
	if e.Kind() == ast.IdentKind {
		// Types are constants, other names are variables of comprehensions.
		return e.AsIdent() == "op" || c.ast.GetType(e.ID()).Kind() == types.TypeKind
	}
	if e.Kind() == ast.ComprehensionKind {
		return c.closed(e.AsComprehension().IterRange()) && !c.readsRow(e)
	}
	for _, child := range childrenOf(e) {
		if !c.closed(child) {
			return false
		}
	}
	return true
}

func (c *Checked) readsRow(e ast.Expr) bool {
	if _, ok := c.reads[e.ID()]; ok && e.Kind() == ast.SelectKind {
		return true
	}
	return slices.ContainsFunc(childrenOf(e), c.readsRow)
}

// constant evaluates a closed expression; nil when it has no value.
func (c specialized) constant(e ast.Expr) ref.Val {
	if v := c.operation(e); v != nil {
		return v
	}
	prog, err := c.program(e)
	if err != nil {
		return nil
	}
	v, _, err := prog.Eval(&activation{row: &event.Row{Op: c.op}})
	if err != nil || types.IsError(v) {
		return nil
	}
	return v
}

// operation evaluates what most conditions ask of the operation, op == "c" and op in
// ["c", "r"], without planning a program; nil when it is something else.
func (c specialized) operation(e ast.Expr) ref.Val {
	switch e.Kind() {
	case ast.LiteralKind:
		return e.AsLiteral()
	case ast.IdentKind:
		if e.AsIdent() == "op" {
			return opText(c.op)
		}
		return nil
	case ast.CallKind:
	default:
		return nil
	}
	args := e.AsCall().Args()
	switch e.AsCall().FunctionName() {
	case operators.Equals, operators.NotEquals:
		a, b := c.operation(args[0]), c.operation(args[1])
		if a == nil || b == nil {
			return nil
		}
		same := types.Equal(a, b) == types.True
		return types.Bool(same == (e.AsCall().FunctionName() == operators.Equals))
	case operators.In:
		return c.among(c.operation(args[0]), args[1])
	case "decimal":
		if isText(args[0]) {
			return decimalOf(args[0].AsLiteral())
		}
	}
	return nil
}

func (c specialized) among(a ref.Val, list ast.Expr) ref.Val {
	if a == nil || list.Kind() != ast.ListKind || len(list.AsList().OptionalIndices()) > 0 {
		return nil
	}
	found := types.False
	for _, item := range list.AsList().Elements() {
		b := c.operation(item)
		if b == nil {
			return nil
		}
		if types.Equal(a, b) == types.True {
			found = types.True
		}
	}
	return found
}

// program plans e alone as a CEL program.
func (c *Checked) program(e ast.Expr) (prog cel.Program, err error) {
	part := ast.NewCheckedAST(ast.NewAST(e, c.ast.SourceInfo()), c.ast.TypeMap(), c.ast.ReferenceMap())
	opts := append(c.fitting(e), cel.EvalOptions(cel.OptOptimize), c.meter())
	if c.limited {
		opts = append(opts, cel.CostTracking(rowCosts{c.lang.counted}), cel.CostLimit(maxRowCost))
	}
	c.lang.within(c.table, func(env *cel.Env) { prog, err = env.PlanProgram(part, opts...) })
	return prog, err
}
