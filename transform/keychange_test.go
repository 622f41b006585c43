package transform

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/internal/cdctest"
)

// A change of the key is told as a row that goes and one that comes. An expression that
// asks the row that comes what it was before sees the update, as the verbs leave it.
func TestExpressionsOfAChangeOfTheKey(t *testing.T) {
	s := people()
	b := cdctest.NewBatch().
		Update(s, row{1, "Ann", "a@x", 1}, row{1, "Zoë", "z@x", 2}).
		Update(s, row{1, "Ann", "a@x", 1}, row{2, "Zoë", "z@x", 2}).
		Batch()
	p := with(t, Options{Prefix: "p"}, `version: 1
rules:
- name: r
  tables: [shop.people]
  on: update
  mask: {name: {keep_first: 1}}
  fields: {n: n}
  topic: "t.${before.n}"
  headers:
    was: before.name + '>' + after.name
    op: op
`)
	want := []string{
		`u t.1 key {id:1} {n:2} headers {was:A**>Z** op:u}`,
		`c t.1 key {id:2} {n:2} headers {was:A**>Z** op:c}`,
	}
	if diff := cmp.Diff(want, records(t, p, b)); diff != "" {
		t.Error(diff)
	}
}

// With a key of its own a rule tells the changes of that key, and no others.
func TestChangesOfAnOwnKey(t *testing.T) {
	s := people()
	b := cdctest.NewBatch().
		Update(s, row{1, "Ann", "a@x", 1}, row{2, "Ann", "a@x", 1}).
		Update(s, row{1, "Ann", "a@x", 1}, row{1, "Ann", "a@x", 2}).
		Update(s, row{1, "Ann", nil, 1}, row{1, "Ann", nil, 1}).
		Batch()
	for rule, want := range map[string][]string{
		"key: [n]": {`u p.shop.people key {n:1} {m:a@x}`, `d p.shop.people key {n:1} tombstone`, `c p.shop.people key {n:2} {m:a@x}`, `u p.shop.people key {n:1} {m:null}`},
		"computed: {half: row.n / 2}\n  key: [half]": {
			`u p.shop.people key {half:0} {m:a@x}`, `d p.shop.people key {half:0} tombstone`, `c p.shop.people key {half:1} {m:a@x}`, `u p.shop.people key {half:0} {m:null}`,
		},
	} {
		p := with(t, Options{Prefix: "p"}, "version: 1\nrules:\n- name: r\n  tables: [shop.people]\n  fields: {m: mail}\n  "+rule+"\n")
		if diff := cmp.Diff(want, records(t, p, b)); diff != "" {
			t.Errorf("%s: %s", rule, diff)
		}
	}
}

// What a cast made of the row before is there for them, too.
func TestCastOfTheRowBefore(t *testing.T) {
	s := people()
	b := cdctest.NewBatch().
		Update(s, row{1, "Ann", "a@x", 1}, row{1, "Zoë", "z@x", 2}).
		Update(s, row{1, "Ann", "a@x", 1}, row{2, "Zoë", "z@x", 2}).
		Batch()
	p := with(t, Options{Prefix: "p"}, "version: 1\nrules:\n- name: r\n  tables: [shop.people]\n  on: update\n  emit: row\n  cast: {n: string, id: double}\n  drop: [name, mail]\n  headers: {was: 'before.n + \">\" + row.n'}\n")
	want := []string{
		`u p.shop.people key {id:1} {id:1.0 n:2} headers {was:1>2}`,
		`c p.shop.people key {id:2} {id:2.0 n:2} headers {was:1>2}`,
	}
	if diff := cmp.Diff(want, records(t, p, b)); diff != "" {
		t.Error(diff)
	}
}
