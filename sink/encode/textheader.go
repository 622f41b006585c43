package encode

import (
	"encoding/base64"

	"cdc/event"
	"cdc/internal/javafloat"
	"cdc/sink/encode/connect"
)

// headerBody compiles what writes a key as the value of a header.
func (e *Encoder) headerBody(view *event.Schema, s keyShape) (headerBody, error) {
	how := side{key: true, nullAsDefault: *e.conf.Format.KeyReplaceNullWithDefault}
	switch e.conf.Format.Header {
	case FormatJSON, FormatJSONSchema:
		return e.jsonKey(view, s, how, e.conf.Format.Header == FormatJSONSchema)
	default:
		return e.textHeader(view, s.list, how, s.bare)
	}
}

// textHeader writes values as Connect's SimpleHeaderConverter or
// StringConverter do.
type textHeader struct {
	fields []textField
	// java: Java's own text of a struct, Struct{id=1}.
	java bool
	// bare: the only field by itself, which is no struct.
	bare bool
	key  bool
}

// textField is a column, or a struct of columns, in such a header.
type textField struct {
	column
	prefix      []byte
	nullText    []byte // nil for nothing at all
	missingText []byte // what a value is that isn't in the log; nil is unfit
	fields      []textField
}

func (e *Encoder) textHeader(view *event.Schema, list []layout, how side, bare bool) (*textHeader, error) {
	if bare && list[0].fields != nil {
		list, bare = list[0].fields, false
	}
	h := &textHeader{java: e.conf.Format.Header == headerString, bare: bare, key: how.key}
	var err error
	h.fields, err = h.compile(view, list, how)
	return h, err
}

func (h *textHeader) compile(view *event.Schema, list []layout, how side) ([]textField, error) {
	fields := make([]textField, len(list))
	for i := range list {
		l, t := &list[i], &fields[i]
		t.prefix = append(appendSimpleString(nil, []byte(l.field)), ':')
		if h.java {
			t.prefix = append([]byte(l.field), '=')
		}
		var err error
		if l.fields != nil {
			if t.fields, err = h.compile(view, l.fields, how); err != nil {
				return nil, err
			}
			continue
		}
		b := objectBuilder{view: view, side: how}
		if t.column, err = b.column(l); err != nil {
			return nil, err
		}
		t.nullText = h.compileNull(t, l)
		t.missingText = h.compileMissing(t, l)
	}
	return fields, nil
}

// quoted: texts inside of a struct are quoted, unless it is Java's own text.
func (h *textHeader) quoted() bool { return !h.java && !h.bare }

// compileNull is what stands for a null: as in the key, in the text of the
// header. nil for nothing at all.
func (h *textHeader) compileNull(t *textField, l *layout) []byte {
	d := l.form.schema.Default
	switch {
	case t.filter != nil && t.filter.constant != nil:
		return h.text(nil, t.filter.constant)
	case d == nil && l.nullable && (h.java || h.bare):
		return nil
	case d == nil && l.nullable:
		return []byte("null")
	case d == nil:
		z := l.form.zero
		text := textField{column: plainColumn(z.by, false)}
		text.filter = t.filter
		b, err := h.append(nil, &text, z.value, z.arena, 1<<20)
		if err != nil {
			return t.column.zero
		}
		return b
	case l.form.schema.Type == connect.String && t.filter != nil:
		return h.text(nil, t.filter.apply(append([]byte{}, d.Bytes...), 0))
	case l.form.schema.Type == connect.String:
		return h.text(nil, d.Bytes)
	case l.form.schema.Name == connect.DecimalName:
		return appendNumber(nil, d.Bytes, l.form.decimalScale())
	case l.form.schema.Type == connect.Bytes:
		return h.bytes(nil, d.Bytes)
	default:
		return d.JSON
	}
}

// compileMissing is what stands for a value that isn't in the log.
func (h *textHeader) compileMissing(t *textField, l *layout) []byte {
	z := &l.unavailable
	if z.by == nil {
		return nil
	}
	by := textField{column: plainColumn(z.by, false), nullText: t.nullText}
	by.filter = t.filter
	b, err := h.append(nil, &by, z.value, z.arena, 1<<20)
	if err != nil {
		return nil
	}
	return b
}

// text appends a text, which is mended where it isn't UTF-8.
func (h *textHeader) text(b, s []byte) []byte {
	if h.quoted() {
		return appendSimpleString(b, s)
	}
	return appendUTF8(b, s)
}

// bytes appends bytes. Java's own text of bytes tells nothing of them, so they
// are in base64 there, too.
func (h *textHeader) bytes(b, p []byte) []byte {
	if h.quoted() {
		return appendBase64(b, p)
	}
	return base64.StdEncoding.AppendEncode(b, p)
}

func (h *textHeader) appendHeader(w *writer, at int32) error {
	if at < 0 {
		return w.fail(errNoOtherKey)
	}
	values := w.b.Image(at, w.plan.view)
	if h.bare {
		return h.value(w, &h.fields[0], values)
	}
	return h.structure(w, h.fields, values)
}

// null reports whether the header of that image has no value at all.
func (h *textHeader) null(w *writer, at int32) bool {
	return h.bare && h.fields[0].nullText == nil && w.b.Image(at, w.plan.view)[h.fields[0].ord].IsNull()
}

func (h *textHeader) structure(w *writer, fields []textField, values []event.Value) error {
	if h.java {
		w.buf = append(w.buf, "Struct"...)
	}
	w.buf = append(w.buf, '{')
	first := true
	for i := range fields {
		f := &fields[i]
		if h.java && f.fields == nil && f.nullText == nil && values[f.ord].IsNull() {
			continue
		}
		if !first {
			w.buf = append(w.buf, ',')
		}
		first = false
		w.buf = append(w.buf, f.prefix...)
		var err error
		if f.fields != nil {
			err = h.structure(w, f.fields, values)
		} else {
			err = h.value(w, f, values)
		}
		if err != nil {
			return err
		}
	}
	w.buf = append(w.buf, '}')
	return nil
}

func (h *textHeader) value(w *writer, f *textField, values []event.Value) error {
	v := values[f.ord]
	if v.IsNull() && f.nullText == nil {
		w.buf = append(w.buf, "null"...)
		return nil
	}
	from := len(w.buf)
	buf, err := h.append(w.buf, f, v, w.b.Arena, w.max)
	if err != nil {
		var then instead
		if then, err = w.policy(f.label, h.key, f.lenient, v, err); err != nil {
			return err
		}
		if then != thenKept {
			buf = append(buf[:from], f.nullText...)
		}
	}
	w.buf = buf
	return nil
}

// append appends a value: numbers bare, a decimal as Java's BigDecimal.toString,
// in text only backslash and quote escaped, or nothing in Java's own text, which
// doesn't quote either.
func (h *textHeader) append(b []byte, t *textField, v event.Value, arena []byte, limit int) ([]byte, error) {
	f := t.form
	switch {
	case v.IsNull():
		return append(b, t.nullText...), nil
	case v.Kind() == event.KindUnavailable && t.missingText != nil:
		return append(b, t.missingText...), nil
	case t.filter != nil && t.filter.constant != nil && v.Kind() > event.KindNull:
		return append(b, t.nullText...), nil
	case v.Kind() <= event.KindNull || !f.takes(v.Kind()):
		return t.column.append(b, v, arena, limit)
	case f.way == asFloat || f.way == asDecimalFloat:
		n, err := f.float(v, arena)
		return javafloat.Append(b, n, floatBits(f.schema)), err
	case f.way == asDecimal || f.way == asUnsigned:
		return f.appendNumeric(b, v, arena)
	case v.HasText() && len(b)+v.Len() > limit:
		return b, errTooLarge
	case f.way == asBytes:
		p := v.Bytes(arena)
		if t.filter != nil {
			p = p[:min(len(p), t.filter.cut)]
		}
		return h.bytes(b, p), nil
	case f.way == asArray || f.way == asFloats:
		return h.list(b, f, event.List(v.Bytes(arena)), limit)
	case f.way == asDays || f.way == asMillis:
		return h.moment(b, f, v)
	case f.schema.Type != connect.String:
		return t.column.append(b, v, arena, limit)
	case f.way == asText && t.filter == nil:
		return h.text(b, v.Bytes(arena)), nil
	default:
		return h.made(b, t, v, arena)
	}
}

// made appends a text that isn't known before it is made.
func (h *textHeader) made(b []byte, t *textField, v event.Value, arena []byte) ([]byte, error) {
	at := len(b)
	b, err := t.form.appendText(b, v, arena)
	if err != nil {
		return b[:at], err
	}
	if t.filter != nil {
		b = t.filter.apply(b, at)
	}
	end := len(b)
	b = h.text(b, b[at:end])
	return b[:at+copy(b[at:], b[end:])], nil
}

// list appends an array. Its texts are quoted, but not in Java's own text.
func (h *textHeader) list(b []byte, f *form, l event.List, limit int) ([]byte, error) {
	elem := textField{column: plainColumn(f.elem, false), nullText: []byte("null")}
	in := textHeader{java: h.java}
	b = append(b, '[')
	for i := range l.Len() {
		switch {
		case i > 0 && h.java:
			b = append(b, ", "...)
		case i > 0:
			b = append(b, ',')
		}
		var err error
		if b, err = in.append(b, &elem, l.At(i), l, limit); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}

// moment appends a date or a time: one of Connect's own types as the converter's
// text of it, Debezium's as their number.
func (h *textHeader) moment(b []byte, f *form, v event.Value) ([]byte, error) {
	n, err := f.integer(v, nil)
	if err != nil {
		return b, err
	}
	const day = 24 * 60 * 60 * 1000
	switch f.schema.Name {
	case connect.DateName:
		return appendDay(b, n), nil
	case connect.TimeName:
		return appendMilliClock(b, n), nil
	case connect.TimestampName:
		if b = appendDay(b, event.FloorDiv(n, day)); n > 0 && n%day == 0 {
			return b, nil
		}
		return appendMilliClock(append(b, 'T'), n-event.FloorDiv(n, day)*day), nil
	default:
		return appendInt(b, n), nil
	}
}

// appendMilliClock appends a time of day in UTC.
func appendMilliClock(b []byte, millis int64) []byte {
	b = appendClock(b, uint64(millis/1000))
	b = appendPadded(append(b, '.'), uint64(millis%1000), 3)
	return append(b, 'Z')
}
