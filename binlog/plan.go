package binlog

import (
	"fmt"

	"cdc/event"
)

// plan decodes the rows events of one table version for one choice of columns.
// It is used by one goroutine.
type plan struct {
	schema *event.Schema
	cells  []cell
	key    []int // ordinals of the key's columns
	nulls  int   // size of the bitmap of NULLs before each image
	inflow inflater
	d      *decoding

	// Of the event in hand: which columns the images have, and whether documents
	// may be what changed in them only.
	first, second imageShape
	patches       bool
}

// compilePlan makes the plan for rows that m describes. s is m's schema; want
// says which columns to decode, by Column.Ord; nil means all. Key columns are
// always decoded.
func (d *decoding) compilePlan(m *tableMap, s *event.Schema, want []bool) (*plan, error) {
	if len(s.Columns) != len(m.columns) || s.Width != len(m.columns) {
		return nil, fmt.Errorf("table %s: schema of %d columns for a table map of %d", s.Name(), len(s.Columns), len(m.columns))
	}
	p := &plan{d: d, schema: s, cells: make([]cell, len(m.columns)), nulls: (len(m.columns) + 7) / 8}
	wanted := func(i int) bool { return want == nil || i < len(want) && want[i] }
	keyed := make([]bool, len(m.columns))
	for _, k := range s.Key {
		p.key = append(p.key, k.Ord)
		keyed[k.Ord] = true
	}
	for i := range m.columns {
		column := &s.Columns[i]
		cell, ok := d.compileCell(&m.columns[i], &column.Type, m.flavor, wanted(i) || keyed[i])
		if !ok {
			return nil, fmt.Errorf("table %s, column %q: type %s for type code %d: %w",
				s.Name(), column.Name, column.Type.Native, m.columns[i].code, errFactsDiffer)
		}
		cell.name = column.Name
		p.cells[i] = cell
	}
	return p, nil
}

// decodeRows decodes the rows of one rows event into b, except the first skip
// ones, and returns how many rows the event holds. body is what follows the
// common header, without the checksum. When it returns an error, b is as it was.
func (p *plan) decodeRows(kind rowsKind, body []byte, skip int, b *event.Batch, origin int32, off uint64) (rows int, err error) {
	had := [3]int{len(b.Rows), len(b.Values), len(b.Arena)}
	rows, err = p.decode(kind, body, skip, b, event.Row{Schema: p.schema, Op: kind.op(), Origin: origin, Off: off})
	if err != nil {
		b.Rows, b.Values, b.Arena = b.Rows[:had[0]], b.Values[:had[1]], b.Arena[:had[2]]
		return 0, fmt.Errorf("table %s: %w", p.schema.Name(), err)
	}
	return rows, nil
}

func (p *plan) decode(kind rowsKind, body []byte, skip int, b *event.Batch, like event.Row) (rows int, err error) {
	r := reader{b: body}
	if err := p.rowsHeader(kind, &r); err != nil {
		return 0, err
	}
	data := r.b
	if kind&rowsCompressed != 0 {
		if data, err = p.inflow.inflate(data); err != nil {
			return 0, err
		}
	}
	for len(data) > 0 {
		if rows < skip {
			data, err = p.skipRow(kind, data)
		} else {
			like.Index = uint32(rows)
			data, err = p.row(kind, data, b, &like)
		}
		if err != nil {
			return rows, fmt.Errorf("row %d of its rows event: %w", rows, err)
		}
		rows++
	}
	return rows, nil
}

// row decodes the row at the start of data and returns what follows it. like
// holds what all rows of the event share.
func (p *plan) row(kind rowsKind, data []byte, b *event.Batch, like *event.Row) (rest []byte, err error) {
	images := kind.images()
	i, first, second := b.GrowRow(len(p.cells), images)
	row := &b.Rows[i]
	before, after := row.Before, row.After
	if kind&rowsOperation == rowsDelete {
		before, after = after, -1
	}
	*row = *like
	row.Before, row.After = before, after
	if p.patches || p.first.columns != nil || p.second.columns != nil {
		if data, err = p.sparseRow(b, first, second, data); err != nil || images == 1 {
			return data, err
		}
	} else {
		if data, err = p.image(b, first, data); err != nil || images == 1 {
			return data, err
		}
		if data, err = p.image(b, second, data); err != nil {
			return nil, err
		}
	}
	for _, k := range p.key {
		if !first[k].Equal(b.Arena, second[k], b.Arena) {
			row.Flags |= event.KeyChanged
			break
		}
	}
	return data, nil
}

// image decodes the image at the start of data into values and returns what
// follows it.
func (p *plan) image(b *event.Batch, values []event.Value, data []byte) (rest []byte, err error) {
	if len(data) < p.nulls {
		return nil, errRowsShort
	}
	nulls := data[:p.nulls]
	data = data[p.nulls:]
	for i := range p.cells {
		c := &p.cells[i]
		if nulls[i>>3]&(1<<(i&7)) != 0 {
			if c.read != nil {
				values[i] = event.Null
			}
			continue
		}
		start, end := 0, c.fixed // span, in line
		if c.prefix == 1 && len(data) > 0 {
			start, end = 1, 1+int(data[0])
		} else if c.prefix != 0 {
			start, end = c.prefix, c.longEnd(data)
		}
		if end > len(data) {
			return nil, fmt.Errorf("column %q: %w", c.name, errRowsShort)
		}
		if c.read != nil {
			var ok bool
			if values[i], ok = c.read(c, b, data[start:end]); !ok {
				if err := p.unfit(c); err != nil {
					return nil, err
				}
			}
		}
		data = data[end:]
	}
	return data, nil
}

// unfit decides about a value that was read with ok false.
func (p *plan) unfit(c *cell) error {
	f := c.fault
	c.fault = 0
	return p.d.take(p.schema, c.name, f)
}

// skipRow passes over the row at the start of data.
func (p *plan) skipRow(kind rowsKind, data []byte) (rest []byte, err error) {
	if data, err = p.skipImage(p.first, data); err != nil || kind.images() == 1 {
		return data, err
	}
	if p.patches {
		if _, data, err = p.patchBits(data); err != nil {
			return nil, err
		}
	}
	return p.skipImage(p.second, data)
}

func (p *plan) skipImage(shape imageShape, data []byte) (rest []byte, err error) {
	nulls, data, err := p.nullBits(shape, data)
	if err != nil {
		return nil, err
	}
	at := 0
	for i := range p.cells {
		if !shape.has(i) {
			continue
		}
		null := nulls[at>>3]&(1<<(at&7)) != 0
		if at++; null {
			continue
		}
		_, end := p.cells[i].span(data)
		if end > len(data) {
			return nil, fmt.Errorf("column %q: %w", p.cells[i].name, errRowsShort)
		}
		data = data[end:]
	}
	return data, nil
}
