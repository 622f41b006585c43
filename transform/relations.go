package transform

import (
	"slices"
	"strings"

	"cdc/event"
	"cdc/transform/rulefile"
)

// relations find the rules whose tables may have to do with those of another one, so
// that not all of them are compared with all.
type relations struct {
	rules []*rule
	// named are the rules by the patterns that they have, wild those with wildcards.
	named map[string][]int
	wild  []int
	work  *work
}

// work bounds how many rules are compared with others: what is left out are warnings.
type work struct{ left int }

const maxComparisons = 300_000

// spend reports whether one more comparison may be made.
func (w *work) spend() bool {
	w.left--
	return w.left >= 0
}

func relate(rules []*rule, w *work) *relations {
	x := &relations{rules: rules, named: map[string][]int{}, work: w}
	for i := range rules {
		x.add(i)
	}
	return x
}

// add knows one more rule, in the order of the program.
func (x *relations) add(i int) {
	patterns := x.rules[i].Tables.Patterns()
	for _, p := range patterns {
		if list := x.named[p]; !strings.HasPrefix(p, "!") && (len(list) == 0 || list[len(list)-1] != i) {
			x.named[p] = append(list, i)
		}
	}
	if slices.ContainsFunc(patterns, isWild) {
		x.wild = append(x.wild, i)
	}
}

// isWild reports whether a pattern may stand for several tables.
func isWild(p string) bool { return strings.ContainsAny(p, `*?[\`) || strings.HasPrefix(p, "/") }

// covering are the rules that may name all tables of r, in their order.
func (x *relations) covering(r *rule) []int {
	for _, p := range r.Tables.Patterns() {
		if strings.HasPrefix(p, "!") {
			continue
		}
		if isWild(p) {
			return merged(x.named[p], x.named["*.*"])
		}
		return merged(x.named[p], x.wild)
	}
	return nil
}

// sharing are the rules that may name some table of r, in their order; all: that are
// all of them.
func (x *relations) sharing(r *rule) (list []int, all bool) {
	list = x.wild
	for _, p := range r.Tables.Patterns() {
		if isWild(p) && !strings.HasPrefix(p, "!") {
			return nil, true
		}
		list = merged(list, x.named[p])
	}
	return list, false
}

// merged are the numbers in two lists that are in order.
func merged(a, b []int) []int {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	}
	list := slices.Concat(a, b)
	slices.Sort(list)
	return slices.Compact(list)
}

// covered reports whether one of the rules names all tables of r, or r all of its.
func (x *relations) covered(r *rule) bool {
	for _, i := range x.covering(r) {
		if !x.work.spend() || covers(x.rules[i].Tables, r.Tables) {
			return true
		}
	}
	list, all := x.sharing(r)
	if all {
		list = x.everything()
	}
	for _, i := range list {
		if !x.work.spend() || covers(r.Tables, x.rules[i].Tables) {
			return true
		}
	}
	return false
}

func (x *relations) everything() []int {
	list := make([]int, len(x.rules))
	for i := range list {
		list[i] = i
	}
	return list
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
		if isWild(p) {
			// A pattern is covered by the same pattern, if nothing is excluded.
			if !slices.Contains(a.Patterns(), p) && !slices.Contains(a.Patterns(), "*.*") || excludes(a) {
				return false
			}
			continue
		}
		if first, table, _ := strings.Cut(p, "."); !a.Match(first, table) {
			return false
		}
	}
	return true
}

func excludes(t *event.Tables) bool {
	return slices.ContainsFunc(t.Patterns(), func(p string) bool { return strings.HasPrefix(p, "!") })
}

// takers are the rules that let no row of their tables go on, by the condition that a
// row meets there: those without one are in the empty one.
type takers struct {
	rules []*rule
	by    map[string]*relations
	taken map[string]rulefile.OpSet // by patterns and condition
	work  *work
}

func takersOf(rules []*rule, w *work) *takers {
	t := &takers{rules: rules, by: map[string]*relations{}, taken: map[string]rulefile.OpSet{}, work: w}
	for i, r := range rules {
		if r.Continue {
			continue
		}
		cond := r.condition()
		key := strings.Join(r.Tables.Patterns(), "\x00") + "\x00" + cond
		if r.On&^t.taken[key] == 0 {
			continue // another one takes them all
		}
		t.taken[key] |= r.On
		x := t.by[cond]
		if x == nil {
			x = &relations{rules: rules, named: map[string][]int{}, work: w}
			t.by[cond] = x
		}
		x.add(i)
	}
	return t
}

// condition is that of the rule but for the space in it; empty when it always holds.
func (r *rule) condition() string {
	if r.When == nil {
		return ""
	}
	text := strings.Join(strings.Fields(r.When.Text), " ")
	if text == "true" {
		return ""
	}
	return text
}

// before are the rules above r that may take all its rows, in their order.
func (t *takers) before(r *rule) []int {
	var list []int
	if x := t.by[""]; x != nil {
		list = x.covering(r)
	}
	if cond := r.condition(); cond != "" {
		if x := t.by[cond]; x != nil {
			list = merged(list, x.covering(r))
		}
	}
	at, _ := slices.BinarySearch(list, r.index)
	return list[:at]
}
