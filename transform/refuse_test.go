package transform

import (
	"testing"

	"cdc/event"
	"cdc/internal/cdctest"
	"cdc/transform/rulefile"
)

// oldKey is a table of which the log holds only the key of a row before a change.
func oldKey(s *event.Schema) *event.Schema {
	s.Old = event.OldKey
	return s
}

// What can't work is refused when the rule is read, or when it meets the table, with its place, the
// cause and the mend.
func TestRefused(t *testing.T) {
	masked := columns(t, "shop.orders.note")
	const full = ` (ALTER TABLE "shop"."orders" REPLICA IDENTITY FULL`
	tests := []struct {
		name, rule string
		s          *event.Schema
		want       string
	}{
		{"mask of a number", "mask: {total: {keep_last: 1}}", nil, `6:10: mask is for text, and column "total" of table shop.orders is a decimal ("redact" and "cast" take it)`},
		{"a column that isn't there", "truncate: {nota: 1}", nil, `6:14: table shop.orders has no column "nota" (did you mean "note"?)`},
		{"drop of it", "drop: [nota]", nil, `6:10: table shop.orders has no column "nota" (did you mean "note"?)`},
		{"key of it", "key: [ids]", nil, `6:9: table shop.orders has no column "ids" (did you mean "id"?)`},
		{"computed from what is dropped", "emit: row\n  drop: [note]\n  computed: {x: row.note}", nil, `8:21: column "note" of table shop.orders is dropped by this rule (take it out of "drop")`},
		{"a header of what a computed field replaces", "emit: row\n  computed: {note: '\"x\"'}\n  headers: {h: row.note}", nil, `8:20: column "note" of table shop.orders isn't read any more: a computed field stands in its place (give the computed field another name)`},
		{"an image that isn't there", "headers: {s: after.status}", nil, `6:22: a delete has no image after, so after.status can't be worked out for the records of one (write row.status, which is the row after the change, or before it where it goes; or take the operation out of "on")`},
		{"flatten of a number", "emit: row\n  flatten: {column: total, fields: {a: string}}", nil, `7:21: column "total" of table shop.orders is a decimal, and only JSON can be flattened`},
		{"partition of text", "partition_by: {value: status}", nil, `6:25: column "status" of table shop.orders isn't a whole number, so it can't be the number of a partition`},
		{"a hash of a field that no event has", "partition_by: {fields: [source.tabel], partitions: 7}", nil, `6:27: an event has no field "source.tabel" (did you mean "table"?)`},
		{"time of text", "timestamp: status", nil, `6:14: column "status" of table shop.orders is text, which is no time of a record (take a date, a point in time, or a number of milliseconds since 1970)`},
		{"a column that the pipeline hides", "headers: {n: row.note}", nil, `6:16: column "note" of table shop.orders is hidden by the pipeline's column lists, and would leave in another form here (hide it in this rule, too, by mask, hash or redact; or take it out of events.column_mask_with_chars, column_mask_hash and column_truncate_to_chars)`},
		{"two fields of a name", "emit: row\n  rename: {note: status}", nil, `7:12: two fields of rule "r" are called "status" for table shop.orders (rename one, or drop it)`},
		{"a field and that of rewritten deletes", "fields: {id: id, __deleted: status}\n  delete: rewrite", nil, `7:11: a field "__deleted" is made by "fields" and by "delete: rewrite" (call one of them otherwise)`},
		{"a computed field and that of unwrap", "unwrap: {delete_tombstone_handling_mode: rewrite}\n  computed: {__deleted: '\"x\"'}", nil, `6:11: a field "__deleted" is made by "computed" and by "unwrap" (call one of them otherwise)`},
		{"a column and an added field", "emit: row\n  add_fields: ['op:id']\n  add_fields_prefix: ''", nil, `7:17: two fields of rule "r" are called "id" for table shop.orders (rename one, or drop it)`},
		{"a member with the name of a column", "fields: {id: id}\n  flatten: {column: text, delimiter: '', fields: {x: string}}", cdctest.Table("shop.orders", cdctest.Key("id", event.KindInt), cdctest.Col("text", event.KindString), cdctest.Col("textx", event.KindInt)), `7:51: two fields of rule "r" are called "textx" for table shop.orders (rename one, or drop it)`},
		{"the field that reroute adds to the key", "reroute: {topic_regex: '(.*)', topic_replacement: all, key_field_name: id}", nil, `6:12: the key of table shop.orders has a field "id" already, which "reroute" adds (give it another name by key_field_name)`},
		{"drop of a column of the key", "drop: [id]", nil, `6:10: column "id" is in the key of table shop.orders, in which it would leave although it is dropped (say which key the records have, "key: [...]" with this column or without it; or hide it by mask, hash or redact, which change the key, too)`},
		{"the same of unwrap", "unwrap: {}\n  drop: [id]", nil, `7:10: column "id" is in the key of table shop.orders, in which it would leave although it is dropped (say which key the records have, "key: [...]" with this column or without it; or hide it by mask, hash or redact, which change the key, too)`},
		{"a key without what is dropped", "drop: [id]\n  key: [status]", nil, ""},
		{"a key that keeps what is dropped", "drop: [id]\n  key: [id]", nil, ""},
		{"a dropped column of the key in an expression", "drop: [id]\n  key: [status]\n  headers: {h: key.id}", nil, `8:20: the key of table shop.orders has no column "id": it is none (write row.id for a column of the row)`},
		{"a partition by what is wrong itself", "partition_by: [x]\n  computed: {x: row.id + 1u}\n  emit: row", nil, `7:24: "+" can't be applied to int, uint`},
		{"a condition without the old row", "on: update\n  when: changed(\"note\")", oldKey(pgOrdersTable()), `7:18: changed("note") isn't in the log of table shop.orders, so the rule would stop the pipeline at the first update` + full + `; or keep the rule from updates: op != "u" && ...)`},
		{"an expression without it", "emit: row\n  headers: {n: 'before.status'}\n  on: update", oldKey(pgOrdersTable()), `7:24: before.status isn't in the log of table shop.orders, which holds no whole rows before a change` + full + `)`},
		{"a key without it", "key: [status]", oldKey(pgOrdersTable()), `6:8: an update of table shop.orders doesn't tell what column "status" was, so a change of the key can't be seen` + full + `, or take updates out of "on")`},
		{"only_if_changed without it", "only_if_changed: true", oldKey(pgOrdersTable()), `4:9: only_if_changed of rule "r" needs the row before an update, and that of table shop.orders isn't in the log` + full + `)`},
		{"the key's own columns are there", "key: [id]\n  when: op != \"u\" || changed(\"id\")", oldKey(pgOrdersTable()), ""},
		{"rewritten deletes show what the log has", "emit: row\n  delete: rewrite", oldKey(pgOrdersTable()), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := tt.s
			if s == nil {
				s = ordersTable()
			}
			text := "version: 1\nrules:\n\n- name: r\n  tables: [shop.orders]\n  " + tt.rule + "\n"
			p, err := Parse([]*rulefile.Source{{Name: "rules.yaml", Text: []byte(text)}}, Options{Prefix: "p", Masked: masked})
			if err == nil {
				err = p.Check(s)
			}
			got := ""
			if err != nil {
				got = err.Error()
			}
			want := tt.want
			if want != "" {
				want = "rules.yaml:" + want
			}
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}
