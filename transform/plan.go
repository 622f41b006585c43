package transform

import (
	"cdc/event"
	"cdc/transform/expr"
	"cdc/transform/rulefile"
)

// plan is what becomes of the rows of one table version.
type plan struct {
	// outputs are, for each operation in the order of rulefile.Ops, what a row may
	// become, in the order in which it is asked.
	outputs [len(rulefile.Ops)][]output
	// want are the values of the image that somebody needs; nil when no row of
	// the table leaves.
	want []bool
}

// output is a rule (or the passing on of what no rule takes) for one operation.
type output struct {
	when   expr.Cond // nil: always
	rule   *rulefile.Rule
	view   *event.Schema
	target *event.Target
	// Of a change of the key: which half doesn't leave, and whether the other one
	// is the only one that is counted.
	noDelete, noCreate, alone bool
	// silent: the row is taken and nothing leaves. A delete of a table without a
	// key has neither key nor value in the row shape.
	silent bool
	// compare are the values that an update must change to leave; nil when it
	// leaves in any case.
	compare []int
}

// bind compiles the program for a table version.
func (p *Program) bind(s *event.Schema) (*plan, error) {
	b := binder{Program: p, schema: s, whole: p.opts.columns(s), plan: &plan{}, need: make([]bool, s.Width)}
	rest := p.fallback
	for _, r := range p.rules {
		if r.Tables.Match(firstName(s), s.Table) {
			rest = r.PassesRest()
			b.rule(r)
		}
	}
	if err := b.Err(); err != nil {
		return nil, err
	}
	if rest {
		b.pass()
	}
	if b.leaves {
		for i := range s.Key {
			b.need[s.Key[i].Ord] = true
		}
		b.plan.want = b.need
	}
	return b.plan, nil
}

// firstName is the first part of the name by which rules know the table.
func firstName(s *event.Schema) string {
	if s.Namespace != "" {
		return s.Namespace
	}
	return s.Database
}

// binder binds the rules of one table version.
type binder struct {
	*Program
	rulefile.Report
	schema *event.Schema
	whole  *event.Schema // the view of all columns that may leave
	plan   *plan
	need   []bool
	leaves bool // some row may leave
}

// pass lets through as it is what no rule takes.
func (b *binder) pass() {
	out := output{view: b.whole, target: b.target("", event.ShapeEnvelope)}
	for i := range rulefile.Ops {
		b.add(i, out)
	}
}

func (b *binder) rule(r *rulefile.Rule) {
	view := b.view(r)
	var when *expr.Checked
	if r.When != nil {
		if when = b.lang.Check(r.When, b.table(), &b.Report); when == nil {
			return
		}
	}
	if len(b.List) > 0 {
		return
	}
	out := output{rule: r, view: view, target: b.target(topicOf(r), shapeOf(r.Emit))}
	b.outputs(r, when, out)
}

// outputs adds the rule to each of its operations. Those for which the
// condition never holds are left out.
func (b *binder) outputs(r *rulefile.Rule, when *expr.Checked, out output) {
	var conds [len(rulefile.Ops)]expr.Cond
	takes := r.On
	for i, op := range rulefile.Ops {
		if when == nil || !takes.Has(i) {
			continue
		}
		c, _, never, _, err := when.Compile(b.table(), op)
		if err != nil {
			b.Add(r.When.Place(0), "", "compile the condition: %s", rulefile.Printable(err.Error()))
			return
		}
		conds[i] = c
		if never {
			takes &^= 1 << i
		}
	}
	out.noDelete = takes&rulefile.Deletes == 0
	for i := range rulefile.Ops {
		if takes.Has(i) {
			out.when = conds[i]
			out.silent = rulefile.Ops[i] == event.OpDelete && out.target.Shape == event.ShapeRow && len(b.schema.Key) == 0
			b.add(i, out)
		}
	}
	if when != nil && takes != 0 {
		b.needReads(when)
	}
}

func (b *binder) add(op int, out output) {
	if b.opts.skips(rulefile.Ops[op]) {
		return
	}
	if rulefile.Ops[op] == event.OpUpdate {
		b.opts.skipHalves(&out)
	}
	out.compare = b.opts.compared(rulefile.Ops[op], b.schema, out.view)
	b.plan.outputs[op] = append(b.plan.outputs[op], out)
	b.leaves = true
	for i := range out.view.Columns {
		b.need[out.view.Columns[i].Ord] = true
	}
}

// table is what expressions know of the table.
func (b *binder) table() *expr.Table {
	return &expr.Table{Schema: b.schema, Topic: b.opts.defaultTopic(b.schema), Name: b.opts.Prefix}
}

func (b *binder) needReads(when *expr.Checked) {
	when.Columns(func(name string) { b.need[b.schema.Column(name).Ord] = true })
}

// view is the table as the rule's consumers see it.
func (b *binder) view(r *rulefile.Rule) *event.Schema {
	if r.Emit != rulefile.EmitFields {
		return b.whole
	}
	columns := make([]event.Column, 0, len(r.Fields))
	for _, f := range r.Fields {
		c := expr.CheckColumn(&b.Report, f.At, b.schema, f.Column)
		if c == nil {
			continue
		}
		if b.whole.Column(f.Column) == nil {
			b.Add(f.At, "take it out here, or let the pipeline's column lists have it", "column %q of table %s is left out by the pipeline's column lists", f.Column, b.schema.Name())
			continue
		}
		renamed := *c
		renamed.Name, renamed.From = f.Output, c.Name
		columns = append(columns, renamed)
	}
	return b.schema.Project(columns)
}

func (b *binder) target(topic string, shape event.Shape) *event.Target {
	if topic == "" {
		topic = b.opts.defaultTopic(b.schema)
	}
	t, _ := b.targets.Get(event.Target{Topic: topic, Shape: shape}) // making one can't fail
	return t
}

func topicOf(r *rulefile.Rule) string {
	if r.Topic == nil {
		return ""
	}
	text, _ := r.Topic.Constant()
	return text
}

func shapeOf(e rulefile.Emit) event.Shape {
	if e == rulefile.EmitEnvelope {
		return event.ShapeEnvelope
	}
	return event.ShapeRow
}
