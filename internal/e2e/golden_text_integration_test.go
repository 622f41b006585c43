//go:build integration

package e2e

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// mask replaces the values at paths by what kind of value they are, so that
// all else is compared byte by byte.
func mask(t testing.TB, text []byte, paths [][]string) []byte {
	t.Helper()
	if text == nil {
		return nil
	}
	var out []byte
	last := 0
	for _, f := range fieldsOf(t, text) {
		var below [][]string
		for _, p := range paths {
			if p[0] == f.name {
				below = append(below, p[1:])
			}
		}
		if len(below) == 0 {
			continue
		}
		out = append(out, text[last:f.start]...)
		last = f.end
		switch value := text[f.start:f.end]; {
		case slices.ContainsFunc(below, func(p []string) bool { return len(p) == 0 }):
			out = append(out, kindOf(value)...)
		case value[0] == '{':
			out = append(out, mask(t, value, below)...)
		default:
			out = append(out, value...)
		}
	}
	return append(out, text[last:]...)
}

func kindOf(value []byte) string {
	switch value[0] {
	case '"':
		return `"<text>"`
	case 'n':
		return "null"
	default:
		return `"<number>"`
	}
}

// field is a member of an object: where its value stands.
type field struct {
	name       string
	start, end int
}

// fieldsOf finds the members of a JSON object in the order of the text; none
// when it isn't an object.
func fieldsOf(t testing.TB, text []byte) []field {
	t.Helper()
	if len(text) == 0 || text[0] != '{' {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	next := func() json.Token {
		token, err := dec.Token()
		if err != nil {
			t.Fatalf("%v in %.300s", err, text)
		}
		return token
	}
	next()
	var all []field
	for dec.More() {
		name := next().(string)
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			t.Fatalf("%v in %.300s", err, text)
		}
		end := int(dec.InputOffset())
		all = append(all, field{name, end - len(value), end})
	}
	return all
}

// leaves lists the values in a JSON text by their path.
func leaves(t testing.TB, text []byte) map[string]string {
	t.Helper()
	all := map[string]string{}
	var walk func(text []byte, path string)
	walk = func(text []byte, path string) {
		fields := fieldsOf(t, text)
		if fields == nil {
			all[path] = string(text)
		}
		for _, f := range fields {
			walk(text[f.start:f.end], strings.TrimPrefix(path+"."+f.name, "."))
		}
	}
	walk(text, "")
	return all
}

// splitSQL cuts a script of PostgreSQL into its statements.
func splitSQL(script string) []string {
	var all []string
	start := 0
	for i := 0; i < len(script); i++ {
		switch {
		case script[i] == '\'' || script[i] == '"':
			if n := strings.IndexByte(script[i+1:], script[i]); n >= 0 {
				i += 1 + n
			}
		case script[i] == '$':
			i += dollarQuoted(script[i:])
		case strings.HasPrefix(script[i:], "--"):
			if n := strings.IndexByte(script[i:], '\n'); n >= 0 {
				i += n
			}
		case script[i] == ';':
			all = append(all, script[start:i])
			start = i + 1
		}
	}
	all = append(all, script[start:])
	return slices.DeleteFunc(all, func(s string) bool { return strings.TrimSpace(s) == "" })
}

// dollarQuoted returns how far the text that begins with a dollar quote goes
// beyond its first byte; 0 when it doesn't begin with one.
func dollarQuoted(text string) int {
	n := strings.IndexByte(text[1:], '$')
	if n < 0 || strings.ContainsAny(text[1:1+n], " \n;'(),") {
		return 0
	}
	tag := text[:n+2]
	end := strings.Index(text[len(tag):], tag)
	if end < 0 {
		return 0
	}
	return len(tag) + end + len(tag) - 1
}

func TestSplitSQL(t *testing.T) {
	const script = "insert into t values ('a;b', 'it''s');\n-- a; comment\ncreate table \"x;y\" (i int);;do $b$ begin; end $b$; select 1"
	got := splitSQL(script)
	if len(got) != 4 || !strings.Contains(got[2], "begin; end") {
		t.Errorf("got %d statements: %q", len(got), got)
	}
}

func TestMask(t *testing.T) {
	got := mask(t, []byte(`{"a":1,"b":{"c":"x","d":[1, 2]},"e":null,"f":null}`), [][]string{{"b", "c"}, {"e"}, {"a"}, {"f", "g"}})
	if want := `{"a":"<number>","b":{"c":"<text>","d":[1, 2]},"e":null,"f":null}`; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
