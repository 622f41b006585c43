package encode

import (
	"cdc/event"
	"cdc/sink/encode/connect"
)

// headerBody compiles what writes a key as the value of a header.
func (e *Encoder) headerBody(k planKey, s *shape) (headerBody, error) {
	how := side{key: true, nullAsDefault: *e.conf.Format.KeyReplaceNullWithDefault}
	switch e.conf.Format.Header {
	case FormatJSON, FormatJSONSchema:
		return e.jsonKey(k, s, how, e.conf.Format.Header == FormatJSONSchema)
	default:
		columns, err := e.columns(k.view, s.key, how)
		if err != nil {
			return nil, err
		}
		return newTextHeader(columns, s.key, e.conf.Format.Header == headerString), nil
	}
}

// textHeader writes keys as Connect's SimpleHeaderConverter or StringConverter
// do.
type textHeader struct {
	columns []textColumn
	// java: Java's own text of a struct, Struct{id=1}.
	java bool
}

// textColumn is a column in such a header.
type textColumn struct {
	column
	prefix   []byte
	nullText []byte
}

func newTextHeader(columns []column, list []layout, java bool) *textHeader {
	h := &textHeader{java: java}
	for i := range columns {
		t := textColumn{column: columns[i]}
		if java {
			t.prefix = append([]byte(list[i].field), '=')
		} else {
			t.prefix = append(appendSimpleString(nil, []byte(list[i].field)), ':')
		}
		t.nullText = t.compileNullText(&list[i], java)
		h.columns = append(h.columns, t)
	}
	return h
}

// compileNullText is what stands for a null: as in the key, in the text of the
// header. nil for nothing at all.
func (t *textColumn) compileNullText(l *layout, java bool) []byte {
	d := l.form.schema.Default
	switch {
	case d == nil && l.nullable && java:
		return nil
	case d == nil && l.nullable:
		return []byte("null")
	case d == nil:
		z := l.form.zero
		text := textColumn{column: plainColumn(z.by, false)}
		b, err := text.append(nil, z.value, z.arena, java, 1<<20)
		if err != nil {
			return t.column.zero
		}
		return b
	case l.form.schema.Type == connect.String && java:
		return d.Bytes
	case l.form.schema.Type == connect.String:
		return appendSimpleString(nil, d.Bytes)
	case l.form.schema.Name == connect.DecimalName:
		return appendNumber(nil, d.Bytes, l.form.decimalScale())
	default:
		return d.JSON
	}
}

func (h *textHeader) appendHeader(w *writer, at int32) error {
	if at < 0 {
		return w.fail(errNoOtherKey)
	}
	if h.java {
		w.buf = append(w.buf, "Struct"...)
	}
	w.buf = append(w.buf, '{')
	values := w.b.Image(at, w.plan.view)
	first := true
	for i := range h.columns {
		c := &h.columns[i]
		v := values[c.ord]
		if v.IsNull() && c.nullText == nil {
			continue
		}
		if !first {
			w.buf = append(w.buf, ',')
		}
		first = false
		w.buf = append(w.buf, c.prefix...)
		buf, err := c.append(w.buf, v, w.b.Arena, h.java, w.max)
		if err != nil {
			if _, err = w.policy(c.label, true, false, v, err); err != nil {
				return err
			}
		}
		w.buf = buf
	}
	w.buf = append(w.buf, '}')
	return nil
}

// append appends a value: numbers bare, a decimal as Java's BigDecimal.toString,
// in text only backslash and quote escaped, or nothing with java, which doesn't
// quote either.
func (t *textColumn) append(b []byte, v event.Value, arena []byte, java bool, limit int) ([]byte, error) {
	if v.IsNull() {
		return append(b, t.nullText...), nil
	}
	f := t.form
	if v.Kind() <= event.KindNull || !f.takes(v.Kind()) {
		return t.column.append(b, v, arena, limit)
	}
	switch {
	case f.way == asFloat || f.way == asDecimalFloat:
		n, err := f.float(v, arena)
		return appendJavaFloat(b, n, floatBits(f.schema)), err
	case f.way == asDecimal || f.way == asUnsigned:
		return f.appendNumeric(b, v, arena)
	case f.schema.Type != connect.String:
		return t.column.append(b, v, arena, limit)
	case v.HasText() && len(b)+v.Len() > limit:
		return b, errTooLarge
	case java && f.way == asText:
		return appendUTF8(b, v.Bytes(arena)), nil
	case java:
		return f.appendText(b, v, arena)
	case f.way == asText:
		return appendSimpleString(b, v.Bytes(arena)), nil
	default:
		return appendSimple(b, f, v, arena)
	}
}

// appendSimple appends a text that isn't known before it is made.
func appendSimple(b []byte, f *form, v event.Value, arena []byte) ([]byte, error) {
	at := len(b)
	b, err := f.appendText(b, v, arena)
	if err != nil {
		return b[:at], err
	}
	end := len(b)
	b = appendSimpleString(b, b[at:end])
	return b[:at+copy(b[at:], b[end:])], nil
}
