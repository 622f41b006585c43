package encode

import (
	"errors"
	"fmt"
	"math"
	"time"

	"cdc/event"
)

// writer makes the records of one batch.
type writer struct {
	enc *JSON
	f   *event.Frame
	b   *event.Batch
	buf []byte // f.Buf while it grows

	plan  *plan
	row   *event.Row
	index int32  // of row
	step  uint32 // added to the row's place in its transaction
	max   int    // what buf may grow to with the record that is being written
	memo  sourceMemo

	clock    [96]byte // the end of every envelope of this batch
	clockLen int
}

// record says what a record is made of: indexes of images, -1 for none.
type record struct {
	op                       event.Op
	key, before, after, head int32
	flags                    event.RecordFlags
}

// stamp prints the moment at which the batch is encoded.
func (w *writer) stamp(now time.Time) {
	ns := now.UnixNano()
	b := append(w.clock[:0], `","ts_ms":`...)
	b = appendInt(b, floorDiv(ns, 1e6))
	b = append(b, `,"ts_us":`...)
	b = appendInt(b, floorDiv(ns, 1e3))
	b = append(b, `,"ts_ns":`...)
	b = appendInt(b, ns)
	b = append(b, '}')
	w.clockLen = len(b)
}

// out writes the records of one out.
func (w *writer) out(o *event.Out) error {
	if w.plan == nil || w.plan.view != o.View || w.plan.target != o.Target {
		p, err := w.enc.plans.Get(planKey{o.View, o.Target})
		if err != nil {
			return err
		}
		w.plan = p
	}
	w.index, w.row = o.Row, &w.b.Rows[o.Row]
	// The key is that of the row as it was read: what a rule does to a value
	// must not move the row to another partition.
	r := w.row
	switch r.Op {
	case event.OpCreate, event.OpRead:
		return w.write(&record{op: r.Op, key: r.After, before: -1, after: o.After, head: -1})
	case event.OpUpdate:
		if r.Flags&event.KeyChanged != 0 && len(w.plan.key) > 0 {
			return w.keyChange(o)
		}
		return w.write(&record{op: r.Op, key: r.After, before: o.Before, after: o.After, head: -1})
	case event.OpDelete:
		return w.remove(&record{op: r.Op, key: r.Before, before: o.Before, after: -1, head: -1})
	case event.OpTruncate:
		if w.plan.target.Shape == event.ShapeRow {
			return w.fail(errors.New("a TRUNCATE has no form as a row; let the rule take it as an envelope or leave truncate out of its operations"))
		}
		return w.write(&record{op: r.Op, key: -1, before: -1, after: -1, head: -1, flags: event.NullKey})
	default:
		return w.fail(fmt.Errorf("unknown operation %q (internal error)", byte(r.Op)))
	}
}

// keyChange writes an update that changes the key: the old key goes, the new
// one comes, and each says where the other is.
func (w *writer) keyChange(o *event.Out) error {
	r := w.row
	if !o.NoDelete {
		old := record{op: event.OpDelete, key: r.Before, before: o.Before, after: -1, head: r.After, flags: event.NewKeyHeader}
		if err := w.remove(&old); err != nil {
			return err
		}
	}
	w.step = 1
	err := w.write(&record{op: event.OpCreate, key: r.After, before: -1, after: o.After, head: r.Before, flags: event.OldKeyHeader})
	w.step = 0
	return err
}

// remove writes a delete: the envelope, where that is the shape, and the
// tombstone, which carries the same key header.
func (w *writer) remove(r *record) error {
	if w.plan.target.Shape == event.ShapeEnvelope {
		if err := w.write(r); err != nil {
			return err
		}
	}
	r.flags |= event.NullValue
	return w.write(r)
}

func (w *writer) write(r *record) error {
	if len(w.plan.key) == 0 {
		r.flags |= event.NullKey
	}
	keyAt := len(w.buf)
	w.max = keyAt + w.plan.limit
	if r.flags&event.NullKey == 0 {
		if err := w.image(w.plan.key, r.key, "key"); err != nil {
			return err
		}
	}
	valueAt := len(w.buf)
	if r.flags&event.NullValue == 0 {
		if err := w.value(r); err != nil {
			return err
		}
	}
	headAt := len(w.buf)
	if r.flags&(event.OldKeyHeader|event.NewKeyHeader) != 0 {
		if err := w.header(r.head); err != nil {
			return err
		}
	}
	return w.close(r, keyAt, valueAt, headAt)
}

// close notes the record that lies at the end of the buffer.
func (w *writer) close(r *record, keyAt, valueAt, headAt int) error {
	end := len(w.buf)
	if size := end - keyAt; size > w.plan.limit {
		return w.tooLarge(size, false)
	}
	if uint64(end) > math.MaxUint32 {
		return w.fail(errors.New("the records of one batch take more than 4 GiB (internal error)"))
	}
	w.f.Records = append(w.f.Records, event.Record{
		Target: w.plan.target, KeyAt: uint32(keyAt), ValueAt: uint32(valueAt), HeadAt: uint32(headAt), End: uint32(end),
		Flags: r.flags, Row: w.index,
	})
	return nil
}

func (w *writer) value(r *record) error {
	if w.plan.target.Shape == event.ShapeRow {
		return w.image(w.plan.columns, r.after, "after image")
	}
	w.buf = append(w.buf, `{"before":`...)
	if err := w.imageOrNull(r.before, "before image"); err != nil {
		return err
	}
	w.buf = append(w.buf, `,"after":`...)
	if err := w.imageOrNull(r.after, "after image"); err != nil {
		return err
	}
	w.sourceBlock()
	w.buf = append(w.buf, byte(r.op))
	w.buf = append(w.buf, w.clock[:w.clockLen]...)
	return nil
}

func (w *writer) imageOrNull(at int32, what string) error {
	if at < 0 {
		w.buf = append(w.buf, "null"...)
		return nil
	}
	return w.image(w.plan.columns, at, what)
}

// image appends an object of the given columns of the image at index at.
func (w *writer) image(columns []column, at int32, what string) error {
	if at < 0 {
		return w.fail(fmt.Errorf("the %s is missing (internal error)", what))
	}
	values := w.b.Image(at, w.plan.view)
	buf, arena, limit := w.buf, w.b.Arena, w.max
	for i := range columns {
		c := &columns[i]
		buf = append(buf, c.name...)
		var err error
		if buf, err = c.append(buf, values[c.ord], arena, limit); err != nil {
			w.buf = buf
			return w.columnError(c, values[c.ord], err)
		}
	}
	if len(columns) == 0 {
		buf = append(buf, '{')
	}
	buf = append(buf, '}')
	w.buf = buf
	return nil
}

// header appends the key of the image at index at as a header value.
func (w *writer) header(at int32) error {
	if at < 0 {
		return w.fail(errors.New("the image of the other key is missing (internal error)"))
	}
	values := w.b.Image(at, w.plan.view)
	w.buf = append(w.buf, '{')
	for i := range w.plan.key {
		c := &w.plan.key[i]
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.buf = append(w.buf, c.headName...)
		buf, err := c.appendHeader(w.buf, values[c.ord], w.b.Arena, w.max)
		w.buf = buf
		if err != nil {
			return w.columnError(c, values[c.ord], err)
		}
	}
	w.buf = append(w.buf, '}')
	return nil
}
