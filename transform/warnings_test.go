package transform

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/examples/rules"
)

func TestWarnings(t *testing.T) {
	tests := []struct {
		name, mode, rules string
		want              []string
	}{
		{"snapshot rows that nobody takes", "initial", `
rules:
  - {name: a, tables: [shop.orders], on: [insert]}
  - {name: b, tables: [shop.orders], on: [update]}
  - {name: c, tables: ["app.*"]}`, []string{
			`rules.yaml:4:42: the snapshot (mode initial) reads shop.orders, and no rule takes its rows (add snapshot to "on" of a rule, or set the snapshot's mode to no_data)`,
			`rules.yaml:6:12: the snapshot (mode initial) reads app.*, and no rule takes its rows (add snapshot to "on" of a rule, or set the snapshot's mode to no_data)`,
		}},
		{"another rule takes them", "initial", `
rules:
  - {name: a, tables: [shop.orders], on: [insert]}
  - {name: b, tables: ["shop.*"], on: [snapshot]}
  - {name: c, tables: [app.t], otherwise: pass}`, nil},
		{"no snapshot", "no_data", `
rules:
  - {name: a, tables: [shop.orders], on: [insert]}`, nil},
		{"unreachable", "no_data", `
rules:
  - {name: a, tables: ["shop.*"]}
  - {name: b, tables: [shop.orders], on: [insert, delete], topic: x}
  - {name: c, tables: ["shop.*"], on: [snapshot]}`, []string{
			`rules.yaml:5:12: rule "b" takes no row, since rule "a" takes them all (the first rule that matches wins: put this one before it)`,
		}},
		{"otherwise without effect", "no_data", `
rules:
  - {name: a, tables: [shop.orders], on: [insert], otherwise: pass}
  - {name: b, tables: [shop.orders], on: [delete]}`, []string{
			`rules.yaml:4:63: "otherwise" has no effect here: only the last rule of a table says what happens to other rows, and that is "b"`,
		}},
		{"never", "no_data", `
rules:
  - {name: a, tables: [shop.orders], on: [insert], when: changed("x") || op == "d"}`, []string{
			`rules.yaml:4:58: the condition of rule "a" holds for no row ("on" is insert)`,
		}},
		{"may stop", "no_data", `
rules:
  - {name: a, tables: [shop.orders], on: [insert, update], when: before.x != after.x && after.x == "y"}
  - {name: b, tables: [shop.orders], on: [insert, update], when: op == "c" || before.x != after.x}`, []string{
			`rules.yaml:4:73: an insert has no image before, so before.x can stop the pipeline (write op != "c" && ..., or take insert out of "on" (now: insert, update))`,
		}},
		{"nothing leaves", "no_data", `
default: drop`, []string{`rules.yaml:3:10: "default: drop" and no rule: nothing will leave (write "default: pass" or a rule)`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, w := range parse(t, "version: 1\n"+tt.rules).Warnings(tt.mode) {
				got = append(got, w.Error())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestShippedRulesWarnOfTheSnapshotOnly(t *testing.T) {
	for _, text := range [][]byte{rules.Orders, rules.OrdersShipping} {
		p := parse(t, string(text))
		if w := p.Warnings("no_data"); len(w) != 0 {
			t.Errorf("got %v", w)
		}
		if w := p.Warnings("initial"); len(w) != 1 {
			t.Errorf("got %v, want the one of the snapshot", w)
		}
	}
	if w := PassAll(Options{}).Warnings("initial"); len(w) != 0 {
		t.Errorf("without rules: %v", w)
	}
}
