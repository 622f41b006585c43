package transform

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
	"cdc/internal/cdctest"
)

// people is a table with a text that takes NULL, one that doesn't, and a number.
func people() *event.Schema {
	name := cdctest.Col("name", event.KindString)
	name.Type.Flags = 0
	return cdctest.Table("shop.people", cdctest.Key("id", event.KindInt), name, cdctest.Col("mail", event.KindString), cdctest.Col("n", event.KindInt))
}

// day is a row of every operation, a change of the key, NULLs, and a value that isn't
// in the log.
func day(s *event.Schema) *event.Batch {
	return cdctest.NewBatch().
		Read(s, 1, "Ann", "a@x", 1).
		Insert(s, 2, "Bob", nil, 2).
		Update(s, row{2, "Bob", nil, 2}, row{2, "Zoë", "z@x", 2}).
		Update(s, row{2, "Zoë", "z@x", 2}, row{2, event.Unavailable, "z@x", 3}).
		Update(s, row{2, "Zoë", "z@x", 2}, row{3, "Zoë", "z@x", 2}).
		Delete(s, 3, "Zoë", "z@x", 2).
		Truncate(s).
		Batch()
}

// verbTest is a rule for people, and what leaves of a day.
type verbTest struct {
	name, rule string
	want       []string
}

// Each verb for columns over every operation.
func TestVerbsOfColumns(t *testing.T) {
	tests := []verbTest{
		{
			"drop",
			"drop: [mail, n]",
			[]string{
				`r p.shop.people key {id:1} {id:1 name:Ann}`,
				`c p.shop.people key {id:2} {id:2 name:Bob}`,
				`u p.shop.people key {id:2} {id:2 name:Bob} -> {id:2 name:Zoë}`,
				`u p.shop.people key {id:2} {id:2 name:Zoë} -> {id:2 name:unavailable}`,
				`d p.shop.people key {id:2} {id:2 name:Zoë}`,
				`d p.shop.people key {id:2} tombstone`,
				`c p.shop.people key {id:3} {id:3 name:Zoë}`,
				`d p.shop.people key {id:3} {id:3 name:Zoë}`,
				`d p.shop.people key {id:3} tombstone`,
			},
		},
		{
			"rename and drop of the key column",
			"emit: row\ndrop: [id]\nkey: [id]\nrename: {name: called}",
			[]string{
				`r p.shop.people key {id:1} {called:Ann mail:a@x n:1}`,
				`c p.shop.people key {id:2} {called:Bob mail:null n:2}`,
				`u p.shop.people key {id:2} {called:Zoë mail:z@x n:2}`,
				`u p.shop.people key {id:2} {called:unavailable mail:z@x n:3}`,
				`d p.shop.people key {id:2} tombstone`,
				`c p.shop.people key {id:3} {called:Zoë mail:z@x n:2}`,
				`d p.shop.people key {id:3} tombstone`,
			},
		},
		{
			"nested fields",
			"fields: {key: id, person: {name: name, contact: {mail: mail}}}",
			[]string{
				`r p.shop.people key {id:1} {key:1 person:{name:Ann contact:{mail:a@x}}}`,
				`c p.shop.people key {id:2} {key:2 person:{name:Bob contact:{mail:null}}}`,
				`u p.shop.people key {id:2} {key:2 person:{name:Zoë contact:{mail:z@x}}}`,
				`u p.shop.people key {id:2} {key:2 person:{name:unavailable contact:{mail:z@x}}}`,
				`d p.shop.people key {id:2} tombstone`,
				`c p.shop.people key {id:3} {key:3 person:{name:Zoë contact:{mail:z@x}}}`,
				`d p.shop.people key {id:3} tombstone`,
			},
		},
		{
			"mask",
			"mask: {name: {keep_first: 1}, mail: {keep_last: 1, char: \"•\"}}\ndrop: [n]",
			[]string{
				`r p.shop.people key {id:1} {id:1 name:A** mail:••x}`,
				`c p.shop.people key {id:2} {id:2 name:B** mail:null}`,
				`u p.shop.people key {id:2} {id:2 name:B** mail:null} -> {id:2 name:Z** mail:••x}`,
				`u p.shop.people key {id:2} {id:2 name:Z** mail:••x} -> {id:2 name:unavailable mail:••x}`,
				`d p.shop.people key {id:2} {id:2 name:Z** mail:••x}`,
				`d p.shop.people key {id:2} tombstone`,
				`c p.shop.people key {id:3} {id:3 name:Z** mail:••x}`,
				`d p.shop.people key {id:3} {id:3 name:Z** mail:••x}`,
				`d p.shop.people key {id:3} tombstone`,
			},
		},
		{
			"mask to a length",
			"mask: {name: {length: 3}}\nfields: {name: name}",
			[]string{
				`r p.shop.people key {id:1} {name:***}`,
				`c p.shop.people key {id:2} {name:***}`,
				`u p.shop.people key {id:2} {name:***}`,
				`u p.shop.people key {id:2} {name:unavailable}`,
				`d p.shop.people key {id:2} tombstone`,
				`c p.shop.people key {id:3} {name:***}`,
				`d p.shop.people key {id:3} tombstone`,
			},
		},
		{
			"mask of a key",
			"mask: {name: {keep_first: 1}}\nkey: [name]\nfields: {n: n}\non_error: keep",
			[]string{
				`r p.shop.people key {name:A**} {n:1}`,
				`c p.shop.people key {name:B**} {n:2}`,
				`d p.shop.people key {name:B**} tombstone`,
				`c p.shop.people key {name:Z**} {n:2}`,
				`u p.shop.people key {id:2} {n:3}`,
				`u p.shop.people key {name:Z**} {n:2}`,
				`d p.shop.people key {name:Z**} tombstone`,
			},
		},
		{
			"hash",
			"hash: {n: {algorithm: sha256}}\nfields: {n: n}",
			[]string{
				`r p.shop.people key {id:1} {n:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b}`,
				`c p.shop.people key {id:2} {n:d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35}`,
				`u p.shop.people key {id:2} {n:d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35}`,
				`u p.shop.people key {id:2} {n:4e07408562bedb8b60ce05c1decfe3ad16b72230967de01f640b7e4729b49fce}`,
				`d p.shop.people key {id:2} tombstone`,
				`c p.shop.people key {id:3} {n:d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35}`,
				`d p.shop.people key {id:3} tombstone`,
			},
		},
		{
			"truncate",
			"emit: row\ntruncate: {name: 2, mail: 1}\ndrop: [n]",
			[]string{
				`r p.shop.people key {id:1} {id:1 name:An mail:a}`,
				`c p.shop.people key {id:2} {id:2 name:Bo mail:null}`,
				`u p.shop.people key {id:2} {id:2 name:Zo mail:z}`,
				`u p.shop.people key {id:2} {id:2 name:unavailable mail:z}`,
				`d p.shop.people key {id:2} tombstone`,
				`c p.shop.people key {id:3} {id:3 name:Zo mail:z}`,
				`d p.shop.people key {id:3} tombstone`,
			},
		},
		{
			"redact",
			"emit: row\nredact: [name, mail, n]",
			[]string{
				`r p.shop.people key {id:1} {id:1 name: mail:null n:null}`,
				`c p.shop.people key {id:2} {id:2 name: mail:null n:null}`,
				`u p.shop.people key {id:2} {id:2 name: mail:null n:null}`,
				`u p.shop.people key {id:2} {id:2 name: mail:null n:null}`,
				`d p.shop.people key {id:2} tombstone`,
				`c p.shop.people key {id:3} {id:3 name: mail:null n:null}`,
				`d p.shop.people key {id:3} tombstone`,
			},
		},
		{
			"redact with a text",
			"redact: {mail: hidden}\nfields: {mail: mail}",
			[]string{
				`r p.shop.people key {id:1} {mail:hidden}`,
				`c p.shop.people key {id:2} {mail:null}`,
				`u p.shop.people key {id:2} {mail:hidden}`,
				`u p.shop.people key {id:2} {mail:hidden}`,
				`d p.shop.people key {id:2} tombstone`,
				`c p.shop.people key {id:3} {mail:hidden}`,
				`d p.shop.people key {id:3} tombstone`,
			},
		},
		{
			"cast",
			"emit: row\ncast: {id: string, n: boolean}\ndrop: [name, mail]",
			[]string{
				`r p.shop.people key {id:1} {id:1 n:true}`,
				`c p.shop.people key {id:2} {id:2 n:true}`,
				`u p.shop.people key {id:2} {id:2 n:true}`,
				`u p.shop.people key {id:2} {id:2 n:true}`,
				`d p.shop.people key {id:2} tombstone`,
				`c p.shop.people key {id:3} {id:3 n:true}`,
				`d p.shop.people key {id:3} tombstone`,
			},
		},
		{
			"computed",
			"emit: row\ncomputed: {who: '\"<\" + row.name + \">\"', n: 'row.n + 1'}\ndrop: [mail]\non_error: keep",
			[]string{
				`r p.shop.people key {id:1} {id:1 name:Ann n:2 who:<Ann>}`,
				`c p.shop.people key {id:2} {id:2 name:Bob n:3 who:<Bob>}`,
				`u p.shop.people key {id:2} {id:2 name:Zoë n:3 who:<Zoë>}`,
				`u p.shop.people key {id:2} {id:2 name:unavailable n:4 who:null}`,
				`d p.shop.people key {id:2} tombstone`,
				`c p.shop.people key {id:3} {id:3 name:Zoë n:3 who:<Zoë>}`,
				`d p.shop.people key {id:3} tombstone`,
			},
		},
		{
			"computed in an envelope",
			"computed: {n: 'row.n * 10'}\ndrop: [name, mail]",
			[]string{
				`r p.shop.people key {id:1} {id:1 n:10}`,
				`c p.shop.people key {id:2} {id:2 n:20}`,
				`u p.shop.people key {id:2} {id:2 n:20} -> {id:2 n:20}`,
				`u p.shop.people key {id:2} {id:2 n:20} -> {id:2 n:30}`,
				`d p.shop.people key {id:2} {id:2 n:20}`,
				`d p.shop.people key {id:2} tombstone`,
				`c p.shop.people key {id:3} {id:3 n:20}`,
				`d p.shop.people key {id:3} {id:3 n:20}`,
				`d p.shop.people key {id:3} tombstone`,
			},
		},
	}
	runVerbs(t, tests)
}

func runVerbs(t *testing.T, tests []verbTest) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("KEY", "k")
			p := with(t, Options{Prefix: "p"}, "version: 1\nrules:\n- name: r\n  tables: [shop.people]\n  on: [insert, update, delete, snapshot]\n  "+strings.ReplaceAll(tt.rule, "\n", "\n  ")+"\n")
			got := records(t, p, day(people()))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s\n%s", diff, strings.Join(got, "\n"))
			}
		})
	}
}
