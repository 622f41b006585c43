package transform

import (
	"cdc/event"
)

// bindChanged adds the headers that list which columns an update changes and which it
// leaves alone: Debezium's ExtractChangedRecordState. They are empty lists for what
// isn't an update of a row whose old state is in the log.
func (s *shaping) bindChanged() {
	h := s.rule.ChangedHeaders
	if h == nil {
		return
	}
	for _, list := range []struct {
		name    string
		changed bool
	}{{h.Changed, true}, {h.Unchanged, false}} {
		if list.name == "" {
			continue
		}
		c := s.place(list.name, namesType)
		columns := s.tableColumns()
		s.groups = append(s.groups, group{ords: []int{c.Ord}, reads: ords(nil, columns), at: h.At, what: "changed_headers", shown: true, compile: func(role event.Op) fill {
			return func(x *exec, _ *event.Row, image []event.Value) error {
				image[c.Ord] = x.names(columns, role == event.OpUpdate, list.changed)
				return nil
			}
		}})
		s.headers = append(s.headers, c)
	}
}

// namesType is a list of names.
var namesType = event.Type{
	Kind: event.KindList, Logical: event.LogicalArray, Flags: event.Nullable,
	Elem: &event.Type{Kind: event.KindString, Flags: event.Nullable},
}

// tableColumns are those of the value that are columns of the table.
func (s *shaping) tableColumns() []event.Column {
	var list []event.Column
	for _, c := range s.columns {
		if t := s.schema.Column(c.Source()); t != nil && len(c.Fields) == 0 && (c.Ord == t.Ord || c.From != "" || c.Ord == s.casts[t.Name].Ord) {
			c.Ord = t.Ord
			list = append(list, c)
		}
	}
	return list
}

// names lists the names of the columns that the row changes, or of those that it
// leaves alone.
func (x *exec) names(columns []event.Column, update, changed bool) event.Value {
	b, at := x.b, len(x.b.Arena)
	x.values = x.values[:0]
	for i := range columns {
		c := &columns[i]
		if update && x.comparable() && x.changes(c.Ord) == changed {
			x.values = append(x.values, b.Put(event.KindString, []byte(c.Name)))
		}
	}
	return b.PutList(at, x.values)
}

// comparable reports whether the log has the row before.
func (x *exec) comparable() bool {
	return x.r.Before >= 0 && x.r.After >= 0 && x.r.Flags&event.KeyOnly == 0
}

// changes reports whether the row changes the value at that place of the table. One
// that isn't in the log was left alone.
func (x *exec) changes(ord int) bool {
	b := x.b
	after := b.Values[int(x.r.After)+ord]
	return after.Kind() != event.KindUnavailable && !b.Values[int(x.r.Before)+ord].Equal(b.Arena, after, b.Arena)
}
