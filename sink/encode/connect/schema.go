package connect

// Type is what a value physically is.
type Type uint8

// The types of Kafka Connect.
const (
	Boolean Type = iota
	Int8
	Int16
	Int32
	Int64
	Float32
	Float64
	Bytes
	String
	Array
	Map
	Struct
)

// Schema describes a value.
type Schema struct {
	Type     Type
	Optional bool
	// Name is the semantic name, "io.debezium.time.Date"; empty for none. Of a
	// Struct it is the name of the record.
	Name string
	// Version is 0 for none.
	Version int
	Doc     string
	Params  []Param // in order
	// Default is what the value is when it is missing; nil for none. Only scalar
	// types have one.
	Default *Value
	// Fields are those of a Struct, in order.
	Fields []Field
	// Items describes the elements of an Array, Keys and Values those of a Map.
	Items, Keys, Values *Schema
}

// Field is a part of a Struct.
type Field struct {
	Name   string
	Schema *Schema
}

// Param is a parameter of a schema.
type Param struct{ Key, Value string }

// Value is a default. Which of the first three counts is decided by the type of
// its schema; JSON is the same value as JsonConverter prints it, which depends
// on how the converter prints decimals.
type Value struct {
	Int   int64   // Boolean (0 or 1) and the integers
	Float float64 // Float32 and Float64
	// Bytes are the text of a String, in UTF-8, or the content of Bytes; of a
	// Decimal the big-endian two's complement of the unscaled number.
	Bytes []byte
	JSON  []byte
}

// Names of logical types that converters know by themselves.
const (
	DecimalName   = "org.apache.kafka.connect.data.Decimal"
	DateName      = "org.apache.kafka.connect.data.Date"
	TimeName      = "org.apache.kafka.connect.data.Time"
	TimestampName = "org.apache.kafka.connect.data.Timestamp"
	// ScaleParam and PrecisionParam are parameters of a Decimal.
	ScaleParam     = "scale"
	PrecisionParam = "connect.decimal.precision"
)

// Of returns a schema of a type without anything else.
func Of(t Type) *Schema { return &Schema{Type: t} }

// Named returns a schema of a type with a semantic name, version 1.
func Named(t Type, name string, params ...Param) *Schema {
	return &Schema{Type: t, Name: name, Version: 1, Params: params}
}

// Opt returns a copy of s that may be missing.
func (s *Schema) Opt() *Schema {
	c := *s
	c.Optional = true
	return &c
}

// Param returns the value of a parameter; ok is false when there is none.
func (s *Schema) Param(key string) (value string, ok bool) {
	for _, p := range s.Params {
		if p.Key == key {
			return p.Value, true
		}
	}
	return "", false
}

// Field returns the schema of the field of that name, or nil.
func (s *Schema) Field(name string) *Schema {
	for i := range s.Fields {
		if s.Fields[i].Name == name {
			return s.Fields[i].Schema
		}
	}
	return nil
}
