package transform

import (
	"maps"
	"sync"
	"sync/atomic"

	"cdc/event"
	"cdc/transform/values"
)

// views finds the view of each update, where fields are left out of it and that needs
// another schema. It is safe for concurrent use, and doesn't allocate for a set of
// fields that it has seen.
type views struct {
	base *event.Schema
	// changed: what an update changes is left out, and not what it leaves alone, as far
	// as its places are in columns and keys; -1: it stays.
	changed       bool
	columns, keys []int
	known         atomic.Pointer[map[string]*event.Schema]
	mu            sync.Mutex // held while a view is made
}

// maxViews bounds the sets of fields that updates of one version of a table may have by
// one rule. Each has schemas of its own, here and in a registry.
const maxViews = 1000

var errManyViews = values.NewFault("updates of this table have more different sets of fields than 1000, and each needs a schema of its own",
	"write json, which needs none (format), or leave drop_fields_header_name out; on_error: keep lets such a row leave with all its fields")

// viewsOf compiles what chooses the view of each update; nil when it is always the same.
func (s *shaping) viewsOf(view *event.Schema) *views {
	changed, ok := s.droppedBy()
	if !ok {
		return nil
	}
	v := &views{base: view, changed: changed}
	some := false
	places := func(columns []event.Column) []int {
		list := make([]int, len(columns))
		for i := range columns {
			list[i] = s.droppable(&columns[i])
			some = some || list[i] >= 0
		}
		return list
	}
	if s.opts.Schemas {
		v.columns = places(view.Columns)
	}
	if s.rule.Unwrap.DropFieldsFromKey {
		v.keys = places(view.Key)
	}
	if !some {
		return nil
	}
	return v
}

// of returns the view of an update.
func (v *views) of(x *exec) (*event.Schema, error) {
	if !x.comparable() {
		return v.base, nil
	}
	set, some := x.scratch[:0], false
	for _, places := range [2][]int{v.columns, v.keys} {
		for _, ord := range places {
			gone := ord >= 0 && x.changes(ord) == v.changed
			set = append(set, 0)
			if gone {
				set[len(set)-1], some = 1, true
			}
		}
	}
	x.scratch = set
	if !some {
		return v.base, nil
	}
	if known := v.known.Load(); known != nil {
		if view := (*known)[string(set)]; view != nil {
			return view, nil
		}
	}
	return v.add(string(set))
}

// add makes the view without the columns that a set names.
func (v *views) add(set string) (*event.Schema, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	grown := map[string]*event.Schema{}
	if known := v.known.Load(); known != nil {
		if view := (*known)[set]; view != nil {
			return view, nil
		}
		if len(*known) >= maxViews {
			return v.base, errManyViews
		}
		maps.Copy(grown, *known)
	}
	view := *v.base
	if len(v.columns) > 0 {
		view.Columns = without(v.base.Columns, set)
	}
	if len(v.keys) > 0 {
		view.Key = without(v.base.Key, set[len(v.columns):])
	}
	grown[set] = &view
	v.known.Store(&grown)
	return &view, nil
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
