package encode

import (
	"fmt"

	"cdc/event"
)

// avroKey writes keys in Avro.
type avroKey struct {
	head    []byte // the id of the schema
	columns []avroColumn
	bare    bool
}

func (k *avroKey) appendKey(w *writer, at int32) error {
	if k.bare && w.nothing(k.columns, at) {
		w.record.flags |= event.NullKey
		return nil
	}
	w.buf = append(w.buf, k.head...)
	return w.avroImage(k.columns, at, "key", true)
}

// avroValue writes envelopes, rows, or values by themselves, in Avro.
type avroValue struct {
	head     []byte
	columns  []avroColumn
	envelope bool
	bare     bool
	source   avroSource
}

// nothing reports whether the only column of the image at index at is null, which
// by itself Confluent's converter makes a record without a key or a value.
func (w *writer) nothing(columns []avroColumn, at int32) bool {
	c := &columns[0]
	return at >= 0 && len(columns) == 1 && c.bare && len(c.null) == 1 && w.b.Image(at, w.plan.view)[c.ord].IsNull()
}

// appendNull: Confluent's converter has nothing but a record without a value.
func (*avroValue) appendNull(*writer) bool { return false }

func (v *avroValue) appendValue(w *writer, r *record) error {
	if v.bare && w.nothing(v.columns, r.shown()) {
		w.record.flags |= event.NullValue
		return nil
	}
	w.buf = append(w.buf, v.head...)
	return v.body(w, r)
}

func (v *avroValue) body(w *writer, r *record) error {
	if !v.envelope {
		return w.avroImage(v.columns, r.shown(), "image", false)
	}
	if err := w.avroImageOrNull(v.columns, r.before, "before image"); err != nil {
		return err
	}
	if err := w.avroImageOrNull(v.columns, r.after, "after image"); err != nil {
		return err
	}
	w.avroSourceBlock(v)
	w.avroTransaction()
	w.buf = append(w.buf, 2, byte(r.op)) // a text of one character
	w.buf = append(w.buf, w.avroClock()...)
	return nil
}

// avroImageOrNull appends a row that may be missing.
func (w *writer) avroImageOrNull(columns []avroColumn, at int32, what string) error {
	if at < 0 {
		w.buf = append(w.buf, 0)
		return nil
	}
	w.buf = append(w.buf, 2)
	return w.avroImage(columns, at, what, false)
}

// avroImage appends the given columns of the image at index at.
func (w *writer) avroImage(columns []avroColumn, at int32, what string, key bool) error {
	if at < 0 {
		return w.fail(fmt.Errorf("the %s is missing (internal error)", what))
	}
	w.at = at
	values := w.b.Image(at, w.plan.view)
	buf, arena, limit := w.buf, w.b.Arena, w.max
	for i := range columns {
		c := &columns[i]
		v := values[c.ord]
		if v.IsNull() {
			buf = append(buf, c.null...)
			continue
		}
		from := len(buf)
		var err error
		if c.plain && v.Kind() > event.KindNull { // what append does, without the call
			if c.optional {
				buf = append(buf, c.branch)
			}
			buf, err = c.form.appendAvro(buf, v, arena, limit)
		} else {
			buf, err = c.append(buf, v, arena, limit)
		}
		if err != nil {
			if buf, err = w.unfit(&c.standIn, key, buf, from, v, err); err != nil {
				w.buf = buf
				return err
			}
		}
	}
	w.buf = buf
	return nil
}

// avroTransaction appends the transaction block.
func (w *writer) avroTransaction() {
	if w.row.Order == 0 {
		w.buf = append(w.buf, 0)
		return
	}
	tx := w.tx()
	w.buf = append(w.buf, 2)
	if tx.GTID.HasText() && !w.enc.postgres {
		w.buf, _ = appendAvroText(w.buf, w.b.Bytes(tx.GTID))
	} else {
		at := len(w.buf)
		w.buf = w.appendTransactionID(w.buf, tx, w.row.Off)
		// The quotation marks go: the first makes room for the length.
		w.buf = closeAvro(w.buf[:len(w.buf)-1], at)
	}
	w.buf = appendLong(w.buf, int64(w.row.Order+w.step))
	w.buf = appendLong(w.buf, int64(w.row.TableOrder+w.step))
}

// avroBatch is what the writer of a batch remembers for Avro.
type avroBatch struct {
	clock    [40]byte // the end of every envelope
	clockLen int
	memo     avroMemo
}

// avroClock is the end of every envelope of the batch: ts_ms, ts_us and ts_ns.
func (w *writer) avroClock() []byte {
	a := &w.avro
	if a.clockLen == 0 {
		b := appendLong(append(a.clock[:0], 2), event.FloorDiv(w.now, 1e6))
		b = appendLong(append(b, 2), event.FloorDiv(w.now, 1e3))
		a.clockLen = len(appendLong(append(b, 2), w.now))
	}
	return a.clock[:a.clockLen]
}

// avroColumns compiles the columns of a record in Avro. Those of a record in it
// stand where that does.
func (e *Encoder) avroColumns(view *event.Schema, list []layout, s side) ([]avroColumn, error) {
	columns := make([]avroColumn, 0, len(list))
	for i := range list {
		if list[i].fields != nil {
			inner, err := e.avroColumns(view, list[i].fields, s)
			if err != nil {
				return nil, err
			}
			columns = append(columns, inner...)
			continue
		}
		c, err := newAvroColumn(&list[i], s)
		if err != nil {
			return nil, fmt.Errorf("encode: table %s: column %q: %w", view.Name(), list[i].column, err)
		}
		columns = append(columns, c)
	}
	return columns, nil
}

// alone marks the only column of a key or of a value by itself, unless it is a
// record.
func alone(list []layout, columns []avroColumn, bare bool) bool {
	if bare = bare && list[0].fields == nil; bare {
		columns[0].bare = true
	}
	return bare
}

func (e *Encoder) avroKey(k planKey, s *shape, how side) (*avroKey, error) {
	columns, err := e.avroColumns(k.view, s.key, how)
	if err != nil {
		return nil, err
	}
	id := avroID{registry: e.conf.Registry, topic: k.target.Topic, part: partKey}
	head, err := id.appendHead(nil, s.keySchema)
	if err != nil {
		return nil, fmt.Errorf("encode: table %s: %w", k.view.Name(), err)
	}
	return &avroKey{head, columns, alone(s.key, columns, k.target.Key == event.KeyValue)}, nil
}

func (e *Encoder) avroValue(k planKey, s *shape, how side) (valueBody, error) {
	if omissionOf(k.target).any() {
		return nil, noOmission(k, FormatAvro)
	}
	columns, err := e.avroColumns(k.view, s.row, how)
	if err != nil {
		return nil, err
	}
	v := &avroValue{columns: columns, envelope: k.target.Shape == event.ShapeEnvelope, source: e.avroSource(k.view, how)}
	v.bare = alone(s.row, columns, k.target.Shape == event.ShapeValue)
	id := avroID{registry: e.conf.Registry, topic: k.target.Topic, part: partValue}
	if v.head, err = id.appendHead(nil, s.valueSchema); err != nil {
		return nil, fmt.Errorf("encode: table %s: %w", k.view.Name(), err)
	}
	if m := newMadeSchema(k, s); m != nil {
		return &avroMade{avroValue: *v, made: m, heads: heads{registry: e.conf.Registry, topic: k.target.Topic}}, nil
	}
	return v, nil
}
