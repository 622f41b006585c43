package rulefile

import (
	"strings"
	"testing"
)

// The characters of an expression have their places in the file, however the
// scalar is written.
func TestPlaceOfCharacters(t *testing.T) {
	for _, c := range []struct {
		lines  []string
		offset int
		want   string
	}{
		{[]string{`when: op == "c"`}, 0, "5:11"},
		{[]string{`when: op == "c"`}, 6, "5:17"},
		{[]string{`when: op == "c"`}, 99, "5:20"}, // behind the end
		{[]string{`when: 'op == ''é'' || x'`}, 13, "5:27"},
		{[]string{`when: "op == \"c\" || \u0078 == y"`}, 13, "5:27"},
		{[]string{`when: "op\t== \x22c\x22 || \U00000078 == y"`}, 18, "5:46"},
		{[]string{`when: "op \`, `    == x"`}, 6, "6:12"},
		{[]string{`when: "op`, ``, `    == x"`}, 6, "7:12"},
		{[]string{`when: |-`, `  op == "c"`, `  || x`}, 13, "7:10"},
		{[]string{`when: >-`, `  op == "c"`, `  || x`}, 13, "7:10"},
		{[]string{`when: op ==`, `  x`}, 6, "6:7"},
		{[]string{`when: !!str op`}, 1, "5:18"},
	} {
		for _, end := range []string{"\n", "\r\n"} {
			text := strings.Join(append([]string{"version: 1", "rules:", "  - name: r", "    tables: [a.b]"}, indented(c.lines)...), end) + end
			f, err := parseText("r", text)
			if err != nil {
				t.Fatal(err)
			}
			if got := f.Rules[0].When.Place(c.offset).String(); got != "r:"+c.want {
				t.Errorf("%q, character %d of %q: got %s, want r:%s", c.lines, c.offset, f.Rules[0].When.Text, got, c.want)
			}
		}
	}
	e := NewExpr("flag", "op ==")
	if got := e.Place(3).String(); got != "flag:1:4" {
		t.Errorf("got %s", got)
	}
}

func indented(lines []string) []string {
	var list []string
	for _, l := range lines {
		list = append(list, "    "+l)
	}
	return list
}
