package transform

import (
	"cdc/event"
)

// plan is what becomes of the rows of one table version.
type plan struct {
	// outputs are, for each operation in the order of ops, what a row may
	// become, in the order in which it is asked.
	outputs [len(ops)][]output
	// want are the values of the image that somebody needs; nil when no row of
	// the table leaves.
	want []bool
}

// output is a rule (or the passing on of what no rule takes) for one operation.
type output struct {
	when   cond // nil: always
	rule   *rule
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
		if r.tables.Match(firstName(s), s.Table) {
			rest = r.passesRest()
			b.rule(r)
		}
	}
	if err := b.err(); err != nil {
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
	report
	schema *event.Schema
	whole  *event.Schema // the view of all columns that may leave
	plan   *plan
	need   []bool
	leaves bool // some row may leave
}

// pass lets through as it is what no rule takes.
func (b *binder) pass() {
	out := output{view: b.whole, target: b.target("", event.ShapeEnvelope)}
	for i := range ops {
		b.add(i, out)
	}
}

func (b *binder) rule(r *rule) {
	view := b.view(r)
	var when *checked
	if r.when != nil {
		env, err := b.lang.with(fieldsOf(b.schema))
		if err != nil {
			b.report.add(r.at, "", "set up CEL: %s", err)
			return
		}
		if when = r.when.check(b.lang, env, b.schema, &b.report); when == nil {
			return
		}
	}
	if len(b.list) > 0 {
		return
	}
	out := output{rule: r, view: view, target: b.target(r.topic, shapeOf(r.emit))}
	b.outputs(r, when, out)
}

// outputs adds the rule to each of its operations. Those for which the
// condition never holds are left out.
func (b *binder) outputs(r *rule, when *checked, out output) {
	var conds [len(ops)]cond
	takes := r.on
	for i, op := range ops {
		if when == nil || !takes.has(i) {
			continue
		}
		c, known, _, err := compileCond(when, b.schema, op)
		if err != nil {
			b.report.add(r.when.place(0), "", "compile the condition: %s", printable(err.Error()))
			return
		}
		conds[i] = c
		if known.isBool(false) {
			takes &^= 1 << i
		}
	}
	out.noDelete = takes&deletes == 0
	for i := range ops {
		if takes.has(i) {
			out.when = conds[i]
			out.silent = ops[i] == event.OpDelete && out.target.Shape == event.ShapeRow && len(b.schema.Key) == 0
			b.add(i, out)
		}
	}
	if when != nil && takes != 0 {
		b.needReads(when)
	}
}

func (b *binder) add(op int, out output) {
	if b.opts.skips(ops[op]) {
		return
	}
	if ops[op] == event.OpUpdate {
		b.opts.skipHalves(&out)
	}
	out.compare = b.opts.compared(ops[op], b.schema, out.view)
	b.plan.outputs[op] = append(b.plan.outputs[op], out)
	b.leaves = true
	for i := range out.view.Columns {
		b.need[out.view.Columns[i].Ord] = true
	}
}

func (b *binder) needReads(when *checked) {
	for _, r := range when.reads {
		if r.isColumn() {
			b.need[b.schema.Column(r.name).Ord] = true
		}
	}
}

// view is the table as the rule's consumers see it.
func (b *binder) view(r *rule) *event.Schema {
	if r.emit != emitFields {
		return b.whole
	}
	columns := make([]event.Column, 0, len(r.fields))
	for _, f := range r.fields {
		c := checkColumn(&b.report, f.at, b.schema, f.column)
		if c == nil {
			continue
		}
		if b.whole.Column(f.column) == nil {
			b.report.add(f.at, "take it out here, or let the pipeline's column lists have it", "column %q of table %s is left out by the pipeline's column lists", f.column, b.schema.Name())
			continue
		}
		renamed := *c
		renamed.Name = f.output
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

func shapeOf(e emit) event.Shape {
	if e == emitEnvelope {
		return event.ShapeEnvelope
	}
	return event.ShapeRow
}
