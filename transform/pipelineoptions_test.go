package transform

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/internal/cdctest"
)

// Every record of a table says by which rules it was made, if that is asked for.
func TestRulesHeader(t *testing.T) {
	p := with(t, Options{RulesHeader: "rules"}, "version: 1\nrules:\n- {name: a, tables: [shop.people], on: insert, emit: row, topic: 't.${row.id}', continue: true}\n- {name: b, tables: [shop.people], on: insert, otherwise: pass}\n")
	b := day(people())
	if err := p.Run(b); err != nil {
		t.Fatal(err)
	}
	for i, o := range b.Outs {
		h := o.Target.Headers
		if h == nil || len(*h) != 1 || (*h)[0].Key != "rules" || string((*h)[0].Value) != p.Hash() {
			t.Errorf("out %d has the headers %v", i, h)
		}
	}
}

// The pipeline leaves out an update that changes nothing of what leaves, whatever a rule
// makes of it; of a column that it hides no change is seen.
func TestUnchangedUpdatesOfRules(t *testing.T) {
	s := people()
	b := cdctest.NewBatch().
		Update(s, row{1, "Ann", "a@x", 1}, row{1, "Ann", "a@x", 2}).
		Update(s, row{1, "Ann", "a@x", 1}, row{1, "Ann", "b@x", 1}).
		Update(s, row{1, "Ann", "a@x", 1}, row{1, "Zoë", "a@x", 1}).Batch()
	o := Options{Prefix: "p", SkipUnchanged: true, Hidden: columns(t, "shop.people.mail")}
	for rule, want := range map[string][]string{
		"fields: {n: n, m: mail}":                              {`u p.shop.people key {id:1} {n:2 m:a@x}`},
		"cast: {n: string}\n  emit: row\n  drop: [name, mail]": {`u p.shop.people key {id:1} {id:1 n:2}`},
		"computed: {x: row.name + \"!\"}\n  fields: {x: x}":    {`u p.shop.people key {id:1} {x:Zoë!}`},
	} {
		p := with(t, o, "version: 1\nrules:\n- name: r\n  tables: [shop.people]\n  "+rule+"\n")
		if diff := cmp.Diff(want, records(t, p, b)); diff != "" {
			t.Errorf("%s: %s", rule, diff)
		}
	}
}
