package rulefile

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
)

// What the keys of a rule say, in the order of the language.
func TestRule(t *testing.T) {
	for _, c := range []struct {
		lines []string
		got   func(r *Rule) any
		want  any
	}{
		{[]string{"on: insert"}, func(r *Rule) any { return r.On }, Inserts},
		{nil, func(r *Rule) any { return r.On }, DefaultOn},
		{[]string{"unwrap: {}"}, func(r *Rule) any { return r.On }, DefaultOn | Snapshots},
		{[]string{"outbox: {}"}, func(r *Rule) any { return r.On }, Inserts | Updates | Snapshots},
		{[]string{"when: true"}, func(r *Rule) any { return r.When.Text }, "true"},
		{nil, func(r *Rule) any { return r.Emit }, EmitEnvelope},
		{[]string{"fields: {a: b}"}, func(r *Rule) any { return r.Emit }, EmitFields},
		{[]string{"unwrap:"}, func(r *Rule) any { return r.Emit }, EmitRow},
		{[]string{"outbox:"}, func(r *Rule) any { return r.Emit }, EmitOutbox},
		{[]string{"emit: outbox"}, func(r *Rule) any { return r.Outbox.Payload.Text }, "payload"},
		{[]string{"continue: true"}, func(r *Rule) any { return r.Continue }, true},
		{[]string{"on_error: dead_letter"}, func(r *Rule) any { return r.OnError }, OnErrorDeadLetter},
		{[]string{"drop: [a, b]"}, func(r *Rule) any { return r.Drop }, names("a", "b")},
		{[]string{"drop: a"}, func(r *Rule) any { return r.Drop }, names("a")},
		{[]string{"emit: row", "null_fields: omit"}, func(r *Rule) any { return r.OmitNulls }, true},
		{[]string{"delete: drop"}, func(r *Rule) any { return r.Delete }, DeleteDrop},
		{[]string{"tombstone: from_delete"}, func(r *Rule) any { return r.Tombstone }, TombstoneFromDelete},
		{[]string{"only_if_changed: true"}, func(r *Rule) any { return r.OnlyIfChanged }, true},
		{[]string{"timestamp: at"}, func(r *Rule) any { return r.Timestamp }, name("at")},
		{[]string{"schema_name: a.B"}, func(r *Rule) any { return r.SchemaName }, "a.B"},
		{nil, func(r *Rule) any { return r.TopicLimit }, DefaultTopicLimit},
		{[]string{"otherwise: pass"}, func(r *Rule) any { return r.PassesRest() }, true},
		{
			[]string{"changed_headers: {changed: C, unchanged: U}"},
			func(r *Rule) any { return r.ChangedHeaders },
			&ChangedHeaders{Changed: "C", Unchanged: "U"},
		},
		{
			[]string{"fields: {a: b, c: {d: e, f: {g: h}}}"},
			func(r *Rule) any { return r.Fields },
			[]Field{{Output: "a", Column: "b"}, {Output: "c", Fields: []Field{{Output: "d", Column: "e"}, {Output: "f", Fields: []Field{{Output: "g", Column: "h"}}}}}},
		},
		{
			[]string{"rename: {a: b, b: a}"},
			func(r *Rule) any { return r.Rename },
			[]Field{{Output: "b", Column: "a"}, {Output: "a", Column: "b"}},
		},
		{
			[]string{"computed: {a: row.b + 1, c: 5}"},
			func(r *Rule) any { return r.Computed },
			[]Computed{{Name: Name{Text: "a"}, Expr: NewExpr("", "row.b + 1")}, {Name: Name{Text: "c"}, Expr: NewExpr("", "5")}},
		},
		{
			[]string{"flatten: {column: a}"},
			func(r *Rule) any { return r.Flatten },
			[]Flatten{{Column: Name{Text: "a"}, Delimiter: "_"}},
		},
		{
			[]string{`flatten: [{column: a, delimiter: "", max_depth: 2}, {column: b, fields: {c.d: double}}]`},
			func(r *Rule) any { return r.Flatten },
			[]Flatten{
				{Column: Name{Text: "a"}, MaxDepth: 2},
				{Column: Name{Text: "b"}, Delimiter: "_", Fields: []FlatField{{Path: Name{Text: "c.d"}, Type: CastType{Name: "float64"}}}},
			},
		},
		{
			[]string{"headers: {a: op, b: {value: \"\"}}"},
			func(r *Rule) any { return r.Headers },
			[]Header{{Name: Name{Text: "a"}, Expr: NewExpr("", "op")}, {Name: Name{Text: "b"}, Text: new("")}},
		},
	} {
		if diff := cmp.Diff(c.want, c.got(rule(t, c.lines...)), modelOptions); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.lines, diff)
		}
	}
}

func TestTablesOfARule(t *testing.T) {
	r := rule(t, "on: [insert, truncate]")
	if !r.Tables.Match("shop", "orders") || r.Tables.Match("shop", "lines") {
		t.Error("the pattern is matched wrongly")
	}
	if r.On.String() != "insert, truncate" || !r.On.Has(OpIndex(event.OpTruncate)) || r.On.Has(OpIndex(event.OpRead)) {
		t.Errorf("on is %s", r.On)
	}
	if OpIndex('?') != len(Ops) {
		t.Error("a foreign operation has an index")
	}
}

// What the value verbs say.
func TestChanges(t *testing.T) {
	change := func(v Verb, edit func(c *Change)) Change {
		c := newChange(Name{Text: "a"}, v)
		edit(&c)
		return c
	}
	for _, c := range []struct {
		line string
		want Change
	}{
		{"mask: {a: {keep_last: 4}}", change(VerbMask, func(c *Change) { c.KeepLast, c.Char = 4, "*" })},
		{"mask: {a: {keep_first: 0, char: é}}", change(VerbMask, func(c *Change) { c.KeepFirst, c.Char = 0, "é" })},
		{"mask: {a: {length: 8}}", change(VerbMask, func(c *Change) { c.Length, c.Char = 8, "*" })},
		{"hash: {a: {secret: {env: K}}}", change(VerbHash, func(c *Change) {
			c.Algorithm, c.Secret = "hmac-sha256", &SecretRef{Env: "K"}
		})},
		{"hash: {a: {algorithm: hmac-sha512, secret: {file: /k}}}", change(VerbHash, func(c *Change) {
			c.Algorithm, c.Secret = "hmac-sha512", &SecretRef{File: "/k"}
		})},
		{"hash: {a: {algorithm: sha256}}", change(VerbHash, func(c *Change) { c.Algorithm = "sha256" })},
		{"truncate: {a: 20}", change(VerbTruncate, func(c *Change) { c.Length = 20 })},
		{"redact: [a]", change(VerbRedact, func(*Change) {})},
		{"redact: {a: }", change(VerbRedact, func(*Change) {})},
		{"redact: {a: \"\"}", change(VerbRedact, func(c *Change) { c.Constant = new("") })},
		{"redact: {a: X}", change(VerbRedact, func(c *Change) { c.Constant = new("X") })},
		{"cast: {a: double}", change(VerbCast, func(c *Change) { c.Type = &CastType{Name: "float64"} })},
		{"cast: {a: timestamp}", change(VerbCast, func(c *Change) { c.Type = &CastType{Name: "timestamp"} })},
		{`cast: {a: "decimal(12,2)"}`, change(VerbCast, func(c *Change) {
			c.Type = &CastType{Name: "decimal", Precision: 12, Scale: 2}
		})},
		{"cast: {a: decimal(5)}", change(VerbCast, func(c *Change) { c.Type = &CastType{Name: "decimal", Precision: 5} })},
	} {
		if diff := cmp.Diff([]Change{c.want}, rule(t, c.line).Changes, modelOptions); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.line, diff)
		}
	}
}

func TestKeyOfRecords(t *testing.T) {
	field := func(output, column string) []Field { return []Field{{Output: output, Column: column}} }
	for _, c := range []struct {
		line string
		want Key
	}{
		{"key: [id]", Key{Columns: field("id", "id")}},
		{"key: {orderId: id}", Key{Columns: field("orderId", "id")}},
		{"key: {value: id}", Key{Columns: field("value", "id"), Value: true}},
		{"key: {value: id, b: c}", Key{Columns: append(field("value", "id"), field("b", "c")...)}},
		{"key: none", Key{None: true}},
	} {
		if diff := cmp.Diff(&c.want, rule(t, c.line).Key, modelOptions); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.line, diff)
		}
	}
}

func TestPartition(t *testing.T) {
	for _, c := range []struct {
		line string
		want Partition
	}{
		{"partition_by: [a, b]", Partition{Columns: names("a", "b")}},
		{"partition_by: {value: a}", Partition{Value: name("a")}},
		{"partition_by: {fields: [change.a, op], partitions: 3}", Partition{Fields: names("change.a", "op"), Hash: "java", Partitions: 3}},
		{"partition_by: {fields: source.table, hash: murmur, partitions: 3}", Partition{Fields: names("source.table"), Hash: "murmur", Partitions: 3}},
	} {
		if diff := cmp.Diff(&c.want, rule(t, c.line).Partition, modelOptions); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.line, diff)
		}
	}
}
