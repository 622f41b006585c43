package transform

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
	"cdc/internal/cdctest"
)

// Topics that are those of other tables, or of dead letters, are found by what rules name.
func TestWarningsOfTopicsThatAreTaken(t *testing.T) {
	const a, b = "\n- {name: a, tables: [shop.a], topic: p.shop.b}", "\n- {name: b, tables: [shop.b]}"
	const taken = `rules.yaml:3:38: rule "a" writes to topic "p.shop.b", which is that of table shop.b (give the rule another topic)`
	for _, tt := range []struct {
		name, rules string
		want        []string
	}{
		{"the default topic of a table", a + b, []string{taken}},
		{"the other way around", b + "\n- {name: a, tables: [shop.a], emit: row, topic: 'p.shop.b'}", []string{strings.Replace(taken, "3:38", "4:49", 1)}},
		{"the table has another topic", a + "\n- {name: b, tables: [shop.b], topic: x}", nil},
		{"but its other rows pass", a + "\n- {name: b, tables: [shop.b], on: insert, topic: x, otherwise: pass}", []string{taken}},
		{"its own", "\n- {name: a, tables: [shop.b], emit: row, topic: p.shop.b}", nil},
		{"one that nobody names", a, nil},
		{"an excluded one", a + "\n- {name: b, tables: ['shop.*', '!shop.b', '!shop.a']}", nil},
		{"dead letters", "\n- {name: a, tables: [shop.a], topic: p.dead-letter, on_error: dead_letter}", []string{
			`rules.yaml:3:38: rule "a" writes to topic "p.dead-letter", which takes the rows for which rules fail (give one of them another topic; that of dead letters says "dead_letter")`,
		}},
		{"no dead letters", "\n- {name: a, tables: [shop.a], topic: p.dead-letter}", nil},
		{"dead letters in the topic of a table", b + "\n- {name: a, tables: [shop.a], on_error: dead_letter}\ndead_letter: {topic: p.shop.b}", []string{
			`rules.yaml:4:10: topic "p.shop.b", which takes the rows for which rules fail, is that of table shop.b (give dead letters another topic: "dead_letter")`,
		}},
		{"patterns that exclude all", "\n- {name: a, tables: [shop.a, '!shop.a', '!shop.c*', shop.c]}\n- {name: b, tables: ['shop.*', '!shop.*']}", []string{
			`rules.yaml:3:21: rule "a" takes no row: its patterns exclude all tables that they name (shop.a, !shop.a, !shop.c*, shop.c)`,
			`rules.yaml:4:21: rule "b" takes no row: its patterns exclude all tables that they name (shop.*, !shop.*)`,
		}},
	} {
		if diff := cmp.Diff(tt.want, warned(with(t, Options{Prefix: "p"}, "version: 1\nrules:"+tt.rules+"\n"))); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.name, diff)
		}
	}
}

func TestWarningsOfTables(t *testing.T) {
	tables := func(names ...string) (list []*event.Schema) {
		for _, name := range names {
			list = append(list, cdctest.Table(name, cdctest.Key("id", event.KindInt)))
		}
		return list
	}
	for _, tt := range []struct {
		name, rules string
		want        []string
	}{
		{"no such table", "\n- {name: a, tables: [nosuch.a]}\n- {name: b, tables: ['x.*', '!x.a']}\n- {name: c, tables: [shop.b, shop.aa]}\n- {name: d, tables: ['shop.*']}", []string{
			`rules.yaml:3:21: rule "a" takes no row: the pipeline captures no table of nosuch.a (correct "tables", or add them to those of the source)`,
			`rules.yaml:4:21: rule "b" takes no row: the pipeline captures no table of x.*, !x.a (correct "tables", or add them to those of the source)`,
			`rules.yaml:5:21: rule "c" names tables that the pipeline doesn't capture: shop.aa (did you mean "shop.a"?)`,
		}},
		{"the topic of a table that no rule names", "\n- {name: a, tables: [shop.a], topic: p.shop.b}", []string{
			`rules.yaml:3:38: rule "a" writes to topic "p.shop.b", which is that of table shop.b (give the rule another topic)`,
		}},
		{"of one that doesn't leave", "\n- {name: a, tables: [shop.a], topic: p.shop.b}\ndefault: drop", nil},
		{"one topic for two tables, on purpose", "\n- {name: a, tables: ['shop.*'], topic: all}", nil},
		{"rerouted", "\n- {name: a, tables: ['shop.a'], reroute: {topic_regex: 'p.shop.a', topic_replacement: p.shop.b, key_enforce_uniqueness: false}}", nil},
		{"dead letters", "\n- {name: a, tables: [shop.a], on_error: dead_letter}\ndead_letter: {topic: p.shop.b}", []string{
			`rules.yaml:3:10: topic "p.shop.b", which takes the rows for which rules fail, is that of table shop.b (give dead letters another topic: "dead_letter")`,
		}},
	} {
		p := with(t, Options{Prefix: "p"}, "version: 1\nrules:"+tt.rules+"\n")
		if got := p.TableWarnings(nil); got != nil {
			t.Errorf("%s: without tables: %v", tt.name, got)
		}
		for _, list := range [][]*event.Schema{tables("shop.a", "shop.b"), tables("shop.b", "shop.a")} {
			if diff := cmp.Diff(tt.want, texts(p.TableWarnings(list))); diff != "" {
				t.Errorf("%s (-want +got)\n%s", tt.name, diff)
			}
		}
	}
}

// Very many rules and tables are looked through in no time.
func TestWarningsOfManyTables(t *testing.T) {
	var rules strings.Builder
	var list []*event.Schema
	for i := range 400 {
		fmt.Fprintf(&rules, "\n- {name: r%d, tables: [shop.t%d, 'x%d.*']}", i, i, i)
		list = append(list, cdctest.Table(fmt.Sprintf("shop.t%d", i), cdctest.Key("id", event.KindInt)))
	}
	if got := with(t, Options{Prefix: "p"}, "version: 1\nrules:"+rules.String()+"\n").TableWarnings(list); len(got) != 0 {
		t.Errorf("got %v", got[0])
	}
}

// A column by which a rule chooses partitions counts for nothing where a table lacks it,
// as in PartitionRouting, and that is told.
func TestWarningsOfPartitionsByColumnsThatAreNotThere(t *testing.T) {
	p := ruled(t, "partition_by: {fields: [change.statis, op, before.nope], partitions: 7}")
	var got []string
	for _, w := range p.TableWarnings([]*event.Schema{ordersTable()}) {
		got = append(got, w.Error())
	}
	want := []string{
		`rules.yaml:5:29: table shop.orders has no column "statis": its rows go by the other fields of partition_by, or by their key (did you mean "status"?)`,
		`rules.yaml:5:48: table shop.orders has no column "nope": its rows go by the other fields of partition_by, or by their key (did you mean "note"?)`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := p.Check(ordersTable()); err != nil {
		t.Error(err)
	}
}
