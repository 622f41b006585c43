package connect

import "strconv"

// jsonName is what a type is called in a schema in JSON.
func (t Type) jsonName() string {
	switch t {
	case Boolean:
		return "boolean"
	case Int8:
		return "int8"
	case Int16:
		return "int16"
	case Int32:
		return "int32"
	case Int64:
		return "int64"
	case Float32:
		return "float"
	case Float64:
		return "double"
	case Bytes:
		return "bytes"
	case String:
		return "string"
	case Array:
		return "array"
	case Map:
		return "map"
	default:
		return "struct"
	}
}

// String returns the name of the type as schemas in JSON have it.
func (t Type) String() string { return t.jsonName() }

// AppendJSON appends the schema as JsonConverter writes it: its attributes in
// that order, and no blank.
func (s *Schema) AppendJSON(b []byte) []byte { return s.appendJSON(b, "") }

// appendJSON appends the schema of a field, or of no field when that is empty.
func (s *Schema) appendJSON(b []byte, field string) []byte {
	b = append(b, `{"type":"`...)
	b = append(b, s.Type.jsonName()...)
	b = append(b, '"')
	b = s.appendParts(b)
	b = strconv.AppendBool(append(b, `,"optional":`...), s.Optional)
	b = s.appendMeaning(b)
	if field != "" {
		b = AppendString(append(b, `,"field":`...), []byte(field))
	}
	return append(b, '}')
}

// appendParts appends what the parts of a composed value are.
func (s *Schema) appendParts(b []byte) []byte {
	switch s.Type {
	case Array:
		b = s.Items.AppendJSON(append(b, `,"items":`...))
	case Map:
		b = s.Keys.AppendJSON(append(b, `,"keys":`...))
		b = s.Values.AppendJSON(append(b, `,"values":`...))
	case Struct:
		b = append(b, `,"fields":[`...)
		for i := range s.Fields {
			if i > 0 {
				b = append(b, ',')
			}
			b = s.Fields[i].Schema.appendJSON(b, s.Fields[i].Name)
		}
		b = append(b, ']')
	default:
	}
	return b
}

// appendMeaning appends what follows "optional".
func (s *Schema) appendMeaning(b []byte) []byte {
	if s.Name != "" {
		b = AppendString(append(b, `,"name":`...), []byte(s.Name))
	}
	if s.Version != 0 {
		b = strconv.AppendInt(append(b, `,"version":`...), int64(s.Version), 10)
	}
	if s.Doc != "" {
		b = AppendString(append(b, `,"doc":`...), []byte(s.Doc))
	}
	for i, p := range s.Params {
		b = append(b, separator(i, `,"parameters":{`)...)
		b = AppendString(b, []byte(p.Key))
		b = AppendString(append(b, ':'), []byte(p.Value))
	}
	if len(s.Params) > 0 {
		b = append(b, '}')
	}
	if s.Default != nil {
		b = append(append(b, `,"default":`...), s.Default.JSON...)
	}
	return b
}

func separator(i int, first string) string {
	if i == 0 {
		return first
	}
	return ","
}
