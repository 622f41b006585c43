package expr

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"cdc/event"
	"cdc/transform/rulefile"
)

// rewriter brings a parsed condition to the form in which every look at the row
// is a field of one of the variables, and refuses what can't be compiled to
// column indexes:
//
//	after["order id"]   becomes  the field "order id" of after
//	changed("status")   becomes  the field status of @changed, a bool
//	old("status")       becomes  the field status of @old
//	before == null      becomes  the field before of @missing, a bool
//	has(after.status)   becomes  after != null && after.status != null
type rewriter struct {
	*rulefile.Report
	cond  *rulefile.Expr
	info  *ast.SourceInfo
	f     ast.ExprFactory
	next  int64 // the next free expression id
	root  ast.Expr
	reads map[int64]read
}

func newRewriter(c *rulefile.Expr, a *ast.AST, rep *rulefile.Report) *rewriter {
	w := &rewriter{Report: rep, cond: c, info: a.SourceInfo(), f: ast.NewExprFactory(), root: a.Expr(), reads: map[int64]read{}}
	for id := range a.IDs() {
		w.next = max(w.next, id)
	}
	return w
}

// newID makes an id for an expression that stands where the one with id at does.
func (w *rewriter) newID(at int64) int64 {
	w.next++
	if o, ok := w.info.GetOffsetRange(at); ok {
		w.info.SetOffsetRange(w.next, o)
	}
	return w.next
}

func (w *rewriter) offset(e ast.Expr) int {
	o, _ := w.info.GetOffsetRange(e.ID())
	return int(o.Start)
}

func (w *rewriter) refuse(e ast.Expr, hint, format string, args ...any) {
	w.Add(w.cond.Place(w.offset(e)), hint, format, args...)
}

// rowIdent returns the variable if e is one that stands for the row.
func rowIdent(e ast.Expr) (string, bool) {
	if e.Kind() != ast.IdentKind {
		return "", false
	}
	name := e.AsIdent()
	return name, name == "before" || name == "after" || name == "source"
}

func (w *rewriter) walk(e ast.Expr) {
	switch e.Kind() {
	case ast.IdentKind:
		if name, ok := rowIdent(e); ok {
			w.refuse(e, "write "+name+`.column, or compare it with null`, "%s can't be used as a whole", name)
		}
	case ast.SelectKind:
		w.field(e)
	case ast.CallKind:
		w.call(e)
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		for _, v := range []string{c.IterVar(), c.IterVar2()} {
			if v == "op" || slices.Contains(variables, v) {
				w.refuse(e, "take another name", "%q is the name of something else already", v)
			}
		}
		w.children(e)
	default:
		w.children(e)
	}
}

// children walks the parts of e.
func (w *rewriter) children(e ast.Expr) {
	for _, c := range childrenOf(e) {
		w.walk(c)
	}
}

// childrenOf returns the parts of e, in order.
func childrenOf(e ast.Expr) []ast.Expr {
	switch e.Kind() {
	case ast.SelectKind:
		return []ast.Expr{e.AsSelect().Operand()}
	case ast.CallKind:
		c := e.AsCall()
		if c.IsMemberFunction() {
			return append([]ast.Expr{c.Target()}, c.Args()...)
		}
		return c.Args()
	case ast.ListKind:
		return e.AsList().Elements()
	case ast.MapKind:
		var list []ast.Expr
		for _, entry := range e.AsMap().Entries() {
			list = append(list, entry.AsMapEntry().Key(), entry.AsMapEntry().Value())
		}
		return list
	case ast.StructKind:
		var list []ast.Expr
		for _, f := range e.AsStruct().Fields() {
			list = append(list, f.AsStructField().Value())
		}
		return list
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		return []ast.Expr{c.IterRange(), c.AccuInit(), c.LoopCondition(), c.LoopStep(), c.Result()}
	default:
		return nil
	}
}

// field looks at x.name and has(x.name).
func (w *rewriter) field(e ast.Expr) {
	sel := e.AsSelect()
	name, ok := rowIdent(sel.Operand())
	switch {
	case sel.IsTestOnly() && (!ok || name == "source"):
		w.refuse(e, "", "has() is for a column: has(after.column)")
	case sel.IsTestOnly():
		w.has(e, name, sel.FieldName())
	case !ok:
		w.children(e)
	default:
		w.reads[e.ID()] = read{kind: kindOfVariable(name), name: sel.FieldName(), offset: w.offset(e) + 1}
		w.checkSource(e)
	}
}

func (w *rewriter) checkSource(e ast.Expr) {
	r := w.reads[e.ID()]
	if r.kind == rowSource && !slices.Contains(sourceFields, r.name) {
		w.Add(w.cond.Place(r.offset), rulefile.DidYouMean(r.name, sourceFields), "source has table, db and schema, and no %q", rulefile.Printable(r.name))
	}
}

func kindOfVariable(name string) rowKind { return rowKind(slices.Index(variables, name)) }

// has turns has(image.column) into image != null && image.column != null.
func (w *rewriter) has(e ast.Expr, image, column string) {
	at := e.ID()
	missing := w.f.NewSelect(w.newID(at), w.f.NewIdent(w.newID(at), "@missing"), image)
	w.reads[missing.ID()] = read{kind: rowMissing, name: image, offset: w.offset(e)}
	col := w.f.NewSelect(w.newID(at), w.f.NewIdent(w.newID(at), image), column)
	w.reads[col.ID()] = read{kind: kindOfVariable(image), name: column, offset: w.offset(e)}
	there := w.f.NewCall(w.newID(at), operators.LogicalNot, missing)
	set := w.f.NewCall(w.newID(at), operators.NotEquals, col, w.f.NewLiteral(w.newID(at), types.NullValue))
	e.SetKindCase(w.f.NewCall(at, operators.LogicalAnd, there, set))
}

func (w *rewriter) call(e ast.Expr) {
	c := e.AsCall()
	args := c.Args()
	switch name := c.FunctionName(); {
	case (name == "changed" || name == "old") && !c.IsMemberFunction():
		w.function(e, name, args)
	case name == operators.Index && len(args) == 2:
		w.index(e, args[0], args[1])
	case (name == operators.Equals || name == operators.NotEquals) && len(args) == 2 && w.nullTest(e, name, args):
	case name == "decimal" && len(args) == 1 && isText(args[0]):
		if s, _ := args[0].AsLiteral().Value().(string); s != "" {
			if _, ok := parseDecimal(s); ok {
				return
			}
		}
		w.refuse(args[0], `for example decimal("12.50")`, "not a decimal number")
	default:
		w.children(e)
	}
}

func isText(e ast.Expr) bool {
	return e.Kind() == ast.LiteralKind && e.AsLiteral().Type() == types.StringType
}

func (w *rewriter) function(e ast.Expr, name string, args []ast.Expr) {
	if len(args) != 1 || !isText(args[0]) {
		w.refuse(e, "write "+name+`("status")`, "%s takes the name of a column, in quotes", name)
		return
	}
	column, _ := args[0].AsLiteral().Value().(string)
	w.reads[e.ID()] = read{kind: kindOfVariable("@" + name), name: column, offset: w.offset(args[0]) + 1}
	e.SetKindCase(w.f.NewSelect(e.ID(), w.f.NewIdent(w.newID(e.ID()), "@"+name), column))
}

func (w *rewriter) index(e, operand, key ast.Expr) {
	name, ok := rowIdent(operand)
	if !ok {
		w.children(e)
		return
	}
	if !isText(key) {
		w.refuse(key, `write `+name+`["column"]`, "the name of a column must be written out, in quotes")
		return
	}
	column, _ := key.AsLiteral().Value().(string)
	w.reads[e.ID()] = read{kind: kindOfVariable(name), name: column, offset: w.offset(key) + 1}
	w.checkSource(e)
	e.SetKindCase(w.f.NewSelect(e.ID(), operand, column))
}

// nullTest turns a comparison of a whole image with null into a field of
// @missing, and reports whether e was one.
func (w *rewriter) nullTest(e ast.Expr, op string, args []ast.Expr) bool {
	a, b := args[0], args[1]
	if isNull(a) {
		a, b = b, a
	}
	name, ok := rowIdent(a)
	if !ok || name == "source" || !isNull(b) {
		return false
	}
	id := e.ID()
	if op == operators.NotEquals {
		id = w.newID(e.ID())
	}
	test := w.f.NewSelect(id, w.f.NewIdent(w.newID(e.ID()), "@missing"), name)
	w.reads[id] = read{kind: rowMissing, name: name, offset: w.offset(a)}
	if op == operators.NotEquals {
		test = w.f.NewCall(e.ID(), operators.LogicalNot, test)
	}
	e.SetKindCase(test)
	return true
}

func isNull(e ast.Expr) bool {
	return e.Kind() == ast.LiteralKind && e.AsLiteral() == types.NullValue
}

// bind checks the columns against the table and makes the numbers beside a
// column numbers of the column's type.
func (w *rewriter) bind(s *event.Schema) {
	ids := make([]int64, 0, len(w.reads))
	for id := range w.reads {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		if r := w.reads[id]; r.isColumn() {
			CheckColumn(w.Report, w.cond.Place(r.offset), s, r.name)
		}
	}
	w.adapt(w.root, s)
}

// CheckColumn reports a column that the table doesn't have.
func CheckColumn(rep *rulefile.Report, at rulefile.Place, s *event.Schema, name string) *event.Column {
	c := s.Column(name)
	if c == nil {
		names := make([]string, len(s.Columns))
		for i := range s.Columns {
			names[i] = s.Columns[i].Name
		}
		hint := rulefile.DidYouMean(name, names)
		if hint == "" && len(names) <= 12 {
			hint = "it has " + joinNames(names)
		}
		rep.Add(at, hint, "table %s has no column %q", s.Name(), rulefile.Printable(name))
	}
	return c
}
