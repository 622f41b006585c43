//go:build integration

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"cdc/sink/encode/connect"
)

// schemaJSON is a Connect schema as it stands in a record.
type schemaJSON struct {
	Type       string
	Optional   bool
	Name       string
	Version    int
	Doc        string
	Parameters params
	Default    json.RawMessage
	Field      string
	Fields     []schemaJSON
	Items      *schemaJSON
	Keys       *schemaJSON
	Values     *schemaJSON
}

// params are parameters in the order in which they are written.
type params []connect.Param

// UnmarshalJSON reads an object.
func (p *params) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	var words []string
	for {
		token, err := d.Token()
		if err != nil {
			break
		}
		if word, ok := token.(string); ok {
			words = append(words, word)
		}
	}
	for i := 0; i+1 < len(words); i += 2 {
		*p = append(*p, connect.Param{Key: words[i], Value: words[i+1]})
	}
	return nil
}

func (s *schemaJSON) field(name string) *schemaJSON {
	for i := range s.Fields {
		if s.Fields[i].Field == name {
			return &s.Fields[i]
		}
	}
	return nil
}

// shape is the type: of a struct with its fields, of an array with its elements.
// A question mark says that there may be none.
func (s *schemaJSON) shape() string {
	switch s.Type {
	case "array":
		return "array<" + s.Items.part() + ">"
	case "map":
		return "map<" + s.Keys.part() + ", " + s.Values.part() + ">"
	case "struct":
		var fields []string
		for i := range s.Fields {
			fields = append(fields, s.Fields[i].Field+": "+s.Fields[i].part())
		}
		return "struct{" + strings.Join(fields, ", ") + "}"
	default:
		return s.Type
	}
}

// part is the type of something in another type.
func (s *schemaJSON) part() string {
	text := s.shape()
	if s.Name != "" {
		text = s.Name
		var list []string
		for _, p := range s.Parameters {
			list = append(list, p.Key+"="+p.Value)
		}
		if len(list) > 0 {
			text += "{" + strings.Join(list, ", ") + "}"
		}
	}
	if s.Optional {
		text += "?"
	}
	return text
}

// meaning is the semantic name with its parameters.
func (s *schemaJSON) meaning() string {
	if s.Name == "" {
		return nothing
	}
	words := []string{code(s.Name)}
	for _, p := range s.Parameters {
		words = append(words, code(p.Key+"="+p.Value))
	}
	if s.Version != 1 {
		words = append(words, fmt.Sprintf("version %d", s.Version))
	}
	return strings.Join(words, " ")
}

// avro is the type in Avro, without the union that says that it may be missing.
func (s *schemaJSON) avro() (string, error) {
	c, err := s.connect()
	if err != nil {
		return "", err
	}
	c.Optional = false
	text, err := c.AppendAvro(nil)
	return strings.Trim(string(text), `"`), err
}

// connect is the schema without defaults.
func (s *schemaJSON) connect() (c *connect.Schema, err error) {
	if s == nil {
		return nil, nil
	}
	c = &connect.Schema{Optional: s.Optional, Name: s.Name, Version: s.Version, Doc: s.Doc, Params: s.Parameters}
	for c.Type = connect.Boolean; c.Type.String() != s.Type; c.Type++ {
		if c.Type == connect.Struct {
			return nil, fmt.Errorf("a schema of type %q", s.Type)
		}
	}
	for _, part := range []struct {
		from *schemaJSON
		to   **connect.Schema
	}{{s.Items, &c.Items}, {s.Keys, &c.Keys}, {s.Values, &c.Values}} {
		if *part.to, err = part.from.connect(); err != nil {
			return nil, err
		}
	}
	for i := range s.Fields {
		f, err := s.Fields[i].connect()
		if err != nil {
			return nil, err
		}
		c.Fields = append(c.Fields, connect.Field{Name: s.Fields[i].Field, Schema: f})
	}
	return c, nil
}
