package encode

import (
	"fmt"

	"cdc/sink/encode/connect"
)

// datum is a value of a record that doesn't come from a row, or one that JSON text
// describes. It is nil, a bool, an int64, a float64, a string, a []byte, or a
// []datum: the fields of a struct or the items of an array. Such records are rare,
// so a datum may be allocated.
type datum any

// appendDatum appends a value along its schema as JsonConverter does. With
// defaults, what is missing shows its default.
func appendDatum(b []byte, s *connect.Schema, d datum, defaults bool) ([]byte, error) {
	switch v := d.(type) {
	case nil:
		if s.Default != nil && defaults {
			return append(b, s.Default.JSON...), nil
		}
		if !s.Optional {
			return b, fmt.Errorf("a %s that is required is missing (internal error)", s.Type)
		}
		return append(b, "null"...), nil
	case bool:
		return appendBool(b, v), nil
	case int64:
		return appendInt(b, v), nil
	case float64:
		return appendFloat(b, v, 64), nil
	case string:
		return connect.AppendString(b, []byte(v)), nil
	case []byte:
		return appendBase64(b, v), nil
	case []datum:
		return appendDatums(b, s, v, defaults)
	default:
		return b, fmt.Errorf("a %T has no form (internal error)", d)
	}
}

// appendDatums appends a struct or an array.
func appendDatums(b []byte, s *connect.Schema, list []datum, defaults bool) ([]byte, error) {
	if s.Type != connect.Array && len(list) != len(s.Fields) {
		return b, fmt.Errorf("%d values for the %d fields of %s (internal error)", len(list), len(s.Fields), s.Name)
	}
	opened, closed := byte('{'), byte('}')
	if s.Type == connect.Array {
		opened, closed = '[', ']'
	}
	b = append(b, opened)
	var err error
	for i, d := range list {
		if i > 0 {
			b = append(b, ',')
		}
		item := s.Items
		if s.Type != connect.Array {
			item = s.Fields[i].Schema
			b = append(connect.AppendString(b, []byte(s.Fields[i].Name)), ':')
		}
		if b, err = appendDatum(b, item, d, defaults); err != nil {
			return b, err
		}
	}
	return append(b, closed), nil
}

// orNil returns what p points to, or nil.
func orNil[T any](p *T, as func(T) datum) datum {
	if p == nil {
		return nil
	}
	return as(*p)
}

func textDatum(s string) datum { return s }

func int32Datum(n int32) datum { return int64(n) }

// textOrNil returns nil for the empty text.
func textOrNil(s string) datum {
	if s == "" {
		return nil
	}
	return s
}

// numberOrNil returns nil for 0.
func numberOrNil(n uint64) datum {
	if n == 0 {
		return nil
	}
	return int64(n)
}

func textData(list []string) []datum {
	data := make([]datum, len(list))
	for i := range list {
		data[i] = list[i]
	}
	return data
}
