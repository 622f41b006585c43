package transform

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"cdc/transform/rulefile"
)

// warnContinue finds a rule that lets rows go on to no rule.
func (p *Program) warnContinue(r *rule, all *relations, rep *rulefile.Report) {
	if !r.Continue {
		return
	}
	list, every := all.sharing(r)
	if every {
		list = all.everything()
	}
	at, _ := slices.BinarySearch(list, r.index+1)
	why := ""
	for _, i := range list[at:] {
		later := p.rules[i]
		if later.On&r.On == 0 {
			continue
		}
		if !all.work.spend() {
			return
		}
		against := ""
		if r.facts != nil && later.facts != nil {
			against = r.facts.Wants.Against(later.facts.Wants)
		}
		if against == "" {
			return
		}
		if why == "" {
			why = fmt.Sprintf(" (of rule %q: %s)", later.Name, against)
		}
	}
	rep.Add(r.At, `take "continue" out, or put the rule before those that shall see its rows`, "rule %q continues, and no later rule takes a row that it takes%s", r.Name, why)
}

// warnVoid finds columns that a rule changes though nothing of them leaves.
func (p *Program) warnVoid(r *rule, rep *rulefile.Report) {
	for i := range r.Changes {
		c := &r.Changes[i]
		if r.OnError == rulefile.OnErrorDeadLetter && c.Verb != rulefile.VerbCast {
			continue // it counts there
		}
		if !r.shows(c.Column.Text) {
			rep.Add(c.Column.At, "take it out", "%s of column %q has no effect: nothing of it leaves by rule %q", rulefile.VerbWords[c.Verb], c.Column.Text, r.Name)
		}
	}
}

// shows reports whether a column may leave by the rule, as far as its text tells.
func (r *rule) shows(column string) bool {
	dropped := slices.ContainsFunc(r.Drop, func(n rulefile.Name) bool { return n.Text == column })
	if r.Emit == rulefile.EmitFields {
		dropped = !hasColumn(r.Fields, column)
	}
	if !dropped || r.Emit == rulefile.EmitOutbox {
		return true
	}
	return r.readsElsewhere(column)
}

func hasColumn(fields []rulefile.Field, column string) bool {
	return slices.ContainsFunc(fields, func(f rulefile.Field) bool { return f.Column == column || hasColumn(f.Fields, column) })
}

// readsElsewhere reports whether key, partition, time, flatten or some expression may
// use a column.
func (r *rule) readsElsewhere(column string) bool {
	if r.Key == nil || hasColumn(r.Key.Columns, column) {
		return true // the table's key may have it
	}
	if part := r.Partition; part != nil {
		for _, n := range append(slices.Clone(part.Columns), part.Fields...) {
			if strings.HasSuffix(n.Text, column) {
				return true
			}
		}
		if part.Value != nil && part.Value.Text == column {
			return true
		}
	}
	if r.Timestamp != nil && r.Timestamp.Text == column {
		return true
	}
	if slices.ContainsFunc(r.Flatten, func(f rulefile.Flatten) bool { return f.Column.Text == column }) {
		return true
	}
	return strings.Contains(r.expressions(), column)
}

// expressions is the text of all output expressions.
func (r *rule) expressions() string {
	var b strings.Builder
	for _, c := range r.Computed {
		b.WriteString(c.Expr.Text + "\n")
	}
	for _, h := range r.Headers {
		if h.Expr != nil {
			b.WriteString(h.Expr.Text + "\n")
		}
	}
	if r.Topic != nil {
		for _, p := range r.Topic.Parts {
			if p.Expr != nil {
				b.WriteString(p.Expr.Text + "\n")
			}
		}
	}
	return b.String()
}

// warnSecrets finds secrets that only test_env has.
func (p *Program) warnSecrets(r *rule, rep *rulefile.Report) {
	for i := range r.Changes {
		ref := r.Changes[i].Secret
		if ref == nil || ref.Env == "" || p.secrets == nil {
			continue
		}
		if _, test := p.secrets.test[ref.Env]; !test {
			continue
		}
		if v, there := os.LookupEnv(ref.Env); !there || v == "" {
			rep.Add(ref.At, "export it where cdc runs", "the secret %s is in test_env alone, which a running pipeline doesn't read", rulefile.Printable(ref.Env))
		}
	}
}
