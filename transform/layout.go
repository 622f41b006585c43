package transform

import (
	"slices"

	"cdc/event"
	"cdc/transform/expr"
	"cdc/transform/rulefile"
)

// layout is what the outputs of a rule are made of, for one table version: the
// values of the table, which verbs change in place, and behind them those that the
// rule makes. All images of the rule lie alike.
type layout struct {
	*binder
	rule  *rule
	takes rulefile.OpSet
	// table are all columns of the table, with their types after the verbs.
	table []event.Column
	// verbs are by the place of a value; those without run do nothing.
	verbs  []verb
	groups []group
	width  int
	// casts are the columns that a cast makes, by their names; keys keep those of the
	// table.
	casts map[string]event.Column
	// columns are those of values, in order; dropped are those that "drop" and
	// computed values of the same name took out.
	columns []event.Column
	dropped map[string]bool
	doubles map[string]bool // names that two fields have, which is reported
	// computed are the columns that expressions and members of JSON make, by the names
	// that they have before any is renamed.
	computed []event.Column
	input    *expr.Table // what output expressions see
	split    bool        // what is compiled now is half a change of the key
}

// group is what a rule makes for values behind those of the table: one, or
// several at once.
type group struct {
	ords  []int
	reads []int // values of the table that it needs
	// compile makes what fills them, for a row, or half a change of the key, that
	// is told as that operation; nil when they stay empty for it.
	compile func(role event.Op) fill
	at      rulefile.Place
	what    string
	value   *value // the expression that gives the value; nil for none
	// alone: made for each image by itself, and sees no other.
	alone bool
	// both: may look at the image before and that after.
	both bool
	// shown: made for the image only that a record shows, not for the row before an
	// update in an envelope.
	shown bool
}

// fill puts values into an image. r is the row as expressions see it.
type fill func(x *exec, r *event.Row, image []event.Value) error

func (b *binder) newLayout(r *rule, takes rulefile.OpSet) *layout {
	l := &layout{
		binder: b, rule: r, takes: takes, table: slices.Clone(b.schema.Columns), verbs: make([]verb, b.schema.Width), width: b.schema.Width,
		dropped: map[string]bool{}, doubles: map[string]bool{}, casts: map[string]event.Column{},
	}
	l.bindVerbs()
	for _, d := range r.Drop {
		if expr.CheckColumn(&l.Report, d.At, b.schema, d.Text) != nil {
			l.dropped[d.Text] = true
		}
	}
	for i := range b.whole.Columns {
		c := *l.column(b.whole.Columns[i].Name)
		if cast, ok := l.casts[c.Name]; ok {
			c = cast
		}
		if !l.dropped[c.Name] {
			l.columns = append(l.columns, c)
		}
	}
	l.input = b.input(slices.Clone(l.columns), l.keptKey())
	l.input.Gone = l.gone
	return l
}

// gone says why expressions don't see a column that the table has.
func (l *layout) gone(name string) (why, mend string, ok bool) {
	switch {
	case l.schema.Column(name) == nil:
		return "", "", false
	case slices.ContainsFunc(l.rule.Drop, func(d rulefile.Name) bool { return d.Text == name }):
		return "is dropped by this rule", `take it out of "drop"`, true
	case l.dropped[name]:
		return "isn't read any more: a computed field stands in its place", "give the computed field another name", true
	default:
		return "is left out by the pipeline's column lists", "see events.column_include_list and column_exclude_list", true
	}
}

// keptKey is the key of the table without the columns that the rule drops.
func (l *layout) keptKey() []event.Column {
	return slices.DeleteFunc(l.key(l.schema.Key), func(c event.Column) bool {
		return slices.ContainsFunc(l.rule.Drop, func(d rulefile.Name) bool { return d.Text == c.Name })
	})
}

// key are columns of the table as the verbs leave them.
func (l *layout) key(key []event.Column) []event.Column {
	list := slices.Clone(key)
	for i := range list {
		if l.verbs[list[i].Ord].run != nil {
			list[i].Type = l.at(list[i].Ord).Type
		}
	}
	return list
}

// column returns the column of the table of that name, as the verbs leave it.
func (l *layout) column(name string) *event.Column {
	for i := range l.table {
		if l.table[i].Name == name {
			return &l.table[i]
		}
	}
	return nil
}

// at returns the column of the table at that place.
func (l *layout) at(ord int) *event.Column {
	for i := range l.table {
		if l.table[i].Ord == ord {
			return &l.table[i]
		}
	}
	return nil
}

// place makes room for a value behind those that are there.
func (l *layout) place(name string, typ event.Type) event.Column {
	c := event.Column{Name: name, Type: typ, Ord: l.width}
	l.width++
	return c
}

// find returns the column that a key, a partition or a timestamp names: one that
// the rule makes, or one of the table. It is nil when there is none, or what makes it
// is wrong, which is reported.
func (l *layout) find(n rulefile.Name) *event.Column {
	for i := range l.computed {
		switch c := &l.computed[i]; {
		case c.Name != n.Text:
		case c.Ord == noValue:
			return nil
		default:
			return c
		}
	}
	if expr.CheckColumn(&l.Report, n.At, l.schema, n.Text) == nil {
		return nil
	}
	if l.masked(n.Text) {
		l.hidden(n.At, n.Text)
		return nil
	}
	return l.column(n.Text)
}

// findValue is find for what doesn't stand in the key: it sees what a cast makes.
func (l *layout) findValue(n rulefile.Name) *event.Column {
	c := l.find(n)
	if c != nil && c.Ord < l.schema.Width {
		if cast, ok := l.casts[n.Text]; ok {
			return &cast
		}
	}
	return c
}

// put adds a column to the value, in the place of one of the same name.
func (l *layout) put(c event.Column) {
	for i := range l.columns {
		if l.columns[i].Name == c.Name {
			l.dropped[c.Name] = true
			l.columns[i] = c
			return
		}
	}
	l.columns = append(l.columns, c)
}

// ords are the places of the values that columns show.
func ords(dst []int, columns []event.Column) []int {
	for i := range columns {
		if len(columns[i].Fields) > 0 {
			dst = ords(dst, columns[i].Fields)
		} else {
			dst = append(dst, columns[i].Ord)
		}
	}
	return dst
}
