package encode

import (
	"cdc/event"
)

// appendComposed appends a value of several parts in JSON.
func (c *column) appendComposed(b []byte, v event.Value, arena []byte, limit int) ([]byte, error) {
	if c.form.way == asVariable {
		return appendVariableJSON(b, v, arena)
	}
	if len(b)+v.Len() > limit {
		return b, errTooLarge
	}
	l := event.List(v.Bytes(arena))
	switch c.form.way {
	case asHstoreMap:
		return appendHstoreText(b, l, appendString)
	case asPoint:
		return appendPoint(b, l)
	case asGeometry:
		return appendGeometry(b, l)
	case asSparse:
		return appendSparse(b, l)
	default:
		return c.appendArray(b, l, limit)
	}
}

func appendVariableJSON(b []byte, v event.Value, arena []byte) ([]byte, error) {
	// The scale comes first, and is known when the number is.
	var room [16]byte
	number, scale, err := appendVariable(room[:0], v, arena)
	if err != nil {
		return b, err
	}
	b = appendInt(append(b, `{"scale":`...), int64(scale))
	return append(appendBase64(append(b, `,"value":`...), number), '}'), nil
}

// appendArray appends an array or a vector.
func (c *column) appendArray(b []byte, l event.List, limit int) ([]byte, error) {
	elem := plainColumn(c.form.elem, c.numeric)
	n, kept := l.Len(), error(nil)
	b = append(b, '[')
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		v := l.At(i)
		if v.IsNull() {
			if !elem.form.schema.Optional {
				return b, errNullElement
			}
			b = append(b, "null"...)
			continue
		}
		var err error
		if b, err = elem.append(b, v, l, limit); err == errBadText { //nolint:errorlint // never wrapped
			kept = err // the text was mended
		} else if err != nil {
			return b, err
		}
	}
	return append(b, ']'), kept
}

// The numbers of parts of composed values.
const (
	pointParts    = 4
	geometryParts = 2
)

func appendPoint(b []byte, l event.List) ([]byte, error) {
	if l.Len() != pointParts {
		return b, errKind
	}
	b = appendFloat(append(b, `{"x":`...), l.At(0).Float(), 64)
	b = appendFloat(append(b, `,"y":`...), l.At(1).Float(), 64)
	return appendPlace(append(b, `,"wkb":`...), l, 2), nil
}

func appendGeometry(b []byte, l event.List) ([]byte, error) {
	if l.Len() != geometryParts {
		return b, errKind
	}
	return appendPlace(append(b, `{"wkb":`...), l, 0), nil
}

// appendPlace appends the WKB, which is element at, the SRID after it, and the
// end of the object.
func appendPlace(b []byte, l event.List, at int) []byte {
	if wkb := l.At(at); wkb.IsNull() {
		b = append(b, "null"...)
	} else {
		b = appendBase64(b, wkb.Bytes(l))
	}
	b = append(b, `,"srid":`...)
	if srid := l.At(at + 1); !srid.IsNull() {
		return append(appendInt(b, srid.Int()), '}')
	}
	return append(b, "null}"...)
}

// appendSparse appends a sparse vector: pairs of index and value in Java's order.
func appendSparse(b []byte, l event.List) ([]byte, error) {
	at := len(b)
	err := eachSparse(l, func(dimensions int64) {
		b = append(appendInt(append(b, `{"dimensions":`...), dimensions), `,"vector":[`...)
		at = len(b)
	}, func(index int64, value float64) {
		if len(b) > at {
			b = append(b, ',')
		}
		b = append(appendInt(append(b, '['), index), ',')
		b = append(appendFloat(b, value, 64), ']')
	})
	return append(b, "]}"...), err
}
