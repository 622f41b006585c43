package transform

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
	"cdc/internal/cdctest"
)

// failing are rows of which those with a NULL in mail, or n that isn't positive, make
// the rules below fail.
func failing(s *event.Schema) *event.Batch {
	return cdctest.NewBatch().Insert(s, 1, "Ann", "a@x", 1).Insert(s, 2, "Bob", nil, 2).
		Update(s, row{3, "Cid", "c@x", 3}, row{3, "Cid", nil, -3}).Delete(s, 4, "Dan", nil, 4).Batch()
}

func onError(what, rest string) string {
	return "version: 1\nrules:\n- name: r\n  tables: [shop.people]\n  on_error: " + what + "\n  " + rest + "\n"
}

// What becomes of rows for which a rule fails.
func TestOnError(t *testing.T) {
	const letter = ` headers {__cdc.errors.rule:r __cdc.errors.message:%s __cdc.errors.table:shop.people __cdc.errors.position:binlog.000001:%d}`
	tests := []struct {
		name, what, rule string
		want             []string
		counts           RuleCounts
	}{
		{
			"a condition, drop", "drop", "when: 'row.mail.startsWith(\"a\")'\n  drop: [name, n]",
			[]string{`c p.shop.people key {id:1} {id:1 mail:a@x}`},
			RuleCounts{Taken: 1, Errors: 3},
		},
		{
			"a condition, keep", "keep", "when: 'row.mail.startsWith(\"a\")'\n  fields: {m: mail}",
			[]string{
				`c p.shop.people key {id:1} {m:a@x}`, `c p.shop.people key {id:2} {m:null}`, `u p.shop.people key {id:3} {m:null}`,
				`d p.shop.people key {id:4} tombstone`,
			},
			RuleCounts{Taken: 4, Errors: 3},
		},
		{
			"a topic, dead letter", "dead_letter", "topic: \"t.${row.mail}\"\n  fields: {n: n}\n  mask: {name: {keep_first: 1}}\n  dead: x",
			[]string{
				`c t.a_x key {id:1} {n:1}`,
				`c p.dead-letter key {id:2} {id:2 name:B** mail:null n:2}` + fmt.Sprintf(letter, `rule "r", topic (rules.yaml:6:10): a part of the name of the topic is NULL (write what then: ${row.?column.orValue("none")})`, 101),
				`u p.dead-letter key {id:3} {id:3 name:C** mail:c@x n:3} -> {id:3 name:C** mail:null n:-3}` + fmt.Sprintf(letter, `rule "r", topic (rules.yaml:6:10): a part of the name of the topic is NULL (write what then: ${row.?column.orValue("none")})`, 102),
				`d p.dead-letter key {id:4} {id:4 name:D** mail:null n:4}` + fmt.Sprintf(letter, `rule "r", topic (rules.yaml:6:10): a part of the name of the topic is NULL (write what then: ${row.?column.orValue("none")})`, 103),
			},
			RuleCounts{Taken: 4, Errors: 3, DeadLetters: 3},
		},
		{
			"a topic, keep", "keep", "topic: \"t.${row.mail}\"\n  fields: {n: n}",
			[]string{
				`c t.a_x key {id:1} {n:1}`, `c p.shop.people key {id:2} {n:2}`, `u p.shop.people key {id:3} {n:-3}`, `d p.shop.people key {id:4} tombstone`,
			},
			RuleCounts{Taken: 4, Errors: 3},
		},
		{
			"a partition, keep", "keep", "partition_by: {value: n}\n  fields: {n: n}",
			[]string{
				`c p.shop.people key {id:1} {n:1} partition 1`, `c p.shop.people key {id:2} {n:2} partition 2`, `u p.shop.people key {id:3} {n:-3}`,
				`d p.shop.people key {id:4} tombstone partition 4`,
			},
			RuleCounts{Taken: 4, Errors: 1},
		},
		{
			"a cast, keep", "keep", "cast: {name: int32}\n  emit: row\n  drop: [mail]",
			[]string{
				`c p.shop.people key {id:1} {id:1 name:null n:1}`, `c p.shop.people key {id:2} {id:2 name:null n:2}`, `u p.shop.people key {id:3} {id:3 name:null n:-3}`,
				`d p.shop.people key {id:4} tombstone`,
			},
			RuleCounts{Taken: 4, Errors: 3},
		},
		{
			"a header, keep", "keep", "headers: {h: 'row.mail.size() / (row.n + 3)'}\n  fields: {n: n}",
			[]string{
				`c p.shop.people key {id:1} {n:1} headers {h:0}`, `c p.shop.people key {id:2} {n:2} headers {h:null}`, `u p.shop.people key {id:3} {n:-3} headers {h:null}`,
				`d p.shop.people key {id:4} tombstone headers {h:null}`,
			},
			RuleCounts{Taken: 4, Errors: 3},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := with(t, Options{Prefix: "p"}, onError(tt.what, strings.Replace(tt.rule, "\n  dead: x", "", 1)))
			if diff := cmp.Diff(tt.want, records(t, p, failing(people()))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if got := p.Stats()[0]; got.Rule != "r" || got.RuleCounts != tt.counts {
				t.Errorf("counts %+v, want %+v", got, tt.counts)
			}
		})
	}
}

// The error that stops names rule, step, table, key columns and position, and no value.
func TestErrorsOfSteps(t *testing.T) {
	for rule, want := range map[string]string{
		"cast: {name: int32}": `rule "r", cast name (rules.yaml:6:10): table shop.people, key (id), binlog.000001:100: a value can't be cast (say what then: on_error: keep puts NULL there)`,
		"headers: {h: 'row.mail.size() / 0'}\n  fields: {n: n}": `rule "r", header h (rules.yaml:6:17): table shop.people, key (id), binlog.000001:100: a division by zero`,
		"partition_by: {value: n}\n  on: [update]":              `rule "r", partition (rules.yaml:6:17): table shop.people, key (id), binlog.000001:102: the number of the partition is negative or too large`,
	} {
		err := with(t, Options{Prefix: "p"}, onError("fail", rule)).Run(failing(people()))
		if err == nil || err.Error() != want || !errors.Is(err, event.ErrConfig) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// The log is told of a rule that fails, and not of every row.
func TestFailuresAreTold(t *testing.T) {
	now := time.Unix(0, 0)
	var notes []Note
	p := with(t, Options{Prefix: "p", Now: func() time.Time { return now }, Log: func(n Note) { notes = append(notes, n) }}, onError("drop", "topic: \"t.${row.mail}\""))
	run := func() {
		if err := p.Run(failing(people())); err != nil {
			t.Fatal(err)
		}
	}
	run()
	run()
	now = now.Add(noteEvery)
	run()
	if len(notes) != 2 || !notes[0].Failed || notes[0].Rule != "r" || notes[0].Table != "shop.people" || notes[0].Position != "binlog.000001:101" {
		t.Errorf("got %+v", notes)
	}
}

// Nor of fewer where the row leaves without what failed.
func TestWhatIsKeptIsTold(t *testing.T) {
	for rule, want := range map[string]string{
		"cast: {name: int32}\n  emit: row":                      `rule "r", cast name (rules.yaml:6:10): a value can't be cast (say what then: on_error: keep puts NULL there)`,
		"headers: {h: 'row.mail.size() / 0'}\n  fields: {n: n}": `rule "r", header h (rules.yaml:6:17): a division by zero`,
		"when: 'row.n / 0 > 1'":                                 `rule "r" (rules.yaml:6:10): a division by zero`,
		"topic: \"t.${row.mail}\"":                              `rule "r", topic (rules.yaml:6:10): a part of the name of the topic is NULL (write what then: ${row.?column.orValue("none")})`,
		"partition_by: {value: n}":                              `rule "r", partition (rules.yaml:6:17): the number of the partition is negative or too large`,
	} {
		var notes []Note
		p := with(t, Options{Prefix: "p", Log: func(n Note) { notes = append(notes, n) }}, onError("keep", rule))
		if err := p.Run(failing(people())); err != nil {
			t.Fatal(err)
		}
		if len(notes) != 1 || !notes[0].Failed || notes[0].Rule != "r" || notes[0].Message != want {
			t.Errorf("got  %+v\nwant %s", notes, want)
		}
	}
}

// A rule that continues and fails with a dead letter lets later rules see the row.
func TestContinueAfterAFailure(t *testing.T) {
	p := with(t, Options{Prefix: "p"}, onError("dead_letter", "continue: true\n  topic: \"t.${row.mail}\"\n  fields: {n: n}")+"- {name: s, tables: [shop.people], fields: {n: n}}\n")
	b := cdctest.NewBatch().Insert(people(), 2, "Bob", nil, 2).Batch()
	got := records(t, p, b)
	if len(got) != 2 || !strings.HasPrefix(got[0], "c p.dead-letter ") || got[1] != "c p.shop.people key {id:2} {n:2}" {
		t.Errorf("got %q", got)
	}
}

// A condition that fails and is settled ends the way of the row, since the rule might have
// hidden what a later one shows. One that continues lets later rules see it, but it doesn't
// pass as if nobody had taken it.
func TestASettledConditionEndsTheRow(t *testing.T) {
	const mask, later = "when: 'row.n > 1'\n  on: [insert]\n  mask: {name: {length: 3}}\n  ", "- {name: s, tables: [shop.people], on: [insert], fields: {id: id}}\n"
	for _, tt := range []struct {
		what, rest, rules string
		want              []string
	}{
		{"drop", mask + "otherwise: pass", "", nil},
		{"drop", mask + "emit: row", later, nil},
		{"drop", mask + "continue: true", later, []string{"c p.shop.people key {id:1}"}},
		{"drop", mask + "continue: true", "- {name: s, tables: [shop.people], on: [delete], otherwise: pass}\n", nil},
		{"dead_letter", mask + "otherwise: pass", "", []string{"c p.dead-letter"}},
		{"dead_letter", mask + "emit: row", later, []string{"c p.dead-letter"}},
		{"dead_letter", mask + "continue: true", later, []string{"c p.dead-letter", "c p.shop.people key {id:1}"}},
	} {
		p := with(t, Options{Prefix: "p"}, onError(tt.what, tt.rest)+tt.rules)
		got := records(t, p, cdctest.NewBatch().Insert(people(), 1, "SECRET", nil, nil).Batch())
		if len(got) != len(tt.want) {
			t.Errorf("%s, %s: got %q", tt.what, tt.rest, got)
			continue
		}
		for i := range got {
			if !strings.HasPrefix(got[i], tt.want[i]) || strings.Contains(got[i], "SECRET") {
				t.Errorf("%s, %s: got %q", tt.what, tt.rest, got[i])
			}
		}
	}
}

// A template makes a bounded number of topics.
func TestTopicLimit(t *testing.T) {
	p := with(t, Options{Prefix: "p"}, onError("drop", "topic: \"t.${row.id}\"\n  topic_limit: 3"))
	b := cdctest.NewBatch()
	for i := range 6 {
		b.Insert(people(), i%4, "x", nil, 1)
	}
	if got := records(t, p, b.Batch()); len(got) != 5 {
		t.Errorf("got %q", got)
	}
}
