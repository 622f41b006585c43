package encode

import (
	"cdc/event"
	"cdc/sink/encode/connect"
)

// rawText writes what Connect's StringConverter does: the text of a value by
// itself, and Java's own text of a struct.
type rawText struct{ *textHeader }

func (e *Encoder) rawText(k planKey, list []layout, how side, bare bool) (*rawText, error) {
	if bare && list[0].fields != nil {
		list, bare = list[0].fields, false
	}
	h := &textHeader{java: true, bare: bare, key: how.key}
	var err error
	h.fields, err = h.compile(k.view, list, how)
	return &rawText{h}, err
}

// appendKey writes the key; one that is null by itself is none.
func (t *rawText) appendKey(w *writer, at int32) error {
	if at >= 0 && t.null(w, at) {
		w.record.flags |= event.NullKey
		return nil
	}
	return t.appendHeader(w, at)
}

func (t *rawText) appendValue(w *writer, r *record) error {
	at := r.shown()
	if at >= 0 && t.null(w, at) {
		r.flags |= event.NullValue
		return nil
	}
	return t.appendHeader(w, at)
}

// appendNull: the converter has no null but a record without a value.
func (t *rawText) appendNull(*writer) bool { return false }

// rawBytes writes a column of bytes as it is.
type rawBytes struct{ column }

func (p *rawBytes) appendValue(w *writer, r *record) error {
	v := w.b.Image(r.shown(), w.plan.view)[p.ord]
	switch {
	case v.IsNull():
		r.flags |= event.NullValue
		return nil
	case !p.form.takes(v.Kind()):
		var err error
		w.buf, err = p.column.append(w.buf, v, w.b.Arena, w.max)
		if err != nil {
			return w.fail(err)
		}
		return nil
	case len(w.buf)+v.Len() > w.max:
		return w.tooLarge(v.Len(), false)
	}
	b := v.Bytes(w.b.Arena)
	if p.filter != nil {
		b = b[:min(len(b), p.filter.cut)]
	}
	w.buf = append(w.buf, b...)
	return nil
}

func (p *rawBytes) appendNull(*writer) bool { return false }

// rawValue compiles the value of the formats string and bytes where it is one
// column by itself; nil where it is anything else, which is written in JSON.
func (e *Encoder) rawValue(k planKey, s *shape, how side) (valueBody, error) {
	if k.target.Shape != event.ShapeValue || s.row[0].fields != nil {
		return nil, nil //nolint:nilnil // JSON
	}
	l := &s.row[0]
	switch {
	case e.conf.Format.Value == FormatString:
		return e.rawText(k, s.row, how, true)
	case l.form.schema.Type == connect.Bytes && l.form.schema.Name == "" && l.form.way == asBytes:
		b := objectBuilder{view: k.view, side: how}
		c, err := b.column(l)
		return &rawBytes{c}, err
	default:
		return nil, nil //nolint:nilnil // JSON
	}
}
