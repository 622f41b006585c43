package rulefile

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"cdc/event"
)

func written(r *Rule) string {
	var b strings.Builder
	r.Write(&b)
	return b.String()
}

// full is a rule in which everything is said.
func full() *Rule {
	tables, _ := event.ParseTables([]string{"a.b"})
	constant, value := "c", "v"
	e := func(s string) *Expr { return NewExpr("", s) }
	n := func(s string) Name { return Name{Text: s} }
	return &Rule{
		Name: "n", Tables: tables, On: 1, When: e("w"), Emit: EmitRow, Continue: true, OnError: OnErrorDrop,
		Drop: names("d"),
		Changes: []Change{{
			Column: n("c"), KeepFirst: 1, KeepLast: 2, Length: 3, Char: "x", Algorithm: "a", Secret: &SecretRef{Env: "E", File: "F"},
			Constant: &constant, Type: &CastType{Name: "t", Precision: 4, Scale: 5},
		}},
		Computed: []Computed{{Name: n("c"), Expr: e("x")}},
		Flatten:  []Flatten{{Column: n("c"), Delimiter: "_", MaxDepth: 1, Fields: []FlatField{{Path: n("p"), Type: CastType{Name: "t", Precision: 1, Scale: 1}}}}},
		Fields:   []Field{{Output: "o", Column: "c", Fields: []Field{{Output: "o", Column: "c"}}}},
		Rename:   []Field{{Output: "o", Column: "c"}}, AddFields: metadata("p", "o"), OmitNulls: true,
		Delete: DeleteDrop, Tombstone: TombstoneDrop, OnlyIfChanged: true,
		Key:   &Key{Columns: []Field{{Output: "o", Column: "c"}}, Value: true, None: true},
		Topic: &Template{Parts: []TemplatePart{{Text: "t", Expr: e("x")}}}, TopicLimit: 7,
		Partition: &Partition{Columns: names("c"), Value: name("v"), Fields: names("f"), Hash: "h", Partitions: 1},
		Headers:   []Header{{Name: n("h"), Expr: e("x"), Text: &value}}, AddHeaders: metadata("p", "o"),
		Timestamp: name("t"), SchemaName: "s",
		Unwrap:         &Unwrap{Mode: "m", RouteByField: name("r"), DropFieldsHeader: name("h"), DropFieldsFromKey: true, DropFieldsKeepSchemaCompatible: true, ReplaceNullWithDefault: true},
		ChangedHeaders: &ChangedHeaders{Changed: "c", Unchanged: "u"},
		Outbox: &Outbox{
			ID: n("i"), Key: n("k"), Type: n("t"), Payload: n("p"), Timestamp: name("t"), SchemaVersion: name("s"),
			Placement: []Placement{{Column: n("c"), To: "t", Alias: "a"}}, AdditionalMissing: "m", ExpandJSON: true, JSONNull: "n", JSONEmptyArray: "e",
			OpInvalid: "o", RouteBy: n("r"), TopicRegex: "x", TopicReplacement: "y", TombstoneOnEmptyPayload: true,
			TracingSpanContext: "s",
		},
		Reroute:   &Reroute{TopicRegex: "x", TopicReplacement: "y", KeyEnforceUniqueness: true, KeyFieldName: "n", KeyFieldRegex: "x", KeyFieldReplace: "y"},
		Otherwise: &Choice{Pass: true},
	}
}

// Whatever changes in a rule, its text changes: no key of the model is forgotten.
func TestWriteTellsEverythingApart(t *testing.T) {
	r := full()
	whole := written(r)
	seen := map[string]string{whole: "the rule"}
	changes := 0
	eachLeaf(t, reflect.ValueOf(r).Elem(), "Rule", func(path string) {
		if path == "Rule.Otherwise = nil" {
			return // means drop, as it does written out
		}
		changes++
		text := written(r)
		if other, ok := seen[text]; ok {
			t.Errorf("a change of %s can't be told from %s", path, other)
		}
		seen[text] = path
	})
	if written(r) != whole {
		t.Fatal("the walk has left something changed")
	}
	if changes < 100 {
		t.Errorf("%d changes were tried", changes)
	}
}

// eachLeaf changes one value after the other and puts it back.
func eachLeaf(t *testing.T, v reflect.Value, path string, changed func(path string)) {
	switch v.Type() {
	case reflect.TypeFor[Place](), reflect.TypeFor[*Router](), reflect.TypeFor[*event.Tables]():
		return // not part of the meaning, or tried by TestWrite
	case reflect.TypeFor[*Expr]():
		eachLeaf(t, v.Elem().FieldByName("Text"), path+".Text", changed)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		eachLeaf(t, v.Elem(), path, changed)
		put(v, reflect.Zero(v.Type()), path+" = nil", changed)
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				eachLeaf(t, v.Field(i), path+"."+f.Name, changed)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachLeaf(t, v.Index(i), fmt.Sprintf("%s[%d]", path, i), changed)
		}
		if v.Len() > 0 {
			put(v, reflect.Zero(v.Type()), path+" = nil", changed)
			put(v, reflect.AppendSlice(v, v), path+" twice", changed)
		}
	case reflect.String:
		put(v, reflect.ValueOf(v.String()+`" x`).Convert(v.Type()), path, changed)
	case reflect.Bool:
		put(v, reflect.ValueOf(!v.Bool()), path, changed)
	case reflect.Int:
		put(v, reflect.ValueOf(int(v.Int()+1)).Convert(v.Type()), path, changed)
	case reflect.Uint8:
		put(v, reflect.ValueOf(v.Uint()+1).Convert(v.Type()), path, changed)
	default:
		t.Fatalf("%s is a %s", path, v.Kind())
	}
}

func put(v, other reflect.Value, path string, changed func(string)) {
	was := reflect.New(v.Type()).Elem()
	was.Set(v)
	v.Set(other)
	changed(path)
	v.Set(was)
}

// The text doesn't depend on comments, layout and places.
func TestWrite(t *testing.T) {
	a := rule(t, "on: [update, insert]", "when: op == \"c\"", "fields: {a: b}")
	b := rule(t, "# a comment", "fields:", "  'a': b", "when: 'op == \"c\"'", "on:", "- insert", "- update", "emit: fields")
	if written(a) != written(b) {
		t.Errorf("%s\nis not\n%s", written(a), written(b))
	}
	b.Tables, _ = event.ParseTables([]string{"shop.lines"})
	if written(a) == written(b) {
		t.Error("the tables are not in the text")
	}
	if strings.Count(written(a), "\n") != 1 {
		t.Errorf("%q isn't one line", written(a))
	}
}
