package transform

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"cdc/event"
	"cdc/internal/cdctest"
)

// reachable collects the bytes of all values that an out leads to, by whatever column.
func reachable(b *event.Batch, o *event.Out) []byte {
	var all []byte
	for _, image := range []int32{o.Before, o.After} {
		if image < 0 {
			continue
		}
		lists := [][]event.Column{o.View.Columns, o.View.Key, o.View.Headers, o.View.PartitionBy}
		if o.View.TableKey != nil {
			lists = append(lists, o.View.TableKey.Columns)
		}
		for _, list := range lists {
			for _, ord := range ords(nil, list) {
				if v := b.Values[int(image)+ord]; v.HasText() {
					all = append(append(all, b.Bytes(v)...), '\n')
				}
			}
		}
	}
	return append(all, o.Target.Topic+o.Target.Name...)
}

// privateParts are pieces of rules that go together at random with a hidden column.
var privateParts = struct{ hide, emit, rest []string }{
	hide: []string{
		"mask: {email: {keep_first: 1}}", "mask: {email: {length: 5}}", "hash: {email: {algorithm: hmac-sha256, secret: {env: KEY}}}",
		"truncate: {email: 2}", "redact: [email]", "redact: {email: none}", "drop: [email]", "computed: {email: '\"x\"'}",
	},
	emit: []string{"", "emit: row", "emit: row\n  delete: rewrite", "unwrap: {delete_tombstone_handling_mode: rewrite}"},
	rest: []string{
		"key: {who: email}", "headers: {mail: row.email}", "partition_by: [email]", `topic: "t.${row.email}"`, "topic: {cel: 'string(row.id)'}",
		"changed_headers: {changed: c, unchanged: u}", "on_error: dead_letter", "on_error: keep", "null_fields: omit", "only_if_changed: true",
		"when: 'op == \"r\" || row.email != \"x\"'", "when: 'int(row.email) == 1'", "rename: {email: mail}", "flatten: {column: doc, fields: {n: int32}}",
		"timestamp: at", "add_headers: [op]", "headers: {k: string(key.id)}", "key: [id]", "key: none", "continue: true", "schema_name: s",
	},
}

// Whatever a rule does with a row, and whatever goes wrong, nothing of a hidden text is
// within reach of what leaves, of errors, or of what the log is told.
func TestHiddenTextIsNowhere(t *testing.T) {
	t.Setenv("KEY", "k")
	rnd := rand.New(rand.NewPCG(1, 2))
	const secret = "ann.secret@example.test"
	ran := map[int]int{} // by the columns of the key
	for range 600 {
		parts := []string{privateParts.hide[rnd.IntN(len(privateParts.hide))], privateParts.emit[rnd.IntN(len(privateParts.emit))]}
		for range 1 + rnd.IntN(4) {
			parts = append(parts, privateParts.rest[rnd.IntN(len(privateParts.rest))])
		}
		if all := strings.Join(parts, "\n"); strings.Contains(all, "drop:") && (strings.Contains(all, "who: email") || strings.Contains(all, "[email]\npartition_by") || strings.Contains(all, "partition_by: [email]")) {
			continue // it is asked for
		}
		text := "version: 1\nrules:\n- name: r\n  tables: [shop.people]\n  on: [insert, update, delete, snapshot]\n  " + strings.Join(parts, "\n  ") + "\n"
		for _, s := range []*event.Schema{privateTable(), keyedPrivateTable()} {
			if len(s.Key) > 1 && strings.HasPrefix(text[strings.Index(text, "snapshot]\n  ")+12:], "computed") {
				continue // it changes values, and not the key of the table
			}
			if p := private(text, s); p != nil {
				ran[len(s.Key)]++
				checkHidden(t, p, s, text, secret)
			}
		}
	}
	if ran[1] < 80 || ran[2] < 80 {
		t.Errorf("only %v rules ran", ran)
	}
}

// private makes the program; nil when it is refused.
func private(text string, s *event.Schema) *Program {
	p, err := parseErr(text)
	if err != nil || p.Check(s) != nil {
		return nil
	}
	return p
}

func privateTable() *event.Schema {
	return cdctest.Table("shop.people", cdctest.Key("id", event.KindInt), cdctest.Col("email", event.KindString), cdctest.Col("doc", event.KindJSON), cdctest.Col("at", event.KindInstant))
}

// keyedPrivateTable is the same with the hidden text in its key.
func keyedPrivateTable() *event.Schema {
	return cdctest.Table("shop.people", cdctest.Key("id", event.KindInt), cdctest.Key("email", event.KindString), cdctest.Col("doc", event.KindJSON), cdctest.Col("at", event.KindInstant))
}

func checkHidden(t *testing.T, p *Program, s *event.Schema, text, secret string) {
	t.Helper()
	var told strings.Builder
	p.Tell(func(n Note) { fmt.Fprintln(&told, n) })
	for _, doc := range []string{`{"n": 1}`, `{"n": "` + secret + `"}`} {
		if strings.Contains(text, "flatten") && strings.Contains(doc, secret) {
			doc = `{"n": "x"}`
		} else if strings.Contains(doc, secret) {
			continue
		}
		b := cdctest.NewBatch().Insert(s, 1, secret, doc, 1).Read(s, 2, secret, doc, nil).Update(s, row{1, secret, doc, 1}, row{1, nil, doc, 2}).
			Update(s, row{1, secret, doc, 1}, row{3, secret, doc, 1}).Update(s, row{1, secret, doc, 1}, row{1, event.Unavailable, doc, 1}).Delete(s, 3, secret, doc, 1).Batch()
		if err := p.Run(b); err != nil && strings.Contains(err.Error(), "secret") {
			t.Fatalf("the error shows the text: %v\n%s", err, text)
		}
		for i := range b.Outs {
			if bytes.Contains(reachable(b, &b.Outs[i]), []byte("secret")) {
				t.Fatalf("out %d shows the text: %s\n%s", i, reachable(b, &b.Outs[i]), text)
			}
		}
	}
	if strings.Contains(told.String(), "secret") {
		t.Fatalf("the log shows the text: %s\n%s", told.String(), text)
	}
}

// What a projection shows is what the row holds.
func TestProjectionShowsTheRow(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	s := customersTable()
	for range 200 {
		var fields []string
		for i := range s.Columns {
			if rnd.IntN(3) == 0 {
				fields = append(fields, fmt.Sprintf("f%d: %s", i, s.Columns[i].Name))
			}
		}
		if fields == nil {
			continue
		}
		extra := []string{"", "add_headers: [op]", "headers: {n: row.n}", "truncate: {phone: 100}"}[rnd.IntN(4)]
		p := with(t, Options{}, "version: 1\nrules:\n- name: r\n  tables: [shop.customers]\n  on: [insert, snapshot, update]\n  fields: {"+strings.Join(fields, ", ")+"}\n  "+extra+"\n")
		b := customerDay(s, 3)
		if err := p.Run(b); err != nil {
			t.Fatal(err)
		}
		for _, o := range b.Outs {
			for _, c := range o.View.Columns {
				raw := b.Values[int(b.Rows[o.Row].After)+s.Column(c.From).Ord]
				if got := b.Values[int(o.After)+c.Ord]; !got.Equal(b.Arena, raw, b.Arena) {
					t.Fatalf("%s: %s, and the row has %s", c.Name, show(b, got), show(b, raw))
				}
			}
		}
	}
}
