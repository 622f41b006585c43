package transform

import (
	"fmt"
	"slices"
	"strings"

	"cdc/event"
	"cdc/transform/rulefile"
)

// Explanation says what a program does with the rows of a table.
type Explanation struct {
	// Table is the name by which rules know it, Hash that of the rules, Topic the
	// table's default topic.
	Table, Hash, Topic string
	// Decoded are the columns that somebody needs, Skipped the others; when nothing of
	// the table leaves, all are skipped.
	Decoded, Skipped []string
	// Rules are those that name the table, in order.
	Rules []RuleExplanation
	// Rest says what becomes of rows that no rule takes: they pass as they are, or
	// don't leave.
	Rest string
}

// RuleExplanation says what a rule does with the rows of a table.
type RuleExplanation struct {
	Name  string
	At    rulefile.Place
	Emit  string // the word of "emit"
	When  string // the condition as it was written; empty for none
	OnErr string // what becomes of a row for which the rule fails
	// Continue: later rules see the rows that it takes, too.
	Continue bool
	Ops      []OpExplanation // one for each operation
}

// OpExplanation says what a rule does with an operation.
type OpExplanation struct {
	Op    string // insert, update, delete, snapshot, truncate
	Taken bool
	Why   string // why it isn't taken; empty when it is
	// Condition is how the condition is answered: constant, closure or CEL. Reads are
	// the columns that it reads.
	Condition string
	Reads     []string
	// Records are what leaves; of an update first that of one which leaves the key
	// alone, then what a change of the key makes. None: nothing leaves.
	Records []RecordExplanation
}

// RecordExplanation says what a record is made of.
type RecordExplanation struct {
	Of    string // row, or "old key" and "new key" of a change of the key
	Topic string // a template stands as it was written
	// Schema is what the names of the schemas begin with.
	Schema string
	Shape  string // envelope, row or value; tombstone, null
	// Key, Fields, Headers and PartitionBy are as an encoder sees them.
	Key, Fields, Headers, PartitionBy []FieldExplanation
	Partition                         string // what else chooses the partition
	Steps                             []string
}

// FieldExplanation says what a field is.
type FieldExplanation struct {
	Name, Type string
	From       string             // the column of the table; empty for what a rule makes
	Fields     []FieldExplanation // of a struct
}

// Explain binds the rules to a table and says what they do. The error is that of
// Select.
func (p *Program) Explain(s *event.Schema) (*Explanation, error) {
	b := p.binder(s)
	var list []bound
	b.explained = &list
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
	want, _, err := p.Select(s)
	if err != nil {
		return nil, err
	}
	e := &Explanation{Table: s.Name(), Hash: p.hash, Topic: b.topic, Rest: "don't leave"}
	if rest {
		e.Rest = "pass as they are to " + b.topic
	}
	for i := range s.Columns {
		c := &s.Columns[i]
		if c.Ord < len(want) && want[c.Ord] {
			e.Decoded = append(e.Decoded, c.Name)
		} else {
			e.Skipped = append(e.Skipped, c.Name)
		}
	}
	for i := range list {
		e.Rules = append(e.Rules, p.explainRule(list[:i], &list[i]))
	}
	return e, nil
}

// onErrorWords are the words of "on_error".
var onErrorWords = []string{"fail", "drop", "keep", "dead_letter"}

func (p *Program) explainRule(before []bound, b *bound) RuleExplanation {
	r := b.rule
	e := RuleExplanation{Name: r.Name, At: r.At, Emit: rulefile.EmitWords[r.Emit], OnErr: onErrorWords[r.OnError], Continue: r.Continue}
	if r.When != nil {
		e.When = r.When.Text
	}
	for i, op := range rulefile.Ops {
		o := OpExplanation{Op: rulefile.OpWords[i], Why: p.whyNot(before, b, i)}
		if o.Why == "" {
			o.Taken = true
			o.Condition, o.Reads = b.conds[i].explain()
			o.Records = b.shape.explain(op, i)
		}
		e.Ops = append(e.Ops, o)
	}
	return e
}

// whyNot says why a rule takes no row of an operation; empty when it may.
func (p *Program) whyNot(before []bound, b *bound, op int) string {
	switch {
	case !b.rule.On.Has(op):
		return `not in "on"`
	case p.opts.skips(rulefile.Ops[op]):
		return "the pipeline skips it (events.skipped_operations)"
	case !b.takes.Has(op):
		return "the condition never holds"
	}
	for _, o := range before {
		if !o.rule.Continue && o.takes.Has(op) && o.conds[op].always {
			return fmt.Sprintf("rule %q takes all of it", o.rule.Name)
		}
	}
	return ""
}

// explain says how the condition is answered.
func (c *condition) explain() (how string, reads []string) {
	reads = slices.Compact(slices.Sorted(slices.Values(c.reads)))
	switch {
	case c.always:
		return "constant", nil
	case c.simple:
		return "closure", reads
	default:
		return "CEL", reads
	}
}

// explain says what leaves for an operation.
func (s *shaping) explain(op event.Op, i int) []RecordExplanation {
	out := &s.outs[i]
	if out.make != nil && out.make.unexpected != "" {
		return nil
	}
	m := s.made
	var list []RecordExplanation
	if h := m.halves[i]; h != nil {
		list = s.explainHalf(list, h, "row")
	}
	if op == event.OpUpdate && m.keyed {
		list = s.explainHalf(list, m.gone, "old key")
		list = s.explainHalf(list, m.come, "new key")
	}
	return list
}

func (s *shaping) explainHalf(list []RecordExplanation, h *half, of string) []RecordExplanation {
	if h == nil {
		return list
	}
	for i := range h.leaves {
		l := &h.leaves[i]
		e := RecordExplanation{
			Of: of, Topic: s.explainTopic(l), Schema: l.target.SchemaName(), Shape: shapeWord(l.target, h.role),
			Key: s.explainFields(l.view.Key), Headers: s.explainFields(l.view.Headers), PartitionBy: s.explainFields(l.view.PartitionBy),
			Partition: s.explainPartition(l), Steps: s.explainSteps(h),
		}
		if l.choose != nil && s.base.Name == "" {
			e.Schema = e.Topic
		}
		if e.Shape != "tombstone" {
			e.Fields = s.explainFields(l.view.Columns)
		}
		list = append(list, e)
	}
	return list
}

// shapeWord says what the value of a record is.
func shapeWord(t *event.Target, role event.Op) string {
	shape := [...]string{event.ShapeEnvelope: "envelope", event.ShapeRow: "row", event.ShapeValue: "value"}[t.Shape]
	if role != event.OpDelete {
		return shape
	}
	switch t.Delete {
	case event.DeleteValue:
		return shape
	case event.DeleteBoth:
		return shape + ", then a tombstone"
	case event.DeleteNull:
		return "null with the schema of a " + shape
	case event.DeleteTombstone:
		return "tombstone"
	default:
		if t.Shape == event.ShapeEnvelope {
			return shape + ", then a tombstone if the pipeline writes them"
		}
		return "tombstone"
	}
}

func (s *shaping) explainTopic(l *leaf) string {
	switch {
	case l.choose == nil:
		return l.target.Topic
	case s.rule.Outbox != nil:
		return s.rule.Outbox.TopicReplacement + " of column " + s.rule.Outbox.RouteBy.Text
	case s.routed != nil && s.rule.Topic == nil:
		return "column " + s.routed.Name + ", or " + l.target.Topic
	}
	var b strings.Builder
	for _, p := range s.rule.Topic.Parts {
		if p.Expr != nil {
			fmt.Fprintf(&b, "${%s}", p.Expr.Text)
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

func (s *shaping) explainPartition(l *leaf) string {
	switch {
	case l.partition == nil:
		return ""
	case s.numbered != nil:
		return "column " + s.numbered.Name
	default:
		var names []string
		for _, f := range s.partition.Fields {
			names = append(names, f.Text)
		}
		hash := s.partition.Hash
		if hash == "" {
			hash = "java"
		}
		return fmt.Sprintf("%s hash of %s, of %d", hash, strings.Join(names, ", "), s.partition.Partitions)
	}
}

func (s *shaping) explainFields(columns []event.Column) []FieldExplanation {
	var list []FieldExplanation
	for i := range columns {
		c := &columns[i]
		f := FieldExplanation{Name: c.Name, Fields: s.explainFields(c.Fields)}
		if len(c.Fields) == 0 {
			f.Type = describe(&c.Type)
			if c.Ord < s.schema.Width {
				f.From = c.Source()
			}
		}
		list = append(list, f)
	}
	return list
}

// explainSteps lists what is done for a row.
func (s *shaping) explainSteps(h *half) []string {
	if !s.made.private {
		return []string{"none: the row leaves as it was decoded"}
	}
	var steps []string
	for _, image := range []struct {
		name string
		form *form
	}{{"before", h.before}, {"after", h.after}} {
		f := image.form
		if f == nil {
			continue
		}
		steps = append(steps, fmt.Sprintf("copy %d of %d values of the row %s", len(f.copied), s.schema.Width, image.name))
		for i := range f.values {
			steps = append(steps, f.values[i].verb.what+" "+s.at(f.values[i].ord).Name)
		}
		for i := range f.made {
			steps = append(steps, f.made[i].what+f.made[i].how())
		}
	}
	return steps
}

// how says how an expression is worked out.
func (m *madeStep) how() string {
	switch {
	case m.value == nil:
		return ""
	case m.value.slow:
		return " (CEL)"
	default:
		return " (closure)"
	}
}
