package transform

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
	"cdc/internal/cdctest"
	"cdc/transform/rulefile"
)

// sparseTable is a table of PostgreSQL; the log holds whole rows before a change, or
// their keys.
func sparseTable(full bool) *event.Schema {
	name := cdctest.Col("name", event.KindString)
	s := cdctest.PostgresTable("shop.people", cdctest.Key("id", event.KindInt), name,
		cdctest.Col("mail", event.KindString), cdctest.Col("n", event.KindInt), cdctest.Col("doc", event.KindJSON))
	for i := 2; i < 5; i++ {
		s.Columns[i].Type.Flags |= event.Nullable
	}
	s.Columns[1].Type.Flags = 0
	if s.Old = event.OldKey; full {
		s.Old = event.OldFull
	}
	return s
}

// The columns of the table in docs/rules.md.
const (
	noOld    = "no row before (PostgreSQL without FULL)"
	isNull   = "NULL"
	toast    = "not in the log (TOAST)"
	snapshot = "snapshot row"
	emptied  = "truncate"
	newKey   = "change of the key"
)

// sparse is a change that lacks something.
func sparse(s *event.Schema, lacks string) *event.Batch {
	b := cdctest.NewBatch()
	ann := row{1, "Ann", "a@x", 1, `{"c":"x"}`}
	switch lacks {
	case noOld:
		b.Update(s, ann, row{1, "Bob", "b@x", 2, `{"c":"y"}`})
		b.Last().Before = -1
		b.Delete(s, 1, nil, nil, nil, nil)
		b.Last().Flags |= event.KeyOnly
	case isNull:
		b.Insert(s, 1, "Ann", nil, nil, nil)
	case toast:
		b.Update(s, ann, row{1, event.Unavailable, event.Unavailable, 2, event.Unavailable})
	case snapshot:
		b.Read(s, ann...)
	case emptied:
		b.Truncate(s)
	case newKey:
		b.Update(s, ann, row{2, "Bob", "b@x", 2, `{"c":"y"}`})
	}
	return b.Batch()
}

// cell is one of the table: what leaves, or a part of the error.
type cell struct {
	verbs, lacks, rule string
	want               []string
	refused, fails     string
}

const noFull = `isn't in the log of table shop.people`

var notThere = []cell{
	{verbs: "`when`", lacks: noOld, rule: "when: before == null || before.n == 1", refused: noFull},
	{verbs: "`when`", lacks: noOld, rule: "when: changed(\"n\")", refused: noFull},
	{verbs: "`when`", lacks: isNull, rule: "when: after == null || after.mail != \"x\"", want: []string{"c {id:1} {id:1 name:Ann mail:null n:null doc:null}"}},
	{verbs: "`when`", lacks: isNull, rule: "when: after == null || after.n < 1", fails: "after.n is NULL"},
	{verbs: "`when`", lacks: toast, rule: "when: after == null || after.mail == \"a@x\"", fails: "isn't in the log"},
	{verbs: "`when`", lacks: toast, rule: "when: changed(\"mail\")"},
	{verbs: "`when`", lacks: snapshot, rule: "when: op == \"r\" && before == null\nfields: {n: n}", want: []string{"r {id:1} {n:1}"}},
	{verbs: "`when`", lacks: emptied, rule: "when: op == \"t\" && before == null && after == null", want: []string{"t none"}},
	{verbs: "`when`", lacks: newKey, rule: "when: op == \"u\" || op == \"d\"\nfields: {n: n}", want: []string{"d {id:1} tombstone", "c {id:2} {n:2}"}},

	{verbs: "`drop`, `fields`, `rename`", lacks: noOld, rule: "drop: [doc, mail]", want: []string{"u {id:1} none -> {id:1 name:Bob n:2}", "d {id:1} {id:1 name:null n:null}", "d {id:1} tombstone"}},
	{verbs: "`drop`, `fields`, `rename`", lacks: noOld, rule: "fields: {m: mail}", want: []string{"u {id:1} {m:b@x}", "d {id:1} tombstone"}},
	{verbs: "`drop`, `fields`, `rename`", lacks: isNull, rule: "fields: {m: mail}", want: []string{"c {id:1} {m:null}"}},
	{verbs: "`drop`, `fields`, `rename`", lacks: toast, rule: "fields: {m: mail}", want: []string{"u {id:1} {m:unavailable}"}},
	{verbs: "`drop`, `fields`, `rename`", lacks: snapshot, rule: "fields: {m: mail}", want: []string{"r {id:1} {m:a@x}"}},
	{verbs: "`drop`, `fields`, `rename`", lacks: emptied, rule: "drop: [doc]", want: []string{"t none"}},
	{verbs: "`drop`, `fields`, `rename`", lacks: newKey, rule: "drop: [doc, mail]", want: []string{"d {id:1} {id:1 name:Ann n:1}", "d {id:1} tombstone", "c {id:2} {id:2 name:Bob n:2}"}},

	{verbs: "`mask`, `hash`, `truncate`", lacks: noOld, rule: "drop: [doc, n, name]\nmask: {mail: {keep_first: 1}}", want: []string{"u {id:1} none -> {id:1 mail:b**}", "d {id:1} {id:1 mail:null}", "d {id:1} tombstone"}},
	{verbs: "`mask`, `hash`, `truncate`", lacks: isNull, rule: "mask: {mail: {length: 3}}\nfields: {m: mail}", want: []string{"c {id:1} {m:null}"}},
	{verbs: "`mask`, `hash`, `truncate`", lacks: isNull, rule: "hash: {mail: {algorithm: sha256}}\nfields: {m: mail}", want: []string{"c {id:1} {m:null}"}},
	{verbs: "`mask`, `hash`, `truncate`", lacks: toast, rule: "mask: {mail: {length: 3}}\nhash: {name: {algorithm: sha256}}\ntruncate: {doc: 1}\nfields: {m: mail, n: name, d: doc}", want: []string{"u {id:1} {m:unavailable n:unavailable d:unavailable}"}},
	{verbs: "`mask`, `hash`, `truncate`", lacks: snapshot, rule: "truncate: {mail: 1}\nfields: {m: mail}", want: []string{"r {id:1} {m:a}"}},
	{verbs: "`mask`, `hash`, `truncate`", lacks: emptied, rule: "mask: {mail: {length: 3}}", want: []string{"t none"}},
	{verbs: "`mask`, `hash`, `truncate`", lacks: newKey, rule: "hash: {id: {algorithm: sha256}}\ntruncate: {mail: 1}\ndelete: rewrite\nfields: {m: mail}", want: []string{
		"d {id:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b} {m:a __deleted:true}",
		"c {id:d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35} {m:b __deleted:false}",
	}},

	{verbs: "`redact`", lacks: noOld, rule: "drop: [doc, n, name]\nredact: {mail: gone}", want: []string{"u {id:1} none -> {id:1 mail:gone}", "d {id:1} {id:1 mail:null}", "d {id:1} tombstone"}},
	{verbs: "`redact`", lacks: isNull, rule: "redact: {mail: gone, n: \"5\"}\nfields: {m: mail, n: n}", want: []string{"c {id:1} {m:null n:null}"}},
	{verbs: "`redact`", lacks: toast, rule: "redact: {mail: gone, name: null, doc: null}\nfields: {m: mail, n: name, d: doc}", want: []string{"u {id:1} {m:gone n: d:null}"}},
	{verbs: "`redact`", lacks: snapshot, rule: "redact: [mail, name]\nfields: {m: mail, n: name}", want: []string{"r {id:1} {m:null n:}"}},
	{verbs: "`redact`", lacks: emptied, rule: "redact: [mail]", want: []string{"t none"}},
	{verbs: "`redact`", lacks: newKey, rule: "redact: {id: \"0\", mail: gone}\ndelete: rewrite\nfields: {m: mail}", want: []string{"d {id:0} {m:gone __deleted:true}", "c {id:0} {m:gone __deleted:false}"}},

	{verbs: "`cast`", lacks: noOld, rule: "drop: [doc, n, name]\ncast: {mail: bytes}", want: []string{"u {id:1} none -> {id:1 mail:624078}", "d {id:1} {id:1 mail:null}", "d {id:1} tombstone"}},
	{verbs: "`cast`", lacks: isNull, rule: "cast: {n: string}\nfields: {n: n}", want: []string{"c {id:1} {n:null}"}},
	{verbs: "`cast`", lacks: toast, rule: "cast: {mail: bytes}\nfields: {m: mail}", want: []string{"u {id:1} {m:unavailable}"}},
	{verbs: "`cast`", lacks: toast, rule: "cast: {mail: int64}\nfields: {m: mail}", fails: "a value to cast isn't in the log"},
	{verbs: "`cast`", lacks: toast, rule: "cast: {mail: int64}\nfields: {m: mail}\non_error: keep", want: []string{"u {id:1} {m:null}"}},
	{verbs: "`cast`", lacks: snapshot, rule: "cast: {mail: bytes}\nfields: {m: mail}", want: []string{"r {id:1} {m:614078}"}},
	{verbs: "`cast`", lacks: emptied, rule: "cast: {mail: bytes}", want: []string{"t none"}},
	{verbs: "`cast`", lacks: newKey, rule: "cast: {id: double}\ndelete: rewrite\nfields: {i: id}", want: []string{"d {id:1} {i:1.0 __deleted:true}", "c {id:2} {i:2.0 __deleted:false}"}},

	{verbs: "`computed`, `headers`", lacks: noOld, rule: "computed: {c: row.n}", refused: noFull},
	{verbs: "`computed`, `headers`", lacks: noOld, rule: "headers: {h: row.n}", refused: noFull},
	{verbs: "`computed`, `headers`", lacks: isNull, rule: "computed: {c: row.n}\nheaders: {h: 'row.?mail.orValue(\"none\")'}\nfields: {c: c}", want: []string{"c {id:1} {c:null} headers {h:none}"}},
	{verbs: "`computed`, `headers`", lacks: isNull, rule: "headers: {h: 'row.mail + \"!\"'}", fails: "a NULL"},
	{verbs: "`computed`, `headers`", lacks: toast, rule: "computed: {c: row.mail}\nemit: row", fails: "isn't in the log"},
	{verbs: "`computed`, `headers`", lacks: toast, rule: "headers: {h: row.mail}\nemit: row", fails: "isn't in the log"},
	{verbs: "`computed`, `headers`", lacks: snapshot, rule: "headers: {h: row.mail}\ncomputed: {c: row.n + 1}\nfields: {c: c}", want: []string{"r {id:1} {c:2} headers {h:a@x}"}},
	{verbs: "`computed`, `headers`", lacks: emptied, rule: "headers: {h: op}\ncomputed: {c: row.n + 1}", want: []string{"t none"}},
	{verbs: "`computed`, `headers`", lacks: newKey, rule: "headers: {h: row.mail}\ncomputed: {c: row.n + 1}\ndelete: rewrite\nfields: {c: c}", want: []string{
		"d {id:1} {c:2 __deleted:true} headers {h:a@x}", "c {id:2} {c:3 __deleted:false} headers {h:b@x}",
	}},

	{verbs: "`flatten`", lacks: noOld, rule: "flatten: {column: doc, fields: {c: string}}\nfields: {c: doc_c}\ndelete: rewrite", want: []string{"u {id:1} {c:y __deleted:false}", "d {id:1} {c:null __deleted:true}"}},
	{verbs: "`flatten`", lacks: isNull, rule: "flatten: {column: doc, fields: {c: string}}\nfields: {c: doc_c}", want: []string{"c {id:1} {c:null}"}},
	{verbs: "`flatten`", lacks: toast, rule: "flatten: {column: doc, fields: {c: string}}\nfields: {c: doc_c}", want: []string{"u {id:1} {c:unavailable}"}},
	{verbs: "`flatten`", lacks: toast, rule: "flatten: {column: doc, fields: {c: string, n: int64}}\nfields: {c: doc_c}", fails: "the JSON of which members become fields isn't in the log"},
	{verbs: "`flatten`", lacks: toast, rule: "flatten: {column: doc, fields: {c: string, n: int64}}\nfields: {c: doc_c, n: doc_n}\non_error: keep", want: []string{"u {id:1} {c:null n:null}"}},
	{verbs: "`flatten`", lacks: snapshot, rule: "flatten: {column: doc, fields: {c: string}}\nfields: {c: doc_c}", want: []string{"r {id:1} {c:x}"}},
	{verbs: "`flatten`", lacks: emptied, rule: "flatten: {column: doc, fields: {c: string}}", want: []string{"t none"}},
	{verbs: "`flatten`", lacks: newKey, rule: "flatten: {column: doc, fields: {c: string}}\nfields: {c: doc_c}\ndelete: rewrite", want: []string{"d {id:1} {c:x __deleted:true}", "c {id:2} {c:y __deleted:false}"}},

	{verbs: "`add_fields`, `add_headers`", lacks: snapshot, rule: "fields: {n: n}\nadd_fields: [op]\nadd_headers: [op]", want: []string{"r {id:1} {n:1 __op:r} headers {__op:r}"}},
	{verbs: "`add_fields`, `add_headers`", lacks: emptied, rule: "add_headers: [op]", want: []string{"t none"}},
	{verbs: "`add_fields`, `add_headers`", lacks: newKey, rule: "fields: {n: n}\ndelete: rewrite\nadd_fields: [op]\nadd_headers: [op]", want: []string{
		"d {id:1} {n:1 __deleted:true __op:d} headers {__op:d}", "c {id:2} {n:2 __deleted:false __op:c} headers {__op:c}",
	}},

	{verbs: "`key`", lacks: noOld, rule: "key: [n]", refused: "an update of table shop.people doesn't tell what column \"n\" was"},
	{verbs: "`key`", lacks: noOld, rule: "key: [n]\non: [insert, delete]", refused: "a delete of table shop.people doesn't tell what column \"n\" was, so its key isn't known"},
	{verbs: "`key`", lacks: isNull, rule: "key: [n]\nfields: {m: mail}", want: []string{"c {n:null} {m:null}"}},
	{verbs: "`key`", lacks: toast, rule: "key: [mail]\nfields: {n: n}", fails: "a column of the key isn't in the log"},
	{verbs: "`key`", lacks: toast, rule: "key: [mail]\nfields: {n: n}\non_error: keep", want: []string{"u {id:1} {n:2}"}},
	{verbs: "`key`", lacks: snapshot, rule: "key: [n]\nfields: {m: mail}", want: []string{"r {n:1} {m:a@x}"}},
	{verbs: "`key`", lacks: emptied, rule: "key: [n]", want: []string{"t none"}},
	{verbs: "`key`", lacks: newKey, rule: "key: [n]\nfields: {m: mail}", want: []string{"d {n:1} tombstone", "c {n:2} {m:b@x}"}},

	{verbs: "`topic`", lacks: noOld, rule: `topic: "t.${row.n}"`, refused: noFull},
	{verbs: "`topic`", lacks: isNull, rule: `topic: "t.${row.n}"`, fails: "a part of the name of the topic is NULL"},
	{verbs: "`topic`", lacks: toast, rule: `topic: "t.${row.mail}"`, fails: "isn't in the log"},
	{verbs: "`topic`", lacks: snapshot, rule: "topic: \"t.${row.n}\"\nfields: {n: n}", want: []string{"r t.1 {id:1} {n:1}"}},
	{verbs: "`topic`", lacks: emptied, rule: `topic: "t.${op}"`, want: []string{"t t.t none"}},
	{verbs: "`topic`", lacks: emptied, rule: `topic: "t.${row.n}"`, refused: "a truncate has no image"},
	{verbs: "`topic`", lacks: newKey, rule: "topic: \"t.${row.n}\"\nfields: {n: n}", want: []string{"d t.1 {id:1} tombstone", "c t.2 {id:2} {n:2}"}},

	{verbs: "`partition_by`", lacks: noOld, rule: "partition_by: [n]", refused: "a delete of table shop.people doesn't tell what column \"n\" was, so its partition isn't known"},
	{verbs: "`partition_by`", lacks: noOld, rule: "partition_by: {value: n}", refused: "so its partition isn't known"},
	{verbs: "`partition_by`", lacks: noOld, rule: "partition_by: [n]\nfields: {n: n}\non: [insert, update]", want: []string{"u {id:1} {n:2} by {n:2}"}},
	{verbs: "`partition_by`", lacks: isNull, rule: "partition_by: [n]\nfields: {n: n}", want: []string{"c {id:1} {n:null} by {n:null}"}},
	{verbs: "`partition_by`", lacks: isNull, rule: "partition_by: {value: n}", fails: "the number of the partition is NULL"},
	{verbs: "`partition_by`", lacks: toast, rule: "partition_by: [mail]", fails: "a column that chooses the partition isn't in the log"},
	{verbs: "`partition_by`", lacks: toast, rule: "partition_by: [mail]\nfields: {n: n}\non_error: keep", want: []string{"u {id:1} {n:2}"}},
	{verbs: "`partition_by`", lacks: toast, rule: "partition_by: [mail]\nkey: [name]\nfields: {n: n}\non_error: keep", want: []string{"u {id:1} {n:2}"}},
	{verbs: "`partition_by`", lacks: toast, rule: "partition_by: {fields: [change.mail], partitions: 3}", fails: "a column that chooses the partition isn't in the log"},
	{verbs: "`partition_by`", lacks: snapshot, rule: "partition_by: {value: n}\nfields: {n: n}", want: []string{"r {id:1} {n:1} partition 1"}},
	{verbs: "`partition_by`", lacks: emptied, rule: "partition_by: {value: n}", want: []string{"t none"}},
	{verbs: "`partition_by`", lacks: newKey, rule: "partition_by: {value: n}\nfields: {n: n}", want: []string{"d {id:1} tombstone partition 1", "c {id:2} {n:2} partition 2"}},

	{verbs: "`timestamp`", lacks: noOld, rule: "timestamp: n\nfields: {n: n}", want: []string{"u {id:1} {n:2} at 2", "d {id:1} tombstone"}},
	{verbs: "`timestamp`", lacks: isNull, rule: "timestamp: n\nfields: {n: n}", want: []string{"c {id:1} {n:null}"}},
	{verbs: "`timestamp`", lacks: toast, rule: "timestamp: t\nemit: row\ncomputed: {t: 'row.n + int(row.mail)'}", fails: "isn't in the log"},
	{verbs: "`timestamp`", lacks: snapshot, rule: "timestamp: n\nfields: {n: n}", want: []string{"r {id:1} {n:1} at 1"}},
	{verbs: "`timestamp`", lacks: emptied, rule: "timestamp: n", want: []string{"t none"}},
	{verbs: "`timestamp`", lacks: newKey, rule: "timestamp: n\nfields: {n: n}", want: []string{"d {id:1} tombstone at 1", "c {id:2} {n:2} at 2"}},

	{verbs: "`only_if_changed`", lacks: noOld, rule: "only_if_changed: true", refused: "only_if_changed of rule \"r\" needs the row before an update"},
	{verbs: "`only_if_changed`", lacks: isNull, rule: "only_if_changed: true\nfields: {m: mail}", want: []string{"c {id:1} {m:null}"}},
	{verbs: "`only_if_changed`", lacks: toast, rule: "only_if_changed: true\nfields: {m: mail}"},
	{verbs: "`only_if_changed`", lacks: snapshot, rule: "only_if_changed: true\nfields: {m: mail}", want: []string{"r {id:1} {m:a@x}"}},
	{verbs: "`only_if_changed`", lacks: emptied, rule: "only_if_changed: true", want: []string{"t none"}},
	{verbs: "`only_if_changed`", lacks: newKey, rule: "only_if_changed: true\nfields: {m: mail}", want: []string{"d {id:1} tombstone", "c {id:2} {m:b@x}"}},

	{verbs: "`delete: rewrite`", lacks: noOld, rule: "delete: rewrite\nfields: {i: id, m: mail, n: name}", want: []string{"u {id:1} {i:1 m:b@x n:Bob __deleted:false}", "d {id:1} {i:1 m:null n:null __deleted:true}"}},
	{verbs: "`delete: rewrite`", lacks: isNull, rule: "delete: rewrite\nfields: {m: mail}", want: []string{"c {id:1} {m:null __deleted:false}"}},
	{verbs: "`delete: rewrite`", lacks: toast, rule: "delete: rewrite\nfields: {m: mail}", want: []string{"u {id:1} {m:unavailable __deleted:false}"}},
	{verbs: "`delete: rewrite`", lacks: newKey, rule: "delete: rewrite\nfields: {m: mail}", want: []string{"d {id:1} {m:a@x __deleted:true}", "c {id:2} {m:b@x __deleted:false}"}},
}

// Every cell of the table in docs/rules.md, "What each verb does with what isn't there".
func TestWhatEachVerbDoesWithWhatIsNotThere(t *testing.T) {
	for _, c := range notThere {
		t.Run(strings.ReplaceAll(c.verbs+", "+c.lacks, "`", ""), func(t *testing.T) { c.check(t) })
	}
}

func (c *cell) check(t *testing.T) {
	on := "on: [insert, update, delete, snapshot]\n"
	switch {
	case strings.Contains(c.rule, "on: ["):
		on = ""
	case c.lacks == emptied:
		on = "on: [insert, update, delete, snapshot, truncate]\n"
	}
	rule := strings.ReplaceAll(strings.TrimSpace(on+c.rule), "\n", "\n  ")
	p, err := Parse([]*rulefile.Source{{Name: "rules.yaml", Text: []byte("version: 1\nrules:\n- name: r\n  tables: [shop.people]\n  " + rule + "\n")}}, Options{Prefix: "p"})
	s := sparseTable(c.lacks != noOld)
	if err == nil {
		err = p.Check(s)
	}
	if !told(t, "refused", err, c.refused) {
		return
	}
	b := sparse(s, c.lacks)
	if !told(t, "fails", p.Run(b), c.fails) {
		return
	}
	var got []string
	for _, line := range records(t, p, b) {
		got = append(got, strings.ReplaceAll(strings.ReplaceAll(line, " p.shop.people", ""), " key ", " "))
	}
	if diff := cmp.Diff(c.want, got); diff != "" {
		t.Errorf("%s\n(-want +got)\n%s", c.rule, diff)
	}
}

// told compares an error, and reports whether there is none and there may be none.
func told(t *testing.T, what string, err error, want string) bool {
	t.Helper()
	switch {
	case err == nil && want == "":
		return true
	case err == nil || want == "" || !strings.Contains(err.Error(), want):
		t.Errorf("%s: got %v, want %q", what, err, want)
	}
	return false
}

// The table and its test have the same rows and columns, and no cell with words in it is
// without a test.
func TestNoCellIsWithoutATest(t *testing.T) {
	text, err := os.ReadFile("../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "## What each verb does with what isn't there\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var columns []string
	rows := 0
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if !strings.HasPrefix(line, "| ") {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if columns == nil {
			columns = cells
			continue
		}
		rows++
		for i := range columns[1:] {
			tested := slices.ContainsFunc(notThere, func(c cell) bool { return c.verbs == cells[0] && c.lacks == columns[i+1] })
			if filled := i+1 < len(cells) && cells[i+1] != ""; filled != tested {
				t.Errorf("%s, %s: words %t, test %t", cells[0], columns[i+1], filled, tested)
			}
		}
	}
	if want := []string{"", noOld, isNull, toast, snapshot, emptied, newKey}; rows == 0 || !cmp.Equal(want, columns) {
		t.Errorf("%d rows, columns %q", rows, columns)
	}
}
