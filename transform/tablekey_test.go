package transform

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
	"cdc/internal/cdctest"
)

// linesTable has a key of two columns.
func linesTable() *event.Schema {
	return cdctest.Table("shop.lines", cdctest.Key("id", event.KindInt), cdctest.Key("mail", event.KindString), cdctest.Col("v", event.KindString))
}

// headersOf prints what the headers of changes of the key show: of each out the name of
// their schema, the old key and the new one.
func headersOf(t *testing.T, p *Program, b *event.Batch) []string {
	t.Helper()
	b.Outs = b.Outs[:0]
	if err := p.Run(b); err != nil {
		t.Fatalf("Run: %v", err)
	}
	list := []string{}
	for i := range b.Outs {
		o := &b.Outs[i]
		if !o.KeyChanged || len(o.View.Key) == 0 {
			continue
		}
		columns, name := o.View.Key, "own"
		if k := o.View.TableKey; k != nil {
			columns, name = k.Columns, k.Name
		}
		list = append(list, name+" "+fieldsOf(b, columns, o.Before)+" -> "+fieldsOf(b, columns, o.After))
	}
	return list
}

// The headers of a change of the key show the key of the table, whatever a rule makes of
// that of its records, unless the rule keeps a column of it back.
func TestHeadersShowTheKeyOfTheTable(t *testing.T) {
	const table, same = "pre.shop.lines {id:1 mail:a} -> {id:2 mail:a}", "own {id:1 mail:a} -> {id:2 mail:a}"
	for _, c := range []struct{ rule, want string }{
		{"emit: envelope", same},
		{"emit: row\nschema_name: pre.shop.lines\ntopic: x", same},
		{"emit: row\ntopic: x", table},
		{"emit: row\ntopic: 'x.${row.v}'", table},
		{"unwrap: {}\ntopic: 'x.${row.v}'", same},
		{"reroute: {topic_regex: '(.*)lines', topic_replacement: all, key_field_name: shard}", table},
		{"reroute: {topic_regex: '(.*)lines', topic_replacement: all, key_enforce_uniqueness: false}", table},
		{"key: [id]", table},
		{"key: {value: id}", table},
		{"key: {nr: id, mail: mail}", table},
		{"key: [both]\ncomputed: {both: 'row.mail + string(row.id)'}\nemit: row", table},
		{"emit: row\nmask: {mail: {length: 2}}", "own {id:1 mail:**} -> {id:2 mail:**}"},
		{"emit: row\nmask: {mail: {length: 2}}\nkey: [id]", "pre.shop.lines {id:1 mail:**} -> {id:2 mail:**}"},
		{"emit: row\nrename: {id: nr}\nkey: [id]", table},
		{"emit: row\ndrop: [mail]\nkey: [id]", "own {id:1} -> {id:2}"},
		{"emit: row\ndrop: [mail]\ntopic: x\nkey: [id, mail]", table}, // it stands in the key
		{"computed: {mail: '\"x\"'}\nemit: row\nkey: [id]", "own {id:1} -> {id:2}"},
		{"fields: {id: id, v: v}\nkey: [id]", "own {id:1} -> {id:2}"},
		{"fields: {id: id, who: {m: mail}}\nkey: [id]", table},
		{"key: none", ""},
	} {
		t.Run(c.rule, func(t *testing.T) {
			p := parse(t, "version: 1\nrules:\n- name: r\n  tables: [shop.lines]\n  "+strings.ReplaceAll(c.rule, "\n", "\n  ")+"\n")
			s := linesTable()
			b := cdctest.NewBatch().Update(s, row{1, "a", "v"}, row{2, "a", "v"}).Update(s, row{1, "a", "v"}, row{1, "a", "w"}).Batch()
			for _, got := range headersOf(t, p, b) {
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
			}
		})
	}
}

// Where only a key of the rule's own changes, the headers show that one.
func TestHeadersOfAKeyOfItsOwn(t *testing.T) {
	for _, more := range []string{"emit: row", "emit: row\n  null_fields: omit", "unwrap: {delete_tombstone_handling_mode: rewrite-with-tombstone, add_headers: [op]}"} {
		p := parse(t, "version: 1\nrules:\n- name: r\n  tables: [shop.lines]\n  key: [v]\n  "+more+"\n")
		s := linesTable()
		b := cdctest.NewBatch().Update(s, row{1, "a", "v"}, row{1, "a", "w"}).Update(s, row{1, "a", "v"}, row{2, "a", "w"}).Batch()
		got := map[string]bool{}
		for _, line := range headersOf(t, p, b) {
			got[line] = true
		}
		// The halves of what isn't one out have one image each.
		for line := range got {
			if strings.Contains(line, "none") {
				delete(got, line)
			}
		}
		want := map[string]bool{"own {v:v} -> {v:w}": true, "pre.shop.lines {id:1 mail:a} -> {id:2 mail:a}": true}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", more, diff)
		}
	}
}

// A key that the log doesn't tell of isn't shown.
func TestHeadersOfAKeyNotInTheLog(t *testing.T) {
	s := linesTable()
	s.Old, s.OldColumns = event.OldKey, []int{0}
	p := parse(t, "version: 1\nrules: [{name: r, tables: [shop.lines], key: [id]}]\n")
	b := cdctest.NewBatch().Update(s, row{1, event.Unavailable, "v"}, row{2, "a", "v"}).Batch()
	if diff := cmp.Diff([]string{"own {id:1} -> {id:2}"}, headersOf(t, p, b)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Behind "reroute", schema_name is the name of the value's schema alone.
func TestRerouteNamesKeys(t *testing.T) {
	for _, c := range []struct{ rule, key, value string }{
		{"schema_name: own", "all", "own"},
		{"emit: row", "all", "all"},
		{"unwrap: {}", "all", "all"},
		{"unwrap: {}\nschema_name: own", "all", "own"},
		{"schema_name: own\nreroute: {topic_regex: other, topic_replacement: all}", "own", "own"},
	} {
		if !strings.Contains(c.rule, "reroute") {
			c.rule += "\nreroute: {topic_regex: '.*lines', topic_replacement: all}"
		}
		p := parse(t, "version: 1\nrules:\n- name: r\n  tables: [shop.lines]\n  "+strings.ReplaceAll(c.rule, "\n", "\n  ")+"\n")
		b := cdctest.NewBatch().Insert(linesTable(), 1, "a", "v").Batch()
		if err := p.Run(b); err != nil {
			t.Fatal(err)
		}
		if target := b.Outs[0].Target; target.KeySchemaName() != c.key || target.SchemaName() != c.value {
			t.Errorf("%s: got %s and %s", c.rule, target.KeySchemaName(), target.SchemaName())
		}
	}
}
