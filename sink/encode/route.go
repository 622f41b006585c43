package encode

import (
	"math"

	"cdc/event"
)

// routeBody compiles what writes the columns that choose the partition: as the
// key would be, but without a schema or its id, which would differ between topics
// and in time.
func (e *Encoder) routeBody(k planKey, s *shape) (keyBody, error) {
	f := &e.conf.Format
	how := side{key: true, numeric: f.KeyDecimalFormat == modeNumeric, nullAsDefault: *f.KeyReplaceNullWithDefault}
	if f.Key == FormatAvro {
		columns, err := e.avroColumns(k.view, s.route, how)
		return &avroKey{columns: columns}, err
	}
	o, err := e.object(k.view, s.route, how, false)
	return &jsonKey{object: o}, err
}

// route returns the partition of a record that shows the image at index at, as
// event.Record has it.
func (w *writer) route(x *extras, at int32) (int32, error) {
	if x.route == nil || at < 0 {
		return 0, nil
	}
	from := len(w.buf)
	limit := w.max
	w.max = math.MaxInt // it isn't part of the record
	if err := x.route.appendKey(w, at); err != nil {
		return 0, err
	}
	w.max = limit
	hash := event.Murmur2(w.buf[from:])
	w.buf = w.buf[:from]
	return ^int32(hash & math.MaxInt32), nil
}
