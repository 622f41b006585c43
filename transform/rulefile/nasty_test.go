package rulefile

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A file can't hang, blow up or crash the reader, whatever stands in it: each is
// refused, at a place, in a time that a slow machine under load keeps as well.
func TestNastyFiles(t *testing.T) {
	const limit = 20 * time.Second
	rule := func(lines string) string { return "version: 1\nrules:\n- name: a\n  tables: [a.b]\n" + lines }
	repeat := strings.Repeat
	for _, c := range []struct{ name, text, want string }{
		{"nul", "version: 1\nrules:\n- name: \"a\x00b\"", "r.yaml:3:11: a character U+0000"},
		{"escape", "version: 1\n# \x1b[31m", "r.yaml:2:3: a character U+001B"},
		{"delete", "version: 1\n\x7f", "r.yaml:2:1: a character U+007F"},
		{"byte order mark", "\xEF\xBB\xBFversion: 1", "r.yaml:1:1: the file begins with a byte order mark"},
		{"byte order mark inside", "version: 1\nrules: [\uFEFF]", "r.yaml:2:9: a character U+FEFF"},
		{"utf-16", "\xFF\xFEv\x00", "r.yaml:1:1: the file is UTF-16"},
		{"utf-16 big", "\xFE\xFF\x00v", "r.yaml:1:1: the file is UTF-16"},
		{"latin 1", "version: 1\n# caf\xE9", "r.yaml:2:6: byte 0xe9 isn't UTF-8"},
		{"surrogate", "version: 1\n# \xED\xA0\x80", "r.yaml:2:3: byte 0xed isn't UTF-8"},
		{"too large", "version: 1\n" + repeat("# x\n", maxFile/4), "larger than 1024 KiB"},
		{"long line", "version: 1\n# " + repeat("x", maxLine), "r.yaml:2:1: the line is longer than 64 KiB"},
		{"tab", "version: 1\nrules:\n\t- name: a", "indent with spaces"},
		{"tab behind spaces", "version: 1\nrules:\n  \t- name: a", "indent with spaces"},
		{"anchor", rule("  on: &a [insert]"), "r.yaml:5:7: an anchor (&a)"},
		{"alias", rule("  on: &a [insert]\n  fields: *a"), "r.yaml:6:11: an alias (*a)"},
		{"laughs", laughs(), "an alias"},
		{"alias to itself", "version: 1\nrules: &a [*a]", "an alias"},
		{"merge", rule("  <<: {emit: row}"), "r.yaml:5:3: a merge key"},
		{"merge in a literal", "version: 1\ntests: [{name: a, input: {table: a.b, op: c, after: {<<: {x: 1}}}, expect: []}]", "a merge key"},
		{"tag", rule("  on: !!python/object:os.system [insert]"), "a tag"},
		{"own tag", rule("  when: !env SECRET"), "a tag"},
		{"set", rule("  on: !!set {insert}"), "a tag"},
		{"key that is a list", rule("  [a, b]: c"), "a key must be a name, not a list"},
		{"key that is a mapping", rule("  {a: b}: c"), "a key must be a name, not a mapping"},
		{"twice at the top", "version: 1\nversion: 1", `r.yaml:2:1: "version" stands here twice`},
		{"twice in a rule", rule("  name: b"), `r.yaml:5:3: "name" stands here twice`},
		{"twice in a mask", rule("  mask: {a: {length: 1, length: 2}}"), `"length" stands here twice`},
		{"twice in fields", rule("  fields: {a: {b: c, b: d}}"), `"b" stands here twice`},
		{"twice, once in quotes", rule("  fields: {a: b, 'a': c}"), `"a" stands here twice`},
		{"twice in a literal", "version: 1\ntests: [{name: a, input: {table: a.b, op: c, after: {x: 1, x: 2}}, expect: []}]", `"x" stands here twice`},
		{"documents", "version: 1\n" + repeat("---\n", 100_000), "r.yaml:2:1: a second document"},
		{"directives", repeat("%YAML 1.2\n", 10_000), "not YAML"},
		{"deep lists", "version: 1\nrules: " + repeat("[", 60_000), "not YAML"},
		{"deep lists that close", "version: 1\nrules: " + repeat("[", 9_000) + repeat("]", 9_000), "nested too deep"},
		{"deep mappings", "version: 1\nrules: " + repeat("{a: ", 9_000) + repeat("}", 9_000), "nested too deep"},
		{"deep dashes", "version: 1\nrules:\n" + repeat("- ", 9_000) + "x", "nested too deep"},
		{"question marks", repeat("? ", 30_000), "not YAML"},
		{"open quotes", "version: 1\nname: \"" + repeat("x\n", 400_000), "not YAML"},
		{"open brackets in lines", repeat("[\n", 400_000), "not YAML"},
		{"colons", repeat("a: ", 20_000), "not YAML"},
		{"block", "version: |\n" + repeat(" x\n", 300_000), "rule language isn't known"},
		{"comments", repeat("#\n", 500_000), "the file is empty"},
		{"commas", "version: 1\nrules:\n" + repeat(" - [,]\n", 100_000), "not YAML"},
		{"nothing in a list", "version: 1\nrules:\n" + repeat(" -\n", 300_000), "more than 10000 rules"},
		{"many rules", "version: 1\nrules:\n" + repeat("- {}\n", maxRules+1), "more than 10000 rules"},
		{"many bad rules", "version: 1\nrules:\n" + repeat("- {}\n", maxRules), "more errors"},
		{"many tests", "version: 1\ntests:\n" + repeat("- {}\n", maxTests+1), "more than 10000 tests"},
		{"many expressions", rule("  computed:\n") + lines(maxExprs+1, "    c%d: 1\n"), "more than 20000 expressions"},
		{"many keys", rule("  computed:\n") + lines(30_000, "    c%d: []\n"), "more errors"},
		{"many verbs of a column", rule("  mask:\n") + lines(10_000, "    c%d: {length: 1}\n") + "  truncate:\n" + lines(10_000, "    c%d: 1\n"), "more errors"},
		{"many unknown keys", "version: 1\nrules:\n- {name: a, tables: [a.b], " + lines(40_000, "unk%d: 1,\n  ") + "}", "more errors"},
		{"many unknown words", "version: 1\nrules:\n" + lines(10_000, "- {name: r%d, tables: [a.b], on: [updats, delte], emit: rwo}\n"), "more errors"},
		{"many bad templates", "version: 1\nrules:\n" + lines(9_000, "- {name: r%d, tables: [a.b], topic: \"\\x41\\x42\\x43\\x44${\"}\n"), "more errors"},
		{"a long name", "version: 1\nrules: [{name: " + repeat("x", maxName+1) + "}]", "name is longer than 1000 bytes"},
		{"a long expression", rule("  reroute: {topic_regex: " + repeat("a", maxRegex+1) + ", topic_replacement: b}"), "longer than 1000 bytes"},
		{"a large expression", rule("  reroute: {topic_regex: '((a{1000}){1000}){1000}', topic_replacement: b}"), "regular expression: "},
		{"an expression that is large enough", rule("  reroute: {topic_regex: '(" + repeat("a", 900) + "){1000}', topic_replacement: b}"), "the regular expression is too large"},
		{"large tables", rule("  on: insert\n- name: b\n  tables: ['/(" + repeat("x", 900) + "){1000}/']"), "too large"},
		{"deep expression", rule("  outbox: {route_topic_regex: '" + repeat("(", 499) + repeat(")", 499) + "', route_topic_replacement: a}"), ""},
		{"numbers", "version: 1\ntests: [{name: a, input: {table: a.b, op: c, after: {x: 0x1F, y: 1_000, z: .inf}}, expect: []}]", "a number is written like"},
		{"partition", rule("  partition_by: {fields: [op], partitions: 99999999999999999999}"), "whole number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			begin := time.Now()
			_, err := parseText("r.yaml", c.text)
			printed := Print(err)
			if took := time.Since(begin); took > limit {
				t.Errorf("took %v", took)
			} else {
				t.Logf("%v", took)
			}
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			checkPlaces(t, err, c.text)
			if len(printed) > 64<<10 {
				t.Errorf("%d bytes are printed", len(printed))
			}
		})
	}
}

func lines(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// laughs is a small file that would stand for billions of items.
func laughs() string {
	var b strings.Builder
	b.WriteString("version: 1\na0: &a0 [lol, lol]\n")
	for i := range 30 {
		fmt.Fprintf(&b, "a%d: &a%d [*a%d, *a%d, *a%d]\n", i+1, i+1, i, i, i)
	}
	return b.String()
}
