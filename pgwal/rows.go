package pgwal

import (
	"encoding/binary"
	"errors"
	"fmt"

	"cdc/event"
)

// target finds the relation of a row message and cuts its OID off.
func (d *decoder) target(p []byte) (*relation, []byte, error) {
	if !d.inTx {
		return nil, nil, errOutsideTx
	}
	if len(p) < 5 {
		return nil, nil, errShort
	}
	oid := binary.BigEndian.Uint32(p)
	if d.last == nil || oid != d.lastOID {
		r, err := d.relation(oid)
		if err != nil {
			return nil, nil, err
		}
		d.last, d.lastOID = r, oid
	}
	return d.last, p[4:], nil
}

func (d *decoder) insert(p []byte, lsn uint64, b *event.Batch) error {
	r, p, err := d.target(p)
	if err != nil || !r.wanted {
		return err
	}
	arena := len(b.Arena)
	at, image, _ := b.GrowRow(r.schema.Width, 1)
	if p, err = r.tuple(b, p, 'N', image); err == nil && len(p) != 0 {
		err = errLong
	}
	if err != nil {
		undo(b, arena)
		return err
	}
	d.finish(b, at, r, event.OpCreate, lsn)
	return nil
}

func (d *decoder) update(p []byte, lsn uint64, b *event.Batch) error {
	r, p, err := d.target(p)
	if err != nil || !r.wanted {
		return err
	}
	arena := len(b.Arena)
	images := 1
	if p[0] != 'N' {
		images = 2
	}
	at, image, after := b.GrowRow(r.schema.Width, images)
	row := &b.Rows[at]
	if images == 2 {
		row.Flags, p, err = r.oldTuple(b, p, image)
	} else {
		after = image
	}
	if err == nil {
		p, err = r.tuple(b, p, 'N', after)
	}
	if err == nil && len(p) != 0 {
		err = errLong
	}
	if err != nil {
		undo(b, arena)
		return err
	}
	if images == 2 {
		r.fillUnchanged(image, after)
		if r.keyChanged(b.Arena, image, after) {
			row.Flags |= event.KeyChanged
		}
	}
	d.finish(b, at, r, event.OpUpdate, lsn)
	return nil
}

func (d *decoder) delete(p []byte, lsn uint64, b *event.Batch) error {
	r, p, err := d.target(p)
	if err != nil || !r.wanted {
		return err
	}
	arena := len(b.Arena)
	at, image, _ := b.GrowRow(r.schema.Width, 1)
	flags, p, err := r.oldTuple(b, p, image)
	if err == nil && len(p) != 0 {
		err = errLong
	}
	if err != nil {
		undo(b, arena)
		return err
	}
	if r.keyless != "" {
		if err := d.takeKeyless(r); err != nil {
			undo(b, arena)
			return err
		}
	}
	row := &b.Rows[at]
	row.Before, row.After, row.Flags = row.After, -1, flags
	d.finish(b, at, r, event.OpDelete, lsn)
	return nil
}

// truncate appends one row for each captured table of the statement.
func (d *decoder) truncate(p []byte, lsn uint64, b *event.Batch) error {
	if !d.inTx {
		return errOutsideTx
	}
	m := reader{p: p}
	n := m.uint32()
	m.byte() // CASCADE, RESTART IDENTITY
	switch size := 4 * uint64(n); {
	case m.short || size > uint64(len(m.p)):
		return errShort
	case size < uint64(len(m.p)):
		return errLong
	}
	for i := range int(n) {
		if _, err := d.relation(binary.BigEndian.Uint32(m.p[4*i:])); err != nil {
			return err
		}
	}
	for range n {
		r := d.relations[m.uint32()]
		if !r.wanted {
			continue
		}
		at, _, _ := b.GrowRow(0, 1)
		b.Rows[at].After = -1
		d.finish(b, at, r, event.OpTruncate, lsn)
	}
	return nil
}

// takeKeyless: the old row lacks a column of the record key, which then is null.
func (d *decoder) takeKeyless(r *relation) error {
	return unfitOf(&d.capture, r.schema, r.keyless).take("it belongs to the record key, and the log doesn't have its old value; run: " + identitySQL(tableName{r.schema.Namespace, r.schema.Table}))
}

func (d *decoder) finish(b *event.Batch, at int, r *relation, op event.Op, lsn uint64) {
	row := &b.Rows[at]
	row.Schema, row.Op, row.Off, row.Origin = r.schema, op, lsn, d.openTx(b)
	if d.capture.Transactions {
		d.countRow(b, row, int32(at), r)
	}
}

// undo takes back the last row and its text.
func undo(b *event.Batch, arena int) {
	b.DropRow()
	b.Arena = b.Arena[:arena]
}

// oldTuple reads the old row, or what the replica identity tells of it. p is not
// empty.
func (r *relation) oldTuple(b *event.Batch, p []byte, image []event.Value) (event.Flags, []byte, error) {
	switch p[0] {
	case 'K':
		rest, err := r.tuple(b, p, 'K', image)
		return event.KeyOnly, rest, err
	case 'O':
		rest, err := r.tuple(b, p, 'O', image)
		return 0, rest, err
	default:
		return 0, nil, fmt.Errorf("table %s: a tuple of an unknown kind", r.name)
	}
}

// tuple reads the values of one row into image, which is r's width long, and
// returns what follows. Values that nobody asked for are passed over.
func (r *relation) tuple(b *event.Batch, p []byte, kind byte, image []event.Value) ([]byte, error) {
	if len(p) < 3 {
		return nil, errShort
	}
	if p[0] != kind {
		return nil, fmt.Errorf("table %s: a tuple of kind %q is missing", r.name, kind)
	}
	if n := int(binary.BigEndian.Uint16(p[1:])); n != len(r.cells) {
		return nil, fmt.Errorf("table %s: a row of %d columns, the relation has %d", r.name, n, len(r.cells))
	}
	p = p[3:]
	for i := range r.cells {
		if len(p) == 0 {
			return nil, errShort
		}
		read := r.cells[i].read
		switch p[0] {
		case 't':
			if len(p) < 5 {
				return nil, errShort
			}
			size := uint64(binary.BigEndian.Uint32(p[1:]))
			if size > uint64(len(p)-5) {
				return nil, errShort
			}
			raw := p[5 : 5+size]
			p = p[5+size:]
			if read == nil {
				continue
			}
			v, err := read(b, raw)
			if err != nil {
				return nil, r.cellError(i, err)
			}
			image[i] = v
		case 'n':
			p = p[1:]
			if read != nil {
				image[i] = event.Null
			}
		case 'u':
			p = p[1:]
			if read != nil {
				image[i] = event.Unavailable
			}
		default:
			return nil, r.cellError(i, errFormat)
		}
	}
	return p, nil
}

var errFormat = errors.New("the value is neither text nor NULL (the stream must not be binary)")

func (r *relation) cellError(i int, err error) error {
	err = mendDims(err, r.schema, r.cells[i].name)
	return fmt.Errorf("table %s, column %q: %w", r.name, r.cells[i].name, err)
}

// fillUnchanged takes values that the new row doesn't repeat from the old one,
// where that has them.
func (r *relation) fillUnchanged(before, after []event.Value) {
	for i := range after {
		if after[i].Kind() == event.KindUnavailable && r.cells[i].identity {
			after[i] = before[i]
		}
	}
}

// keyChanged compares the columns of the record key that the old row tells of.
func (r *relation) keyChanged(arena []byte, before, after []event.Value) bool {
	for _, i := range r.keys {
		if !before[i].Equal(arena, after[i], arena) && !sameNumber(before[i], after[i]) {
			return true
		}
	}
	return false
}

// sameNumber: 1.10 and 1.1 of a numeric without precision are the same key.
func sameNumber(v, w event.Value) bool {
	if v.Kind() != event.KindDecimal || w.Kind() != event.KindDecimal || v.Scale() == w.Scale() {
		return false
	}
	a, as := stripZeros(v)
	b, bs := stripZeros(w)
	return a == b && as == bs
}

func stripZeros(v event.Value) (unscaled int64, scale int) {
	unscaled, scale = v.Int(), v.Scale()
	for scale > 0 && unscaled%10 == 0 {
		unscaled, scale = unscaled/10, scale-1
	}
	return unscaled, scale
}
