package transform

import (
	"bytes"
	"strings"
	"testing"

	"cdc/event"
	"cdc/internal/cdctest"
)

// A rule can't carry a column elsewhere that the pipeline hides in values: each way is
// refused, with its place, unless the rule hides the column by itself.
func TestColumnsThatThePipelineHides(t *testing.T) {
	for _, rule := range []string{
		"key: [mail]", "key: {x: mail}", "key: {value: mail}", "key: [id, mail]\n  unwrap: {}", "partition_by: [mail]",
		"partition_by: {fields: [change.mail], hash: java, partitions: 3}", "headers: {h: row.mail}", `topic: "t.${row.mail}"`,
		"computed: {x: row.mail}\n  emit: row", "cast: {mail: int32}", "flatten: {column: mail, fields: {a: string}}", "unwrap: {route_by_field: mail}",
		"outbox: {table_field_event_id: mail, route_by_field: name, table_field_event_key: name, table_field_event_payload: name}",
		"outbox: {table_field_event_id: id, route_by_field: mail, table_field_event_key: name, table_field_event_payload: name}",
		"outbox: {table_field_event_id: id, route_by_field: name, table_field_event_key: mail, table_field_event_payload: name}",
		"outbox: {table_field_event_id: id, route_by_field: name, table_field_event_key: name, table_field_event_payload: mail}",
		"outbox: {table_field_event_id: id, route_by_field: name, table_field_event_key: name, table_field_event_payload: name, table_fields_additional_placement: 'mail:header'}",
		"outbox: {table_field_event_id: id, route_by_field: name, table_field_event_key: name, table_field_event_payload: name, table_fields_additional_placement: 'mail:envelope'}",
	} {
		text := "version: 1\nrules:\n- name: r\n  tables: [shop.people]\n  " + rule + "\n"
		err := with(t, Options{Prefix: "p", Masked: columns(t, "shop.people.mail")}, text).Check(people())
		if err == nil || !strings.Contains(err.Error(), `column "mail" of table shop.people is hidden by the pipeline's column lists`) || strings.Count(err.Error(), "rules.yaml:") != 1 {
			t.Errorf("%s: %v", rule, err)
		}
		// A truncation may leave more than the pipeline does.
		if !strings.Contains(rule, "cast:") {
			err = with(t, Options{Prefix: "p", Masked: columns(t, "shop.people.mail")}, text+"  truncate: {mail: 90}\n").Check(people())
			if err == nil {
				t.Errorf("%s: truncated, and not refused", rule)
			}
			continue
		}
	}
	for _, rule := range []string{"key: [mail]", "partition_by: [mail]", "headers: {h: row.mail}", `topic: "t.${row.mail}"`} {
		for _, hide := range []string{"mask: {mail: {length: 3}}", "hash: {mail: {algorithm: sha256}}", "redact: {mail: gone}"} {
			p := with(t, Options{Prefix: "p", Masked: columns(t, "shop.people.mail")}, "version: 1\nrules:\n- name: r\n  tables: [shop.people]\n  "+rule+"\n  "+hide+"\n")
			b := cdctest.NewBatch().Insert(people(), 1, "Ann", "SECRET", 1).Batch()
			if err := p.Run(b); err != nil || len(b.Outs) != 1 || bytes.Contains(reachable(b, &b.Outs[0]), []byte("SECRET")) {
				t.Errorf("%s, %s: %v, %d outs", rule, hide, err, len(b.Outs))
			}
		}
	}
}

// What a rule drops stands in no dead letter either, also not in its key, nor where a row
// is kept without the key of the rule.
func TestDroppedColumnsOfTheKey(t *testing.T) {
	s := linesTable()
	for _, rest := range []string{"on_error: dead_letter", "on_error: keep"} {
		p := with(t, Options{Prefix: "p"}, "version: 1\nrules:\n- name: r\n  tables: [shop.lines]\n  drop: [mail]\n  key: [v]\n  headers: {h: 'int(row.v)'}\n  "+rest+"\n")
		b := cdctest.NewBatch().Insert(s, 1, "SECRET", "v").Update(s, row{1, "SECRET", "v"}, row{1, "SECRET", event.Unavailable}).Batch()
		if err := p.Run(b); err != nil {
			t.Fatal(err)
		}
		if len(b.Outs) < 2 {
			t.Errorf("%s: %d outs", rest, len(b.Outs))
		}
		for i := range b.Outs {
			if bytes.Contains(reachable(b, &b.Outs[i]), []byte("SECRET")) {
				t.Errorf("%s: out %d has it", rest, i)
			}
		}
	}
}
