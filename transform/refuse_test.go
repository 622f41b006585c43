package transform

import (
	"testing"

	"cdc/event"
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
		{"computed from what is dropped", "emit: row\n  drop: [note]\n  computed: {x: row.note}", nil, `8:21: table shop.orders has no column "note" (it has id, status, total)`},
		{"an image that isn't there", "headers: {s: after.status}", nil, `6:22: a delete has no image after, so after.status can't be worked out for the records of one (write row.status, which is the row after the change, or before it where it goes; or take the operation out of "on")`},
		{"flatten of a number", "emit: row\n  flatten: {column: total, fields: {a: string}}", nil, `7:21: column "total" of table shop.orders is a decimal, and only JSON can be flattened`},
		{"partition of text", "partition_by: {value: note}", nil, `6:25: column "note" of table shop.orders isn't a whole number, so it can't be the number of a partition`},
		{"time of text", "timestamp: note", nil, `6:14: column "note" of table shop.orders is text, which is no time of a record (take a date, a point in time, or a number of milliseconds since 1970)`},
		{"a column that the pipeline hides", "headers: {n: row.note}", nil, `6:16: column "note" of table shop.orders is hidden by the pipeline's column lists, and would leave in another form here (take it out of events.column_mask_with_chars, column_mask_hash and column_truncate_to_chars, and hide it with this rule's mask, hash, truncate or redact)`},
		{"two fields of a name", "emit: row\n  rename: {note: status}", nil, `4:9: two fields of rule "r" are called "status" for table shop.orders (rename one, or drop it)`},
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
