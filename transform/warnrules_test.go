package transform

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
	"cdc/transform/rulefile"
)

func warned(p *Program) []string { return texts(p.Warnings("no_data")) }

func texts(warnings []*rulefile.Error) []string {
	var list []string
	for _, w := range warnings {
		list = append(list, w.Error())
	}
	return list
}

func TestWarningsOfVerbs(t *testing.T) {
	tests := []struct {
		name, rules string
		want        []string
	}{
		{
			"the same condition", "\n  - {name: a, tables: [s.t], when: 'after == null  || after.x == 1'}\n  - {name: b, tables: [s.t], when: 'after == null || after.x == 1'}",
			[]string{`rules.yaml:4:12: rule "b" takes no row, since rule "a" takes them all (the first rule that matches wins: put this one before it)`},
		},
		{
			"several rules together", "\n  - {name: a, tables: [s.t], on: insert}\n  - {name: b, tables: [s.t], on: [update, delete]}\n  - {name: c, tables: [s.t]}",
			[]string{`rules.yaml:5:12: rule "c" takes no row, since rule "b" takes them all (the first rule that matches wins: put this one before it)`},
		},
		{"one that continues", "\n  - {name: a, tables: [s.t], continue: true}\n  - {name: b, tables: [s.t]}", nil},
		{
			"continues to nothing", "\n  - {name: a, tables: [s.t], on: insert, continue: true}\n  - {name: b, tables: [s.t], on: delete}",
			[]string{`rules.yaml:3:12: rule "a" continues, and no later rule takes a row that it takes (take "continue" out, or put the rule before those that shall see its rows)`},
		},
		{
			"contradiction", "\n  - {name: a, tables: [s.t], on: insert, when: 'after.x == \"a\" && after.y > 1 && after.x == \"b\"'}",
			[]string{`rules.yaml:3:49: the condition of rule "a" holds for no row: after.x is not both "a" and "b" (write || for one or the other)`},
		},
		{
			"contradiction of numbers", "\n  - {name: a, tables: [s.t], on: insert, when: '(after.x == 1 && after.y == null) && 1.0 == after.x && 2 == after.x'}",
			[]string{`rules.yaml:3:49: the condition of rule "a" holds for no row: after.x is not both 1 and 2 (write || for one or the other)`},
		},
		{
			"contradiction of operations", "\n  - {name: a, tables: [s.t], on: [insert, update], when: 'op == \"c\" && op == \"u\"'}",
			[]string{`rules.yaml:3:59: the condition of rule "a" holds for no row: op is not both "c" and "u" (write || for one or the other)`},
		},
		{"one or the other", "\n  - {name: a, tables: [s.t], on: insert, when: '(after.x == \"a\" || after.x == \"b\") && !(after.x == \"c\") && after.y == \"&&\" && after.x in [\"a\"]'}", nil},
		{"two columns, before and after", "\n  - {name: a, tables: [s.t], on: update, when: 'before.x == \"a\" && after.x == \"b\" && after.y == \"c\"'}", nil},
		{
			"two rules that never take the same row", "\n  - {name: a, tables: [s.t], on: insert, when: after.x == 1, continue: true}\n  - {name: b, tables: [s.t], on: insert, when: after.x == 2}",
			[]string{`rules.yaml:3:12: rule "a" continues, and no later rule takes a row that it takes (of rule "b": after.x is not both 1 and 2) (take "continue" out, or put the rule before those that shall see its rows)`},
		},
		{"two rules that may", "\n  - {name: a, tables: [s.t], on: insert, when: after.x == 1, continue: true}\n  - {name: b, tables: [s.t], on: insert, when: after.x == 2 || after.y == 1}", nil},
		{
			"a change of what doesn't leave", "\n  - {name: a, tables: [s.t], fields: {i: id}, key: [id], truncate: {x: 3}}",
			[]string{`rules.yaml:3:69: truncate of column "x" has no effect: nothing of it leaves by rule "a" (take it out)`},
		},
		{
			"topics", "\n  - {name: a, tables: [s.t], topic: x}\n  - {name: b, tables: [s.u], emit: row, topic: x}\n  - {name: c, tables: ['s.*'], topic: y}",
			[]string{
				`rules.yaml:4:48: rules "a" and "b" write to topic "x", and emit records of different shapes (envelope, row) (give one of them another topic)`,
				`rules.yaml:5:39: rule "c" sends the rows of several tables to topic "y", and they have different columns (write a topic for each: "y.${source.table}"; or let "reroute" keep their keys apart)`,
			},
		},
		{
			"keys", "\n  - {name: a, tables: [s.t], topic: x, continue: true}\n  - {name: b, tables: [s.t], topic: x, key: [n]}",
			[]string{`rules.yaml:4:37: rules "a" and "b" write to topic "x", and give them different keys (give one of them another topic)`},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := warned(with(t, Options{Prefix: "p"}, "version: 1\nrules:"+tt.rules+"\n"))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A topic that another table has by default is found when both are bound.
func TestWarningsOfTablesThatShareATopic(t *testing.T) {
	p := with(t, Options{Prefix: "p"}, "version: 1\nrules:\n- {name: a, tables: [shop.orders], emit: row, topic: p.shop.people}\n")
	want := []string{`rules.yaml:3:54: rule "a" writes to topic "p.shop.people", which is that of table shop.people (give the rule another topic)`}
	if diff := cmp.Diff(want, texts(p.TableWarnings([]*event.Schema{ordersTable(), people()}))); diff != "" {
		t.Error(diff)
	}
}

// A secret that only tests have is missing where a pipeline runs.
func TestSecrets(t *testing.T) {
	const rule = "version: 1\ntest_env: {CDC_TEST_SECRET: x}\nrules:\n- name: a\n  tables: [s.t]\n  hash: {m: {secret: {env: CDC_TEST_SECRET}}}\n"
	if got := warned(with(t, Options{TestEnv: true}, rule)); len(got) != 1 || !strings.Contains(got[0], "is in test_env alone") {
		t.Errorf("got %q", got)
	}
	for _, text := range []string{rule, strings.Replace(rule, "env: CDC_TEST_SECRET", "file: "+filepath.Join(t.TempDir(), "none"), 1)} {
		_, err := parseErr(text)
		if err == nil || !strings.Contains(err.Error(), "rules.yaml:6:") || !strings.Contains(err.Error(), "secret") {
			t.Errorf("got %v", err)
		}
	}
	name := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(name, []byte("k\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := parseErr(strings.Replace(rule, "env: CDC_TEST_SECRET", "file: "+name, 1)); err != nil {
		t.Error(err)
	}
}

// The shipped rules are meant as they are.
func TestExamplesHaveNoWarnings(t *testing.T) {
	names, err := filepath.Glob("../examples/rules/*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatal("no examples", err)
	}
	t.Setenv("CDC_PRIVACY_KEY", "x")
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := warned(with(t, Options{Prefix: "p"}, string(text))); got != nil {
			t.Errorf("%s: %q", name, got)
		}
	}
}
