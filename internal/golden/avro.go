package golden

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// framed splits bytes in the Confluent framing: a zero, four bytes of the
// schema's id, the body.
func framed(b []byte) (id uint32, body []byte, ok bool) {
	if len(b) < 5 || b[0] != 0 {
		return 0, nil, false
	}
	return binary.BigEndian.Uint32(b[1:5]), b[5:], true
}

// writerSchemas are the schemas behind the ids of a recording.
func (c *Case) writerSchemas() (map[uint32]string, error) {
	text, err := c.file("schemas.jsonl")
	if err != nil {
		return nil, err
	}
	all := map[uint32]string{}
	for line := range strings.Lines(text) {
		var s struct {
			ID     uint32
			Schema json.RawMessage
		}
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			return nil, fmt.Errorf("%s/schemas.jsonl: %w", c.dir, err)
		}
		all[s.ID] = string(s.Schema)
	}
	return all, nil
}

// avroText prints a body as JSON, in the order of its schema. Every encoding of
// the same value under the same schema gives the same text.
func avroText(schema string, body []byte) ([]byte, error) {
	var parsed any
	if err := json.Unmarshal([]byte(schema), &parsed); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	d := &avroReader{rest: body, named: map[string]any{}}
	d.define(parsed, "")
	d.value(parsed, "")
	if d.err == nil && len(d.rest) > 0 {
		d.err = fmt.Errorf("%d bytes too many", len(d.rest))
	}
	return d.out.Bytes(), d.err
}

// avroReader reads one body. The first error stays.
type avroReader struct {
	rest  []byte
	named map[string]any
	out   bytes.Buffer
	err   error
}

var errAvroEnd = errors.New("the body ends too early")

func (d *avroReader) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

// define notes the types that have names, wherever in the schema they are
// written out: a branch that isn't taken may hold the definition of a later one.
func (d *avroReader) define(schema any, space string) {
	switch s := schema.(type) {
	case []any:
		for _, branch := range s {
			d.define(branch, space)
		}
	case map[string]any:
		if full := nameOf(s, space); full != "" {
			space = spaceOf(full)
			d.named[full] = s
		}
		for _, part := range []string{"type", "items", "values"} {
			d.define(s[part], space)
		}
		fields, _ := s["fields"].([]any)
		for _, f := range fields {
			if field, ok := f.(map[string]any); ok {
				d.define(field["type"], space)
			}
		}
	}
}

// nameOf is the full name of a type that has one; empty for others.
func nameOf(s map[string]any, space string) string {
	name, ok := s["name"].(string)
	if !ok {
		return ""
	}
	if own, ok := s["namespace"].(string); ok {
		space = own
	}
	return fullName(name, space)
}

func (d *avroReader) value(schema any, space string) {
	if d.err != nil {
		return
	}
	switch s := schema.(type) {
	case []any:
		n := d.long()
		if n < 0 || n >= int64(len(s)) {
			d.fail(fmt.Errorf("branch %d of a union of %d", n, len(s)))
			return
		}
		d.value(s[n], space)
	case map[string]any:
		d.complex(s, space)
	case string:
		d.byName(s, space)
	default:
		d.fail(fmt.Errorf("a schema of type %T", schema))
	}
}

// byName reads a primitive type, or one that was defined before.
func (d *avroReader) byName(name, space string) {
	switch name {
	case "null":
		d.out.WriteString("null")
	case "boolean":
		d.out.WriteString(strconv.FormatBool(d.take(1)[0] != 0))
	case "int", "long":
		fmt.Fprint(&d.out, d.long())
	case "float":
		d.number(float64(math.Float32frombits(binary.LittleEndian.Uint32(d.take(4)))), 32)
	case "double":
		d.number(math.Float64frombits(binary.LittleEndian.Uint64(d.take(8))), 64)
	case "string":
		d.text(string(d.take(d.long())))
	case "bytes":
		d.text(fmt.Sprintf("%x", d.take(d.long())))
	default:
		full := fullName(name, space)
		known, ok := d.named[full]
		if !ok {
			d.fail(fmt.Errorf("type %s is not defined", full))
			return
		}
		d.value(known, spaceOf(full))
	}
}

func (d *avroReader) complex(s map[string]any, space string) {
	kind, simple := s["type"].(string)
	if !simple {
		d.value(s["type"], space)
		return
	}
	if full := nameOf(s, space); full != "" {
		space = spaceOf(full)
	}
	switch kind {
	case "record":
		d.record(s, space)
	case "array":
		d.blocks('[', ']', func() { d.value(s["items"], space) })
	case "map":
		d.blocks('{', '}', func() {
			d.text(string(d.take(d.long())))
			d.out.WriteByte(':')
			d.value(s["values"], space)
		})
	case "enum":
		symbols, _ := s["symbols"].([]any)
		if n := d.long(); n >= 0 && n < int64(len(symbols)) {
			d.text(fmt.Sprint(symbols[n]))
		} else {
			d.fail(fmt.Errorf("symbol %d of %d", n, len(symbols)))
		}
	case "fixed":
		size, _ := s["size"].(float64)
		d.text(fmt.Sprintf("%x", d.take(int64(size))))
	default:
		d.byName(kind, space)
	}
}

func (d *avroReader) record(s map[string]any, space string) {
	fields, _ := s["fields"].([]any)
	d.out.WriteByte('{')
	for i, f := range fields {
		field, _ := f.(map[string]any)
		if i > 0 {
			d.out.WriteByte(',')
		}
		d.text(fmt.Sprint(field["name"]))
		d.out.WriteByte(':')
		d.value(field["type"], space)
	}
	d.out.WriteByte('}')
}

// blocks reads the blocks of an array or a map.
func (d *avroReader) blocks(open, end byte, item func()) {
	d.out.WriteByte(open)
	first := true
	for n := d.long(); n != 0 && d.err == nil; n = d.long() {
		if n < 0 {
			n = -n
			d.long() // the size in bytes
		}
		for ; n > 0 && d.err == nil; n-- {
			if !first {
				d.out.WriteByte(',')
			}
			first = false
			item()
		}
	}
	d.out.WriteByte(end)
}

func (d *avroReader) long() int64 {
	n, size := binary.Varint(d.rest)
	if size <= 0 {
		d.fail(errAvroEnd)
		return 0
	}
	d.rest = d.rest[size:]
	return n
}

// take returns the next n bytes; zeros once there was an error.
func (d *avroReader) take(n int64) []byte {
	if n < 0 || n > int64(len(d.rest)) {
		d.fail(errAvroEnd)
	}
	if d.err != nil {
		return make([]byte, 8)
	}
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b
}

func (d *avroReader) text(s string) {
	b, err := json.Marshal(s)
	if err != nil {
		d.fail(err)
	}
	d.out.Write(b)
}

// number prints what JSON has no form for as text.
func (d *avroReader) number(f float64, bits int) {
	text := strconv.FormatFloat(f, 'g', -1, bits)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		text = strconv.Quote(text)
	}
	d.out.WriteString(text)
}

func fullName(name, space string) string {
	if strings.Contains(name, ".") || space == "" {
		return name
	}
	return space + "." + name
}

func spaceOf(full string) string {
	at := strings.LastIndexByte(full, '.')
	return full[:max(at, 0)]
}

// canonical prints a JSON text with the members of each object in order of their
// names: a registry may write a schema anew.
func canonical(text string) (string, error) {
	var v any
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		return "", err
	}
	b, err := json.Marshal(v)
	return string(b), err
}
