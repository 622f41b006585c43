package transform

import (
	"slices"

	"cdc/event"
	"cdc/transform/expr"
	"cdc/transform/rulefile"
)

// keyWatch finds out whether an update changes a key that a rule has chosen.
type keyWatch struct {
	ords []int
	// before and after make the values of the key; nil where those of the row do.
	before, after *form
}

// ownKey are the columns of the key that a rule chooses.
func (l *layout) ownKey() []event.Column {
	k := l.rule.Key
	if k.None {
		return nil
	}
	var list []event.Column
	for _, f := range k.Columns {
		c := l.find(rulefile.Name{Text: f.Column, At: f.At})
		if c == nil {
			continue
		}
		col := *c
		if f.Output != "" && f.Output != col.Name {
			col.From, col.Name = col.Source(), f.Output
		}
		if slices.ContainsFunc(list, func(o event.Column) bool { return o.Name == col.Name }) {
			l.Add(f.At, "", "the key has two fields that are called %q", rulefile.Printable(col.Name))
		}
		list = append(list, col)
	}
	return list
}

// keepsDropped refuses to drop a column that the key of the table has, where the rule doesn't
// say what its records have for a key: what is dropped doesn't leave.
func (l *layout) keepsDropped() {
	for _, d := range l.rule.Drop {
		if !slices.ContainsFunc(l.schema.Key, func(c event.Column) bool { return c.Name == d.Text }) {
			continue
		}
		l.Add(d.At, `say which key the records have, "key: [...]" with this column or without it; or hide it by mask, hash or redact, which change the key, too`,
			"column %q is in the key of table %s, in which it would leave although it is dropped", rulefile.Printable(d.Text), l.schema.Name())
	}
}

// watch compiles how a change of the key is found out, and refuses what the log
// can't tell.
func (l *layout) watch(key []event.Column) *keyWatch {
	w := &keyWatch{ords: ords(nil, key)}
	reads := l.sources(w.ords)
	if l.takesUpdates() {
		for _, ord := range reads {
			if !l.schema.HoldsOld(ord) {
				l.Add(l.rule.Key.At, expr.WholeOldRows(l.schema)+", or take updates out of \"on\"",
					"an update of table %s doesn't tell what column %q was, so a change of the key can't be seen", l.schema.Name(), rulefile.Printable(l.at(ord).Name))
				return w
			}
		}
	}
	if l.changesAny(w.ords) {
		w.before = l.formOf(w.ords, event.OpDelete, true)
		w.after = l.formOf(w.ords, event.OpCreate, true)
	}
	return w
}

// changesAny reports whether values at those places are other than those of the row.
func (l *layout) changesAny(list []int) bool {
	return slices.ContainsFunc(list, func(ord int) bool { return ord >= l.schema.Width || l.verbs[ord].run != nil })
}

// sources are the values of the table of which those at the places are made.
func (l *layout) sources(list []int) []int {
	wanted := make([]bool, l.width)
	for _, ord := range list {
		wanted[ord] = true
	}
	for i := len(l.groups) - 1; i >= 0; i-- {
		if g := &l.groups[i]; slices.ContainsFunc(g.ords, func(ord int) bool { return wanted[ord] }) {
			for _, ord := range g.reads {
				wanted[ord] = true
			}
		}
	}
	var reads []int
	for ord := range l.schema.Width {
		if wanted[ord] {
			reads = append(reads, ord)
		}
	}
	return reads
}

func (l *layout) takesUpdates() bool { return l.takes.Has(rulefile.OpIndex(event.OpUpdate)) }

// keyChanged reports whether the update changes the key of the outputs.
func (m *maker) keyChanged(x *exec) (bool, error) {
	if m.key == nil {
		return x.r.Flags&event.KeyChanged != 0, nil
	}
	if x.r.Before < 0 || x.r.After < 0 {
		return false, nil // the log has the old row where one of these columns changes
	}
	before, after := x.r.Before, x.r.After
	if m.key.before != nil {
		var err error
		x.tell(event.OpDelete, false)
		x.row.After = -1
		if before, err = x.image(before, m.key.before, m.width, true); err != nil {
			return false, err
		}
		x.tell(event.OpCreate, false)
		x.row.Before = -1
		if after, err = x.image(after, m.key.after, m.width, false); err != nil {
			return false, err
		}
	}
	b := x.b
	for _, ord := range m.key.ords {
		v, w := b.Values[int(before)+ord], b.Values[int(after)+ord]
		if w.Kind() != event.KindUnavailable && !v.Equal(b.Arena, w, b.Arena) {
			return true, nil
		}
	}
	return false, nil
}

// image makes one image by itself.
func (x *exec) image(at int32, f *form, width int, before bool) (int32, error) {
	to, err := x.copy(at, f, width)
	if err != nil {
		return to, err
	}
	if before {
		x.row.Before = to
	} else {
		x.row.After = to
	}
	return to, x.make(to, f, width, before)
}
