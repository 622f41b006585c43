package rulefile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzParse reads any text as a rule file. What is refused is refused at places
// inside the file, in one line of text, with an excerpt that is a line of the file;
// what is taken can be hashed, and its expressions know where they stand.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/*.yaml", "testdata/errors/*.yaml", "../../examples/rules/*.yaml"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			f.Fatalf("no files: %v", err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	f.Add("version: 1\r\nrules: [{name: \"\\x41\", tables: '/(?i)a\\.b/', topic: \"a.${'}'}\\u0020$${\"}]\r")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := parseText("f.yaml", text)
		if err != nil {
			checkPlaces(t, err, text)
		}
		for _, r := range file.Rules {
			r.Write(io.Discard)
			if r.Topic == nil {
				continue
			}
			for _, p := range r.Topic.Parts {
				if p.Expr != nil {
					checkPlaces(t, p.Expr.Place(len(p.Expr.Text)).Errorf("", "here"), text)
				}
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
		e, ok := errors.AsType[*Error](err)
		if !ok {
			t.Fatalf("%v isn't an *Error", err)
		}
		if e.Line < 0 || e.Line > breaks+2 || (e.Line > 0 && e.Col < 1) {
			t.Errorf("%v stands outside of the file", e)
		}
		if strings.ContainsAny(e.Error(), "\n\r\x00\x1b") {
			t.Errorf("%q isn't one line of text", e.Error())
		}
		if x := e.Excerpt(); strings.Count(x, "\n") > 1 || strings.ContainsAny(x, "\r\x00\x1b") {
			t.Errorf("%q isn't an excerpt", x)
		}
	}
}
