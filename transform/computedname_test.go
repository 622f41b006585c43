package transform

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/internal/cdctest"
)

// A computed value may have the name of a column: it stands in its place, and
// expressions still see what the column holds.
func TestComputedInThePlaceOfWhatItReads(t *testing.T) {
	for _, tt := range []verbTest{
		{"envelope", `computed: {mail: 'row.mail + "!"'}`, []string{
			`c p.shop.people key {id:1} {id:1 name:Ann mail:a@x! n:1}`,
			`u p.shop.people key {id:1} {id:1 name:Ann mail:a@x! n:1} -> {id:1 name:Ann mail:b@x! n:2}`,
			`u p.shop.people key {id:1} {id:1 name:Ann mail:b@x! n:2} -> {id:1 name:Ann mail:b@x! n:3}`,
			`d p.shop.people key {id:1} {id:1 name:Ann mail:b@x! n:2}`,
			`d p.shop.people key {id:1} tombstone`,
		}},
		{"a choice", `computed: {mail: 'row.n > 1 ? row.mail : row.name'}`, []string{
			`c p.shop.people key {id:1} {id:1 name:Ann mail:Ann n:1}`,
			`u p.shop.people key {id:1} {id:1 name:Ann mail:Ann n:1} -> {id:1 name:Ann mail:b@x n:2}`,
			`u p.shop.people key {id:1} {id:1 name:Ann mail:b@x n:2} -> {id:1 name:Ann mail:b@x n:3}`,
			`d p.shop.people key {id:1} {id:1 name:Ann mail:b@x n:2}`,
			`d p.shop.people key {id:1} tombstone`,
		}},
		{"in the interpreter", `computed: {mail: 'row.mail.reverse()', n: 'row.n + 1'}`, []string{
			`c p.shop.people key {id:1} {id:1 name:Ann mail:x@a n:2}`,
			`u p.shop.people key {id:1} {id:1 name:Ann mail:x@a n:2} -> {id:1 name:Ann mail:x@b n:3}`,
			`u p.shop.people key {id:1} {id:1 name:Ann mail:x@b n:3} -> {id:1 name:Ann mail:x@b n:4}`,
			`d p.shop.people key {id:1} {id:1 name:Ann mail:x@b n:3}`,
			`d p.shop.people key {id:1} tombstone`,
		}},
		{"each other", `computed: {name: 'row.mail', mail: 'row.name'}`, []string{
			`c p.shop.people key {id:1} {id:1 name:a@x mail:Ann n:1}`,
			`u p.shop.people key {id:1} {id:1 name:a@x mail:Ann n:1} -> {id:1 name:b@x mail:Ann n:2}`,
			`u p.shop.people key {id:1} {id:1 name:b@x mail:Ann n:2} -> {id:1 name:b@x mail:Ann n:3}`,
			`d p.shop.people key {id:1} {id:1 name:b@x mail:Ann n:2}`,
			`d p.shop.people key {id:1} tombstone`,
		}},
		{"bool", `computed: {n: 'row.n == 1'}`, []string{
			`c p.shop.people key {id:1} {id:1 name:Ann mail:a@x n:true}`,
			`u p.shop.people key {id:1} {id:1 name:Ann mail:a@x n:true} -> {id:1 name:Ann mail:b@x n:false}`,
			`u p.shop.people key {id:1} {id:1 name:Ann mail:b@x n:false} -> {id:1 name:Ann mail:b@x n:false}`,
			`d p.shop.people key {id:1} {id:1 name:Ann mail:b@x n:false}`,
			`d p.shop.people key {id:1} tombstone`,
		}},
		{"row", "emit: row\ncomputed: {mail: 'row.mail + \"!\"', n: 'after.mail'}", []string{
			`c p.shop.people key {id:1} {id:1 name:Ann mail:a@x! n:a@x}`,
			`u p.shop.people key {id:1} {id:1 name:Ann mail:b@x! n:b@x}`,
			`u p.shop.people key {id:1} {id:1 name:Ann mail:b@x! n:b@x}`,
			`d p.shop.people key {id:1} tombstone`,
		}},
		{"fields", "computed: {mail: 'row.mail + \"!\"'}\nfields: {contact: mail, number: n}", []string{
			`c p.shop.people key {id:1} {contact:a@x! number:1}`,
			`u p.shop.people key {id:1} {contact:b@x! number:2}`,
			`u p.shop.people key {id:1} {contact:b@x! number:3}`,
			`d p.shop.people key {id:1} tombstone`,
		}},
		{"renamed", "emit: row\ncomputed: {mail: 'row.mail + \"!\"'}\nrename: {mail: contact}", []string{
			`c p.shop.people key {id:1} {id:1 name:Ann contact:a@x! n:1}`,
			`u p.shop.people key {id:1} {id:1 name:Ann contact:b@x! n:2}`,
			`u p.shop.people key {id:1} {id:1 name:Ann contact:b@x! n:3}`,
			`d p.shop.people key {id:1} tombstone`,
		}},
		{"behind a mask", "mask: {mail: {keep_first: 1}}\ncomputed: {mail: 'row.mail + \"!\"'}", []string{
			`c p.shop.people key {id:1} {id:1 name:Ann mail:a**! n:1}`,
			`u p.shop.people key {id:1} {id:1 name:Ann mail:a**! n:1} -> {id:1 name:Ann mail:b**! n:2}`,
			`u p.shop.people key {id:1} {id:1 name:Ann mail:b**! n:2} -> {id:1 name:Ann mail:b**! n:3}`,
			`d p.shop.people key {id:1} {id:1 name:Ann mail:b**! n:2}`,
			`d p.shop.people key {id:1} tombstone`,
		}},
		{"of a changed value", "emit: row\ncomputed: {mail: 'old(\"mail\") == row.mail ? \"same\" : row.mail + \"!\"'}\n", []string{
			`c p.shop.people key {id:1} {id:1 name:Ann mail:a@x! n:1}`,
			`u p.shop.people key {id:1} {id:1 name:Ann mail:b@x! n:2}`,
			`u p.shop.people key {id:1} {id:1 name:Ann mail:same n:3}`,
			`d p.shop.people key {id:1} tombstone`,
		}},
		{"only if changed", "only_if_changed: true\nfields: {mail: mail}\ncomputed: {mail: 'row.mail + \"!\"'}", []string{
			`c p.shop.people key {id:1} {mail:a@x!}`,
			`u p.shop.people key {id:1} {mail:b@x!}`,
			`d p.shop.people key {id:1} tombstone`,
		}},
		{"of the key", "emit: row\ncomputed: {id: 'string(row.id) + row.mail'}", []string{
			`c p.shop.people key {id:1} {id:1a@x name:Ann mail:a@x n:1}`,
			`u p.shop.people key {id:1} {id:1b@x name:Ann mail:b@x n:2}`,
			`u p.shop.people key {id:1} {id:1b@x name:Ann mail:b@x n:3}`,
			`d p.shop.people key {id:1} tombstone`,
		}},
		{"as the key", "emit: row\nkey: [mail]\ncomputed: {mail: 'row.mail + \"!\"'}", []string{
			`c p.shop.people key {mail:a@x!} {id:1 name:Ann mail:a@x! n:1}`,
			`d p.shop.people key {mail:a@x!} tombstone`,
			`c p.shop.people key {mail:b@x!} {id:1 name:Ann mail:b@x! n:2}`,
			`u p.shop.people key {mail:b@x!} {id:1 name:Ann mail:b@x! n:3}`,
			`d p.shop.people key {mail:b@x!} tombstone`,
		}},
		{"delete: rewrite", "emit: row\ndelete: rewrite\ncomputed: {mail: 'row.mail + \"!\"'}", []string{
			`c p.shop.people key {id:1} {id:1 name:Ann mail:a@x! n:1 __deleted:false}`,
			`u p.shop.people key {id:1} {id:1 name:Ann mail:b@x! n:2 __deleted:false}`,
			`u p.shop.people key {id:1} {id:1 name:Ann mail:b@x! n:3 __deleted:false}`,
			`d p.shop.people key {id:1} {id:1 name:Ann mail:b@x! n:2 __deleted:true}`,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := with(t, Options{Prefix: "p"}, "version: 1\nrules:\n- name: r\n  tables: [shop.people]\n  on: [insert, update, delete, snapshot]\n  "+strings.ReplaceAll(tt.rule, "\n", "\n  ")+"\n")
			s := people()
			got := records(t, p, cdctest.NewBatch().
				Insert(s, 1, "Ann", "a@x", 1).
				Update(s, row{1, "Ann", "a@x", 1}, row{1, "Ann", "b@x", 2}).
				Update(s, row{1, "Ann", "b@x", 2}, row{1, "Ann", "b@x", 3}).
				Delete(s, 1, "Ann", "b@x", 2).
				Batch())
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s\n%s", diff, strings.Join(got, "\n"))
			}
		})
	}
}

func TestComputedInThePlaceOfAPayload(t *testing.T) {
	p := with(t, Options{Prefix: "p"}, strings.Replace(outboxWith("tracing_span_context_field: none"), "  outbox:", "  computed: {payload: 'row.payload + \"!\"', aggregatetype: 'row.type + \".\" + row.aggregatetype'}\n  outbox:", 1))
	s := outboxTable()
	got := records(t, p, cdctest.NewBatch().Insert(s, "a", "order", "o1", "Created", `{"n":1}`, 3, 1, 1, nil).Batch())
	if diff := cmp.Diff([]string{`c outbox.event.Created.order key o1 {"n":1}! headers {id:a}`}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Of a computed value with a wrong expression that alone is told, whatever names it.
func TestOnlyTheExpressionIsWrong(t *testing.T) {
	for _, more := range []string{
		"fields: {x: x}", "fields: {a: {b: x}}", "emit: row\nrename: {x: y}", "emit: row\nkey: [x]", "key: {value: x}",
		"partition_by: [x]", "partition_by: {value: x}", "partition_by: {fields: [change.x], partitions: 3}", "timestamp: x", "unwrap: {}", "emit: row\nnull_fields: omit", "only_if_changed: true",
		"outbox: {table_field_event_id: x, table_field_event_key: x, table_field_event_payload: x, route_by_field: x}",
	} {
		for expression, want := range map[string]string{
			`row.emial`:  `table shop.people has no column "emial" (it has id, name, mail, n)`,
			`row.n + 1u`: `"+" can't be applied to int, uint`,
		} {
			rule := "computed: {x: '" + expression + "'}\n" + more
			p := with(t, Options{Prefix: "p"}, "version: 1\nrules:\n- name: r\n  tables: [shop.people]\n  on: [insert, update]\n  "+strings.ReplaceAll(rule, "\n", "\n  ")+"\n")
			b := cdctest.NewBatch().Insert(people(), 1, "Ann", "a@x", 1).Batch()
			err := p.Run(b)
			if err == nil || strings.Count(err.Error(), "rules.yaml:") != 1 || !strings.Contains(err.Error(), want) {
				t.Errorf("%s:\n%v", rule, err)
			}
		}
	}
}
