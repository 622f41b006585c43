package transform

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
)

// TestConstantOf: a constant is a value of the column's type, or refused.
func TestConstantOf(t *testing.T) {
	decimal := event.Type{Kind: event.KindDecimal, Precision: 5, Scale: 2}
	for _, tt := range []struct {
		text string
		typ  event.Type
		want event.Value
		ok   bool
	}{
		{"0", event.Type{Kind: event.KindInt, Native: "int"}, event.Int(0), true},
		{"-7", event.Type{Kind: event.KindInt, Native: "smallint"}, event.Int(-7), true},
		{"40000", event.Type{Kind: event.KindInt, Native: "smallint"}, event.Null, false},
		{"x", event.Type{Kind: event.KindInt}, event.Null, false},
		{"7", event.Type{Kind: event.KindUint}, event.Uint(7), true},
		{"-7", event.Type{Kind: event.KindUint}, event.Null, false},
		{"true", event.Type{Kind: event.KindBool}, event.Bool(true), true},
		{"yes", event.Type{Kind: event.KindBool}, event.Null, false},
		{"1.5", event.Type{Kind: event.KindFloat32}, event.Float32(1.5), true},
		{"1.5", event.Type{Kind: event.KindFloat64}, event.Float64(1.5), true},
		{"7", decimal, event.Decimal(700, 2), true},
		{"-0.25", decimal, event.Decimal(-25, 2), true},
		{"0.255", decimal, event.Null, false},
		{"1000", decimal, event.Null, false},
		{"1e999999999", decimal, event.Null, false},
		{"123456789012345678901234567890", decimal, event.Null, false},
		{"0", event.Type{Kind: event.KindInstant}, event.Of(event.KindInstant, 0), true},
		{"1", event.Type{Kind: event.KindDate}, event.Null, false},
		{"0", event.Type{Kind: event.KindBytes}, event.Null, false},
	} {
		got, ok := constantOf(tt.text, &tt.typ)
		if ok != tt.ok || ok && got != tt.want {
			t.Errorf("%q as %v: got %v, %t, want %v, %t", tt.text, tt.typ.Kind, got, ok, tt.want, tt.ok)
		}
	}
}

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
