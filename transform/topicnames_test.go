package transform

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTopicsThatRulesName(t *testing.T) {
	p := with(t, Options{Prefix: "p"}, `version: 1
rules:
- {name: a, tables: [shop.a], topic: zoo}
- {name: b, tables: [shop.b], topic: orders, on_error: dead_letter, continue: true}
- {name: c, tables: [shop.b], topic: orders, on_error: dead_letter}
- {name: d, tables: [shop.d], topic: "t.${row.x}"}
- {name: e, tables: [shop.e]}
- {name: f, tables: [shop.f], reroute: {topic_regex: 'first', topic_replacement: second}}
`)
	if diff := cmp.Diff([]string{"orders", "p.dead-letter", "zoo"}, p.Topics()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := PassAll(Options{Prefix: "p"}).Topics(); len(got) != 0 {
		t.Errorf("no rules name %q", got)
	}
}
