package encode

import (
	"fmt"
	"math"

	"cdc/event"
)

type planKey struct {
	view   *event.Schema
	target *event.Target
}

// plan is everything about a view and a target that no row changes.
type plan struct {
	view    *event.Schema
	target  *event.Target
	columns []column
	key     []column
	limit   int
	source  tableSource
}

func (e *JSON) compile(k planKey) (*plan, error) {
	p := &plan{view: k.view, target: k.target, limit: math.MaxInt32, source: e.tableSource(k.view)}
	var err error
	if p.columns, err = e.compileColumns(k.view, k.view.Columns); err != nil {
		return nil, err
	}
	if p.key, err = e.compileColumns(k.view, k.view.Key); err != nil {
		return nil, err
	}
	for i := range p.key {
		// A placeholder would give different rows the same key.
		p.key[i].unavailable = nil
	}
	if e.conf.Limit == nil {
		return p, nil
	}
	limit, err := e.conf.Limit(k.target.Topic)
	if err != nil {
		return nil, &limitError{k.target.Topic, err}
	}
	if limit > 0 {
		p.limit = min(limit, p.limit)
	}
	return p, nil
}

func (e *JSON) compileColumns(view *event.Schema, columns []event.Column) ([]column, error) {
	list := make([]column, len(columns))
	for i := range columns {
		if ord := columns[i].Ord; ord < 0 || ord >= view.Width {
			return nil, fmt.Errorf("encode: table %s: column %q: index %d outside the image of %d values (internal error)",
				view.Name(), columns[i].Name, ord, view.Width)
		}
		c, err := newColumn(&columns[i], i == 0, e.postgres)
		if err != nil {
			return nil, fmt.Errorf("encode: table %s: column %q: default: %w", view.Name(), columns[i].Name, err)
		}
		list[i] = c
	}
	return list, nil
}
