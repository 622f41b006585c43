package connect

import (
	"fmt"
	"strconv"
	"strings"
)

// NameError is a name that Avro doesn't take.
type NameError struct {
	// Of says what is called so: "schema" or "field".
	Of, Name string
}

func (e *NameError) Error() string {
	return fmt.Sprintf("the %s name %q isn't one in Avro, which takes letters without accents, digits and underscores, and no digit at the start", e.Of, e.Name)
}

// Names that Confluent's converter gives what has none.
const (
	avroNamespace     = "io.confluent.connect.avro"
	avroDefaultRecord = "ConnectDefault"
	avroMapEntry      = "MapEntry"
	// avroPrecision stands for a decimal without a precision.
	avroPrecision = "64"
)

// AppendAvro appends the schema as an Avro schema in JSON, as Confluent's
// converter makes it: attributes in that order, no blank, every record defined
// where it comes first and called by its name after that. An error is a
// [*NameError], or says that one name stands for two records.
func (s *Schema) AppendAvro(b []byte) ([]byte, error) {
	w := avroWriter{b: b, records: map[string]*Schema{}}
	w.optional(s)
	return w.b, w.err
}

// avroWriter writes one schema. After an error it goes on, and the text is of
// no use.
type avroWriter struct {
	b       []byte
	space   string // the namespace around
	records map[string]*Schema
	err     error
}

func (w *avroWriter) text(s string)   { w.b = append(w.b, s...) }
func (w *avroWriter) quoted(s string) { w.b = appendAvroString(w.b, s) }

// attribute begins an attribute that isn't the first of its object.
func (w *avroWriter) attribute(name string) {
	w.b = append(w.b, ',')
	w.quoted(name)
	w.b = append(w.b, ':')
}

func (w *avroWriter) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// optional writes s or, where s may be missing, a union: what stands first is
// what the default is of.
func (w *avroWriter) optional(s *Schema) {
	switch {
	case !s.Optional:
		w.schema(s)
	case s.Default != nil:
		w.text("[")
		w.schema(s)
		w.text(`,"null"]`)
	default:
		w.text(`["null",`)
		w.schema(s)
		w.text("]")
	}
}

// schema writes s without regard to Optional.
func (w *avroWriter) schema(s *Schema) {
	switch s.Type {
	case Struct:
		w.record(s)
	case Array:
		w.text(`{"type":"array","items":`)
		w.optional(s.Items)
		w.properties(s)
	case Map:
		w.mapping(s)
	default:
		w.primitive(s)
	}
}

func (w *avroWriter) primitive(s *Schema) {
	name := avroPrimitive(s.Type)
	if !s.annotated() {
		w.quoted(name)
		return
	}
	w.text(`{"type":`)
	w.quoted(name)
	if s.Name == DecimalName {
		w.decimal(s)
	}
	w.properties(s)
}

func avroPrimitive(t Type) string {
	switch t {
	case Boolean:
		return "boolean"
	case Int64:
		return "long"
	case Float32:
		return "float"
	case Float64:
		return "double"
	case Bytes:
		return "bytes"
	case String:
		return "string"
	default:
		return "int"
	}
}

// annotated reports whether s says more than its type.
func (s *Schema) annotated() bool {
	return s.Name != "" || s.Version != 0 || s.Doc != "" || len(s.Params) > 0 || s.Default != nil || s.Type == Int8 || s.Type == Int16
}

func (w *avroWriter) decimal(s *Schema) {
	for _, a := range []struct{ name, param, fallback string }{
		{"scale", ScaleParam, "0"}, {"precision", PrecisionParam, avroPrecision},
	} {
		value, ok := s.Param(a.param)
		if !ok {
			value = a.fallback
		}
		w.attribute(a.name)
		w.text(value)
	}
}

// properties writes what Avro itself doesn't know, and ends the object.
func (w *avroWriter) properties(s *Schema) {
	if s.Doc != "" {
		w.attribute("connect.doc")
		w.quoted(s.Doc)
	}
	if s.Version != 0 {
		w.attribute("connect.version")
		w.b = strconv.AppendInt(w.b, int64(s.Version), 10)
	}
	if len(s.Params) > 0 {
		w.attribute("connect.parameters")
		for i, p := range s.Params {
			w.text(separator(i, "{"))
			w.quoted(p.Key)
			w.text(":")
			w.quoted(p.Value)
		}
		w.text("}")
	}
	if s.Default != nil {
		w.attribute("connect.default")
		w.value(s)
	}
	if s.Name != "" {
		w.attribute("connect.name")
		w.quoted(s.Name)
	}
	switch s.Type {
	case Int8, Int16:
		w.attribute("connect.type")
		w.quoted(s.Type.jsonName())
	default:
	}
	if logical := avroLogical(s.Name); logical != "" {
		w.attribute("logicalType")
		w.quoted(logical)
	}
	w.text("}")
}

// avroLogical is the logical type that Avro has for a semantic name; it has
// none for those of Debezium.
func avroLogical(name string) string {
	switch name {
	case DecimalName:
		return "decimal"
	case DateName:
		return "date"
	case TimeName:
		return "time-millis"
	case TimestampName:
		return "timestamp-millis"
	default:
		return ""
	}
}

// value writes a default.
func (w *avroWriter) value(s *Schema) {
	switch s.Type {
	case Boolean:
		w.b = strconv.AppendBool(w.b, s.Default.Int != 0)
	case String:
		w.quoted(string(s.Default.Bytes))
	case Float32, Float64: // as Java prints it, which is known there
		w.b = append(w.b, s.Default.JSON...)
	case Bytes: // one character for each byte
		text := make([]rune, len(s.Default.Bytes))
		for i, c := range s.Default.Bytes {
			text[i] = rune(c)
		}
		w.quoted(string(text))
	default:
		w.b = strconv.AppendInt(w.b, s.Default.Int, 10)
	}
}

// mapping writes a map, which in Avro has strings for keys; another one is a
// list of records.
func (w *avroWriter) mapping(s *Schema) {
	if s.Keys.Type == String && !s.Keys.Optional {
		w.text(`{"type":"map","values":`)
		w.optional(s.Values)
		w.properties(s)
		return
	}
	w.text(`{"type":"array","items":`)
	entry := &Schema{Type: Struct, Name: s.Name, Fields: []Field{{"key", s.Keys}, {"value", s.Values}}}
	if s.Name == "" {
		entry.Name = avroNamespace + "." + avroMapEntry
	}
	if w.open(entry, entry.Name) {
		if s.Name != "" {
			w.attribute("connect.internal.type")
			w.quoted(avroMapEntry)
		}
		w.text("}")
	}
	w.properties(s)
}

// record writes a record, or its name where it was written before.
func (w *avroWriter) record(s *Schema) {
	name := s.Name
	if name == "" {
		name = avroNamespace + "." + avroDefaultRecord
	}
	if w.open(s, name) {
		w.properties(s)
	}
}

// open writes a record up to the end of its fields. It is false when the name
// alone was written.
func (w *avroWriter) open(s *Schema, name string) bool {
	space, short := splitName(name)
	if known := w.records[name]; known != nil {
		if !known.alike(s) {
			w.fail(fmt.Errorf("two different records are called %q", name))
		}
		if space == w.space {
			name = short
		}
		w.quoted(name)
		return false
	}
	w.records[name] = s
	if !avroName(short) || !avroSpace(space) {
		w.fail(&NameError{"schema", name})
	}
	w.text(`{"type":"record","name":`)
	w.quoted(short)
	outer := w.space
	if space != outer {
		w.attribute("namespace")
		w.quoted(space)
	}
	w.space = space
	w.attribute("fields")
	w.text("[")
	for i := range s.Fields {
		w.field(&s.Fields[i], i)
	}
	w.text("]")
	w.space = outer
	return true
}

func (w *avroWriter) field(f *Field, i int) {
	if !avroName(f.Name) {
		w.fail(&NameError{"field", f.Name})
	}
	w.text(separator(i, ""))
	w.text(`{"name":`)
	w.quoted(f.Name)
	w.attribute("type")
	w.optional(f.Schema)
	switch {
	case f.Schema.Default != nil:
		w.attribute("default")
		w.value(f.Schema)
	case f.Schema.Optional:
		w.text(`,"default":null`)
	}
	w.text("}")
}

// alike reports whether values of both schemas have the same bytes.
func (s *Schema) alike(o *Schema) bool {
	if s == nil || o == nil || s == o {
		return s == o
	}
	if avroPrimitive(s.Type) != avroPrimitive(o.Type) || len(s.Fields) != len(o.Fields) ||
		(s.Type == Struct) != (o.Type == Struct) || (s.Type == Array) != (o.Type == Array) || (s.Type == Map) != (o.Type == Map) {
		return false
	}
	for i := range s.Fields {
		f, g := &s.Fields[i], &o.Fields[i]
		if f.Name != g.Name || f.Schema.Optional != g.Schema.Optional ||
			(f.Schema.Default == nil) != (g.Schema.Default == nil) || !f.Schema.alike(g.Schema) {
			return false
		}
	}
	return s.Items.alikeItem(o.Items) && s.Keys.alikeItem(o.Keys) && s.Values.alikeItem(o.Values)
}

func (s *Schema) alikeItem(o *Schema) bool {
	return s.alike(o) && (s == nil || s.Optional == o.Optional)
}

// splitName cuts a name at its last dot.
func splitName(name string) (space, short string) {
	at := strings.LastIndexByte(name, '.')
	return name[:max(at, 0)], name[at+1:]
}

// avroName reports whether a name of a record or a field is one.
func avroName(s string) bool {
	return s != "" && avroLetters(s) && (s[0] < '0' || s[0] > '9')
}

// avroSpace is less strict: Debezium lets a part begin with a digit, and Avro
// in Java takes that.
func avroSpace(s string) bool {
	if s == "" {
		return true
	}
	for part := range strings.SplitSeq(s, ".") {
		if part == "" || !avroLetters(part) {
			return false
		}
	}
	return true
}

func avroLetters(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_':
		default:
			return false
		}
	}
	return true
}

// appendAvroString appends s as a JSON string the way that schemas are written:
// what isn't a control character stands as it is.
func appendAvroString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r < ' ' || r == '"' || r == '\\':
			b = AppendEscape(b, byte(r))
		default: // a byte that isn't UTF-8 comes as U+FFFD
			b = append(b, string(r)...)
		}
	}
	return append(b, '"')
}
