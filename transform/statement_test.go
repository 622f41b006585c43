package transform

import (
	"strings"
	"testing"

	"cdc/internal/cdctest"
)

// The text of a statement holds what a rule hides: the records of such a rule don't tell
// it, nor do its dead letters.
func TestStatementIsHidden(t *testing.T) {
	for lines, hidden := range map[string]bool{
		"drop: [note]": true, "mask: {note: {length: 3}}": true, "redact: [note]": true, "truncate: {note: 2}": true,
		"hash: {note: {algorithm: sha256}}": true, "computed: {note: '\"x\"'}": true, "drop: [note]\n    topic: \"t.${row.status}\"": true,
		"cast: {total: string}": false, "rename: {note: n}": false, "headers: {q: source.query}": false,
		"emit: row\n    drop: [note]\n    reroute: {topic_regex: '(.*)', topic_replacement: 'x.$1'}": true,
	} {
		s := ordersTable()
		p := ruled(t, lines, "on_error: dead_letter")
		b := cdctest.NewBatch().Insert(s, 1, "NEW", "1.0", "secret").Delete(s, 1, "NEW", "1.0", "secret").Batch()
		if err := p.Run(b); err != nil || len(b.Outs) != 2 {
			t.Fatalf("%s: %d outs, %v", lines, len(b.Outs), err)
		}
		for i := range b.Outs {
			if got := b.Outs[i].Target.NoStatement; got != hidden {
				t.Errorf("%s: out %d tells no statement: %v, want %v", lines, i, got, hidden)
			}
		}
		p = ruled(t, strings.TrimSuffix(lines, "headers: {q: source.query}"), "headers: {n: 'int(row.status)'}", "on_error: dead_letter")
		b.Outs = b.Outs[:0]
		if err := p.Run(b); err != nil || len(b.Outs) != 2 || b.Outs[0].Target.Topic != "pre.dead-letter" {
			t.Fatalf("%s: no dead letters: %v", lines, err)
		}
		if got := b.Outs[0].Target.NoStatement; got != hidden {
			t.Errorf("%s: the dead letter tells no statement: %v, want %v", lines, got, hidden)
		}
	}
}

func TestStatementIsRefused(t *testing.T) {
	const want = `source.query is the text of a statement, with the values of its rows, and rule "r" hides columns (take it out, or put it into a rule that hides nothing)`
	for lines, at := range map[string]string{
		"emit: row\n    drop: [note]\n    add_fields: [op, query]":                "7:22",
		"mask: {note: {length: 3}}\n    add_headers: [source.query]":              "6:19",
		"redact: [note]\n    headers: {q: 'string(source.table) + source.query'}": "6:49",
		"emit: row\n    computed: {note: '\"x\"', q: value.source.query}":         "6:45",
		"drop: [note]\n    topic: \"t.${source.query}\"":                          "6:24",
		"outbox: {table_field_event_id: id, table_field_event_key: id, table_field_event_payload: status, route_by_field: status}\n    truncate: {note: 2}\n    headers: {q: source.query}": "7:25",
	} {
		p := ruled(t, lines)
		err := p.Check(ordersTable())
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "rules.yaml:"+at+": ") {
			t.Errorf("%s:\ngot  %v\nwant %s: %s", lines, err, at, want)
		}
	}
	for _, lines := range []string{
		"drop: [note]\n    when: source.query != null", "emit: row\n    add_fields: [query]\n    computed: {q: source.query}",
	} {
		if err := ruled(t, lines).Check(ordersTable()); err != nil {
			t.Errorf("%s: %v", lines, err)
		}
	}
}
