package transform

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/transform/rulefile"
)

// The index finds what comparing all rules with all finds.
func TestRelationsFindWhatComparingFinds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	patterns := []string{"s.a", "s.b", "s.*", "*.*", "/s.a/", "s.[ab]", "q.a", "!s.b", `s.a\_b`}
	for range 300 {
		var text strings.Builder
		text.WriteString("version: 1\nrules:\n")
		for i := range 6 {
			list := []string{patterns[r.IntN(7)]}
			for range r.IntN(3) {
				list = append(list, patterns[r.IntN(len(patterns))])
			}
			fmt.Fprintf(&text, "- {name: r%d, tables: ['%s'], on: [%s]%s}\n", i, strings.Join(list, "', '"),
				[]string{"insert", "update, delete", "insert, snapshot"}[r.IntN(3)], []string{"", ", when: 'true'", ", when: row.x == 1", ", continue: true"}[r.IntN(4)])
		}
		p := parse(t, text.String())
		budget := &work{left: maxComparisons}
		all, takers := relate(p.rules, budget), takersOf(p.rules, budget)
		for _, one := range p.rules {
			for i, other := range p.rules {
				if covers(other.Tables, one.Tables) && !slices.Contains(all.covering(one), i) {
					t.Fatalf("%s\nrule %d covers %d and isn't found", text.String(), i, one.index)
				}
				list, every := all.sharing(one)
				if covers(one.Tables, other.Tables) && !every && !slices.Contains(list, i) {
					t.Fatalf("%s\nrule %d is covered by %d and isn't found", text.String(), i, one.index)
				}
			}
			if got, want := unreachable(p, one, takers), unreachableByAll(p, one); got != want {
				t.Fatalf("%s\nrule %d: unreachable %t, want %t", text.String(), one.index, got, want)
			}
		}
	}
}

func unreachable(p *Program, r *rule, x *takers) bool {
	var rep rulefile.Report
	p.warnUnreachable(r, x, &rep)
	return len(rep.List) > 0
}

func unreachableByAll(p *Program, r *rule) bool {
	left := r.On
	for _, earlier := range p.rules[:r.index] {
		if !earlier.Continue && covers(earlier.Tables, r.Tables) && (earlier.condition() == "" || earlier.condition() == r.condition()) {
			left &^= earlier.On
		}
	}
	return left == 0
}

// manyRules are rules in as many files as they need.
func manyRules(n int, rule func(i int) string) []*rulefile.Source {
	var list []*rulefile.Source
	for from := 0; from < n; from += 2000 {
		text := "version: 1\nrules:\n"
		for i := from; i < min(n, from+2000); i++ {
			text += "- {name: r" + fmt.Sprint(i) + ", " + rule(i) + "}\n"
		}
		list = append(list, &rulefile.Source{Name: fmt.Sprintf("r%d.yaml", from), Text: []byte(text)})
	}
	return list
}

// Very many rules are looked through by few comparisons, whatever they are alike in: all
// with all would be two millions.
func TestWarningsOfManyRules(t *testing.T) {
	const n = 2000
	for name, c := range map[string]struct {
		rule func(i int) string
		most int // comparisons
	}{
		"tables": {func(i int) string { return fmt.Sprintf("tables: [s.t%d], topic: t%d, otherwise: pass", i, i) }, 3 * n},
		"one table": {func(i int) string {
			return fmt.Sprintf("tables: [s.t], on: insert, when: after.id == %d, fields: {id: id}, topic: t", i)
		}, 3 * n},
		"patterns":         {func(i int) string { return fmt.Sprintf("tables: ['s.t%d_*', '!s.t%d_x'], topic: t", i, i) }, maxComparisons},
		"patterns and all": {func(i int) string { return fmt.Sprintf("tables: ['%s%d'], on: insert", []string{"s.t", "?.t"}[i%2], i) }, maxComparisons},
		"continuing": {func(i int) string {
			return fmt.Sprintf("tables: [s.t], on: insert, when: row.id == %d, continue: true", i)
		}, maxComparisons},
	} {
		p, err := Parse(manyRules(n, c.rule), Options{Prefix: "p"})
		if err != nil {
			t.Fatal(name, err)
		}
		budget := &work{left: maxComparisons}
		list := p.warnings("initial", budget)
		if spent := maxComparisons - max(0, budget.left); spent > c.most || len(list) > maxWarnings {
			t.Errorf("%s: %d comparisons, %d warnings", name, spent, len(list))
		}
	}
}

func TestFewWarnings(t *testing.T) {
	p, err := Parse(manyRules(150, func(i int) string { return fmt.Sprintf("tables: [s.t%d], on: insert", i) }), Options{})
	if err != nil {
		t.Fatal(err)
	}
	list := p.Warnings("initial")
	if diff := cmp.Diff("r0.yaml: 51 more warnings", list[len(list)-1].Error()); len(list) != maxWarnings || diff != "" {
		t.Errorf("%d warnings, %s", len(list), diff)
	}
}
