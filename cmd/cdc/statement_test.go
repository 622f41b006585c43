package main

import (
	"strings"
	"testing"

	"cdc/transform"
)

const statementRules = `version: 1
rules:
  - name: people
    tables: [shop.people]
    mask: {email: {keep_first: 1}}
    on_error: dead_letter
    on: insert
    when: int(string(after.id)) > 0
`

// The statement of a row stands in no event of a rule that hides something, and not in
// its dead letters.
func TestStatementBesideHiddenColumns(t *testing.T) {
	change := func(id string) string {
		return `{"before":null,"after":{"id":"` + id + `","email":"a@b.c"},"source":{"connector":"mysql","db":"shop","table":"people","query":"INSERT INTO people VALUES (1, a@b.c)"},"op":"c","ts_ms":1}`
	}
	cdc := offline(t, map[string]string{"hides.yaml": statementRules, "shows.yaml": strings.Replace(statementRules, "mask: {email: {keep_first: 1}}", "rename: {email: mail}", 1)})
	for _, id := range []string{"1", "x"} {
		got := cdc(change(id), "transform", "@hides.yaml")
		if got.code != exitOK || strings.Contains(got.out, "a@b.c") || !strings.Contains(got.out, `"query":null`) || strings.Contains(got.out, "dead-letter") != (id == "x") {
			t.Errorf("%s: exit code %d\n%s%s", id, got.code, got.out, got.stderr)
		}
		if got := cdc(change(id), "transform", "@shows.yaml"); !strings.Contains(got.out, `"query":"INSERT INTO people`) {
			t.Errorf("%s: the statement is missing: %s%s", id, got.out, got.stderr)
		}
	}
}

func TestStatementBesideColumnsThatThePipelineHides(t *testing.T) {
	for events, want := range map[string]string{
		"{column_mask_with_chars: {3: [shop.people.email]}}": `pipelines.shop.source.mysql.include_query: the text of a statement holds the values of its rows, also of columns that events hides or leaves out (shop.people.email)`,
		"{column_exclude_list: [shop.people.email]}":         `(shop.people.email)`,
		"{column_include_list: [shop.people.email]}":         "",
	} {
		for _, query := range []bool{true, false} {
			text := withEvents(events, "{}")
			if query {
				text = strings.Replace(text, "        port: 3306\n", "        port: 3306\n        include_query: true\n", 1)
			}
			c, err := parse(t, text, map[string]string{"MYSQL_PASSWORD": "x"})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, w := range c.warnings("shop", programs{"shop": transform.PassAll(transform.Options{})}) {
				got += w.Error()
			}
			if expected := query && want != ""; (got != "") != expected || expected && !strings.Contains(got, want) {
				t.Errorf("%s, include_query %v: got %q", events, query, got)
			}
		}
	}
}
