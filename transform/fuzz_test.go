package transform

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"cdc/event"
	"cdc/internal/cdctest"
	"cdc/rules"
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
		p, err := Parse([]*Source{{Name: "f.yaml", Text: []byte(text)}}, Options{Prefix: "p"})
		if err != nil {
			checkPlaces(t, err, text)
			return
		}
		for _, w := range p.Warnings("initial") {
			checkPlaces(t, w, text)
		}
		for _, s := range []*event.Schema{propTable(false), propTable(true)} {
			want, ok, err := p.Select(s)
			if err != nil {
				checkPlaces(t, err, text)
				continue
			}
			if ok != (len(want) == s.Width) {
				t.Fatalf("ok %v with %d columns", ok, len(want))
			}
			if err := p.Run(skipped(s, want)); err != nil && strings.Contains(err.Error(), "was not decoded") {
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
		e, ok := errors.AsType[*Error](err)
		if !ok {
			t.Fatalf("%v isn't an *Error", err)
		}
		if e.Line < 0 || e.Line > breaks+2 || (e.Line > 0 && e.Col < 1) {
			t.Errorf("%v stands outside of the file", e)
		}
		if strings.ContainsAny(e.Error(), "\n\x00") {
			t.Errorf("%q isn't one line of text", e.Error())
		}
	}
}

// skipped is a batch with a row of every operation in which the columns that
// nobody wants aren't decoded.
func skipped(s *event.Schema, want []bool) *event.Batch {
	all := func() cdctest.Row {
		r := make(cdctest.Row, s.Width)
		for i, c := range s.Columns {
			r[i] = event.Value{}
			if i < len(want) && want[i] {
				r[i] = sample(c.Type.Kind)
			}
		}
		return r
	}
	return cdctest.NewBatch().Insert(s, all()...).Read(s, all()...).Update(s, all(), all()).Delete(s, all()...).Truncate(s).Batch()
}

func sample(k event.Kind) any {
	switch k {
	case event.KindString, event.KindJSON, event.KindBytes:
		return "shipping"
	case event.KindFloat32, event.KindFloat64:
		return 1.5
	default:
		return 1
	}
}

// FuzzCondition reads any text as a condition. What is taken, closures and
// interpreter answer alike.
func FuzzCondition(f *testing.F) {
	g := gen{rand.New(rand.NewPCG(3, 4))}
	for range 100 {
		f.Add(g.expr(2))
	}
	f.Add("after.total in [1, 2.5] ? -1 == after.id : [1, 2].all(x, x > 0 || after.u == 3u)")
	lang, err := newLanguage()
	if err != nil {
		f.Fatal(err)
	}
	s := propTable(true)
	f.Fuzz(func(t *testing.T, text string) {
		c := &condition{src: &Source{Name: "f.yaml", Text: []byte(text)}, node: &yaml.Node{Kind: yaml.ScalarNode, Value: text, Line: 1, Column: 1}, text: text}
		var rep report
		offline := c.check(lang, lang.offline, nil, &rep)
		if (offline == nil) != (len(rep.list) > 0) {
			t.Fatalf("%v with errors %v", offline, rep.list)
		}
		env, err := lang.with(fieldsOf(s))
		if err != nil {
			t.Fatal(err)
		}
		bound := c.check(lang, env, s, &rep)
		if bound == nil {
			return
		}
		whole, err := env.PlanProgram(bound.ast)
		if err != nil {
			return
		}
		b := skipped(s, allColumns(s))
		for i := range b.Rows {
			got, gotErr := closed(t, bound, s, b, &b.Rows[i])
			want, wantErr := interpreted(whole, b, &b.Rows[i])
			if got != want || (gotErr == nil) != (wantErr == nil) {
				t.Errorf("%s on %c: closures say %v, %v; CEL says %v, %v", text, b.Rows[i].Op, got, gotErr, want, wantErr)
			}
		}
	})
}

func allColumns(s *event.Schema) []bool {
	want := make([]bool, s.Width)
	for i := range want {
		want[i] = true
	}
	return want
}
