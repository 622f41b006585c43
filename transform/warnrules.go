package transform

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"cdc/transform/rulefile"
)

// comparison is column == constant.
var comparison = regexp.MustCompile(`\A\(?\s*([\w.]+)\s*==\s*("[^"]*"|'[^']*'|-?[\d.]+|true|false|null)\s*\)?\z`)

// contradiction finds a conjunction that asks the same column to be two things, and
// says so; empty when there is none.
func contradiction(text string) string {
	if strings.Contains(text, "||") || strings.Contains(text, "?") {
		return ""
	}
	want := map[string]string{}
	for part := range strings.SplitSeq(text, "&&") {
		m := comparison.FindStringSubmatch(strings.TrimSpace(part))
		if m == nil {
			continue
		}
		constant := strings.ReplaceAll(m[2], "'", `"`)
		if other, there := want[m[1]]; there && other != constant {
			return fmt.Sprintf("%s is not both %s and %s", rulefile.Printable(m[1]), rulefile.Printable(other), rulefile.Printable(constant))
		}
		want[m[1]] = constant
	}
	return ""
}

// warnContinue finds a rule that lets rows go on to no rule.
func (p *Program) warnContinue(i int, r *rule, rep *rulefile.Report) {
	if !r.Continue {
		return
	}
	for _, later := range p.rules[i+1:] {
		if later.On&r.On != 0 && (covers(later.Tables, r.Tables) || covers(r.Tables, later.Tables) || mayOverlap(r, later)) {
			return
		}
	}
	rep.Add(r.At, `take "continue" out, or put the rule before those that shall see its rows`, "rule %q continues, and no later rule takes a row that it takes", r.Name)
}

// mayOverlap reports whether some table may be named by both rules.
func mayOverlap(a, b *rule) bool {
	wild := func(r *rule) bool {
		return slices.ContainsFunc(r.Tables.Patterns(), func(s string) bool { return strings.ContainsAny(s, `*?[/`) })
	}
	return wild(a) || wild(b)
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
