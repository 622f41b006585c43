package encode

import (
	"math"

	"cdc/event"
	"cdc/sink/encode/connect"
)

// appendAvro appends a value of the form that is there, without the branch of a
// union. It gives up with errTooLarge before b would grow beyond limit by the
// length of the text alone.
func (f *form) appendAvro(b []byte, v event.Value, arena []byte, limit int) ([]byte, error) {
	if !f.takes(v.Kind()) {
		return b, f.mismatch(v)
	}
	switch f.way {
	case asInt: // an unsigned one wraps around above the int64
		return f.appendAvroInt(b, v.Int())
	case asText:
		if len(b)+v.Len() > limit {
			return b, errTooLarge
		}
		b, valid := appendAvroText(b, v.Bytes(arena))
		if !valid {
			return b, errBadText
		}
		return b, nil
	case asBool:
		return appendAvroBool(b, v.Bool()), nil
	case asFloat, asDecimalFloat:
		n, err := f.float(v, arena)
		if f.schema.Type == connect.Float32 {
			return appendAvroFloat(b, n), err
		}
		return appendAvroDouble(b, n), err
	case asDays, asMillis, asMicros, asNanos, asIntervalMicros:
		n, err := f.integer(v, arena)
		if err != nil {
			return b, err
		}
		return f.appendAvroInt(b, n)
	default:
		if f.way.composed() {
			return f.appendAvroComposed(b, v, arena, limit)
		}
		return f.appendAvroSized(b, v, arena, limit)
	}
}

// appendAvroInt appends a number, which for an int must have 32 bits.
func (f *form) appendAvroInt(b []byte, n int64) ([]byte, error) {
	if f.schema.Type != connect.Int64 && int64(int32(n)) != n {
		return b, errInt32
	}
	return appendLong(b, n), nil
}

// appendAvroSized appends a text or bytes whose length is known when they are
// there.
func (f *form) appendAvroSized(b []byte, v event.Value, arena []byte, limit int) ([]byte, error) {
	if v.HasText() && len(b)+v.Len() > limit {
		return b, errTooLarge
	}
	at := len(b)
	var err error
	b = append(b, 0)
	if f.schema.Type == connect.Bytes {
		b, err = f.appendBytes(b, v, arena)
	} else {
		b, err = f.appendText(b, v, arena)
	}
	if err != nil {
		return b[:at], err
	}
	return closeAvro(b, at), nil
}

// appendAvroComposed appends a value of several parts.
func (f *form) appendAvroComposed(b []byte, v event.Value, arena []byte, limit int) ([]byte, error) {
	if f.way == asVariable {
		return appendAvroVariable(b, v, arena)
	}
	if len(b)+v.Len() > limit {
		return b, errTooLarge
	}
	l := event.List(v.Bytes(arena))
	switch f.way {
	case asHstoreMap:
		return appendAvroHstore(b, l)
	case asPoint:
		if l.Len() != pointParts {
			return b, errKind
		}
		b = appendAvroDouble(b, l.At(0).Float())
		b = appendAvroDouble(b, l.At(1).Float())
		b = appendAvroOptional(b, l.At(2), l)
		return appendAvroOptional(b, l.At(3), l), nil
	case asGeometry:
		if l.Len() != geometryParts {
			return b, errKind
		}
		b = appendAvroBytes(b, l.At(0).Bytes(l))
		return appendAvroOptional(b, l.At(1), l), nil
	case asSparse:
		return appendAvroSparse(b, l)
	default:
		return f.appendAvroArray(b, l, limit)
	}
}

func appendAvroVariable(b []byte, v event.Value, arena []byte) ([]byte, error) {
	// The scale comes first, and is known when the number is.
	var room [16]byte
	number, scale, err := appendVariable(room[:0], v, arena)
	if err != nil {
		return b, err
	}
	return appendAvroBytes(appendLong(b, int64(scale)), number), nil
}

// appendAvroOptional appends bytes or an int that may be null.
func appendAvroOptional(b []byte, v event.Value, l event.List) []byte {
	switch {
	case v.IsNull():
		return append(b, 0)
	case v.HasText():
		return appendAvroBytes(append(b, 2), v.Bytes(l))
	default:
		return appendLong(append(b, 2), v.Int())
	}
}

// appendAvroArray appends an array or a vector.
func (f *form) appendAvroArray(b []byte, l event.List, limit int) ([]byte, error) {
	n, elem, kept := l.Len(), f.elem, error(nil)
	if n > 0 {
		b = appendLong(b, int64(n))
	}
	for i := range n {
		v := l.At(i)
		if elem.schema.Optional {
			b = append(b, branch(elem.schema, v.IsNull()))
		}
		if v.IsNull() {
			if !elem.schema.Optional {
				return b, errNullElement
			}
			continue
		}
		var err error
		if b, err = elem.appendAvro(b, v, l, limit); err == errBadText { //nolint:errorlint // never wrapped
			kept = err // the text was mended
		} else if err != nil {
			return b, err
		}
	}
	return append(b, 0), kept
}

// appendAvroHstore appends a map in Java's order.
func appendAvroHstore(b []byte, l event.List) ([]byte, error) {
	if n := l.Len() / 2; n > 0 {
		b = appendLong(b, int64(n))
	}
	err := eachPair(l, func(key, value []byte, null bool) {
		b, _ = appendAvroText(b, key)
		if null {
			b = append(b, 0)
			return
		}
		b, _ = appendAvroText(append(b, 2), value)
	})
	return append(b, 0), err
}

// appendAvroSparse appends a sparse vector: the number of dimensions, and a list
// of pairs of index and value, since a map of Avro has only strings for keys.
func appendAvroSparse(b []byte, l event.List) ([]byte, error) {
	err := eachSparse(l, func(dimensions int64) {
		b = appendLong(b, dimensions)
		if n := l.Len() / 2; n > 0 {
			b = appendLong(b, int64(n))
		}
	}, func(index int64, value float64) {
		b = appendAvroDouble(appendLong(b, index), value)
	})
	return append(b, 0), err
}

// avroBytes is what a default or another text of a schema is in Avro, without
// the branch of a union.
func avroDefault(s *connect.Schema) []byte {
	b, err := appendAvroDatum(nil, &connect.Schema{Type: s.Type}, defaultDatum(s), false)
	if err != nil {
		return nil // not with a scalar, and only those have defaults
	}
	return b
}

// noLimit is for values that are appended when a plan is made.
const noLimit = math.MaxInt
