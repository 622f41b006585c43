package expr

import (
	"strings"
	"testing"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/ext"

	"cdc/internal/cdctest"
)

// Ours and those of the library find the same.
func TestIndexOfIsThatOfTheLibrary(t *testing.T) {
	library, err := cel.NewEnv(ext.Strings(ext.StringsVersion(5)))
	if err != nil {
		t.Fatal(err)
	}
	s := cdctest.KindsTable(false)
	l, tab := testLanguage(t), testTable(s)
	b := cdctest.NewBatch().Insert(s, 7, "x", "x", uint64(5), 0.5, 2.5, "1", true, "x", 0, 0, "1").Batch()
	for _, text := range []string{"", "a", "aa", "abab", "žlutý ýý", "ababa"} {
		for _, part := range []string{"", "a", "ab", "ba", "ý", "lutý ýý!", "aaaa"} {
			for _, more := range []string{"", ", 0", ", 1", ", 2", ", 3", ", 4", ", 5", ", 6", ", 9", ", -1"} {
				for _, function := range []string{"indexOf", "lastIndexOf"} {
					expression := `string("` + text + `".` + function + `("` + part + `"` + more + `))`
					want := "error"
					compiled, issues := library.Compile(expression)
					if issues.Err() != nil {
						t.Fatal(issues.Err())
					}
					prog, err := library.Program(compiled)
					if err != nil {
						t.Fatal(err)
					}
					if v, _, err := prog.Eval(cel.NoVars()); err == nil {
						want = `"` + v.Value().(string) + `"`
					}
					got, _ := result(t, l, tab, expression, b, &b.Rows[0])
					if strings.HasPrefix(got, "error: a place") {
						got = "error"
					}
					if got != want {
						t.Errorf("%s is %s, want %s", expression, got, want)
					}
				}
			}
		}
	}
}

// They take as long as the text is.
func TestIndexOfIsFast(t *testing.T) {
	s := cdctest.KindsTable(false)
	l, tab := testLanguage(t), testTable(s)
	text, part := strings.Repeat("a", 4<<20), strings.Repeat("a", 1<<20)+"b"
	b := cdctest.NewBatch().Insert(s, 7, text, part, uint64(5), 0.5, 2.5, "1", true, "b"+part[:1<<20], 0, 0, "1").Batch()
	for _, expression := range []string{`string(row.status.indexOf(row.note))`, `string(row.status.lastIndexOf(string(row.raw)))`, `string(row.status.indexOf(row.note, 1000))`, `string(row.status.lastIndexOf(string(row.raw), 2000000))`} {
		start := time.Now()
		got, _ := result(t, l, tab, expression, b, &b.Rows[0])
		if took := time.Since(start); got != `"-1"` || took > 10*time.Second {
			t.Errorf("%s: %s in %s", expression, got, took)
		}
	}
}
