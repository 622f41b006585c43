package rulefile

import (
	"strings"
	"testing"
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
