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
	for _, verb := range declarative {
		f.Add("version: 1\ntest_env: {KEY: x}\nrules:\n- name: r\n  tables: [shop.orders]\n  on: [insert, update, delete, snapshot]\n  " + strings.NewReplacer("phone", "status", "name", "note", "email", "status", "region", "status").Replace(verb) + "\n")
	}
	examples, err := filepath.Glob("../examples/rules/*.yaml")
	if err != nil || len(examples) == 0 {
		f.Fatalf("no examples: %v", err)
	}
	for _, name := range examples {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse([]*rulefile.Source{{Name: "f.yaml", Text: []byte(text)}}, Options{Prefix: "p", TestEnv: true})
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
			if _, err := p.Explain(s); err != nil {
				t.Fatal(err)
			}
			b := cdctest.Sparse(s, want)
			if err := p.Run(b); err != nil && strings.Contains(err.Error(), "was not decoded") {
				t.Fatal(err)
			}
			checkDecoded(t, b)
		}
	})
}

// checkDecoded reports values of what leaves that nobody has decoded or made.
func checkDecoded(t *testing.T, b *event.Batch) {
	t.Helper()
	for i := range b.Outs {
		o := &b.Outs[i]
		op, flat := b.Rows[o.Row].Op, o.Target.Shape != event.ShapeEnvelope
		goes := op == event.OpDelete || o.KeyChanged && o.NoCreate
		image := o.After
		if goes {
			image = o.Before
		}
		if image < 0 {
			continue
		}
		shown := append(append(ords(nil, o.View.Key), ords(nil, o.View.Headers)...), ords(nil, o.View.PartitionBy)...)
		if !goes || !flat && o.Target.Delete != event.DeleteTombstone || o.Target.Delete == event.DeleteValue || o.Target.Delete == event.DeleteBoth {
			shown = append(shown, ords(nil, o.View.Columns)...)
		}
		for _, ord := range shown {
			if b.Values[int(image)+ord].Kind() == event.KindSkipped {
				t.Fatalf("out %d of operation %c shows value %d, which is skipped (view %+v)", i, op, ord, o.View)
			}
		}
	}
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
