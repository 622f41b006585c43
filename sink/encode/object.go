package encode

import (
	"fmt"

	"cdc/event"
)

// object is what is written of an image in JSON. Structs in it are written by
// what stands before and behind their columns, so that a row is one list.
type object struct {
	columns []column
	end     []byte // what closes it
	// loose is written in the place of columns where no two rows need to have the
	// same fields; nil for most.
	loose *loose
}

// object compiles the fields of a struct, or, bare, its only field by itself.
func (e *Encoder) object(view *event.Schema, list []layout, s side, bare bool) (object, error) {
	b := objectBuilder{view: view, side: s}
	var err error
	if bare {
		err = b.value(&list[0])
	} else {
		err = b.structure(list)
	}
	return object{columns: b.columns, end: b.pending}, err
}

type objectBuilder struct {
	view    *event.Schema
	side    side
	columns []column
	pending []byte // what stands before the next column
}

func (b *objectBuilder) structure(list []layout) error {
	opening := byte('{')
	for i := range list {
		b.pending = append(appendString(append(b.pending, opening), []byte(list[i].field)), ':')
		if err := b.value(&list[i]); err != nil {
			return err
		}
		opening = ','
	}
	if len(list) == 0 {
		b.pending = append(b.pending, opening)
	}
	b.pending = append(b.pending, '}')
	return nil
}

func (b *objectBuilder) value(l *layout) error {
	if l.fields != nil {
		return b.structure(l.fields)
	}
	c, err := b.column(l)
	if err != nil {
		return err
	}
	c.name, b.pending = b.pending, nil
	b.columns = append(b.columns, c)
	return nil
}

func (b *objectBuilder) column(l *layout) (column, error) {
	c, err := newColumn(l, b.side)
	if err != nil {
		return c, fmt.Errorf("encode: table %s: column %q: default: %w", b.view.Name(), l.column, err)
	}
	return c, nil
}
