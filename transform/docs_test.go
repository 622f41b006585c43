package transform

import (
	"os"
	"regexp"
	"testing"
)

// The rule files in the reference page are rule files.
func TestExamplesInTheReference(t *testing.T) {
	page, err := os.ReadFile("../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(page, -1)
	if len(blocks) < 4 {
		t.Fatalf("%d examples", len(blocks))
	}
	for _, b := range blocks {
		p := parse(t, string(b[1]))
		for _, w := range p.Warnings("no_data") {
			t.Errorf("%v\nin\n%s", w, b[1])
		}
		if err := p.Check(ordersTable()); err != nil {
			t.Errorf("%v\nin\n%s", err, b[1])
		}
	}
}
