package rulefile

import (
	"fmt"
	"io"
)

// Write prints the rule for the hash of the program: what it means, not where it
// stands. Two rules that mean different things print different texts, since every
// text stands in quotes and every list in brackets.
func (r *Rule) Write(w io.Writer) {
	h := hasher{w}
	h.open("rule")
	h.text("name", r.Name)
	h.texts("tables", r.Tables.Patterns())
	h.number("on", int(r.On))
	h.expr("when", r.When)
	h.number("emit", int(r.Emit))
	h.flag("continue", r.Continue)
	h.number("on_error", int(r.OnError))
	h.columns(r)
	h.number("delete", int(r.Delete))
	h.number("tombstone", int(r.Tombstone))
	h.flag("only_if_changed", r.OnlyIfChanged)
	h.record(r)
	h.transforms(r)
	h.flag("otherwise", r.PassesRest())
	h.close()
	fmt.Fprintln(w)
}

// hasher prints a tree of named values. What is as when it is missing isn't printed.
type hasher struct{ w io.Writer }

func (h hasher) open(name string) { fmt.Fprintf(h.w, "%s{", name) }
func (h hasher) close()           { fmt.Fprint(h.w, "}") }

func (h hasher) text(name, s string) {
	if s != "" {
		fmt.Fprintf(h.w, "%s=%q ", name, s)
	}
}

func (h hasher) texts(name string, list []string) {
	if len(list) > 0 {
		fmt.Fprintf(h.w, "%s=%q ", name, list)
	}
}

func (h hasher) number(name string, n int) {
	if n != 0 {
		fmt.Fprintf(h.w, "%s=%d ", name, n)
	}
}

func (h hasher) flag(name string, b bool) {
	if b {
		fmt.Fprintf(h.w, "%s ", name)
	}
}

func (h hasher) expr(name string, e *Expr) {
	if e != nil {
		fmt.Fprintf(h.w, "%s=(%q) ", name, e.Text)
	}
}

// pointer prints a text that is there, even when it is empty.
func (h hasher) pointer(name string, s *string) {
	if s != nil {
		fmt.Fprintf(h.w, "%s=%q ", name, *s)
	}
}

func (h hasher) name(name string, n *Name) {
	if n != nil {
		h.pointer(name, &n.Text)
	}
}

func (h hasher) names(name string, list []Name) {
	texts := make([]string, len(list))
	for i, n := range list {
		texts[i] = n.Text
	}
	h.texts(name, texts)
}

func (h hasher) fields(name string, list []Field) {
	if len(list) == 0 {
		return
	}
	h.open(name)
	for _, f := range list {
		fmt.Fprintf(h.w, "%q=%q ", f.Output, f.Column)
		h.fields("of", f.Fields)
	}
	h.close()
}

func (h hasher) metadata(name string, list []Metadata) {
	if len(list) == 0 {
		return
	}
	h.open(name)
	for _, m := range list {
		fmt.Fprintf(h.w, "%q=%q ", m.Output, m.Path.Text)
	}
	h.close()
}

func (h hasher) columns(r *Rule) {
	h.names("drop", r.Drop)
	for _, c := range r.Changes {
		h.change(c)
	}
	for _, c := range r.Computed {
		h.open("computed")
		h.text("name", c.Name.Text)
		h.expr("cel", c.Expr)
		h.close()
	}
	for _, f := range r.Flatten {
		h.flatten(f)
	}
	h.fields("fields", r.Fields)
	h.fields("rename", r.Rename)
	h.metadata("add_fields", r.AddFields)
	h.flag("omit_nulls", r.OmitNulls)
}

func (h hasher) change(c Change) {
	h.open(VerbWords[c.Verb])
	h.text("column", c.Column.Text)
	fmt.Fprintf(h.w, "%d %d %d ", c.KeepFirst, c.KeepLast, c.Length)
	h.text("char", c.Char)
	h.text("algorithm", c.Algorithm)
	if c.Secret != nil {
		h.text("env", c.Secret.Env)
		h.text("file", c.Secret.File)
	}
	h.pointer("constant", c.Constant)
	if c.Type != nil {
		h.castType(*c.Type)
	}
	h.close()
}

func (h hasher) castType(t CastType) {
	fmt.Fprintf(h.w, "type=%q(%d,%d) ", t.Name, t.Precision, t.Scale)
}

func (h hasher) flatten(f Flatten) {
	h.open("flatten")
	h.text("column", f.Column.Text)
	h.text("delimiter", f.Delimiter)
	h.number("max_depth", f.MaxDepth)
	h.flag("typed", f.Fields != nil)
	for _, m := range f.Fields {
		h.text("path", m.Path.Text)
		h.castType(m.Type)
	}
	h.close()
}
