package rulefile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A template is cut at ${...}; braces and quotes inside of CEL don't end it.
func TestTemplate(t *testing.T) {
	for _, c := range []struct {
		topic string
		want  []string // texts as they are, expressions with a = before them
	}{
		{"orders", []string{"orders"}},
		{"orders.${after.region}", []string{"orders.", "=after.region"}},
		{"${op}", []string{"=op"}},
		{"${op}${source.table}.x", []string{"=op", "=source.table", ".x"}},
		{`a.${{"k": "}"}["k"]}.b`, []string{"a.", `={"k": "}"}["k"]`, ".b"}},
		{`${'}\'}' + r'\'}x`, []string{`='}\'}' + r'\'`, "x"}},
		{`${"""a"}" """}`, []string{`="""a"}" """`}},
		{`${rb"\"}`, []string{`=rb"\"`}},
	} {
		quoted := "'" + strings.ReplaceAll(c.topic, "'", "''") + "'"
		var got []string
		for _, p := range rule(t, "topic: "+quoted).Topic.Parts {
			if p.Expr != nil {
				got = append(got, "="+p.Expr.Text)
			} else {
				got = append(got, p.Text)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.topic, diff)
		}
	}
	if p := rule(t, "topic: {cel: op}").Topic.Parts; len(p) != 1 || p[0].Expr.Text != "op" {
		t.Errorf("got %v", p)
	}
	if text, ok := rule(t, "topic: a.b").Topic.Constant(); !ok || text != "a.b" {
		t.Errorf("got %q, %v", text, ok)
	}
	if _, ok := rule(t, "topic: a.${op}").Topic.Constant(); ok {
		t.Error("a template with an expression is constant")
	}
}

// An expression in a template knows its place in the file.
func TestTemplatePlace(t *testing.T) {
	for _, c := range []struct {
		lines []string
		want  string // of the second character of the expression
	}{
		{[]string{`topic: orders.${after.region}`}, "rules.yaml:5:22"},
		{[]string{`topic: "a\x2eb${after.région}"`}, "rules.yaml:5:22"},
		{[]string{`topic: >-`, `  orders.${after.region}`}, "rules.yaml:6:17"},
	} {
		parts := rule(t, c.lines...).Topic.Parts
		if got := parts[len(parts)-1].Expr.Place(1).String(); got != c.want {
			t.Errorf("%q: got %s, want %s", c.lines, got, c.want)
		}
	}
}
