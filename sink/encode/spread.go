package encode

import (
	"slices"

	"cdc/event"
	"cdc/sink/encode/connect"
)

// spread puts the members of a JSON object in the place of the column that holds
// it.
type spread struct {
	prefix, delimiter string
	// depth is how deep objects are opened; 0 for all the way.
	depth int
}

func newSpread(t *event.Type) *spread {
	modes := append(slices.Clone(t.Symbols), "", "")
	return &spread{delimiter: or(modes[0], "_"), prefix: modes[1], depth: max(int(t.Length), 0)}
}

// errTaken: a member would be a second field of its name.
var errTaken = &unfit{reason: "has a member whose name another field has; give the members a prefix, or rename the field", then: thenKept}

// loose is an object of which no two rows need to have the same fields.
type loose struct {
	fields []looseField
	// names are those of the fields.
	names map[string]bool
	omission
}

// omission says which fields are left out: those that are null, and those that rules
// have taken out of the copy of a row.
type omission struct{ nulls, skipped bool }

func omissionOf(t *event.Target) omission { return omission{t.OmitNulls, t.OmitSkipped} }

func (o omission) any() bool { return o.nulls || o.skipped }

// looseField is a column or a struct in such an object.
type looseField struct {
	name   []byte // with its colon
	column column
	inner  *loose // of a struct
}

// isLoose reports whether rows may have unlike fields.
func isLoose(list []layout, omit omission) bool {
	return omit.any() || slices.ContainsFunc(list, func(l layout) bool {
		return l.opened != nil && l.opened.spread != nil || isLoose(l.fields, omission{})
	})
}

func (b *objectBuilder) loose(list []layout, omit omission) (*loose, error) {
	o := &loose{omission: omit, names: map[string]bool{}, fields: make([]looseField, len(list))}
	for i := range list {
		l, f := &list[i], &o.fields[i]
		f.name = append(appendString(nil, []byte(l.field)), ':')
		var err error
		if l.fields != nil {
			if f.inner, err = b.loose(l.fields, omit); err != nil {
				return nil, err
			}
			continue
		}
		if f.column, err = b.column(l); err != nil {
			return nil, err
		}
	}
	for i := range list {
		// The members of a spread column may have its name, since they stand there.
		o.names[list[i].field] = o.fields[i].inner != nil || !o.fields[i].column.spreads()
	}
	return o, nil
}

// loose appends the object of an image.
func (w *writer) loose(o *loose, values []event.Value) error {
	w.buf = append(w.buf, '{')
	var taken map[string]bool
	for i := range o.fields {
		f := &o.fields[i]
		if f.inner != nil {
			w.looseName(f.name)
			if err := w.loose(f.inner, values); err != nil {
				return err
			}
			continue
		}
		c, v := &f.column, values[f.column.ord]
		switch {
		case o.skipped && v.Kind() == event.KindSkipped:
			continue
		case c.spreads() && (v.IsNull() || c.form.takes(v.Kind())):
			if taken == nil {
				taken = map[string]bool{}
			}
			if err := w.spread(o, f, v, taken); err != nil {
				return err
			}
			continue
		case v.IsNull() && o.nulls && string(c.null) == "null":
			continue
		}
		w.looseName(f.name)
		if err := w.looseValue(c, v); err != nil {
			return err
		}
	}
	w.buf = append(w.buf, '}')
	return nil
}

func (c *column) spreads() bool { return c.opened != nil && c.opened.spread != nil }

// looseName appends a name, and a comma where it isn't the first.
func (w *writer) looseName(name []byte) {
	if w.buf[len(w.buf)-1] != '{' {
		w.buf = append(w.buf, ',')
	}
	w.buf = append(w.buf, name...)
}

func (w *writer) looseValue(c *column, v event.Value) error {
	from := len(w.buf)
	buf, err := c.append(w.buf, v, w.b.Arena, w.max)
	if err != nil {
		if buf, err = w.unfit(&c.standIn, false, buf, from, v, err); err != nil {
			return err
		}
	}
	w.buf = buf
	return nil
}

// spread appends the members of an object; of another value, it by the name of
// the column; of a null nothing.
func (w *writer) spread(o *loose, f *looseField, v event.Value, taken map[string]bool) error {
	if v.IsNull() {
		return nil
	}
	if len(w.buf)+v.Len() > w.max {
		_, err := w.policy(f.column.label, false, true, v, errTooLarge)
		return err
	}
	n, err := parseWholeJSON(w.b.Bytes(v))
	if err != nil {
		w.looseName(f.name)
		return w.looseValue(&f.column, v)
	}
	if n.kind != jsonObject {
		w.looseName(f.name)
		w.buf = appendJSONNode(w.buf, n)
		return nil
	}
	m := members{w: w, o: o, f: f, taken: taken, left: w.max - len(w.buf)}
	return m.put(n, f.column.opened.spread.prefix, 1)
}

// members puts the members of one object.
type members struct {
	w     *writer
	o     *loose
	f     *looseField
	taken map[string]bool
	// left is the room for names, which are longer than in the text.
	left int
}

func (m *members) put(n *jsonNode, prefix string, depth int) error {
	s := m.f.column.opened.spread
	for i := range n.items {
		item, name := &n.items[i], prefix+string(n.names[i])
		if m.left -= len(name); m.left < 0 {
			_, err := m.w.policy(m.f.column.label, false, true, event.Null, errTooLarge)
			return err
		}
		switch {
		case item.kind == jsonObject && (s.depth == 0 || depth < s.depth):
			if err := m.put(item, name+s.delimiter, depth+1); err != nil {
				return err
			}
			continue
		case item.kind == jsonNull && m.o.nulls:
			continue
		case m.o.names[name] || m.taken[name]:
			if _, err := m.w.policy(m.f.column.label, false, true, event.Null, errTaken); err != nil {
				return err
			}
			continue
		}
		m.taken[name] = true
		m.w.looseName(append(connect.AppendString(nil, []byte(name)), ':'))
		m.w.buf = appendJSONNode(m.w.buf, item)
	}
	return nil
}

// appendJSONNode appends a parsed value as JsonConverter would write it, but for
// numbers, which stand as they came.
func appendJSONNode(b []byte, n *jsonNode) []byte {
	switch n.kind {
	case jsonString:
		return connect.AppendString(b, n.text)
	case jsonArray:
		b = append(b, '[')
		for i := range n.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSONNode(b, &n.items[i])
		}
		return append(b, ']')
	case jsonObject:
		b = append(b, '{')
		for i := range n.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(connect.AppendString(b, n.names[i]), ':')
			b = appendJSONNode(b, &n.items[i])
		}
		return append(b, '}')
	default:
		return append(b, n.text...)
	}
}
