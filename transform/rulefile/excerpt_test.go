package rulefile

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// An excerpt shows the line of an error and what of it is meant.
func TestExcerpt(t *testing.T) {
	long := strings.Repeat("x ", 100)
	for _, c := range []struct {
		line string
		col  int
		want string
	}{
		{"    emitt: fields", 5, "    emitt: fields\n    ^^^^^"},
		{"when: after.status == 1", 7, "when: after.status == 1\n      ^^^^^^^^^^^^"},
		{"when: a == b", 9, "when: a == b\n        ^"},
		{`tables: ["shop/x"]`, 10, `tables: ["shop/x"]` + "\n         ^^^^^^^^"},
		{`name: "unclosed`, 7, `name: "unclosed` + "\n      ^^^^^^^^^"},
		{"\ton:\tx", 6, " on: x\n     ^"},
		{"日本: x", 5, "日本: x\n      ^"},
		{"日本: x", 1, "日本: x\n^^^^"},
		{"e\u0301: x", 4, "e\u0301: x\n  ^"},
		{"a\x1bb: x", 1, "a.b: x\n^"},
		{"when: a &&", 11, "when: a &&\n          ^"},
		{"when: a &&", 99, "when: a &&\n          ^"},
		{"", 1, ""},
		{long, 1, strings.Repeat("x ", 50) + "...\n^"},
		{long, 199, "...x" + strings.Repeat(" x", 30) + " \n" + strings.Repeat(" ", 63) + "^"},
	} {
		e := Place{&Source{Name: "r.yaml", Text: []byte("first\n" + c.line + "\r\nthird")}, 2, c.col}.Errorf("", "wrong")
		if got := e.Excerpt(); got != c.want {
			t.Errorf("%q, column %d:\n%s\nwant\n%s", c.line, c.col, got, c.want)
		}
	}
	for _, e := range []*Error{
		{File: "r.yaml", Line: 1, Col: 1, Msg: "of no source"},
		Place{Source: &Source{Name: "r.yaml", Text: []byte("a")}}.Errorf("", "of the file"),
		Place{&Source{Name: "r.yaml", Text: []byte("a")}, 7, 1}.Errorf("", "outside"),
	} {
		if got := e.Excerpt(); got != "" {
			t.Errorf("%s: excerpt %q", e.Msg, got)
		}
	}
}

// Print shows each error of a file with its line, whatever is wrapped around.
func TestPrint(t *testing.T) {
	var r Report
	Parse(&Source{Name: "rules.yaml", Text: []byte("version: 1\nrules:\n  - name: a\n    tables: [shop.orders]\n    emitt: row\n    colour: red\n")}, &r)
	const both = `rules.yaml:5:5: a rule has no "emitt" (did you mean "emit"?)
    emitt: row
    ^^^^^
rules.yaml:6:5: a rule has no "colour" (its keys are listed by "cdc schema rules")
    colour: red
    ^^^^^^`
	plain := errors.New("plain")
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{plain, "plain"},
		{fmt.Errorf("wrapped: %w", plain), "wrapped: plain"},
		{r.Err(), both},
		{fmt.Errorf("load: %w", r.Err()), "load:\n" + both},
		{errors.Join(plain, fmt.Errorf("pipeline %q: %w", "p", r.Err())), "plain\npipeline \"p\":\n" + both},
		{fmt.Errorf("%w, so nothing", r.List[0]), r.List[0].Error() + ", so nothing"},
	} {
		if got := Print(c.err); got != c.want {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
	}
}

// The columns of errors are characters, also behind wide ones.
func TestExcerptBehindWideCharacters(t *testing.T) {
	_, err := parseText("r.yaml", "version: 1\nrules: [{name: 日本, \"tablé\": x, tables: [a.b]}]\n")
	const want = "r.yaml:2:20: a rule has no \"tablé\" (did you mean \"tables\"?)\n" +
		"rules: [{name: 日本, \"tablé\": x, tables: [a.b]}]\n" +
		"                     ^^^^^^^"
	if got := Print(err); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Should a secret stand in a file after all, no error repeats it.
func TestExcerptHidesSecrets(t *testing.T) {
	for _, value := range []string{"s3cr3t", "[s3cr3t]", "{s3cr3t: x}", "5123456", "{env: [s3cr3t]}", "{file: 5123456}"} {
		_, err := parseText("r.yaml", "version: 1\nrules:\n- name: a\n  tables: [a.b]\n  hash: {x: {secret: "+value+"}}\n")
		if err == nil {
			t.Fatalf("%s: no error", value)
		}
		if got := Print(err); strings.Contains(got, "s3cr3t") || strings.Contains(got, "5123456") {
			t.Errorf("%s is printed:\n%s", value, got)
		}
	}
}
