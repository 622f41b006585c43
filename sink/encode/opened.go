package encode

import (
	"encoding/json"
	"fmt"

	"cdc/event"
	"cdc/sink/encode/connect"
)

// opened is how a text column of a value leaves that isn't to leave as text.
type opened struct {
	// expand makes of JSON text what it describes.
	expand *expansion
	// raw: JSON text stands as it is.
	raw bool
	// spread puts the members of an object in the place of the column.
	spread *spread
}

// opened compiles what a rule wants of a text column; nil for nothing. A column
// that the pipeline masks stays masked text.
func (e *Encoder) opened(k planKey, c *event.Column, l *layout) (*opened, error) {
	if l.filter != nil || l.form.way != asText {
		return nil, nil //nolint:nilnil // it is text
	}
	plain := e.conf.Format.Value == FormatJSON
	switch c.Type.Logical {
	case event.LogicalExpanded:
		if !plain && k.target.Shape == event.ShapeEnvelope {
			return nil, fmt.Errorf("%w: column %q: expanded JSON has a schema of its own in each row, which an envelope with schemas doesn't have for the rows before and after; let the rule emit a row, or write json (format)",
				event.ErrConfig, c.Name)
		}
		x, err := e.expansion(c)
		return &opened{expand: x}, err
	case event.LogicalSpread:
		if !plain {
			return nil, fmt.Errorf("%w: column %q: its members have no schema, which the format %s needs; name those that are wanted, with their types (flatten, fields), or write json (format)",
				event.ErrConfig, c.Name, e.conf.Format.Value)
		}
		return &opened{spread: newSpread(&c.Type)}, nil
	case event.LogicalAny:
		if plain {
			return &opened{raw: true}, nil
		}
	default:
	}
	return nil, nil //nolint:nilnil // it is text
}

// appendOpened appends a text in JSON as what it describes, or as text.
func (c *column) appendOpened(b []byte, v event.Value, arena []byte, limit int) ([]byte, error) {
	if !c.form.takes(v.Kind()) {
		return b, c.form.mismatch(v)
	}
	if len(b)+v.Len() > limit {
		return b, errTooLarge
	}
	text := v.Bytes(arena)
	switch {
	case c.opened.raw && json.Valid(text):
		return appendUTF8(b, text), nil
	case c.opened.expand != nil:
		if made, err := c.opened.expand.of(text); err == nil {
			return appendDatum(b, made.schema, made.data, false)
		}
	}
	b, valid := connect.AppendText(b, text)
	if !valid {
		return b, errBadText
	}
	return b, nil
}

// appendOpened appends what a text describes, with the branch of its union, or
// the text.
func (c *avroColumn) appendOpened(b []byte, v event.Value, arena []byte, limit int) ([]byte, error) {
	if v.HasText() && c.form.takes(v.Kind()) {
		if len(b)+v.Len() > limit {
			return b, errTooLarge
		}
		if made, err := c.opened.expand.of(v.Bytes(arena)); err == nil {
			return appendAvroDatum(b, c.atTop(made.schema), made.data, false)
		}
	}
	if c.optional {
		b = append(b, c.branch)
	}
	return c.form.appendAvro(b, v, arena, limit)
}

// atTop is the schema of a value that is all of a record, which is never a union
// where it is one of a struct.
func (c *avroColumn) atTop(s *connect.Schema) *connect.Schema {
	if !c.bare || s.Type != connect.Struct {
		return s
	}
	only := *s
	only.Optional = false
	return &only
}
