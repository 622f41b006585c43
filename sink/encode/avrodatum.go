package encode

import (
	"fmt"

	"cdc/sink/encode/connect"
)

// branch is the byte that says which side of a union follows: what stands first
// is the null, or, where there is a default, the value.
func branch(s *connect.Schema, null bool) byte {
	const first, second = 0, 2 // zig-zag
	if null == (s.Default == nil) {
		return first
	}
	return second
}

// appendAvroDatum appends a value along its schema as Confluent's converter does.
// With defaults, what is missing shows its default.
func appendAvroDatum(b []byte, s *connect.Schema, d datum, defaults bool) ([]byte, error) {
	if d == nil && s.Default != nil && (defaults || !s.Optional) {
		d = defaultDatum(s)
	}
	if s.Optional {
		b = append(b, branch(s, d == nil))
	}
	switch v := d.(type) {
	case nil:
		if !s.Optional {
			return b, fmt.Errorf("a %s that is required is missing (internal error)", s.Type)
		}
		return b, nil
	case bool:
		return appendAvroBool(b, v), nil
	case int64:
		return appendLong(b, v), nil
	case float64:
		if s.Type == connect.Float32 {
			return appendAvroFloat(b, v), nil
		}
		return appendAvroDouble(b, v), nil
	case string:
		b, _ = appendAvroText(b, []byte(v))
		return b, nil
	case []byte:
		return appendAvroBytes(b, v), nil
	case []datum:
		return appendAvroData(b, s, v, defaults)
	default:
		return b, fmt.Errorf("a %T has no form (internal error)", d)
	}
}

// appendAvroData appends a struct or an array.
func appendAvroData(b []byte, s *connect.Schema, list []datum, defaults bool) ([]byte, error) {
	array := s.Type == connect.Array
	if !array && len(list) != len(s.Fields) {
		return b, fmt.Errorf("%d values for the %d fields of %s (internal error)", len(list), len(s.Fields), s.Name)
	}
	if array && len(list) > 0 {
		b = appendLong(b, int64(len(list)))
	}
	var err error
	for i, d := range list {
		item := s.Items
		if !array {
			item = s.Fields[i].Schema
		}
		if b, err = appendAvroDatum(b, item, d, defaults); err != nil {
			return b, err
		}
	}
	if array {
		b = append(b, 0)
	}
	return b, nil
}

// defaultDatum is the default of a schema.
func defaultDatum(s *connect.Schema) datum {
	switch s.Type {
	case connect.Boolean:
		return s.Default.Int != 0
	case connect.Float32, connect.Float64:
		return s.Default.Float
	case connect.String:
		return string(s.Default.Bytes)
	case connect.Bytes:
		return s.Default.Bytes
	default:
		return s.Default.Int
	}
}
