package transform

import (
	"fmt"
	"slices"
	"strings"

	"cdc/event"
)

// Warnings returns what is allowed and probably not meant, for a pipeline with
// that snapshot mode (initial, no_data, when_needed or initial_only).
func (p *Program) Warnings(snapshotMode string) []*Error {
	var rep report
	if snapshotMode != "" && snapshotMode != "no_data" {
		p.warnSnapshot(snapshotMode, &rep)
	}
	for i, r := range p.rules {
		p.warnUnreachable(i, r, &rep)
		p.warnOtherwise(i, r, &rep)
		p.warnCondition(r, &rep)
		p.warnSkipped(r, &rep)
	}
	if len(p.rules) == 0 && !p.fallback {
		rep.add(p.fallAt, `write "default: pass" or a rule`, `"default: drop" and no rule: nothing will leave`)
	}
	return rep.list
}

// warnSnapshot finds tables whose snapshot rows no rule takes.
func (p *Program) warnSnapshot(mode string, rep *report) {
	var told []string
	for _, r := range p.rules {
		key := strings.Join(r.tables.Patterns(), ",")
		if slices.Contains(told, key) || p.takesSnapshot(r) {
			continue
		}
		told = append(told, key)
		rep.add(r.onOrRule(), `add snapshot to "on" of a rule, or set the snapshot's mode to no_data`,
			"the snapshot (mode %s) reads %s, and no rule takes its rows", mode, strings.Join(r.tables.Patterns(), ", "))
	}
}

// takesSnapshot reports whether a rule for the tables of r takes rows of a
// snapshot, as far as the patterns tell.
func (p *Program) takesSnapshot(r *rule) bool {
	return slices.ContainsFunc(p.rules, func(o *rule) bool {
		return (o.on&snapshots != 0 || o.passesRest()) && (covers(o.tables, r.tables) || covers(r.tables, o.tables))
	})
}

// warnUnreachable finds a rule whose rows an earlier one always takes.
func (p *Program) warnUnreachable(i int, r *rule, rep *report) {
	for _, earlier := range p.rules[:i] {
		if earlier.when == nil && r.on&^earlier.on == 0 && covers(earlier.tables, r.tables) {
			rep.add(r.at, "the first rule that matches wins: put this one before it", "rule %q takes no row, since rule %q takes them all", r.name, earlier.name)
			return
		}
	}
}

// warnOtherwise finds an "otherwise" that a later rule of the tables makes
// void.
func (p *Program) warnOtherwise(i int, r *rule, rep *report) {
	if r.rest == nil {
		return
	}
	for _, later := range p.rules[i+1:] {
		if covers(later.tables, r.tables) {
			rep.add(r.rest.at, "", `"otherwise" has no effect here: only the last rule of a table says what happens to other rows, and that is %q`, later.name)
			return
		}
	}
}

// warnCondition finds a condition that holds for no row of any operation, and
// one that stops the pipeline at some rows of an operation.
func (p *Program) warnCondition(r *rule, rep *report) {
	if r.when == nil {
		return
	}
	var none report // it was checked before
	c := r.when.check(p.lang, p.lang.offline, nil, &none)
	if c == nil {
		return
	}
	never := true
	for i, op := range ops {
		if !r.on.has(i) {
			continue
		}
		s := specialized{c, op}
		never = never && s.fate(c.ast.Expr()).isBool(false)
		if bad := s.risk(c.ast.Expr()); bad != nil {
			rep.add(r.when.place(bad.offset), advice(i, r), "%s has no image %s, so %s can stop the pipeline", article(opWords[i]), variables[bad.kind], bad)
		}
	}
	if never {
		rep.add(r.when.place(0), fmt.Sprintf(`"on" is %s`, r.on), "the condition of rule %q holds for no row", r.name)
	}
}

// warnSkipped finds an operation of a rule that the pipeline skips. What "on"
// means by default isn't told.
func (p *Program) warnSkipped(r *rule, rep *report) {
	if r.onAt.src == nil {
		return
	}
	for i, op := range ops {
		if r.on.has(i) && p.opts.skips(op) {
			rep.add(r.onAt, fmt.Sprintf("take %q out of events.skipped_operations (its default is [t]; [none] skips nothing)", string(op)),
				"rule %q takes %ss, and the pipeline skips them", r.name, opWords[i])
		}
	}
}

// onOrRule is where "on" stands, or the rule when it doesn't.
func (r *rule) onOrRule() place {
	if r.onAt.src != nil {
		return r.onAt
	}
	return r.at
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
