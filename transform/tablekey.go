package transform

import (
	"slices"

	"cdc/event"
)

// tableKey is what the headers of a change of the key show: the key of the table, as
// the verbs leave it, called by the topic of the table. It is nil where records have
// just that key, or where the rule keeps a column of it back: what leaves neither in the
// key nor in the value must not leave in a header. Of a key that isn't in the log there
// is nothing to show either.
func (s *shaping) tableKey() *event.TableKey {
	if len(s.schema.Key) == 0 || len(s.key) == 0 || !s.takesUpdates() {
		return nil
	}
	k := &event.TableKey{Columns: s.layout.key(s.schema.Key), Name: s.topic}
	if s.base.Key == event.KeyStruct && s.keyName() == k.Name && slices.EqualFunc(s.key, k.Columns, sameColumn) {
		return nil
	}
	for i := range k.Columns {
		if !s.schema.HoldsOld(k.Columns[i].Ord) || !s.leaves(&k.Columns[i]) {
			return nil
		}
	}
	return k
}

// keyName is what the names of the schemas of keys begin with; empty where it depends on
// the row.
func (s *shaping) keyName() string {
	t := s.base
	if s.where != nil {
		t.Topic = ""
	}
	return t.KeySchemaName()
}

func sameColumn(a, b event.Column) bool { return a.Name == b.Name && a.Ord == b.Ord }

// leaves reports whether the column of the table stands in the key or in the value.
func (s *shaping) leaves(c *event.Column) bool {
	if slices.Contains(ords(nil, s.key), c.Ord) {
		return true
	}
	return !s.dropped[c.Name] && shownUnder(s.columns, c.Name)
}

// shownUnder reports whether one of the columns is that of the table which is called so.
func shownUnder(columns []event.Column, name string) bool {
	return slices.ContainsFunc(columns, func(c event.Column) bool {
		return len(c.Fields) == 0 && c.Source() == name || shownUnder(c.Fields, name)
	})
}

// ownLeaves adds what leaves where an update changes a key of the rule's own and not
// that of the table.
func (s *shaping) ownLeaves(halves ...*half) {
	if !s.own || s.shownKey == nil {
		return
	}
	made := map[*event.Schema]*event.Schema{} // both halves may be one out of one view
	for _, h := range halves {
		for i := range h.leaves {
			own := h.leaves[i]
			view := made[own.view]
			if view == nil {
				v := *own.view
				v.TableKey = nil
				view = &v
				made[own.view] = view
			}
			if own.view = view; own.look != nil {
				own.look = s.viewsOf(view)
			}
			h.leaves[i].own = &own
		}
	}
}
