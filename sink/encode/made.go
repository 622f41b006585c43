package encode

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"

	"cdc/event"
	"cdc/sink/encode/connect"
	"cdc/sink/registry"
)

// madeSchema makes the schema of a value that holds expanded JSON: another one for
// each shape of the text.
type madeSchema struct {
	list   []layout
	schema *connect.Schema
	bare   bool // the only column by itself
}

// newMadeSchema returns nil for a value whose schema is always the same.
func newMadeSchema(k planKey, s *shape) *madeSchema {
	m := &madeSchema{s.row, s.valueSchema, k.target.Shape == event.ShapeValue}
	if m.bare && s.row[0].fields != nil {
		m.list, m.bare = s.row[0].fields, false
	}
	if !expands(m.list) {
		return nil
	}
	return m
}

func expands(list []layout) bool {
	return slices.ContainsFunc(list, func(l layout) bool {
		return l.opened != nil && l.opened.expand != nil || expands(l.fields)
	})
}

// of returns the schema of a value, that of the plan where no text is expanded, and
// nil for a text by itself that has none.
func (m *madeSchema) of(w *writer, at int32) *connect.Schema {
	if at < 0 {
		return m.schema // an error is told when the image is written
	}
	values := w.b.Image(at, w.plan.view)
	if !m.bare {
		return m.remade(w, m.list, m.schema, values)
	}
	s, err := m.field(w, &m.list[0], values)
	switch {
	case errors.Is(err, errNoSchema):
		return nil
	case err != nil:
		return m.schema
	}
	if v := w.plan.target.Version; v != 0 {
		s.Version = int(v)
	}
	return s
}

// remade returns s with other schemas in it, or s itself.
func (m *madeSchema) remade(w *writer, list []layout, s *connect.Schema, values []event.Value) *connect.Schema {
	own := s
	put := func(i int, f *connect.Schema) {
		if f == s.Fields[i].Schema {
			return
		}
		if own == s {
			c := *s
			c.Fields = slices.Clone(s.Fields)
			own = &c
		}
		own.Fields[i].Schema = f
	}
	for i := range list {
		l := &list[i]
		if l.fields != nil {
			put(i, m.remade(w, l.fields, l.schema, values))
			continue
		}
		if f, err := m.field(w, l, values); err == nil {
			put(i, f)
		}
	}
	return own
}

// field makes the schema of one text, or says why it has its own.
func (m *madeSchema) field(w *writer, l *layout, values []event.Value) (*connect.Schema, error) {
	if l.opened == nil || l.opened.expand == nil {
		return nil, errStaysText
	}
	v := values[l.ord]
	if !v.HasText() || !l.form.takes(v.Kind()) || v.Len() > w.plan.limit {
		return nil, errStaysText
	}
	made, err := l.opened.expand.of(w.b.Bytes(v))
	return made.schema, err
}

// jsonMade writes such values in JSON with schemas.
type jsonMade struct {
	jsonValue
	made *madeSchema
}

func (v *jsonMade) appendValue(w *writer, r *record) error {
	s := v.made.of(w, r.shown())
	if s == v.made.schema {
		return v.jsonValue.appendValue(w, r)
	}
	w.buf = append(w.buf, `{"schema":`...)
	if s == nil {
		w.buf = append(w.buf, "null"...)
	} else {
		w.buf = s.AppendJSON(w.buf)
	}
	w.buf = append(w.buf, `,"payload":`...)
	if err := v.payload(w, r); err != nil {
		return err
	}
	w.buf = append(w.buf, '}')
	return nil
}

// avroMade writes such values in Avro.
type avroMade struct {
	avroValue
	made  *madeSchema
	heads heads
}

func (v *avroMade) appendValue(w *writer, r *record) error {
	s := v.made.of(w, r.shown())
	if s == nil || s == v.made.schema {
		return v.avroValue.appendValue(w, r)
	}
	if v.made.bare {
		s = v.columns[0].atTop(s)
	}
	var err error
	if w.buf, err = v.heads.append(w.buf, s); err != nil {
		return fmt.Errorf("encode: table %s: %w", w.plan.view.Name(), err)
	}
	return v.body(w, r)
}

// heads are what stands before the body of records whose schemas are made as they
// come. It remembers the newest.
type heads struct {
	registry *registry.Client
	topic    string

	mu sync.Mutex
	by map[[sha256.Size]byte]uint32 // ids, by the hash of the schema
}

// maxHeads is how many are remembered. More of them would be a text with other
// members in each row.
const maxHeads = 1 << 10

func (h *heads) append(b []byte, s *connect.Schema) ([]byte, error) {
	text, err := avroText(s)
	if err != nil {
		return b, err
	}
	sum := sha256.Sum256([]byte(text))
	h.mu.Lock()
	id, is := h.by[sum]
	h.mu.Unlock()
	if !is {
		if id, err = h.registry.Register(h.registry.Subject(h.topic, partValue, s.Name), text); err != nil {
			return b, err
		}
		h.remember(sum, id)
	}
	return appendSchemaID(b, id), nil
}

func (h *heads) remember(sum [sha256.Size]byte, id uint32) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.by == nil || len(h.by) >= maxHeads {
		h.by = map[[sha256.Size]byte]uint32{}
	}
	h.by[sum] = id
}
