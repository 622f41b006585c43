package encode

import (
	"math"

	"cdc/event"
	"cdc/sink/encode/connect"
)

type planKey struct {
	view   *event.Schema
	target *event.Target
}

// plan is everything about a view and a target that no row changes.
type plan struct {
	view   *event.Schema
	target *event.Target
	// key and value write the two halves of a record; key is nil for a table
	// without one.
	key   keyBody
	value valueBody
	head  headerBody
	keyed bool
	// old is what becomes of a row that goes.
	old   event.DeleteForm
	extra *extras // nil for none
	limit int
	// source are the constant parts of the source block in JSON.
	source tableSource
}

// keyBody writes keys in one format.
type keyBody interface {
	// appendKey appends the key of the image at index at to the writer's buffer.
	appendKey(w *writer, at int32) error
}

// valueBody writes values in one format.
type valueBody interface {
	appendValue(w *writer, r *record) error
	// appendNull appends a null that has the schema of the value. It is false where
	// the format has none but a record without a value.
	appendNull(w *writer) bool
}

// headerBody writes the key that the image at index at has, or that its row has in the
// table, as the value of a header.
type headerBody interface {
	appendHeader(w *writer, at int32) error
}

func (e *Encoder) compile(k planKey) (*plan, error) {
	p := &plan{view: k.view, target: k.target, limit: math.MaxInt32, source: e.tableSource(k.view), keyed: len(k.view.Key) > 0, old: e.deleteForm(k.target)}
	if err := e.compileBodies(p, k); err != nil {
		return nil, err
	}
	if e.conf.Limit == nil {
		return p, nil
	}
	limit, err := e.conf.Limit(k.target.Topic)
	if err != nil {
		return nil, &limitError{k.target.Topic, err}
	}
	if limit > 0 {
		p.limit = min(limit, p.limit)
	}
	return p, nil
}

// compileBodies compiles what writes keys and values.
func (e *Encoder) compileBodies(p *plan, k planKey) (err error) {
	s, err := e.shape(k)
	if err != nil {
		return err
	}
	if p.keyed {
		if p.key, err = e.keyBody(k, s); err != nil {
			return err
		}
		if p.head, err = e.headerBody(k.view, s.shown); err != nil {
			return err
		}
	}
	if p.extra, err = e.extrasOf(k, s); err != nil {
		return err
	}
	p.value, err = e.valueBody(k, s)
	return err
}

// deleteForm is what a target makes of a row that goes.
func (e *Encoder) deleteForm(t *event.Target) event.DeleteForm {
	switch {
	case t.Delete != event.DeleteDefault:
		return t.Delete
	case t.Shape != event.ShapeEnvelope:
		return event.DeleteTombstone
	case e.conf.Options.TombstonesOnDelete:
		return event.DeleteBoth
	default:
		return event.DeleteValue
	}
}

func (e *Encoder) keyBody(k planKey, s *shape) (keyBody, error) {
	f := &e.conf.Format
	how := side{key: true, numeric: f.KeyDecimalFormat == modeNumeric, nullAsDefault: *f.KeyReplaceNullWithDefault}
	switch f.Key {
	case FormatAvro:
		return e.avroKey(k, s, how)
	case FormatString:
		return e.rawText(k, s.key, how, k.target.Key == event.KeyValue)
	}
	return e.jsonKey(k.view, s.ofKey(k.target), how, f.Key == FormatJSONSchema)
}

func (e *Encoder) valueBody(k planKey, s *shape) (valueBody, error) {
	f := &e.conf.Format
	how := side{numeric: f.DecimalFormat == modeNumeric, nullAsDefault: *f.ReplaceNullWithDefault, sparse: !e.postgres}
	switch f.Value {
	case FormatAvro:
		return e.avroValue(k, s, how)
	case FormatString, FormatBytes:
		if body, err := e.rawValue(k, s, how); body != nil || err != nil {
			return body, err
		}
	}
	return e.jsonValue(k, s, how, f.Value == FormatJSONSchema)
}

// wrapping is what stands around a payload when every record carries its
// schema. The zero wrapping is nothing.
type wrapping struct{ before, after []byte }

func wrapSchema(s *connect.Schema) wrapping {
	return wrapping{append(s.AppendJSON([]byte(`{"schema":`)), `,"payload":`...), []byte{'}'}}
}
