package transform

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cdc/event"
	"cdc/examples/rules"
	"cdc/internal/cdctest"
	"cdc/transform/rulefile"
)

// FuzzRules reads any text as a rule file. What is refused is refused with
// places inside the file; what is taken runs over rows of every operation
// without a panic, and reads no column that it didn't ask for.
func FuzzRules(f *testing.F) {
	f.Add(string(rules.Orders))
	f.Add(string(rules.OrdersShipping))
	for _, dir := range []string{"errors", "bind"} {
		names, err := filepath.Glob("testdata/" + dir + "/*.yaml")
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	f.Add("version: 1\nrules:\n- {name: a, tables: ['*.*'], on: insert, when: 'after.note.matches(\"a+\") ? after.id in [1, 2] : has(after.g)'}\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse([]*rulefile.Source{{Name: "f.yaml", Text: []byte(text)}}, Options{Prefix: "p"})
		if err != nil {
			checkPlaces(t, err, text)
			return
		}
		for _, w := range p.Warnings("initial") {
			checkPlaces(t, w, text)
		}
		for _, s := range []*event.Schema{cdctest.KindsTable(false), cdctest.KindsTable(true)} {
			want, ok, err := p.Select(s)
			if err != nil {
				checkPlaces(t, err, text)
				continue
			}
			if ok != (len(want) == s.Width) {
				t.Fatalf("ok %v with %d columns", ok, len(want))
			}
			if err := p.Run(cdctest.Sparse(s, want)); err != nil && strings.Contains(err.Error(), "was not decoded") {
				t.Fatal(err)
			}
		}
	})
}

// checkPlaces reports errors that stand nowhere in the file.
func checkPlaces(t *testing.T, err error, text string) {
	t.Helper()
	breaks := 0
	for _, r := range text {
		if strings.ContainsRune("\n\r\u0085\u2028\u2029", r) { // what YAML takes for a line break
			breaks++
		}
	}
	list := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		list = joined.Unwrap()
	}
	for _, err := range list {
		e, ok := errors.AsType[*rulefile.Error](err)
		if !ok {
			t.Fatalf("%v isn't an *rulefile.Error", err)
		}
		if e.Line < 0 || e.Line > breaks+2 || (e.Line > 0 && e.Col < 1) {
			t.Errorf("%v stands outside of the file", e)
		}
		if strings.ContainsAny(e.Error(), "\n\x00") {
			t.Errorf("%q isn't one line of text", e.Error())
		}
	}
}
