package encode

import (
	"fmt"
)

// jsonKey writes keys in JSON.
type jsonKey struct {
	columns []column
	wrap    wrapping
}

func (e *Encoder) jsonKey(k planKey, s *shape, how side, schema bool) (*jsonKey, error) {
	columns, err := e.columns(k.view, s.key, how)
	if err != nil {
		return nil, err
	}
	b := &jsonKey{columns: columns}
	if schema {
		b.wrap = wrapSchema(s.keySchema)
	}
	return b, nil
}

func (k *jsonKey) appendKey(w *writer, at int32) error {
	if k.wrap.before == nil {
		return w.image(k.columns, at, "key", true)
	}
	w.buf = append(w.buf, k.wrap.before...)
	if err := w.image(k.columns, at, "key", true); err != nil {
		return err
	}
	w.buf = append(w.buf, k.wrap.after...)
	return nil
}

// appendHeader: JsonConverter writes a key in a header as it writes it as a key.
func (k *jsonKey) appendHeader(w *writer, at int32) error { return k.appendKey(w, at) }

// jsonValue writes envelopes, or rows, in JSON.
type jsonValue struct {
	columns []column
	wrap    wrapping
	row     bool
}

func (v *jsonValue) appendValue(w *writer, r *record) error {
	if v.wrap.before == nil {
		return v.payload(w, r)
	}
	w.buf = append(w.buf, v.wrap.before...)
	if err := v.payload(w, r); err != nil {
		return err
	}
	w.buf = append(w.buf, v.wrap.after...)
	return nil
}

func (v *jsonValue) payload(w *writer, r *record) error {
	if v.row {
		return w.image(v.columns, r.after, "after image", false)
	}
	w.buf = append(w.buf, `{"before":`...)
	if err := w.imageOrNull(v.columns, r.before, "before image"); err != nil {
		return err
	}
	w.buf = append(w.buf, `,"after":`...)
	if err := w.imageOrNull(v.columns, r.after, "after image"); err != nil {
		return err
	}
	w.sourceBlock()
	w.buf = append(w.buf, byte(r.op))
	w.buf = append(w.buf, w.clock[:w.clockLen]...)
	return nil
}

func (w *writer) imageOrNull(columns []column, at int32, what string) error {
	if at < 0 {
		w.buf = append(w.buf, "null"...)
		return nil
	}
	return w.image(columns, at, what, false)
}

// image appends an object of the given columns of the image at index at.
func (w *writer) image(columns []column, at int32, what string, key bool) error {
	if at < 0 {
		return w.fail(fmt.Errorf("the %s is missing (internal error)", what))
	}
	w.at = at
	values := w.b.Image(at, w.plan.view)
	buf, arena, limit := w.buf, w.b.Arena, w.max
	for i := range columns {
		c := &columns[i]
		buf = append(buf, c.name...)
		v := values[c.ord]
		if v.IsNull() {
			buf = append(buf, c.null...)
			continue
		}
		from := len(buf)
		var err error
		if buf, err = c.append(buf, v, arena, limit); err != nil {
			if buf, err = w.unfit(&c.standIn, key, buf, from, v, err); err != nil {
				w.buf = buf
				return err
			}
		}
	}
	if len(columns) == 0 {
		buf = append(buf, '{')
	}
	buf = append(buf, '}')
	w.buf = buf
	return nil
}
