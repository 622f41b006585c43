package transform

import (
	"cdc/event"
)

// droppedBy reports whether the header that names the fields to leave out is one of
// "changed_headers", and which: that of what an update changes, or of what it leaves
// alone.
func (s *shaping) droppedBy() (changed, ok bool) {
	u, h := s.rule.Unwrap, s.rule.ChangedHeaders
	if u == nil || h == nil || u.DropFieldsHeader == nil || u.DropFieldsHeader.Text == "" {
		return false, false
	}
	name := u.DropFieldsHeader.Text
	return name == h.Changed, name == h.Changed || name == h.Unchanged
}

// droppable is the place in the table of a column that may be left out; -1: it stays.
func (s *shaping) droppable(c *event.Column) int {
	t := s.schema.Column(c.Source())
	if t == nil || !c.Type.Nullable() && s.rule.Unwrap.DropFieldsKeepSchemaCompatible {
		return -1
	}
	return t.Ord
}

// bindLeftOut leaves out the fields that a header names, where values have no schema:
// they are copies of the columns, which updates leave empty. Values with schemas have
// a view for each set of fields instead.
func (s *shaping) bindLeftOut() {
	changed, ok := s.droppedBy()
	if !ok || s.opts.Schemas {
		return
	}
	s.base.OmitSkipped = true
	for i := range s.columns {
		c := &s.columns[i]
		if place := s.droppable(c); place >= 0 && len(c.Fields) == 0 {
			made := s.place(c.Name, c.Type)
			made.From = c.From
			s.groups = append(s.groups, s.leavingOut(c.Ord, made.Ord, place, changed))
			*c = made
		}
	}
}

// leavingOut copies a value but for what an update changes, or leaves alone, at a place
// of the table.
func (s *shaping) leavingOut(from, to, place int, changed bool) group {
	return group{ords: []int{to}, reads: []int{from}, at: s.rule.Unwrap.At, what: "unwrap", compile: func(role event.Op) fill {
		return func(x *exec, _ *event.Row, image []event.Value) error {
			if role == event.OpUpdate && x.comparable() && x.changes(place) == changed {
				image[to] = event.Value{}
			} else {
				image[to] = image[from]
			}
			return nil
		}
	}}
}
