package transform

import (
	"os"
	"regexp"
	"testing"
)

// The rule files in the reference pages are rule files.
func TestExamplesInTheReference(t *testing.T) {
	for name, least := range map[string]int{"rules.md": 4, "smt.md": 1} {
		page, err := os.ReadFile("../docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(page, -1)
		if len(blocks) < least {
			t.Fatalf("%s: %d examples", name, len(blocks))
		}
		for _, b := range blocks {
			p := parse(t, string(b[1]))
			for _, w := range p.Warnings("no_data") {
				t.Errorf("%s: %v\nin\n%s", name, w, b[1])
			}
			if err := p.Check(ordersTable()); err != nil {
				t.Errorf("%s: %v\nin\n%s", name, err, b[1])
			}
		}
	}
}
