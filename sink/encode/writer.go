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
	out    *event.Out
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
	null                     bool // the value is a null with a schema
	bare                     bool // there are neither the view's headers nor the target's
}

// shown is the image that a record shows: the row after a change, or before it
// where the row goes.
func (r *record) shown() int32 {
	if r.after >= 0 {
		return r.after
	}
	return r.before
}

// stamp prints the moment at which the batch is encoded.
func (w *writer) stamp(now time.Time) {
	ns := now.UnixNano()
	w.now = ns
	b := append(w.clock[:0], `","ts_ms":`...)
	b = appendInt(b, event.FloorDiv(ns, 1e6))
	b = append(b, `,"ts_us":`...)
	b = appendInt(b, event.FloorDiv(ns, 1e3))
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
		records, headers, size := len(w.f.Records), len(w.f.Headers), len(w.buf)
		if err := w.leave(o); err != nil {
			w.f.Records, w.f.Headers, w.buf = w.f.Records[:records], w.f.Headers[:headers], w.buf[:size]
			return err
		}
	}
	return w.marksBefore(math.MaxInt32)
}

// leave writes the records of one out.
func (w *writer) leave(o *event.Out) error {
	if w.plan == nil || w.plan.view != o.View || w.plan.target != o.Target {
		p, err := w.enc.plans.Get(planKey{o.View, o.Target})
		if err != nil {
			return err
		}
		w.plan = p
	}
	w.index, w.row = o.Row, &w.b.Rows[o.Row]
	w.out = o
	if o.Millis < 0 {
		return w.fail(fmt.Errorf("the time that the rule gives the record lies before 1970, and Kafka takes none: %w", event.ErrUnsupported))
	}
	switch op := w.row.Op; op {
	case event.OpCreate, event.OpRead:
		return w.write(&record{op: op, key: o.After, before: -1, after: o.After, head: -1, flags: w.absent()})
	case event.OpUpdate:
		if o.KeyChanged && w.plan.keyed {
			return w.keyChange(o)
		}
		return w.write(&record{op: op, key: o.After, before: o.Before, after: o.After, head: -1, flags: w.absent()})
	case event.OpDelete:
		return w.remove(&record{op: op, key: o.Before, before: o.Before, after: -1, head: -1})
	case event.OpTruncate:
		if w.plan.target.Shape != event.ShapeEnvelope {
			return w.fail(errors.New("a TRUNCATE has no form as a row; let the rule take it as an envelope or leave truncate out of its operations"))
		}
		return w.write(&record{op: op, key: -1, before: -1, after: -1, head: -1, flags: event.NullKey | w.absent()})
	default:
		return w.fail(fmt.Errorf("unknown operation %q (internal error)", byte(op)))
	}
}

// absent is the flag of records that have no value, if the rule wants that.
func (w *writer) absent() event.RecordFlags {
	if w.out.NullValue {
		return event.NullValue
	}
	return 0
}

// keyChange writes an update that changes the key: the old key goes, the new
// one comes, and each says where the other is.
func (w *writer) keyChange(o *event.Out) error {
	if !o.NoDelete {
		old := record{op: event.OpDelete, key: o.Before, before: o.Before, after: -1, head: o.After, flags: event.NewKeyHeader}
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
	err := w.write(&record{op: event.OpCreate, key: o.After, before: -1, after: o.After, head: o.Before, flags: event.OldKeyHeader | w.absent()})
	w.step = 0
	return err
}

// remove writes what becomes of a row that goes. All records of it carry the
// same key header.
func (w *writer) remove(r *record) error {
	form := w.plan.old
	if w.out.NullValue {
		form = event.DeleteTombstone
	}
	switch form {
	case event.DeleteValue:
		return w.write(r)
	case event.DeleteNull:
		r.null = true
		return w.write(r)
	case event.DeleteBoth:
		if err := w.write(r); err != nil {
			return err
		}
		r.bare = w.plan.target.BareTombstones
	default: // DeleteTombstone
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
	if r.null {
		if !w.plan.value.appendNull(w) {
			r.flags |= event.NullValue
		}
	} else if r.flags&event.NullValue == 0 {
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

// close notes the record that lies at the end of the buffer, and puts its headers
// behind it.
func (w *writer) close(r *record, keyAt, valueAt, headAt int) error {
	end, size := len(w.buf), len(w.buf)-keyAt
	headersAt, partition := len(w.f.Headers), w.out.Partition
	if w.plan.extra != nil {
		var err error
		if size, partition, err = w.extras(r, keyAt); err != nil {
			return err
		}
	}
	if size > w.plan.limit {
		return w.tooLarge(size, false)
	}
	if uint64(len(w.buf)) > math.MaxUint32 {
		return w.fail(errors.New("the records of one batch take more than 4 GiB (internal error)"))
	}
	w.f.Records = append(w.f.Records, event.Record{
		Target: w.plan.target, KeyAt: uint32(keyAt), ValueAt: uint32(valueAt), HeadAt: uint32(headAt), End: uint32(end),
		HeadersAt: uint32(headersAt), HeadersEnd: uint32(len(w.f.Headers)),
		Millis: w.out.Millis, Partition: partition, Flags: r.flags, Row: w.index,
	})
	return nil
}
