package encode

import (
	"fmt"

	"cdc/event"
)

// jsonKey writes keys in JSON.
type jsonKey struct {
	object
	wrap wrapping
}

func (e *Encoder) jsonKey(view *event.Schema, s keyShape, how side, schema bool) (*jsonKey, error) {
	o, err := e.object(view, s.list, how, s.bare)
	if err != nil {
		return nil, err
	}
	b := &jsonKey{object: o}
	if schema {
		b.wrap = wrapSchema(s.schema)
	}
	return b, nil
}

func (k *jsonKey) appendKey(w *writer, at int32) error {
	if k.wrap.before == nil {
		return w.image(&k.object, at, "key", true)
	}
	w.buf = append(w.buf, k.wrap.before...)
	if err := w.image(&k.object, at, "key", true); err != nil {
		return err
	}
	w.buf = append(w.buf, k.wrap.after...)
	return nil
}

// appendHeader: JsonConverter writes a key in a header as it writes it as a key.
func (k *jsonKey) appendHeader(w *writer, at int32) error { return k.appendKey(w, at) }

// jsonValue writes envelopes, rows, or values by themselves, in JSON.
type jsonValue struct {
	object
	wrap     wrapping
	envelope bool
	// null is a null with the schema of the value.
	null []byte
}

func (e *Encoder) jsonValue(k planKey, s *shape, how side, schema bool) (valueBody, error) {
	omit := omissionOf(k.target)
	if omit.any() && (schema || k.target.Shape != event.ShapeRow) {
		return nil, noOmission(k, e.conf.Format.Value)
	}
	o, err := e.object(k.view, s.row, how, k.target.Shape == event.ShapeValue)
	if err != nil {
		return nil, err
	}
	b := &jsonValue{object: o, envelope: k.target.Shape == event.ShapeEnvelope, null: []byte("null")}
	if !schema {
		if isLoose(s.row, omit) {
			builder := objectBuilder{view: k.view, side: how}
			b.loose, err = builder.loose(s.row, omit)
		}
		return b, err
	}
	b.wrap = wrapSchema(s.valueSchema)
	around := wrapSchema(s.valueSchema.Opt())
	b.null = append(append(around.before, "null"...), around.after...)
	if m := newMadeSchema(k, s); m != nil {
		return &jsonMade{*b, m}, nil
	}
	return b, nil
}

// noOmission is the error of a target that leaves fields out and can't.
func noOmission(k planKey, format string) error {
	why := "an envelope and a value by itself have no fields to leave out; let the rule emit a row"
	if k.target.Shape == event.ShapeRow {
		why = "the format " + format + " has a schema, of which every record has all fields; write json (format)"
	}
	what := "nulls are to be left out (null_fields: omit)"
	if !k.target.OmitNulls {
		what = "some fields are to be left out"
	}
	return fmt.Errorf("%w: encode: table %s: %s: %s", event.ErrConfig, k.view.Name(), what, why)
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

func (v *jsonValue) appendNull(w *writer) bool {
	w.buf = append(w.buf, v.null...)
	return true
}

func (v *jsonValue) payload(w *writer, r *record) error {
	if !v.envelope {
		return w.image(&v.object, r.shown(), "image", false)
	}
	w.buf = append(w.buf, `{"before":`...)
	if err := w.imageOrNull(&v.object, r.before, "before image"); err != nil {
		return err
	}
	w.buf = append(w.buf, `,"after":`...)
	if err := w.imageOrNull(&v.object, r.after, "after image"); err != nil {
		return err
	}
	w.sourceBlock()
	w.buf = append(w.buf, byte(r.op))
	w.buf = append(w.buf, w.clock[:w.clockLen]...)
	return nil
}

func (w *writer) imageOrNull(o *object, at int32, what string) error {
	if at < 0 {
		w.buf = append(w.buf, "null"...)
		return nil
	}
	return w.image(o, at, what, false)
}

// image appends the image at index at.
func (w *writer) image(o *object, at int32, what string, key bool) error {
	if at < 0 {
		return w.fail(fmt.Errorf("the %s is missing (internal error)", what))
	}
	w.at = at
	values := w.b.Image(at, w.plan.view)
	buf, arena, limit := w.buf, w.b.Arena, w.max
	if o.loose != nil {
		return w.loose(o.loose, values)
	}
	columns := o.columns
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
	if len(o.end) == 1 { // spares a call
		buf = append(buf, o.end[0])
	} else {
		buf = append(buf, o.end...)
	}
	w.buf = buf
	return nil
}
