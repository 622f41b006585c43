package transform

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestComputedBehindUnwrap: fields that transforms behind unwrap add stand behind
// those that it adds itself; a constant stands in a number's place.
func TestComputedBehindUnwrap(t *testing.T) {
	p := with(t, Options{Prefix: "p"}, `version: 1
rules:
- name: r
  tables: [shop.people]
  on: [snapshot]
  unwrap: {delete_tombstone_handling_mode: rewrite, add_fields: [op]}
  redact: {n: "7"}
  computed: {origin: '"x"', name: '"y"'}
`)
	got := records(t, p, day(people()))
	want := []string{"r p.shop.people key {id:1} {id:1 name:y mail:a@x n:7 __deleted:false __op:r origin:x}"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestConstantThatDoesNotFit(t *testing.T) {
	p := with(t, Options{Prefix: "p"}, "version: 1\nrules:\n- {name: r, tables: [shop.people], redact: {n: many}}\n")
	if _, _, err := p.Select(people()); err == nil || !strings.Contains(err.Error(), `and "many" is none`) {
		t.Errorf("got %v", err)
	}
}
