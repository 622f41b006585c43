package expr

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"cdc/event"
	"cdc/transform/rulefile"
)

// rewriter brings a parsed expression to the form in which every look at the row
// is a field of one of the variables, and refuses what can't be compiled to
// column indexes:
//
//	after["order id"]       becomes  the field "order id" of after
//	changed("status")       becomes  the field status of @changed, a bool
//	old("status")           becomes  the field status of @old
//	before == null          becomes  the field before of @missing, a bool
//	has(after.status)       becomes  after != null && after.status != null
//	after.?status           becomes  the field status of @optional after
//	value.after.status      becomes  after.status
//	ts, topic, value.ts_ms  become   fields of @meta
//	is_insert()             becomes  op == "c"
//	coalesce(after.a, b)    becomes  coalesce of the field a of @lenient after, and b
type rewriter struct {
	*rulefile.Report
	lang  *Language
	cond  *rulefile.Expr
	info  *ast.SourceInfo
	f     ast.ExprFactory
	next  int64 // the next free expression id
	root  ast.Expr
	reads map[int64]read
}

func newRewriter(l *Language, c *rulefile.Expr, a *ast.AST, rep *rulefile.Report) *rewriter {
	w := &rewriter{Report: rep, lang: l, cond: c, info: a.SourceInfo(), f: ast.NewExprFactory(), root: a.Expr(), reads: map[int64]read{}}
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

func (w *rewriter) walk(e ast.Expr) {
	w.debezium(e)
	switch e.Kind() {
	case ast.IdentKind:
		w.ident(e)
	case ast.SelectKind:
		w.field(e)
	case ast.CallKind:
		w.call(e)
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		for _, v := range []string{c.IterVar(), c.IterVar2()} {
			if slices.Contains(reserved, v) {
				w.refuse(e, "take another name", "%q is the name of something else already", v)
				return
			}
		}
		w.children(e)
	default:
		w.children(e)
	}
}

func (w *rewriter) ident(e ast.Expr) {
	name, isRow := rowIdent(e)
	switch {
	case name == "source":
		w.refuse(e, "write source.table and so on", "source can't be used as a whole")
	case isRow:
		w.refuse(e, "write "+name+`.column, or compare it with null`, "%s can't be used as a whole", name)
	case name == "value":
		w.refuse(e, "write value.after.column, or after.column", "value can't be used as a whole")
	case name == "ts" || name == "topic":
		w.readAt(e, rowMeta, name)
	}
}

// readAt turns e into a field of the variable for reads of kind k.
func (w *rewriter) readAt(e ast.Expr, k rowKind, name string) {
	w.reads[e.ID()] = read{kind: k, name: name, offset: w.offset(e)}
	e.SetKindCase(w.f.NewSelect(e.ID(), w.f.NewIdent(w.newID(e.ID()), variables[k]), name))
}

// debezium turns value.after into after, value.op into op and so on.
func (w *rewriter) debezium(e ast.Expr) {
	name, key, ok := member(e)
	if !ok || name.Kind() != ast.IdentKind || name.AsIdent() != "value" {
		return
	}
	switch key {
	case "op", "before", "after", "source", "transaction":
		e.SetKindCase(w.f.NewIdent(e.ID(), key))
	case "ts_ms", "ts_us", "ts_ns":
		w.readAt(e, rowMeta, key)
	default:
		w.Add(w.cond.Place(w.offset(e)+1), rulefile.DidYouMean(key, envelopeFields), "an event has no %q: it has %s", rulefile.Printable(key), joinNames(envelopeFields))
		e.SetKindCase(w.f.NewLiteral(e.ID(), types.NullValue)) // said once
	}
}

// member takes x.name, has(x.name) and x["name"] apart.
func member(e ast.Expr) (operand ast.Expr, name string, ok bool) {
	switch {
	case e.Kind() == ast.SelectKind:
		return e.AsSelect().Operand(), e.AsSelect().FieldName(), true
	case e.Kind() == ast.CallKind && e.AsCall().FunctionName() == operators.Index && len(e.AsCall().Args()) == 2 && isText(e.AsCall().Args()[1]):
		return e.AsCall().Args()[0], textOf(e.AsCall().Args()[1]), true
	}
	return nil, "", false
}

func textOf(e ast.Expr) string {
	s, _ := e.AsLiteral().Value().(string)
	return s
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
	if _, ok := w.reads[e.ID()]; ok {
		return
	}
	sel := e.AsSelect()
	w.debezium(sel.Operand())
	name, ok := rowIdent(sel.Operand())
	switch {
	case !ok:
		w.children(e)
	case sel.IsTestOnly() && (name == "source" || name == "transaction"):
		w.refuse(e, "write "+name+"."+sel.FieldName()+" != null", "has() is for a column: has(after.column)")
	case sel.IsTestOnly():
		w.has(e, name, sel.FieldName())
	default:
		w.reads[e.ID()] = read{kind: kindOfVariable(name), name: sel.FieldName(), offset: w.offset(e) + 1}
		w.checkField(e)
	}
}

// checkField refuses fields that source and transaction have in no event.
func (w *rewriter) checkField(e ast.Expr) {
	r := w.reads[e.ID()]
	var known []string
	switch r.kind {
	case rowSource:
		known = slices.Concat(commonSource, postgresSource, mysqlSource)
	case rowTransaction:
		known = txFields
	default:
		return
	}
	if !slices.Contains(known, r.name) {
		hint := rulefile.DidYouMean(r.name, known)
		if hint == "" {
			hint = "it has " + joinNames(known)
		}
		w.Add(w.cond.Place(r.offset), hint, "%s has no field %q", variables[r.kind], rulefile.Printable(r.name))
	}
}

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

// nullTest turns a comparison of a whole image with null into a field of
// @missing, and reports whether e was one.
func (w *rewriter) nullTest(e ast.Expr, op string, args []ast.Expr) bool {
	a, b := args[0], args[1]
	if isNull(a) {
		a, b = b, a
	}
	w.debezium(a)
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
func (w *rewriter) bind(t *Table) {
	ids := make([]int64, 0, len(w.reads))
	for id := range w.reads {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		switch r := w.reads[id]; {
		case r.kind == rowKey:
			w.checkKey(t, r)
		case r.isColumn():
			w.checkColumn(r, t)
		case r.kind == rowSource:
			w.checkSource(t, r)
		}
	}
	w.adapt(w.root, t)
}

func (w *rewriter) checkKey(t *Table, r read) {
	if t.column(rowKey, r.name) == nil {
		w.Add(w.cond.Place(r.offset), "write row."+rulefile.Printable(r.name)+" for a column of the row",
			"the key of table %s has no column %q: it is %s", t.Schema.Name(), rulefile.Printable(r.name), t.Schema.KeyNames())
	}
}

// checkSource refuses a field that only another connector has.
func (w *rewriter) checkSource(t *Table, r read) {
	if _, ok := t.source(r.name); !ok {
		own := mysqlSource
		if t.postgres() {
			own = postgresSource
		}
		w.Add(w.cond.Place(r.offset), "it has "+joinNames(slices.Concat(commonSource, own)),
			"the source of a %s event has no %q", t.connector(), rulefile.Printable(r.name))
	}
}

// checkColumn reports a column that the table doesn't have, or that a rule keeps from
// expressions.
func (w *rewriter) checkColumn(r read, t *Table) {
	if t.Gone != nil && t.Schema.Column(r.name) == nil {
		if why, mend, ok := t.Gone(r.name); ok {
			w.Add(w.cond.Place(r.offset), mend, "column %q of table %s %s", rulefile.Printable(r.name), t.Schema.Name(), why)
			return
		}
	}
	CheckColumn(w.Report, w.cond.Place(r.offset), t.Schema, r.name)
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
