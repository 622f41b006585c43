package connect

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// recordedSchema reads a schema of a recording into a tree.
type recordedSchema struct {
	Type       string
	Optional   bool
	Name       string
	Version    int
	Doc        string
	Parameters orderedParams
	Default    json.RawMessage
	Fields     []recordedSchema
	Items      *recordedSchema
	Keys       *recordedSchema
	Values     *recordedSchema
	Field      string
}

// orderedParams keeps the order of an object.
type orderedParams []Param

func (o *orderedParams) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	_, err := d.Token()
	for err == nil && d.More() {
		var key, value json.Token
		if key, err = d.Token(); err == nil {
			value, err = d.Token()
		}
		k, _ := key.(string)
		v, _ := value.(string)
		*o = append(*o, Param{k, v})
	}
	return err
}

func (r *recordedSchema) schema(t *testing.T) *Schema {
	t.Helper()
	if r == nil {
		return nil
	}
	s := &Schema{
		Optional: r.Optional, Name: r.Name, Version: r.Version, Doc: r.Doc, Params: r.Parameters,
		Items: r.Items.schema(t), Keys: r.Keys.schema(t), Values: r.Values.schema(t),
	}
	for s.Type = Boolean; s.Type.String() != r.Type; s.Type++ {
		if s.Type == Struct {
			t.Fatalf("unknown type %s", r.Type)
		}
	}
	if r.Default != nil {
		s.Default = &Value{JSON: r.Default}
	}
	for i := range r.Fields {
		s.Fields = append(s.Fields, Field{r.Fields[i].Field, r.Fields[i].schema(t)})
	}
	return s
}

// TestGolden: every recorded schema, read and written, is the same text.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("../../../testdata/golden/*/*/events.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewReader(f)
		for {
			line, err := lines.ReadBytes('\n')
			for _, text := range schemasOf(line) {
				if !seen[string(text)] {
					seen[string(text)] = true
					compareSchema(t, file, text)
				}
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) < 50 {
		t.Errorf("compared only %d schemas", len(seen))
	}
}

// schemasOf returns the schemas of key and value, without blanks between tokens
// as they are in the recording.
func schemasOf(line []byte) (list []json.RawMessage) {
	var record struct{ Key, Value json.RawMessage }
	if json.Unmarshal(line, &record) != nil {
		return nil
	}
	for _, part := range []json.RawMessage{record.Key, record.Value} {
		var both struct{ Schema json.RawMessage }
		if json.Unmarshal(part, &both) == nil && len(both.Schema) > 0 && both.Schema[0] == '{' {
			list = append(list, both.Schema)
		}
	}
	return list
}

func compareSchema(t *testing.T, file string, text json.RawMessage) {
	t.Helper()
	var r recordedSchema
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if got := r.schema(t).AppendJSON(nil); string(got) != string(text) {
		t.Errorf("%s\n got %s\nwant %s", file, got, text)
	}
}

func TestAccessors(t *testing.T) {
	s := Named(Bytes, DecimalName, Param{ScaleParam, "2"})
	if v, ok := s.Param(ScaleParam); !ok || v != "2" {
		t.Errorf("got %q, %v", v, ok)
	}
	if _, ok := s.Param("nosuch"); ok {
		t.Error("found a parameter that isn't there")
	}
	o := s.Opt()
	if s.Optional || !o.Optional || o.Name != s.Name {
		t.Error("Opt must copy")
	}
	row := Schema{Type: Struct, Fields: []Field{{"a", s}}}
	if row.Field("a") != s || row.Field("b") != nil {
		t.Error("Field finds the wrong schema")
	}
}
