package transform

import (
	"fmt"
	"slices"
	"strings"

	"cdc/transform/rulefile"
)

// Warnings returns what is allowed and probably not meant, for a pipeline with
// that snapshot mode (initial, no_data, when_needed or initial_only); empty: for none
// that is known. Of very many rules, not all are compared with all, and not all warnings are told.
func (p *Program) Warnings(snapshotMode string) []*rulefile.Error {
	return p.warnings(snapshotMode, &work{left: maxComparisons})
}

func (p *Program) warnings(snapshotMode string, budget *work) []*rulefile.Error {
	var rep rulefile.Report
	if snapshotMode != "" && snapshotMode != "no_data" {
		p.warnSnapshot(snapshotMode, budget, &rep)
	}
	all, takers, topics := relate(p.rules, budget), takersOf(p.rules, budget), map[string]*rule{}
	for _, r := range p.rules {
		p.warnUnreachable(r, takers, &rep)
		p.warnOtherwise(r, all, &rep)
		warnCondition(r, &rep)
		p.warnSkipped(r, &rep)
		p.warnContinue(r, all, &rep)
		p.warnVoid(r, &rep)
		if snapshotMode != "" {
			p.warnSecrets(r, &rep) // a secret of a pipeline that is elsewhere isn't here
		}
		p.warnMetadata(r, &rep)
		warnTopic(r, topics, &rep)
		warnNothing(r, &rep)
	}
	p.warnTaken(&rep)
	if len(p.rules) == 0 && !p.fallback {
		rep.Add(p.fallAt, `write "default: pass" or a rule`, `"default: drop" and no rule: nothing will leave`)
	}
	return fewer(rep.List)
}

// maxWarnings is how many are told.
const maxWarnings = 100

// fewer cuts a list of warnings that nobody reads to its end.
func fewer(list []*rulefile.Error) []*rulefile.Error {
	if len(list) <= maxWarnings {
		return list
	}
	last := list[maxWarnings-1]
	return append(list[:maxWarnings-1:maxWarnings-1], &rulefile.Error{File: last.File, Msg: fmt.Sprintf("%d more warnings", len(list)-maxWarnings+1)})
}

// warnSnapshot finds tables whose snapshot rows no rule takes.
func (p *Program) warnSnapshot(mode string, budget *work, rep *rulefile.Report) {
	takers := relate(slices.DeleteFunc(slices.Clone(p.rules), func(r *rule) bool { return r.On&rulefile.Snapshots == 0 && !r.PassesRest() }), budget)
	told := map[string]bool{}
	for _, r := range p.rules {
		key := strings.Join(r.Tables.Patterns(), ", ")
		if told[key] || takers.covered(r) {
			continue
		}
		told[key] = true
		rep.Add(onOrRule(r), `add snapshot to "on" of a rule, or set the snapshot's mode to no_data`,
			"the snapshot (mode %s) reads %s, and no rule takes its rows", mode, key)
	}
}

// warnUnreachable finds a rule whose rows earlier ones always take.
func (p *Program) warnUnreachable(r *rule, takers *takers, rep *rulefile.Report) {
	left := r.On
	for _, i := range takers.before(r) {
		earlier := p.rules[i]
		if left&earlier.On == 0 {
			continue
		}
		if !takers.work.spend() {
			return
		}
		if !covers(earlier.Tables, r.Tables) {
			continue
		}
		if left &^= earlier.On; left == 0 {
			rep.Add(r.At, "the first rule that matches wins: put this one before it", "rule %q takes no row, since rule %q takes them all", r.Name, earlier.Name)
			return
		}
	}
}

// warnOtherwise finds an "otherwise" that a later rule of the tables makes
// void.
func (p *Program) warnOtherwise(r *rule, all *relations, rep *rulefile.Report) {
	if r.Otherwise == nil {
		return
	}
	for _, i := range all.covering(r) {
		if i <= r.index {
			continue
		}
		if !all.work.spend() {
			return
		}
		if later := p.rules[i]; covers(later.Tables, r.Tables) {
			rep.Add(r.Otherwise.At, "", `"otherwise" has no effect here: only the last rule of a table says what happens to other rows, and that is %q`, later.Name)
			return
		}
	}
}

// warnCondition finds a condition that holds for no row of any operation, and
// one that stops the pipeline at some rows of an operation.
func warnCondition(r *rule, rep *rulefile.Report) {
	if r.facts == nil {
		return
	}
	for i, bad := range r.facts.MayFail {
		if bad != nil {
			rep.Add(bad.At, advice(i, r.Rule), "%s has no image %s, so %s can stop the pipeline", article(rulefile.OpWords[i]), bad.Image, bad.Read)
		}
	}
	if why := r.facts.Wants.Against(r.facts.Wants); why != "" {
		rep.Add(r.When.Place(0), "write || for one or the other", "the condition of rule %q holds for no row: %s", r.Name, why)
	} else if r.facts.Never {
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
