package transform

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/internal/cdctest"
)

// What the rules of all generations have counted is added up by name, whether they are
// under way or not.
func TestTotalsOutliveTheirRules(t *testing.T) {
	const rest = "- name: s\n  tables: [shop.people]\n  when: 'row.n == 1'\n"
	first := with(t, Options{Prefix: "p"}, onError("drop", "continue: true\n  topic: \"t.${row.mail}\"")+rest)
	l := NewLive(first)
	run := func() {
		t.Helper()
		b := failing(people())
		b.Gen = l.Newest().Generation()
		if err := l.Run(b); err != nil {
			t.Fatal(err)
		}
	}
	want := func(when string, list ...RuleTotals) {
		t.Helper()
		if diff := cmp.Diff(list, l.Totals()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}
	run()
	r1 := RuleTotals{Rule: "r", Taken: 4, Errors: map[string]uint64{"drop": 3}}
	s1 := RuleTotals{Rule: "s", Taken: 1, Filtered: 3, Errors: map[string]uint64{"fail": 0}}
	want("one generation", r1, s1)

	second := with(t, Options{Prefix: "p"}, onError("dead_letter", "topic: \"t.${row.mail}\"")+"- {name: new, tables: [shop.people]}\n")
	if changed, err := l.Swap(second); !changed || err != nil {
		t.Fatal(changed, err)
	}
	run()
	r2 := RuleTotals{Rule: "r", Taken: 8, Errors: map[string]uint64{"drop": 3, "dead_letter": 3}}
	n2 := RuleTotals{Rule: "new", Errors: map[string]uint64{"fail": 0}}
	want("two, both under way", r2, n2, s1)
	l.Release(2)
	want("the first is let go", r2, n2, s1)
	for range 2 {
		l.Totals()[0].Errors["drop"]++
	}
	want("somebody wrote into the answer", r2, n2, s1)
}

// Rules that come and go for ever don't fill the memory, and nothing that was counted
// is lost.
func TestTotalsAreBounded(t *testing.T) {
	rules := func(name string, n uint64) *marked {
		return &marked{name: name, totals: []RuleTotals{{Rule: "stays", Taken: n}, {Rule: name, Taken: 1, Errors: map[string]uint64{"fail": 1}}}}
	}
	l := NewLive(rules("0", 1))
	const swaps = 3 * maxGone
	for i := range swaps {
		l.Newest()
		if _, err := l.Swap(rules(fmt.Sprint(i+1), 1)); err != nil {
			t.Fatal(err)
		}
		l.Release(l.Newest().Generation())
	}
	got := l.Totals()
	if len(got) != maxGone+3 {
		t.Errorf("%d rules have counts, want the two that there are, %d that were and the rest", len(got), maxGone)
	}
	var taken uint64
	for _, r := range got {
		taken += r.Taken
	}
	if got[0].Rule != "stays" || got[0].Taken != swaps+1 || taken != 2*(swaps+1) {
		t.Errorf("%+v, and %d rows in all", got[0], taken)
	}
	if last := got[len(got)-1]; last.Rule != fmt.Sprint(swaps-1) {
		t.Errorf("the rule that went last has no counts of its own: %+v", last)
	}
}

// Every name that is counted is the rule's own.
func TestTotalsAreInOrder(t *testing.T) {
	p := with(t, Options{}, "version: 1\nrules:\n- {name: b, tables: [shop.people]}\n- {name: a, tables: [shop.people], on_error: keep}\n")
	if err := p.Run(cdctest.NewBatch().Insert(people(), 1, "Ann", "a@x", 1).Batch()); err != nil {
		t.Fatal(err)
	}
	want := []RuleTotals{{Rule: "b", Taken: 1, Errors: map[string]uint64{"fail": 0}}, {Rule: "a", Errors: map[string]uint64{"keep": 0}}}
	if diff := cmp.Diff(want, p.Totals()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
