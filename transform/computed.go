package transform

import (
	"slices"
	"strings"

	"cdc/event"
	"cdc/transform/expr"
	"cdc/transform/rulefile"
)

// bindComputed adds the values that expressions give. All of them see the columns as
// the value verbs leave them.
func (s *shaping) bindComputed() {
	var made []event.Column
	for i := range s.rule.Computed {
		c := &s.rule.Computed[i]
		if col, ok := s.expression(c.Name.Text, c.Expr, "computed "+c.Name.Text, s.rule.Emit == rulefile.EmitEnvelope, false); ok {
			made = append(made, col)
		} else { // what is wrong is told: its name isn't
			made = append(made, event.Column{Name: c.Name.Text, Ord: noValue})
		}
	}
	for _, c := range made {
		s.put(c)
	}
	s.computed = append(s.computed, made...)
	s.forget()
}

// noValue is the place of a computed value whose expression is wrong.
const noValue = -1

// forget hides from later expressions the columns in whose places computed values
// stand: what they held may be just what must not leave.
func (l *layout) forget() {
	gone := func(c event.Column) bool { return l.dropped[c.Source()] }
	columns := slices.DeleteFunc(slices.Clone(l.input.Schema.Columns), gone)
	l.input = l.binder.input(columns, slices.DeleteFunc(slices.Clone(l.input.Schema.Key), func(c event.Column) bool {
		return gone(c) && slices.ContainsFunc(l.columns, func(o event.Column) bool { return o.Name == c.Name })
	}))
	l.input.Gone = l.gone
}

// bindHeaders adds the headers that the rule names, behind those of metadata and
// changes.
func (s *shaping) bindHeaders() {
	for _, m := range s.rule.AddHeaders {
		if c, ok := s.metadata(m); ok {
			s.headers = append(s.headers, c)
		}
	}
	for i := range s.rule.Headers {
		h := &s.rule.Headers[i]
		if h.Text != nil {
			c, text := s.place(h.Name.Text, nullableText), *h.Text
			s.groups = append(s.groups, group{
				ords: []int{c.Ord}, at: h.Name.At, what: "header " + h.Name.Text, shown: true,
				compile: func(event.Op) fill { return fillText(c.Ord, text) },
			})
			s.headers = append(s.headers, c)
			continue
		}
		if c, ok := s.expression(h.Name.Text, h.Expr, "header "+h.Name.Text, false, true); ok {
			s.headers = append(s.headers, c)
		}
	}
}

// defaultOf is the default of the column of which a header is nothing but the value: it
// stands in the place of NULL where it does so in values.
func (v *value) defaultOf() *event.Default {
	if name := v.checked.Column(); name != "" {
		if c := v.readable(name); c != nil {
			return c.Type.Default
		}
	}
	return nil
}

// expression makes room for the value of an expression, and fills it.
func (s *shaping) expression(name string, e *rulefile.Expr, what string, alone, shown bool) (event.Column, bool) {
	v := s.value(e)
	if v == nil {
		return event.Column{}, false
	}
	c := s.place(name, v.typ)
	if shown && s.rule.OnError != rulefile.OnErrorKeep { // there NULL also tells of a failure
		c.Type.Default = v.defaultOf()
	}
	s.groups = append(s.groups, group{
		ords: []int{c.Ord}, reads: v.reads, at: e.Place(0), what: what, alone: alone, both: v.both, shown: shown, value: v,
		compile: func(role event.Op) fill {
			get, pair := v.compile(role)
			if get == nil {
				return nil
			}
			return func(x *exec, r *event.Row, image []event.Value) error {
				if pair {
					r = &x.pair
				}
				w, err := get(x.b, r)
				if err != nil {
					return err
				}
				image[c.Ord] = w
				return nil
			}
		},
	})
	return c, true
}

// value is an output expression bound to a table.
type value struct {
	*layout
	input   *expr.Table // with which it was checked: the layout's may be another by now
	checked *expr.CheckedValue
	expr    *rulefile.Expr
	typ     event.Type
	reads   []int
	both    bool // it may look at the image before and that after
	failed  bool // and that is reported
	slow    bool // a part of it runs in the interpreter
}

// value checks an output expression against the columns as the verbs leave them; nil
// when something is wrong, which is reported.
func (l *layout) value(e *rulefile.Expr) *value {
	errs := len(l.List)
	checked := l.lang.CheckValue(e, l.input, &l.Report)
	if checked == nil || len(l.List) > errs {
		return nil
	}
	v := &value{layout: l, input: l.input, checked: checked, expr: e, typ: checked.Type(), both: readsBoth(e.Text)}
	checked.Columns(func(name string) {
		if l.masked(name) {
			l.hidden(e.Place(0), name)
		}
		if c := l.readable(name); c != nil {
			v.reads = append(v.reads, c.Ord)
		}
	})
	if len(l.List) > errs {
		return nil
	}
	return v
}

// readable returns the column that an expression reads.
func (l *layout) readable(name string) *event.Column {
	if c := l.input.Schema.Column(name); c != nil {
		return c
	}
	for i := range l.input.Schema.Key {
		if c := &l.input.Schema.Key[i]; c.Name == name || c.Source() == name {
			return c
		}
	}
	return nil
}

// readsBoth reports whether an expression may read an image that isn't the one at
// hand.
func readsBoth(text string) bool {
	for _, word := range []string{"before", "after", "old", "changed", "value"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// compile compiles the value for a role; nil when that is wrong, which is reported
// once. pair: it sees the update as a whole, since a row that comes has none before it
// and the expression asks what it was.
func (v *value) compile(role event.Op) (get expr.Value, pair bool) {
	if v.failed {
		return nil, false
	}
	trap := v.checked.Fails(role)
	if trap != nil && v.split && role == event.OpCreate && v.checked.Fails(event.OpUpdate) == nil {
		role, pair, trap = event.OpUpdate, true, nil
	}
	if trap != nil {
		v.fail(trap.At, adviceRow(trap), "%s has no image %s, so %s can't be worked out for the records of one", article(rulefile.OpWords[opIndex(role)]), trap.Image, trap.Read)
		return nil, false
	}
	if trap := v.checked.Unlogged(role); trap != nil {
		v.fail(trap.At, trap.Mend, "%s isn't in the log of table %s, which holds no whole rows before a change", trap.Read, v.schema.Name())
		return nil, false
	}
	get, simple, err := v.checked.Compile(v.input, role)
	v.slow = v.slow || !simple
	if err != nil {
		v.fail(v.expr.Place(0), "", "compile the expression: %s", rulefile.Printable(err.Error()))
		return nil, false
	}
	return get, pair
}

// fail reports what is wrong.
func (v *value) fail(at rulefile.Place, hint, format string, args ...any) {
	v.failed = true
	v.Add(at, hint, format, args...)
}

// adviceRow says how an expression is written that holds for all operations.
func adviceRow(t *expr.Trap) string {
	if t.Column == "" {
		return `take the operation out of "on"`
	}
	return "write row." + rulefile.Printable(t.Column) + `, which is the row after the change, or before it where it goes; or take the operation out of "on"`
}
