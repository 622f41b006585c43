package transform

import (
	"fmt"
	"testing"

	"cdc/event"
	"cdc/internal/cdctest"
)

// customersTable has a column for every declarative verb.
func customersTable() *event.Schema {
	text := func(name string) event.Column { return cdctest.Col(name, event.KindString) }
	total := cdctest.Col("total", event.KindDecimal)
	total.Type.Precision, total.Type.Scale = 10, 2
	return cdctest.Table("shop.customers", cdctest.Key("id", event.KindInt), text("name"), text("email"), text("phone"), text("region"),
		total, cdctest.Col("n", event.KindInt), text("notes"), cdctest.Col("doc", event.KindJSON), cdctest.Col("at", event.KindInstant))
}

func customer(id int, region string) row {
	return row{id, "Ann Üttering", "ann@example.test", "5550123", region, "12.50", 3, "notes of some length", `{"a": {"b": "x"}, "c": [1, 2], "d": 1.5}`, 1_700_000_000_000_000}
}

// customerDay is a row of every operation, and a change of the key.
func customerDay(s *event.Schema, n int) *event.Batch {
	b := cdctest.NewBatch()
	for i := range n {
		region := fmt.Sprint("r", i%5)
		b.Insert(s, customer(i, region)...).Read(s, customer(i, region)...).
			Update(s, customer(i, region), customer(i, "r0")).Update(s, customer(i, region), customer(i+1000, region)).
			Delete(s, customer(i, region)...)
	}
	return b.Batch()
}

// declarative are rules for every declarative verb.
var declarative = map[string]string{
	"drop":             `drop: [notes]`,
	"fields":           `fields: {id: id, who: {name: name, mail: email}}`,
	"rename":           "emit: row\n  rename: {name: called}",
	"mask":             `mask: {phone: {keep_last: 4}, name: {keep_first: 1, char: "•"}, notes: {length: 8}}`,
	"hash":             `hash: {email: {algorithm: hmac-sha256, secret: {env: KEY}}, n: {algorithm: sha256}}`,
	"truncate":         `truncate: {notes: 5, name: 1}`,
	"redact":           `redact: {notes: none, total: null}`,
	"cast":             "emit: row\n  cast: {id: string, total: double, n: boolean, at: string}",
	"cast decimal":     "emit: row\n  cast: {n: 'decimal(10,2)', total: 'decimal(12,4)'}",
	"add_fields":       "emit: row\n  add_fields: [op, table, source.ts_ms, ts_ms]",
	"add_headers":      "add_headers: [op, table, source.pos]",
	"key":              `key: {who: email, id: id}`,
	"key value":        `key: {value: email}`,
	"key none":         `key: none`,
	"headers":          `headers: {a: {value: "text"}, op: op, who: row.name}`,
	"partition_by":     `partition_by: [region]`,
	"partition java":   `partition_by: {fields: [change.region, change.n, change.total], hash: java, partitions: 7}`,
	"partition murmur": `partition_by: {fields: [change.region, source.table, op], hash: murmur, partitions: 7}`,
	"delete":           "emit: row\n  delete: rewrite\n  tombstone: keep",
	"topic":            `topic: "t.${row.region}"`,
	"timestamp":        `timestamp: at`,
	"changed":          `only_if_changed: true`,
	"unwrap":           "unwrap: {delete_tombstone_handling_mode: rewrite-with-tombstone, add_fields: [op], add_headers: [op], route_by_field: region}",
	"reroute":          "reroute: {topic_regex: '(.*)\\.customers', topic_replacement: '$1.all'}",
	"flatten":          "emit: row\n  flatten: {column: doc, fields: {a.b: string, d: double, c: string}}",
	"changed_headers":  "changed_headers: {changed: c, unchanged: u}",
	"null_fields":      "emit: row\n  null_fields: omit",
	"computed":         "emit: row\n  computed: {who: 'row.name + \" of \" + row.region'}",
}

func declare(t testing.TB, verb string) *Program {
	t.Setenv("KEY", "secret")
	return with(t, Options{Prefix: "pre"}, "version: 1\nrules:\n- name: r\n  tables: [shop.customers]\n  on: [insert, update, delete, snapshot]\n  "+verb+"\n")
}

// again returns what runs a batch anew, from where it began.
func again(t testing.TB, p *Program, b *event.Batch) (run func()) {
	t.Helper()
	values, arena := len(b.Values), len(b.Arena)
	return func() {
		b.Outs, b.Values, b.Arena = b.Outs[:0], b.Values[:values], b.Arena[:arena]
		if err := p.Run(b); err != nil {
			t.Fatal(err)
		}
	}
}

func allocatesNothing(t *testing.T, p *Program, b *event.Batch, outs int) {
	t.Helper()
	run := again(t, p, b)
	run()
	if len(b.Outs) < outs {
		t.Errorf("%d outs", len(b.Outs))
	}
	if n := cdctest.LeastAllocs(run); n > 0 {
		t.Errorf("%v allocations for %d rows", n, len(b.Rows))
	}
}

// The verbs put values into the slab and texts into the arena of the batch, and
// allocate nothing once these have grown.
func TestVerbsAllocateNothing(t *testing.T) {
	for name, verb := range declarative {
		t.Run(name, func(t *testing.T) {
			days := 20
			if name == "hash" { // takes a state out of a pool for each value, see cdctest.LeastAllocs
				days = 1
			}
			allocatesNothing(t, declare(t, verb), customerDay(customersTable(), days), 4*days)
		})
	}
}

func TestOutboxAllocatesNothing(t *testing.T) {
	for name, text := range outboxes {
		t.Run(name, func(t *testing.T) {
			allocatesNothing(t, with(t, Options{}, outboxRules+text+"\n"), messages(100), 100)
		})
	}
}

// outboxes are rules for an outbox table, as far as options change what is done.
var outboxes = map[string]string{
	"outbox":            "outbox: {}",
	"outbox, expanded":  "outbox: {table_expand_json_payload: true}",
	"outbox, placement": `outbox: {table_fields_additional_placement: ["type:header:eventType", "type:envelope", "at:partition"]}`,
}

const outboxRules = "version: 1\nrules:\n- name: r\n  tables: [shop.outbox]\n  on: [insert]\n  "

// messages is a batch of n messages in an outbox table.
func messages(n int) *event.Batch {
	text := func(name string) event.Column { return cdctest.Col(name, event.KindString) }
	s := cdctest.Table("shop.outbox", cdctest.Key("id", event.KindString), text("aggregatetype"), text("aggregateid"), text("type"),
		cdctest.Col("payload", event.KindJSON), cdctest.Col("at", event.KindInt))
	b := cdctest.NewBatch()
	for i := range n {
		b.Insert(s, fmt.Sprint("6f1c-", i), []string{"order", "customer"}[i%2], fmt.Sprint(i), "OrderCreated",
			`{"orderId": 1001, "lines": [{"sku": "a", "n": 2}, {"sku": "b", "n": 1}]}`, i%3)
	}
	return b.Batch()
}
