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
	enc *Encoder
	f   *event.Frame
	b   *event.Batch
	buf []byte // f.Buf while it grows

	plan   *plan
	row    *event.Row
	record record // that is being written
	index  int32  // of row
	at     int32  // the image that is being written
	step   uint32 // added to the row's place in its transaction
	max    int    // what buf may grow to with the record that is being written
	memo   sourceMemo
	avro   avroBatch

	marked int   // marks of the batch that are written
	now    int64 // of the batch, in nanoseconds

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
	w.now = ns
	b := append(w.clock[:0], `","ts_ms":`...)
	b = appendInt(b, floorDiv(ns, 1e6))
	b = append(b, `,"ts_us":`...)
	b = appendInt(b, floorDiv(ns, 1e3))
	b = append(b, `,"ts_ns":`...)
	b = appendInt(b, ns)
	b = append(b, '}')
	w.clockLen = len(b)
}

// all writes the outs and marks of the batch, up to the first that fails.
func (w *writer) all() error {
	for i := range w.b.Outs {
		o := &w.b.Outs[i]
		if w.marked < len(w.b.Marks) {
			if err := w.marksBefore(o.Row); err != nil {
				return err
			}
		}
		records, size := len(w.f.Records), len(w.buf)
		if err := w.out(o); err != nil {
			w.f.Records, w.buf = w.f.Records[:records], w.buf[:size]
			return err
		}
	}
	return w.marksBefore(math.MaxInt32)
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
		if o.KeyChanged && w.plan.keyed {
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
	if o.NoCreate {
		return nil
	}
	if !o.Alone {
		w.step = 1
	}
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
		if !w.enc.conf.Options.TombstonesOnDelete {
			return nil
		}
	}
	r.flags |= event.NullValue
	return w.write(r)
}

func (w *writer) write(from *record) error {
	// A body is called by an interface, so what is handed to it must lie where
	// the writer does.
	w.record = *from
	r := &w.record
	if !w.plan.keyed {
		r.flags |= event.NullKey
	}
	keyAt := len(w.buf)
	w.max = keyAt + w.plan.limit
	if r.flags&event.NullKey == 0 {
		if err := w.plan.key.appendKey(w, r.key); err != nil {
			return err
		}
	}
	valueAt := len(w.buf)
	if r.flags&event.NullValue == 0 {
		if err := w.plan.value.appendValue(w, r); err != nil {
			return err
		}
	}
	headAt := len(w.buf)
	if r.flags&(event.OldKeyHeader|event.NewKeyHeader) != 0 {
		if err := w.plan.head.appendHeader(w, r.head); err != nil {
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
