package transform

import (
	"fmt"

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
	when expr.Cond // nil: always
	rule *rule     // nil: what no rule takes
	// proceed: later outputs see the row too. rest: it takes only rows that none
	// before it took.
	proceed, rest bool
	// make makes what leaves; nil: one out of the row's own images.
	make   *maker
	view   *event.Schema
	target *event.Target
	halves
	// silent: the row is taken and nothing leaves.
	silent bool
	// compare and changes are the values that an update must change to leave: for the
	// pipeline, and for the rule; nil when it leaves in any case.
	compare, changes []int
	dead             *grave // where rows go for which the rule fails; nil: nowhere
}

// bind compiles the program for a table version.
func (p *Program) bind(s *event.Schema) (*plan, error) {
	b := p.binder(s)
	rest := p.fallback
	for _, r := range p.rules {
		if r.Tables.Match(s.Space(), s.Table) {
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

func (p *Program) binder(s *event.Schema) *binder {
	b := &binder{Program: p, schema: s, whole: p.opts.columns(s), plan: &plan{}, need: make([]bool, s.Width)}
	b.topic = p.opts.defaultTopic(s)
	b.raw = b.input(s.Columns, s.Key)
	return b
}

// binder binds the rules of one table version.
type binder struct {
	*Program
	rulefile.Report
	schema *event.Schema
	whole  *event.Schema // the view of all columns that may leave
	topic  string        // the table's default topic
	raw    *expr.Table   // what conditions see
	plan   *plan
	need   []bool
	leaves bool // some row may leave
	// explained are the rules as they were bound, for who asks; nil: nobody does.
	explained *[]bound
}

// bound is a rule bound to the table.
type bound struct {
	rule  *rule
	shape *shaping // nil when it takes no row
	conds [len(rulefile.Ops)]condition
	takes rulefile.OpSet
}

// input is what expressions see of a table with the given columns.
func (b *binder) input(columns, key []event.Column) *expr.Table {
	s := b.schema.Project(columns)
	s.Key = key
	return &expr.Table{Schema: s, Topic: b.topic, Connector: b.opts.Connector, Name: b.opts.Prefix, Version: b.opts.Version}
}

// pass lets through as it is what no rule takes.
func (b *binder) pass() {
	out := output{rest: true, view: b.whole, target: b.target(event.Target{Topic: b.topic})}
	b.topicUse.note(nil, b.schema.Name(), b.topic, out.view, out.target)
	for i := range rulefile.Ops {
		b.add(i, out)
	}
}

// rule binds one rule that names the table.
func (b *binder) rule(r *rule) {
	errs := len(b.List)
	var when *expr.Checked
	if r.When != nil {
		if when = b.lang.Check(r.When, b.raw, &b.Report); when == nil {
			return
		}
	}
	conds, takes := b.conditions(r, when)
	var s *shaping
	if takes != 0 && len(b.List) == errs {
		s = b.shape(r, takes)
		s.refuseStatement()
	}
	if b.explained != nil {
		*b.explained = append(*b.explained, bound{rule: r, shape: s, conds: conds, takes: takes})
	}
	if s == nil || len(b.List) > errs {
		return
	}
	for i := range rulefile.Ops {
		if !takes.Has(i) {
			continue
		}
		out := s.output(i)
		out.rule, out.when, out.proceed = r, conds[i].when, r.Continue
		if s.where == nil && out.view != nil {
			b.topicUse.note(r, b.schema.Name(), b.topic, out.view, &s.base)
		}
		b.add(i, out)
	}
	if when != nil {
		when.Columns(func(name string) { b.need[b.schema.Column(name).Ord] = true })
	}
}

// condition is that of a rule for one operation.
type condition struct {
	when expr.Cond
	// always: it holds for every row. simple: no part of it runs in the interpreter.
	// reads are the columns that it reads.
	always, simple bool
	reads          []string
}

// conditions compiles the condition for each operation that the rule takes. Those for
// which it never holds are left out.
func (b *binder) conditions(r *rule, when *expr.Checked) (list [len(rulefile.Ops)]condition, takes rulefile.OpSet) {
	takes = r.On
	for i, op := range rulefile.Ops {
		if !takes.Has(i) {
			continue
		}
		if when == nil {
			list[i] = condition{always: true, simple: true}
			continue
		}
		c, always, never, simple, err := when.Compile(b.raw, op)
		if err != nil {
			b.Add(r.When.Place(0), "", "compile the condition: %s", rulefile.Printable(err.Error()))
			return list, 0
		}
		list[i] = condition{when: c, always: always, simple: simple}
		when.Columns(func(name string) { list[i].reads = append(list[i].reads, name) })
		if never {
			takes &^= 1 << i
			continue
		}
		if trap := when.Unlogged(op); trap != nil {
			b.Add(trap.At, trap.Mend+fmt.Sprintf("; or keep the rule from %ss: op != %q && ...", rulefile.OpWords[i], string(op)),
				"%s isn't in the log of table %s, so the rule would stop the pipeline at the first %s", trap.Read, b.schema.Name(), rulefile.OpWords[i])
			return list, 0
		}
	}
	return list, takes
}

func (b *binder) add(op int, out output) {
	if b.opts.skips(rulefile.Ops[op]) {
		return
	}
	if rulefile.Ops[op] == event.OpUpdate && out.make == nil {
		out.halves = b.opts.skipHalves(out.halves)
	}
	if out.make == nil {
		shown := ords(nil, out.view.Columns)
		out.compare = b.opts.compared(rulefile.Ops[op], b.schema, shown)
		b.needs(shown)
	}
	b.plan.outputs[op] = append(b.plan.outputs[op], out)
	b.leaves = true
}

// needs asks for values of the table.
func (b *binder) needs(list []int) {
	for _, ord := range list {
		if ord < len(b.need) {
			b.need[ord] = true
		}
	}
}

// target interns a target.
func (b *binder) target(t event.Target) *event.Target {
	t.Headers = b.headers
	p, _ := b.targets.Get(t) // making one can't fail
	return p
}
