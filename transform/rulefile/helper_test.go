package rulefile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func parseText(name, text string) (*File, error) {
	var r Report
	f := Parse(&Source{Name: name, Text: []byte(text)}, &r)
	return f, r.Err()
}

// rule parses one rule for shop.orders with more lines of YAML.
func rule(t testing.TB, lines ...string) *Rule {
	t.Helper()
	f, err := parseText("rules.yaml", "version: 1\nrules:\n  - name: r\n    tables: [shop.orders]\n    "+strings.Join(lines, "\n    ")+"\n")
	if err != nil {
		t.Fatal(err)
	}
	return f.Rules[0]
}

// modelOptions compare pieces of the model: without places, expressions by their
// texts.
var modelOptions = cmp.Options{
	cmpopts.IgnoreTypes(Place{}),
	cmpopts.IgnoreUnexported(Router{}),
	cmp.Transformer("Expr", func(e *Expr) string {
		if e == nil {
			return ""
		}
		return "cel: " + e.Text
	}),
}

func names(texts ...string) []Name {
	var list []Name
	for _, s := range texts {
		list = append(list, Name{Text: s})
	}
	return list
}

func name(s string) *Name { return &Name{Text: s} }
