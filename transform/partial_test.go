package transform

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
	"cdc/internal/cdctest"
)

// partial is an update and a delete of a table of MySQL whose binlog holds no whole rows:
// no image has mail, at and doc.
func partial() (*event.Schema, *event.Batch) {
	s := cdctest.Table("shop.people", cdctest.Key("id", event.KindInt), cdctest.Col("n", event.KindInt), cdctest.Col("mail", event.KindString),
		cdctest.Col("at", event.KindInstant), cdctest.Col("doc", event.KindJSON))
	none := event.Unavailable
	b := cdctest.NewBatch().Update(s, row{1, 1, none, none, none}, row{1, 2, none, none, none}).Delete(s, 1, 2, none, none, none).Batch()
	return s, b
}

// noDeletes takes no deletes, of which the log says nothing here.
const noDeletes = "\non: [insert, update]"

// What needs a value that isn't in the log is a failure of the rule, for the row after a
// change; the rule says what becomes of it, and nothing is left for the encoder to stop at.
func TestValuesThatAreNotInTheLog(t *testing.T) {
	for rule, keep := range map[string][]string{
		"timestamp: at\nfields: {n: n}":          {"u p.shop.people key {id:1} {n:2}", "d p.shop.people key {id:1} tombstone"},
		"cast: {mail: int64}\nfields: {m: mail}": {"u p.shop.people key {id:1} {m:null}", "d p.shop.people key {id:1} tombstone"},
		"cast: {mail: int64}\ndrop: [doc, at, n]": {
			"u p.shop.people key {id:1} {id:1 mail:unavailable} -> {id:1 mail:null}",
			"d p.shop.people key {id:1} {id:1 mail:unavailable}", "d p.shop.people key {id:1} tombstone",
		},
		"flatten: {column: doc, fields: {a: double}}\nfields: {a: doc_a}":                     {"u p.shop.people key {id:1} {a:null}", "d p.shop.people key {id:1} tombstone"},
		"unwrap: {route_by_field: mail}\ndrop: [doc, at, mail]":                               {"u p.shop.people key {id:1} {id:1 n:2}", "d p.shop.people key {id:1} null"},
		"partition_by: [mail]\nfields: {n: n}" + noDeletes:                                    {"u p.shop.people key {id:1} {n:2}"},
		"key: [mail]\nfields: {n: n}" + noDeletes:                                             {"u p.shop.people key {id:1} {n:2}"},
		"topic: \"t.${row.mail}\"\nfields: {n: n}" + noDeletes:                                {"u p.shop.people key {id:1} {n:2}"},
		"computed: {m: 'row.mail + \"x\"'}\nfields: {m: m}" + noDeletes:                       {"u p.shop.people key {id:1} {m:null}"},
		"headers: {m: row.mail}\nfields: {n: n}" + noDeletes:                                  {"u p.shop.people key {id:1} {n:2} headers {m:null}"},
		"partition_by: {fields: [change.mail], partitions: 3}\nfields: {n: n}" + noDeletes:    {"u p.shop.people key {id:1} {n:2}"},
		"flatten: {column: doc, fields: {a: int16}}\nemit: row\ndrop: [at, mail]" + noDeletes: {"u p.shop.people key {id:1} {id:1 n:2 doc_a:null}"},
	} {
		t.Run(rule, func(t *testing.T) {
			rule = strings.ReplaceAll(rule, "\n", "\n  ")
			s, b := partial()
			err := with(t, Options{Prefix: "p"}, onError("fail", rule)).Run(b)
			if err == nil || !strings.Contains(err.Error(), "isn't in the log") {
				t.Errorf("fail: %v", err)
			}
			if diff := cmp.Diff(keep, records(t, with(t, Options{Prefix: "p"}, onError("keep", rule)), b)); diff != "" {
				t.Errorf("keep (-want +got)\n%s", diff)
			}
			if got := records(t, with(t, Options{Prefix: "p"}, onError("drop", rule)), b); len(got) > 0 && strings.HasPrefix(got[0], "u") {
				t.Errorf("drop: %q", got)
			}
			got := records(t, with(t, Options{Prefix: "p"}, onError("dead_letter", rule)), b)
			if len(got) == 0 || !strings.HasPrefix(got[0], "u p.dead-letter ") {
				t.Errorf("dead letter of %s: %q", s.Name(), got)
			}
		})
	}
}

// So in an outbox.
func TestPartialOutbox(t *testing.T) {
	s, none := outboxTable(), event.Unavailable
	for _, tt := range []struct {
		option string
		row    row
		fails  string
		keep   string
	}{
		{"table_field_event_key: ver", row{"a", "order", "o1", "Created", "{}", none, 1, 1, nil}, "a column of the key", "c outbox.event.order {} headers {id:a}"},
		{"table_field_event_id: ver", row{"a", "order", "o1", "Created", "{}", none, 1, 1, nil}, "the column of a header", "c outbox.event.order key o1 {} headers {id:null}"},
		{"table_fields_additional_placement: ver:header:v", row{"a", "order", "o1", "Created", "{}", none, 1, 1, nil}, "the column of a header", "c outbox.event.order key o1 {} headers {id:a v:null}"},
		{"table_fields_additional_placement: type:header:t", row{"a", "order", "o1", none, "{}", 1, 1, 1, nil}, "", "c outbox.event.order key o1 {} headers {id:a t:unavailable}"},
		{"table_fields_additional_placement: part:partition", row{"a", "order", "o1", "Created", "{}", 1, none, 1, nil}, "chooses the partition", "c outbox.event.order key o1 {} headers {id:a}"},
		{"table_field_event_timestamp: made", row{"a", "order", "o1", "Created", "{}", 1, 1, none, nil}, "the time of the record", "c outbox.event.order key o1 {} headers {id:a}"},
		{"route_by_field: aggregatetype", row{"a", none, "o1", "Created", "{}", 1, 1, 1, nil}, "says the topic", "c p.shop.outbox key o1 {} headers {id:a}"},
	} {
		b := cdctest.NewBatch().Insert(s, tt.row...).Batch()
		options := outboxWith(tt.option, "tracing_span_context_field: none")
		if err := with(t, Options{Prefix: "p"}, options).Run(b); (err == nil) != (tt.fails == "") || err != nil && !strings.Contains(err.Error(), tt.fails) {
			t.Errorf("%s: %v", tt.option, err)
		}
		p := with(t, Options{Prefix: "p"}, strings.Replace(options, "  outbox:", "  on_error: keep\n  outbox:", 1))
		if diff := cmp.Diff([]string{tt.keep}, records(t, p, b)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.option, diff)
		}
	}
}

// A truncate for which a rule fails is told of in the dead-letter topic, with its headers.
func TestDeadLetterOfATruncate(t *testing.T) {
	p := with(t, Options{Prefix: "p"}, onError("dead_letter", "on: [insert, truncate]\n  topic: '${op == \"t\" ? string(int(\"x\" + op)) : \"x\"}'"))
	b := cdctest.NewBatch().Truncate(people()).Batch()
	if err := p.Run(b); err != nil {
		t.Fatal(err)
	}
	if len(b.Outs) != 1 || b.Outs[0].Target.Topic != "p.dead-letter" || b.Outs[0].After < 0 {
		t.Fatalf("outs %+v", b.Outs)
	}
	got := fieldsOf(b, b.Outs[0].View.Headers, b.Outs[0].After)
	for _, want := range []string{"__cdc.errors.rule:r", `__cdc.errors.message:rule "r", topic`, "__cdc.errors.table:shop.people", "__cdc.errors.position:binlog.000001:100"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s: got %s", want, got)
		}
	}
}
