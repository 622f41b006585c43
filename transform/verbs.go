package transform

import (
	"slices"

	"cdc/event"
	"cdc/transform/expr"
	"cdc/transform/rulefile"
	"cdc/transform/values"
)

// verb is what a rule does to the values of one column of the table.
type verb struct {
	run  values.Change
	what string // its word
	at   rulefile.Place
	// fixed: what comes out tells nothing of what went in.
	fixed bool
	// all: it also takes what isn't in the log, which is never NULL.
	all bool
	// hides: a row that nobody may see in full has it too.
	hides bool
}

// bindVerbs compiles the value verbs of a rule. The columns of the table change
// their types with them.
func (l *layout) bindVerbs() {
	for i := range l.rule.Changes {
		c := &l.rule.Changes[i]
		col := expr.CheckColumn(&l.Report, c.Column.At, l.schema, c.Column.Text)
		if col == nil {
			continue
		}
		typ, v, ok := l.verb(c, col)
		if !ok {
			continue
		}
		if c.Verb == rulefile.VerbCast {
			l.casting(c, col, typ, v.run)
			continue
		}
		v.what, v.at = rulefile.VerbWords[c.Verb], c.Column.At
		l.verbs[col.Ord] = v
		l.table[slices.IndexFunc(l.table, func(t event.Column) bool { return t.Ord == col.Ord })].Type = typ
	}
}

// verb compiles one, and gives the type of what it makes.
func (l *layout) verb(c *rulefile.Change, col *event.Column) (typ event.Type, v verb, ok bool) {
	text := textOf(col.Type)
	switch c.Verb {
	case rulefile.VerbMask:
		if !l.needsText(c, col, values.IsText(col.Type.Kind)) {
			return typ, v, false
		}
		return text, verb{run: values.Mask(c), fixed: c.Length >= 0, hides: true}, true
	case rulefile.VerbTruncate:
		if !l.needsText(c, col, values.IsText(col.Type.Kind) || col.Type.Kind == event.KindBytes) {
			return typ, v, false
		}
		if col.Type.Kind == event.KindBytes {
			text = withoutDefault(col.Type)
		}
		return text, verb{run: values.Truncate(c.Length, col.Type.Kind == event.KindBytes), hides: true}, true
	case rulefile.VerbHash:
		if !l.needsText(c, col, col.Type.Kind != event.KindList) {
			return typ, v, false
		}
		return text, verb{run: l.rule.hashes[c.Column.Text].Change(col.Type), hides: true}, true
	case rulefile.VerbRedact:
		return l.redact(c, col)
	default:
		return l.cast(c, col)
	}
}

// textOf is a text in the place of a column.
func textOf(t event.Type) event.Type {
	return event.Type{Kind: event.KindString, Flags: t.Flags & event.Nullable, Comment: t.Comment, Declared: event.Declared{Length: event.NoLength, Scale: event.NoLength}}
}

func withoutDefault(t event.Type) event.Type {
	t.Default = nil
	return t
}

func (l *layout) needsText(c *rulefile.Change, col *event.Column, ok bool) bool {
	if !ok {
		l.Add(c.Column.At, `"redact" and "cast" take it`, "%s is for text, and column %q of table %s is %s",
			rulefile.VerbWords[c.Verb], rulefile.Printable(col.Name), l.schema.Name(), describe(&col.Type))
	}
	return ok
}

// describe names a type for a message.
func describe(t *event.Type) string {
	if t.Native != "" {
		return t.Native
	}
	if t.Declared.Name != "" {
		return t.Declared.Name
	}
	return kindNames[t.Kind]
}

// kindNames are the kinds as messages call them.
var kindNames = [...]string{
	event.KindSkipped: "nothing", event.KindUnavailable: "nothing", event.KindNull: "nothing",
	event.KindBool: "a boolean", event.KindInt: "a whole number", event.KindUint: "a whole number",
	event.KindFloat32: "a float", event.KindFloat64: "a double", event.KindDecimal: "a decimal", event.KindBigDecimal: "a decimal",
	event.KindString: "text", event.KindBytes: "bytes", event.KindJSON: "JSON", event.KindUUID: "a UUID",
	event.KindDate: "a date", event.KindTime: "a time of day", event.KindLocal: "a date with a time", event.KindInstant: "a point in time",
	event.KindBits: "bits", event.KindList: "a list",
}

// redact puts NULL in the place of a value, where the column takes it, else the
// empty value of its type, or a text.
func (l *layout) redact(c *rulefile.Change, col *event.Column) (typ event.Type, v verb, ok bool) {
	v = verb{fixed: true, all: true, hides: true}
	switch {
	case c.Constant != nil && values.IsText(col.Type.Kind):
		v.run = values.Constant(*c.Constant)
		return textOf(col.Type), v, true
	case c.Constant != nil:
		w, fits := values.Parse(*c.Constant, &col.Type)
		if !fits {
			l.Add(c.Column.At, "leave the text out, or write a value of that type", "column %q of table %s is %s, and %q is none",
				rulefile.Printable(col.Name), l.schema.Name(), describe(&col.Type), rulefile.Printable(*c.Constant))
			return typ, v, false
		}
		v.run = values.Always(w)
	case col.Type.Nullable():
		v.run = values.Always(event.Null)
	case values.IsText(col.Type.Kind):
		v.run = values.Constant("")
		return textOf(col.Type), v, true
	case col.Type.Kind == event.KindBytes || col.Type.Kind == event.KindBits:
		v.run = values.Always(event.Text(col.Type.Kind, 0, 0))
	case col.Type.Kind == event.KindDecimal || col.Type.Kind == event.KindBigDecimal:
		v.run = values.Always(event.Decimal(0, min(max(int(col.Type.Scale), 0), values.MaxShort)))
	case col.Type.Kind == event.KindList:
		l.Add(c.Column.At, "drop it", "column %q of table %s takes no NULL and has no empty value", rulefile.Printable(col.Name), l.schema.Name())
		return typ, v, false
	default:
		v.run = values.Always(event.Of(col.Type.Kind, 0))
	}
	return withoutDefault(col.Type), v, true
}

func (l *layout) cast(c *rulefile.Change, col *event.Column) (typ event.Type, v verb, ok bool) {
	if l.masked(col.Name) {
		l.hidden(c.Column.At, col.Name)
		return typ, v, false
	}
	run := values.Cast(c.Type, col.Type)
	if run == nil {
		l.Add(c.Column.At, "", "column %q of table %s is %s, which can't be cast to %s",
			rulefile.Printable(col.Name), l.schema.Name(), describe(&col.Type), c.Type.Name)
		return typ, v, false
	}
	typ = values.CastType(c.Type)
	if !col.Type.Nullable() && l.rule.OnError != rulefile.OnErrorKeep {
		typ.Flags &^= event.Nullable
	}
	typ.Comment = col.Type.Comment
	return typ, verb{run: run}, true
}

// casting makes room for what a cast makes of a column. It hides nothing, so keys keep
// what the table has, as those of Debezium do.
func (l *layout) casting(c *rulefile.Change, col *event.Column, typ event.Type, run values.Change) {
	made := l.place(col.Name, typ)
	l.casts[col.Name] = made
	from, to := col.Ord, made.Ord
	l.groups = append(l.groups, group{ords: []int{to}, reads: []int{from}, at: c.Column.At, what: "cast " + col.Name, alone: true, compile: func(event.Op) fill {
		return func(x *exec, r *event.Row, image []event.Value) error {
			v := image[from]
			var err error
			switch {
			case v.Kind() > event.KindNull:
				v, err = run(x.b, v)
			case v.Kind() == event.KindUnavailable && r.After >= 0 && !hasPlaceholder(typ.Kind):
				err = errCastMissing
			}
			image[to] = v
			return err
		}
	}})
}

// hasPlaceholder reports whether something stands for a value of that kind that isn't in
// the log. In a row before a change NULL stands for any.
func hasPlaceholder(k event.Kind) bool { return k == event.KindString || k == event.KindBytes }

// masked reports whether the pipeline hides a column that the rule doesn't hide by itself.
// Its own truncation may leave more of it than the pipeline does.
func (l *layout) masked(column string) bool {
	if !l.opts.Masked.Match(l.schema, column) {
		return false
	}
	i := slices.IndexFunc(l.rule.Changes, func(c rulefile.Change) bool { return c.Column.Text == column })
	return i < 0 || l.rule.Changes[i].Verb == rulefile.VerbTruncate || l.rule.Changes[i].Verb == rulefile.VerbCast
}

// hidden refuses to carry a column elsewhere that the pipeline masks.
func (l *layout) hidden(at rulefile.Place, column string) {
	l.Add(at, "hide it in this rule, too, by mask, hash or redact; or take it out of events.column_mask_with_chars, column_mask_hash and column_truncate_to_chars",
		"column %q of table %s is hidden by the pipeline's column lists, and would leave in another form here", rulefile.Printable(column), l.schema.Name())
}
