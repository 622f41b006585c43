package binlog

import (
	"fmt"

	"cdc/event"
)

// Rows that lack columns (binlog_row_image other than FULL), and rows whose
// documents are what changed in them (PARTIAL_JSON).

// wholeRows mends a row that lacks what is needed.
const wholeRows = "the server or a session has binlog_row_image other than FULL: SET GLOBAL binlog_row_image=FULL, " +
	"close the sessions that were open before, and take a new snapshot, since the event stays in the log: cdc offsets reset NAME --yes"

// imageShape says which columns an image has. The zero shape has all.
type imageShape struct {
	columns []byte // a bit for each column; nil for all
	nulls   int    // the size of the bitmap of NULLs, which counts only what is there
}

func (s imageShape) has(i int) bool {
	return s.columns == nil || s.columns[i>>3]&(1<<(i&7)) != 0
}

// nullBits takes the bitmap of NULLs off an image.
func (p *plan) nullBits(shape imageShape, data []byte) (nulls, rest []byte, err error) {
	size := p.nulls
	if shape.columns != nil {
		size = shape.nulls
	}
	if len(data) < size {
		return nil, nil, errRowsShort
	}
	return data[:size], data[size:], nil
}

// patchBits takes off what stands before the second image of a partial update:
// options, and a bit for each JSON column of the table, whether the image has it
// or not. nil means that every document is whole.
func (p *plan) patchBits(data []byte) (patched, rest []byte, err error) {
	const partialJSON = 1
	r := reader{b: data}
	if options := r.packed(); options&partialJSON != 0 {
		count := 0
		for i := range p.cells {
			count += int(bit(p.cells[i].json))
		}
		patched = r.take(uint64(count+7) / 8)
	}
	if r.short {
		return nil, nil, errRowsShort
	}
	return patched, r.b, nil
}

// sparseRow decodes a row and checks that its key is there. second is nil for a
// row of one image.
func (p *plan) sparseRow(b *event.Batch, first, second []event.Value, data []byte) (rest []byte, err error) {
	if data, err = p.sparseImage(b, first, p.first, nil, data); err != nil {
		return nil, err
	}
	if second != nil {
		if data, err = p.secondImage(b, first, second, data); err != nil {
			return nil, err
		}
	}
	for _, k := range p.key {
		if first[k].Kind() == event.KindUnavailable || second != nil && second[k].Kind() == event.KindUnavailable {
			return nil, fmt.Errorf("the row image lacks column %q, which is part of the record key: %w; %s", p.cells[k].name, event.ErrUnsupported, wholeRows)
		}
	}
	return data, nil
}

// secondImage decodes the row after the change. A column that it lacks, and that
// the row before the change has, didn't change.
func (p *plan) secondImage(b *event.Batch, first, second []event.Value, data []byte) (rest []byte, err error) {
	var patched []byte
	if p.patches {
		if patched, data, err = p.patchBits(data); err != nil {
			return nil, err
		}
	}
	if data, err = p.sparseImage(b, second, p.second, patched, data); err != nil {
		return nil, err
	}
	for i := range second {
		if !p.second.has(i) {
			second[i] = first[i]
		}
	}
	return data, nil
}

// sparseImage decodes an image of any shape. patched has the bits of patchBits.
func (p *plan) sparseImage(b *event.Batch, values []event.Value, shape imageShape, patched, data []byte) (rest []byte, err error) {
	nulls, data, err := p.nullBits(shape, data)
	if err != nil {
		return nil, err
	}
	at, documents := 0, 0
	for i := range p.cells {
		c := &p.cells[i]
		patch := false
		if c.json {
			patch = patched != nil && patched[documents>>3]&(1<<(documents&7)) != 0
			documents++
		}
		if !shape.has(i) {
			p.absent(c, &values[i], event.Unavailable)
			continue
		}
		null := nulls[at>>3]&(1<<(at&7)) != 0
		if at++; null {
			p.absent(c, &values[i], event.Null)
			continue
		}
		start, end := c.span(data)
		if end > len(data) {
			return nil, fmt.Errorf("column %q: %w", c.name, errRowsShort)
		}
		if c.read != nil {
			if values[i], err = p.sparseValue(c, b, data[start:end], patch); err != nil {
				return nil, err
			}
		}
		data = data[end:]
	}
	return data, nil
}

// absent notes that a column has no bytes in the image.
func (p *plan) absent(c *cell, v *event.Value, is event.Value) {
	c.before = nil
	if c.read != nil {
		*v = is
	}
}

func (p *plan) sparseValue(c *cell, b *event.Batch, raw []byte, patch bool) (v event.Value, err error) {
	var ok bool
	if patch {
		v, ok = c.readPatch(b, raw)
	} else {
		v, ok = c.read(c, b, raw)
	}
	if c.before = nil; c.json {
		c.before = raw
	}
	if !ok {
		err = p.unfit(c)
	}
	return v, err
}
