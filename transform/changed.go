package transform

import (
	"maps"
	"sync"
	"sync/atomic"

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

// views finds the view of each row, where what leaves of it depends on its values. It
// is safe for concurrent use, and doesn't allocate for a set of fields that it has
// seen.
type views struct {
	base *event.Schema
	// nulls: fields that are NULL don't leave. drop: columns that an update changes
	// (dropChanged) or leaves alone don't, as far as their places are in table.
	nulls, drop, dropChanged bool
	table                    []int // of each column: its place in the table's images; -1: it stays
	keys                     []int // the same of the key's
	known                    atomic.Pointer[map[string]*event.Schema]
	mu                       sync.Mutex // held while a view is made
}

// viewsOf compiles what chooses the view of each row; nil when it is always the same.
func (s *shaping) viewsOf(view *event.Schema) *views {
	v := &views{base: view, nulls: s.rule.OmitNulls && s.form != event.ShapeEnvelope}
	if u, h := s.rule.Unwrap, s.rule.ChangedHeaders; u != nil && h != nil && u.DropFieldsHeader != nil {
		name := u.DropFieldsHeader.Text
		v.dropChanged = name == h.Changed
		v.drop = name != "" && (v.dropChanged || name == h.Unchanged)
	}
	if !v.nulls && !v.drop {
		return nil
	}
	v.table = s.droppable(view.Columns)
	v.keys = s.droppable(nil)
	if v.drop && s.rule.Unwrap.DropFieldsFromKey {
		v.keys = s.droppable(view.Key)
	}
	return v
}

// droppable are the places in the table of columns that may be dropped.
func (s *shaping) droppable(columns []event.Column) []int {
	list := make([]int, len(columns))
	for i := range columns {
		c := &columns[i]
		list[i] = -1
		if t := s.schema.Column(c.Source()); t != nil && s.rule.Unwrap != nil && (c.Type.Nullable() || !s.rule.Unwrap.DropFieldsKeepSchemaCompatible) {
			list[i] = t.Ord
		}
	}
	return list
}

// of returns the view of the row whose image is shown.
func (v *views) of(x *exec, image int32) *event.Schema {
	set := x.scratch[:0]
	dropping := v.drop && x.row.Op == event.OpUpdate && x.comparable()
	some := false
	gone := func(yes bool) {
		set = append(set, 0)
		if yes {
			set[len(set)-1], some = 1, true
		}
	}
	for i := range v.base.Columns {
		c := &v.base.Columns[i]
		null := v.nulls && len(c.Fields) == 0 && image >= 0 && x.b.Values[int(image)+c.Ord].Kind() == event.KindNull
		gone(null || dropping && v.table[i] >= 0 && x.changes(v.table[i]) == v.dropChanged)
	}
	for _, ord := range v.keys {
		gone(dropping && ord >= 0 && x.changes(ord) == v.dropChanged)
	}
	x.scratch = set
	if !some {
		return v.base
	}
	if known := v.known.Load(); known != nil {
		if view := (*known)[string(set)]; view != nil {
			return view
		}
	}
	return v.add(string(set))
}

// add makes the view without the columns that a set names.
func (v *views) add(set string) *event.Schema {
	v.mu.Lock()
	defer v.mu.Unlock()
	grown := map[string]*event.Schema{}
	if known := v.known.Load(); known != nil {
		if view := (*known)[set]; view != nil {
			return view
		}
		if len(*known) < maxTexts {
			maps.Copy(grown, *known)
		}
	}
	view := *v.base
	view.Columns = without(v.base.Columns, set)
	if len(v.keys) > 0 {
		view.Key = without(v.base.Key, set[len(v.base.Columns):])
	}
	grown[set] = &view
	v.known.Store(&grown)
	return &view
}

func without(columns []event.Column, set string) []event.Column {
	list := make([]event.Column, 0, len(columns))
	for i := range columns {
		if set[i] == 0 {
			list = append(list, columns[i])
		}
	}
	return list
}
