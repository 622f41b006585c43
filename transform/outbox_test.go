package transform

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
	"cdc/internal/cdctest"
)

func outboxTable() *event.Schema {
	text := func(name string) event.Column { return cdctest.Col(name, event.KindString) }
	return cdctest.Table("shop.outbox", cdctest.Key("id", event.KindString), text("aggregatetype"), text("aggregateid"), text("type"),
		cdctest.Col("payload", event.KindJSON), cdctest.Col("ver", event.KindInt), cdctest.Col("part", event.KindInt), cdctest.Col("made", event.KindLocal), text("tracingspancontext"))
}

func outboxDay(s *event.Schema) *event.Batch {
	return cdctest.NewBatch().
		Insert(s, "a", "order", "o1", "Created", `{"n":1}`, 3, 1, 1_000_000, "#a comment\ntraceparent=00-1-2-01\ntracestate=x\\=y").
		Read(s, "b", "in voice", nil, "Paid", "  ", nil, nil, nil, nil).
		Insert(s, "c", "order", "o1", "Gone", nil, 4, 2, 2_000_000, nil).
		Update(s, row{"a", "order", "o1", "Created", "{}", 1, 1, 1, nil}, row{"a", "order", "o1", "Changed", "{}", 1, 1, 1, nil}).
		Delete(s, "a", "order", "o1", "Created", "{}", 1, 1, 1, nil).
		Batch()
}

func outboxWith(options ...string) string {
	if options == nil {
		return "version: 1\nrules:\n- name: r\n  tables: [shop.outbox]\n  outbox:\n"
	}
	return "version: 1\nrules:\n- name: r\n  tables: [shop.outbox]\n  outbox:\n    " + strings.Join(options, "\n    ") + "\n"
}

// Messages are those of Debezium's EventRouter.
func TestOutbox(t *testing.T) {
	tests := []struct {
		name    string
		options []string
		want    []string
	}{
		{"defaults", nil, []string{
			`c outbox.event.order key o1 {"n":1} headers {id:a traceparent:00-1-2-01 tracestate:x=y}`,
			`r outbox.event.in_voice key null    headers {id:b traceparent:null tracestate:null}`,
			`c outbox.event.order key o1 null headers {id:c traceparent:null tracestate:null}`,
		}},
		{"a tombstone for nothing", []string{"route_tombstone_on_empty_payload: true", "tracing_span_context_field: none"}, []string{
			`c outbox.event.order key o1 {"n":1} headers {id:a}`,
			`r outbox.event.in_voice key null tombstone headers {id:b}`,
			`c outbox.event.order key o1 tombstone headers {id:c}`,
		}},
		{"placements", []string{
			"table_fields_additional_placement: type:header:eventType,ver:envelope,part:partition,none:envelope", "table_field_additional_missing: ignore",
			"table_field_event_timestamp: made", "table_field_event_key: type", "tracing_span_context_field: none", "route_topic_replacement: 'm.${routedByValue}'",
		}, []string{
			`c m.order key Created {payload:{"n":1} ver:3} headers {id:a eventType:Created} partition 1 at 1000`,
			`r m.in_voice key Paid {payload:   ver:null} headers {id:b eventType:Paid}`,
			`c m.order key Gone {payload:null ver:4} headers {id:c eventType:Gone} partition 2 at 2000`,
		}},
		{"another expression", []string{"route_topic_regex: '(or)der'", "route_topic_replacement: '$1'", "tracing_span_context_field: none"}, []string{
			`c or key o1 {"n":1} headers {id:a}`, `r in_voice key null    headers {id:b}`, `c or key o1 null headers {id:c}`,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, records(t, with(t, Options{Prefix: "p"}, outboxWith(tt.options...)), outboxDay(outboxTable()))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// The schema of an envelope is named by the routed value, and has the version that a
// column says.
func TestOutboxSchemas(t *testing.T) {
	p := with(t, Options{Prefix: "p"}, outboxWith("table_field_event_schema_version: ver", "table_fields_additional_placement: type:envelope"))
	b := outboxDay(outboxTable())
	if err := p.Run(b); err != nil {
		t.Fatal(err)
	}
	for i, want := range []event.Target{{Name: "p.shop.outbox.order", Version: 3}, {Name: "p.shop.outbox.in voice"}, {Name: "p.shop.outbox.order", Version: 4}} {
		got := b.Outs[i].Target
		if got.Name != want.Name || got.Version != want.Version || got.Key != event.KeyValue || got.Shape != event.ShapeRow {
			t.Errorf("out %d: %+v, want name and version of %+v", i, got, want)
		}
	}
}

// An update of an outbox is told and left out, or stops.
func TestOutboxUpdates(t *testing.T) {
	for behavior, failed := range map[string]bool{"warn": false, "error": true} {
		var notes []Note
		p := with(t, Options{Log: func(n Note) { notes = append(notes, n) }}, outboxWith("table_op_invalid_behavior: "+behavior))
		if err := p.Run(outboxDay(outboxTable())); err != nil {
			t.Fatal(err)
		}
		if len(notes) != 1 || notes[0].Failed != failed || notes[0].Position != "binlog.000001:103" {
			t.Errorf("%s: %+v", behavior, notes)
		}
	}
	for _, policy := range []string{"fail", "drop", "keep", "dead_letter"} { // fatal is fatal
		err := with(t, Options{}, outboxWith("table_op_invalid_behavior: fatal")+"  on_error: "+policy+"\n").Run(outboxDay(outboxTable()))
		if !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), "an update of an outbox") {
			t.Errorf("fatal, %s: %v", policy, err)
		}
	}
}

// A message without a topic is a failure of the rule.
func TestOutboxWithoutATopic(t *testing.T) {
	s := outboxTable()
	b := cdctest.NewBatch().Insert(s, "a", nil, "o1", "Created", "{}", 1, 1, 1, nil).Batch()
	err := with(t, Options{}, outboxWith()).Run(b)
	if err == nil || !strings.Contains(err.Error(), "topic (rules.yaml:5:10): table shop.outbox, key (id), binlog.000001:100: the column that says the topic of the message is NULL") {
		t.Errorf("got %v", err)
	}
}

// Workers run templates, hashes and views of one program at the same time.
func TestVerbsAreSafeForConcurrentUse(t *testing.T) {
	for _, verb := range []string{"topic", "hash", "null_fields", "unwrap", "computed", "flatten", "cast"} {
		p, s := declare(t, declarative[verb]), customersTable()
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 5 {
					if err := p.Run(customerDay(s, 10)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if got := p.Stats()[0].Taken; got != 4*5*50 {
			t.Errorf("%s: %d rows taken", verb, got)
		}
	}
}
