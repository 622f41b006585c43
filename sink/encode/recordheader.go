package encode

import (
	"cdc/event"
)

// recordHeader writes a column as a header of its own.
type recordHeader struct {
	name  string
	value headerBody
	// text tells where there is no value at all; nil in JSON, where null is one.
	text *textHeader
}

// recordHeaders compiles the headers of a view.
func (e *Encoder) recordHeaders(k planKey, s *shape) ([]recordHeader, error) {
	how := side{nullAsDefault: *e.conf.Format.ReplaceNullWithDefault, sparse: !e.postgres}
	list := make([]recordHeader, len(s.headers))
	for i := range s.headers {
		h, only := &list[i], s.headers[i:i+1]
		h.name = k.view.Headers[i].Name
		switch e.conf.Format.Header {
		case FormatJSON, FormatJSONSchema:
			o, err := e.object(k.view, only, how, true)
			if err != nil {
				return nil, err
			}
			body := &jsonHeader{object: o}
			if e.conf.Format.Header == FormatJSONSchema {
				body.wrap = wrapSchema(only[0].schema)
			}
			h.value = body
		default:
			body, err := e.textHeader(k.view, only, how, true)
			if err != nil {
				return nil, err
			}
			h.value, h.text = body, body
		}
	}
	return list, nil
}

// jsonHeader writes a value in JSON.
type jsonHeader struct {
	object
	wrap wrapping
}

func (h *jsonHeader) appendHeader(w *writer, at int32) error {
	w.buf = append(w.buf, h.wrap.before...)
	if err := w.image(&h.object, at, "image", false); err != nil {
		return err
	}
	w.buf = append(w.buf, h.wrap.after...)
	return nil
}

// extras are what few plans have: headers of their own, and columns that choose
// the partition.
type extras struct {
	headers  []recordHeader
	constant []event.Header
	// names is what the headers take beside their values.
	names int
	// route writes what chooses the partition; nil where the key does.
	route keyBody
}

// extrasOf compiles them; nil where there are none.
func (e *Encoder) extrasOf(k planKey, s *shape) (*extras, error) {
	x := &extras{}
	if k.target.Headers != nil {
		x.constant = *k.target.Headers
	}
	if len(s.headers) == 0 && len(s.route) == 0 && len(x.constant) == 0 {
		return nil, nil //nolint:nilnil // there are none
	}
	var err error
	if x.headers, err = e.recordHeaders(k, s); err != nil {
		return nil, err
	}
	for i := range x.headers {
		x.names += len(x.headers[i].name) + event.HeaderOverhead
	}
	for i := range x.constant {
		x.names += len(x.constant[i].Key) + event.HeaderOverhead
	}
	if len(s.route) > 0 {
		x.route, err = e.routeBody(k, s)
	}
	return x, err
}

// extras finds the partition of a record and writes its headers behind it. It
// returns how large the record is with them.
func (w *writer) extras(r *record, keyAt int) (size int, partition int32, err error) {
	x, at := w.plan.extra, r.shown()
	if r.op == event.OpTruncate { // it shows no row, but may have an image that bears headers
		at = w.out.After
	}
	if partition = w.out.Partition; partition == 0 {
		if partition, err = w.route(x, at); err != nil {
			return 0, 0, err
		}
	}
	if r.bare {
		return len(w.buf) - keyAt, partition, nil
	}
	err = w.appendHeaders(x, at)
	return len(w.buf) - keyAt + x.names, partition, err
}

// appendHeaders writes the headers of the image at index at, and the constant
// ones.
func (w *writer) appendHeaders(x *extras, at int32) error {
	for i := range x.headers {
		h := &x.headers[i]
		if at < 0 { // a TRUNCATE without
			break
		}
		from := len(w.buf)
		null := h.text != nil && h.text.null(w, at)
		if !null {
			if err := h.value.appendHeader(w, at); err != nil {
				return err
			}
		}
		w.f.Headers = append(w.f.Headers, event.RecordHeader{Key: h.name, At: uint32(from), End: uint32(len(w.buf)), Null: null})
	}
	for i := range x.constant {
		h := &x.constant[i]
		from := len(w.buf)
		w.buf = append(w.buf, h.Value...)
		w.f.Headers = append(w.f.Headers, event.RecordHeader{Key: h.Key, At: uint32(from), End: uint32(len(w.buf)), Null: h.Value == nil})
	}
	return nil
}
