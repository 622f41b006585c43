package transform

import (
	"fmt"
	"slices"
	"strings"

	"cdc/event"
	"cdc/transform/rulefile"
)

// Warnings returns what is allowed and probably not meant, for a pipeline with
// that snapshot mode (initial, no_data, when_needed or initial_only).
func (p *Program) Warnings(snapshotMode string) []*rulefile.Error {
	var rep rulefile.Report
	if snapshotMode != "" && snapshotMode != "no_data" {
		p.warnSnapshot(snapshotMode, &rep)
	}
	for i, r := range p.rules {
		p.warnUnreachable(i, r, &rep)
		p.warnOtherwise(i, r, &rep)
		p.warnCondition(r, &rep)
		p.warnSkipped(r, &rep)
		p.warnContinue(i, r, &rep)
		p.warnVoid(r, &rep)
		p.warnSecrets(r, &rep)
		p.warnTopic(i, r, &rep)
	}
	p.topicUse.report(&rep)
	if len(p.rules) == 0 && !p.fallback {
		rep.Add(p.fallAt, `write "default: pass" or a rule`, `"default: drop" and no rule: nothing will leave`)
	}
	return rep.List
}

// warnSnapshot finds tables whose snapshot rows no rule takes.
func (p *Program) warnSnapshot(mode string, rep *rulefile.Report) {
	var told []string
	for _, r := range p.rules {
		key := strings.Join(r.Tables.Patterns(), ",")
		if slices.Contains(told, key) || p.takesSnapshot(r) {
			continue
		}
		told = append(told, key)
		rep.Add(onOrRule(r), `add snapshot to "on" of a rule, or set the snapshot's mode to no_data`,
			"the snapshot (mode %s) reads %s, and no rule takes its rows", mode, strings.Join(r.Tables.Patterns(), ", "))
	}
}

// takesSnapshot reports whether a rule for the tables of r takes rows of a
// snapshot, as far as the patterns tell.
func (p *Program) takesSnapshot(r *rule) bool {
	return slices.ContainsFunc(p.rules, func(o *rule) bool {
		return (o.On&rulefile.Snapshots != 0 || o.PassesRest()) && (covers(o.Tables, r.Tables) || covers(r.Tables, o.Tables))
	})
}

// warnUnreachable finds a rule whose rows earlier ones always take.
func (p *Program) warnUnreachable(i int, r *rule, rep *rulefile.Report) {
	left, by := r.On, ""
	for _, earlier := range p.rules[:i] {
		if earlier.Continue || !covers(earlier.Tables, r.Tables) || !p.takesAll(earlier, r) {
			continue
		}
		if left&earlier.On != 0 {
			by = earlier.Name
		}
		if left &^= earlier.On; left == 0 {
			rep.Add(r.At, "the first rule that matches wins: put this one before it", "rule %q takes no row, since rule %q takes them all", r.Name, by)
			return
		}
	}
}

// takesAll reports whether the condition of a rule holds for all rows of another one
// that it covers.
func (p *Program) takesAll(earlier, r *rule) bool {
	switch {
	case earlier.When == nil:
		return true
	case r.When != nil && sameCondition(earlier.When.Text, r.When.Text):
		return true
	default:
		return sameCondition(earlier.When.Text, "true")
	}
}

// sameCondition compares two conditions but for the space in them.
func sameCondition(a, b string) bool {
	return strings.Join(strings.Fields(a), " ") == strings.Join(strings.Fields(b), " ")
}

// warnOtherwise finds an "otherwise" that a later rule of the tables makes
// void.
func (p *Program) warnOtherwise(i int, r *rule, rep *rulefile.Report) {
	if r.Otherwise == nil {
		return
	}
	for _, later := range p.rules[i+1:] {
		if covers(later.Tables, r.Tables) {
			rep.Add(r.Otherwise.At, "", `"otherwise" has no effect here: only the last rule of a table says what happens to other rows, and that is %q`, later.Name)
			return
		}
	}
}

// warnCondition finds a condition that holds for no row of any operation, and
// one that stops the pipeline at some rows of an operation.
func (p *Program) warnCondition(r *rule, rep *rulefile.Report) {
	if r.When == nil {
		return
	}
	var none rulefile.Report // it was checked before
	c := p.lang.Check(r.When, nil, &none)
	if c == nil {
		return
	}
	never, why := true, contradiction(r.When.Text)
	for i, op := range rulefile.Ops {
		if !r.On.Has(i) {
			continue
		}
		never = never && c.Never(op)
		if bad := c.MayFail(op); bad != nil {
			rep.Add(bad.At, advice(i, r.Rule), "%s has no image %s, so %s can stop the pipeline", article(rulefile.OpWords[i]), bad.Image, bad.Read)
		}
	}
	if why != "" {
		rep.Add(r.When.Place(0), "write || for one or the other", "the condition of rule %q holds for no row: %s", r.Name, why)
	} else if never {
		rep.Add(r.When.Place(0), fmt.Sprintf(`"on" is %s`, r.On), "the condition of rule %q holds for no row", r.Name)
	}
}

// warnSkipped finds an operation of a rule that the pipeline skips. What "on"
// means by default isn't told.
func (p *Program) warnSkipped(r *rule, rep *rulefile.Report) {
	if r.OnAt.IsZero() {
		return
	}
	for i, op := range rulefile.Ops {
		if r.On.Has(i) && p.opts.skips(op) {
			rep.Add(r.OnAt, fmt.Sprintf("take %q out of events.skipped_operations (its default is [t]; [none] skips nothing)", string(op)),
				"rule %q takes %ss, and the pipeline skips them", r.Name, rulefile.OpWords[i])
		}
	}
}

// onOrRule is where "on" stands, or the rule when it doesn't.
func onOrRule(r *rule) rulefile.Place {
	if !r.OnAt.IsZero() {
		return r.OnAt
	}
	return r.At
}

// covers reports whether every table in b is surely in a.
func covers(a, b *event.Tables) bool {
	if slices.Equal(a.Patterns(), b.Patterns()) {
		return true
	}
	for _, p := range b.Patterns() {
		if strings.HasPrefix(p, "!") {
			continue
		}
		first, table, _ := strings.Cut(p, ".")
		if strings.ContainsAny(p, `*?[\`) {
			// A pattern is covered by the same pattern, if nothing is excluded.
			if !slices.Contains(a.Patterns(), p) && !slices.Contains(a.Patterns(), "*.*") || excludes(a) {
				return false
			}
		} else if !a.Match(first, table) {
			return false
		}
	}
	return true
}

func excludes(t *event.Tables) bool {
	return slices.ContainsFunc(t.Patterns(), func(p string) bool { return strings.HasPrefix(p, "!") })
}
