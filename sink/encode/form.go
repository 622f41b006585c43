package encode

import (
	"cdc/event"
	"cdc/sink/encode/connect"
)

// form says how the values of one type leave, whatever the format: what the
// Connect schema is, and by which way a value becomes what that schema holds.
// JSON and Avro compile their writers from it.
//
// The way and the type of the schema go together: where the type is an integer
// or a boolean, form.integer gives the number; where it is a float, form.float;
// where it is a string, form.appendText appends the text; where it is bytes,
// form.appendBytes appends them. Only lists, maps and structs (see composed)
// have a way of their own in each format.
type form struct {
	// schema has neither name adjustment nor comment nor parameters of filters;
	// it says Optional and Default.
	schema *connect.Schema
	way    way
	// kinds are those that a value may have, a bit each.
	kinds uint32
	// digits are the fraction digits of an instant.
	digits int
	// scale is that of a decimal; anyScale prints each with its own.
	scale int
	// elem is the form of the elements of an array.
	elem *form
	// then is the way of a shape's text.
	then way
	// rounds: a decimal with more digits than scale is rounded half up.
	rounds bool
	// zero stands for a missing value where there must be one.
	zero zero
}

// zero is what stands for a missing value where there must be one: a value in
// the arena, to be printed by form "by".
type zero struct {
	value event.Value
	arena []byte
	by    *form
}

// way is how a value becomes what its schema holds.
type way uint8

// The ways.
const (
	asInt          way = iota // the number; an unsigned one wraps around
	asBool                    // 0 or 1
	asText                    // the bytes as they are
	asBytes                   // the bytes as they are
	asFloat                   // a float32 or a float64, by the schema
	asDecimal                 // two's complement of the number at the form's scale
	asUnsigned                // two's complement of an unsigned number
	asVariable                // a struct of scale and two's complement
	asDecimalText             // plain notation
	asDecimalFloat            // the nearest double
	asDays                    // days since the epoch
	asMillis                  // microseconds cut to milliseconds
	asMicros                  // microseconds
	asNanos                   // microseconds times 1000
	asISODate
	asISOTime
	asISOTimestamp
	asInstant        // in UTC, with the form's digits
	asBase64         // text
	asBase64URL      // text
	asHex            // text
	asShape          // the bytes with numbers as Java prints them, then as the form says
	asIntervalMicros // a month has 365.25/12 days
	asIntervalText   // P1Y2M3DT4H5M6.78S
	asHstoreText     // a JSON object
	asHstoreMap
	asArray
	asFloats // an array of floats without a null
	asPoint
	asGeometry
	asSparse
)

// composed reports whether each format has its own writer for the way.
func (w way) composed() bool {
	return w == asVariable || w >= asHstoreMap
}

// anyScale: a decimal is printed with the digits that it has.
const anyScale = -1 << 15

func bit(kinds ...event.Kind) (set uint32) {
	for _, k := range kinds {
		set |= 1 << k
	}
	return set
}

// takes reports whether the form prints values of kind k.
func (f *form) takes(k event.Kind) bool { return f.kinds>>k&1 != 0 }

// forms compiles types into forms.
type forms struct {
	o        Options
	postgres bool
	// placeholder is what stands for a missing value, as bytes.
	placeholder []byte
}

// of compiles a type: its form with Optional set, and its default.
func (c *forms) of(t *event.Type) *form {
	f := c.plain(t)
	if t.Nullable() {
		f.schema.Optional = true
	}
	if f.zero.by == nil {
		f.zero.by = f
	}
	if t.Default != nil && !t.Default.Value.IsNull() {
		f.schema.Default = c.defaultForm(f, t.Default).defaultValue(t.Default)
	}
	return f
}

// defaultForm is how the default of a column is printed: as a value, but that the
// epoch, which stands for the current time, has no fraction in MySQL and MariaDB.
func (c *forms) defaultForm(f *form, d *event.Default) *form {
	if c.postgres || f.way != asInstant || d.Value.Int() != 0 {
		return f
	}
	whole := *f
	whole.digits = 0
	return &whole
}

// plain compiles what the type itself says.
func (c *forms) plain(t *event.Type) *form {
	if t.Logical != event.LogicalNone {
		if f := c.logical(t); f != nil {
			return f
		}
	}
	switch t.Kind {
	case event.KindBool:
		return newForm(connect.Of(connect.Boolean), asBool, bit(event.KindBool)).zeroValue(event.Bool(false), nil)
	case event.KindInt:
		return intForm(connect.Of(intType(t)))
	case event.KindUint:
		return c.unsigned()
	case event.KindFloat32:
		return floatForm(connect.Float32)
	case event.KindFloat64:
		return floatForm(connect.Float64)
	case event.KindDecimal, event.KindBigDecimal:
		return c.decimal(t)
	case event.KindBytes:
		return c.binary()
	case event.KindJSON:
		return c.json()
	case event.KindUUID:
		return textForm(connect.Named(connect.String, "io.debezium.data.Uuid"), "")
	case event.KindBits:
		return bitsForm(t)
	case event.KindDate, event.KindTime, event.KindLocal, event.KindInstant:
		return c.temporal(t)
	default:
		return textForm(connect.Of(connect.String), "")
	}
}

// json: where PostgreSQL's log lacks a value that can't be null, Debezium puts the
// empty text.
func (c *forms) json() *form {
	missing := "{}"
	if c.postgres {
		missing = ""
	}
	return textForm(connect.Named(connect.String, "io.debezium.data.Json"), missing)
}

func newForm(s *connect.Schema, w way, kinds uint32) *form {
	return &form{schema: s, way: w, kinds: kinds}
}

// zeroValue sets what stands for a missing value, printed as other values are.
func (f *form) zeroValue(v event.Value, arena []byte) *form {
	f.zero = zero{value: v, arena: arena, by: f}
	return f
}

// zeroText sets the text that stands for a missing value.
func (f *form) zeroText(text string) *form {
	by := newForm(connect.Of(connect.String), asText, textKinds)
	f.zero = zero{event.Text(event.KindString, 0, len(text)), []byte(text), by}
	return f
}

const (
	textKinds  = 1<<event.KindString | 1<<event.KindJSON | 1<<event.KindUUID
	intKinds   = 1<<event.KindInt | 1<<event.KindUint
	floatKinds = 1<<event.KindFloat32 | 1<<event.KindFloat64
	byteKinds  = 1<<event.KindBytes | 1<<event.KindBits
	listKinds  = 1 << event.KindList
)

func intForm(s *connect.Schema) *form {
	return newForm(s, asInt, intKinds).zeroValue(event.Int(0), nil)
}

func textForm(s *connect.Schema, missing string) *form {
	return newForm(s, asText, textKinds).zeroText(missing)
}

func floatForm(t connect.Type) *form {
	return newForm(connect.Of(t), asFloat, floatKinds).zeroValue(event.Float64(0), nil)
}

// binary is the form of bytes, and of types that have none.
func (c *forms) binary() *form {
	switch c.o.BinaryHandling {
	case modeBase64:
		return newForm(connect.Of(connect.String), asBase64, byteKinds).zeroText("")
	case modeBase64URL:
		return newForm(connect.Of(connect.String), asBase64URL, byteKinds).zeroText("")
	case modeHex:
		return newForm(connect.Of(connect.String), asHex, byteKinds).zeroText("")
	default:
		return newForm(connect.Of(connect.Bytes), asBytes, byteKinds).zeroValue(event.Text(event.KindBytes, 0, 0), nil)
	}
}
