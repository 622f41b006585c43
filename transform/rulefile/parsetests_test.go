package rulefile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func number(s string) *Literal { return &Literal{Kind: LiteralNumber, Text: s} }

func object(pairs ...any) *Literal {
	l := &Literal{Kind: LiteralMap}
	for i := 0; i < len(pairs); i += 2 {
		l.Keys = append(l.Keys, pairs[i].(string))
		l.Items = append(l.Items, pairs[i+1].(*Literal))
	}
	return l
}

// Tests of rules are read as they stand there.
func TestTests(t *testing.T) {
	f, err := parseText("r.yaml", strings.Join([]string{
		"version: 1",
		"test_env: {K: v, EMPTY: ''}",
		"test_tables: {a.b: {id: bigint primary key, x: json}}",
		"dead_letter: {topic: a.dead}",
		"tests:",
		"- name: one",
		"  input: {table: a.b, op: c, after: {id: 1}, source: {ts_ms: 5}}",
		"  expect: []",
		"- name: two",
		"  input: [{table: a.b, op: delete, before: {id: 1}, after: null}, {table: a.b, op: t}]",
		"  expect: [{topic: t, key: null, value: {id: 1}, headers: {h: x}, partition: 0}, {contains: {a: 1}}]",
		"- {name: three, input: {table: a.b, op: u, after: {id: 1}}, error: no before image}",
		"",
	}, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	zero := 0
	want := &File{
		DeadLetter: name("a.dead"),
		TestEnv:    map[string]string{"K": "v", "EMPTY": ""},
		TestTables: []TestTable{{Table: Name{Text: "a.b"}, Columns: []TestColumn{{Name: Name{Text: "id"}, Type: "bigint primary key"}, {Name: Name{Text: "x"}, Type: "json"}}}},
		Tests: []*Test{
			{
				Name: "one", Expect: []TestRecord{},
				Inputs: []TestChange{{Table: "a.b", Op: "c", After: object("id", number("1")), Source: object("ts_ms", number("5"))}},
			},
			{
				Name: "two",
				Inputs: []TestChange{
					{Table: "a.b", Op: "d", Before: object("id", number("1"))},
					{Table: "a.b", Op: "t"},
				},
				Expect: []TestRecord{
					{Topic: new("t"), Key: &Literal{}, Value: object("id", number("1")), Headers: object("h", &Literal{Kind: LiteralText, Text: "x"}), Partition: &zero},
					{Contains: object("a", number("1"))},
				},
			},
			{Name: "three", Error: "no before image", Inputs: []TestChange{{Table: "a.b", Op: "u", After: object("id", number("1"))}}},
		},
	}
	if diff := cmp.Diff(want, f, modelOptions); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Literals keep the text of numbers, and what stands in quotes is text.
func TestLiterals(t *testing.T) {
	for _, c := range []struct {
		yaml string
		kind LiteralKind
		text string
	}{
		{"12.50", LiteralNumber, "12.50"},
		{"-0", LiteralNumber, "-0"},
		{"1e3", LiteralNumber, "1e3"},
		{"18446744073709551616", LiteralNumber, "18446744073709551616"},
		{`"12.50"`, LiteralText, "12.50"},
		{"2026-01-02", LiteralText, "2026-01-02"},
		{"2026-01-02T03:04:05Z", LiteralText, "2026-01-02T03:04:05Z"},
		{"!!str 5", LiteralText, "5"},
		{"true", LiteralBool, "true"},
		{"yes", LiteralText, "yes"},
		{"on", LiteralText, "on"},
		{"~", LiteralNull, ""},
		{"", LiteralNull, ""},
		{`""`, LiteralText, ""},
		{`"null"`, LiteralText, "null"},
		{"!!binary 'aG k='", LiteralBytes, "aGk="},
		{"|\n      two\n      lines", LiteralText, "two\nlines\n"},
	} {
		f, err := parseText("r.yaml", "version: 1\ntests:\n- name: a\n  expect: []\n  input:\n   table: a.b\n   op: c\n   after:\n    x: "+c.yaml+"\n")
		if err != nil {
			t.Errorf("%s: %v", c.yaml, err)
			continue
		}
		got := f.Tests[0].Inputs[0].After.Items[0]
		if got.Kind != c.kind || got.Text != c.text {
			t.Errorf("%s: got kind %d %q", c.yaml, got.Kind, got.Text)
		}
	}
}
