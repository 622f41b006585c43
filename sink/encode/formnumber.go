package encode

import (
	"math"
	"strconv"
	"strings"

	"cdc/event"
	"cdc/sink/encode/connect"
)

// intType is the Connect type of an integer column: wide enough for every
// value, and one size larger than the column where Debezium's is.
func intType(t *event.Type) connect.Type {
	name := t.Native
	if name == "" {
		name = t.Declared.Name
	}
	name = strings.ToLower(name)
	unsigned := t.Flags&event.Unsigned != 0 || strings.Contains(name, "unsigned") || strings.Contains(name, "zerofill")
	if end := strings.IndexAny(name, " ("); end >= 0 {
		name = name[:end]
	}
	switch name {
	case "tinyint", "int1", "bool", "boolean":
		return connect.Int16
	case "smallint", "int2", "smallserial", "serial2":
		if unsigned {
			return connect.Int32
		}
		return connect.Int16
	case "mediumint", "middleint", "int3", "year":
		return connect.Int32
	case "int", "integer", "int4", "serial", "serial4":
		if unsigned {
			return connect.Int64
		}
		return connect.Int32
	default:
		return connect.Int64
	}
}

// unsigned is the form of a BIGINT UNSIGNED.
func (c *forms) unsigned() *form {
	if c.o.BigintUnsigned == modePrecise {
		return newForm(decimalSchema(0, 20), asUnsigned, intKinds).zeroValue(event.Uint(0), nil)
	}
	return intForm(connect.Of(connect.Int64))
}

func decimalSchema(scale, precision int) *connect.Schema {
	return connect.Named(connect.Bytes, connect.DecimalName,
		connect.Param{Key: connect.ScaleParam, Value: strconv.Itoa(scale)},
		connect.Param{Key: connect.PrecisionParam, Value: strconv.Itoa(precision)})
}

const decimalKinds = 1<<event.KindDecimal | 1<<event.KindBigDecimal

// decimal is the form of a number with digits behind the point. One without a precision
// (a numeric of PostgreSQL, or what a rule has worked out) has its scale in each value.
func (c *forms) decimal(t *event.Type) *form {
	variable := t.Precision < 0
	scale := int(t.Scale)
	if variable {
		scale = anyScale
	}
	switch {
	case c.o.DecimalHandling == modeString:
		return newForm(connect.Of(connect.String), asDecimalText, decimalKinds).atScale(scale).zeroDecimal()
	case c.o.DecimalHandling == modeDouble:
		return newForm(connect.Of(connect.Float64), asDecimalFloat, decimalKinds).atScale(scale).zeroDecimal()
	case variable:
		return newForm(variableSchema(), asVariable, decimalKinds).atScale(scale).zeroDecimal()
	default:
		return newForm(decimalSchema(scale, int(t.Precision)), asDecimal, decimalKinds).atScale(scale).zeroDecimal()
	}
}

func variableSchema() *connect.Schema {
	s := connect.Named(connect.Struct, "io.debezium.data.VariableScaleDecimal")
	s.Doc = "Variable scaled decimal"
	s.Fields = []connect.Field{{Name: "scale", Schema: connect.Of(connect.Int32)}, {Name: "value", Schema: connect.Of(connect.Bytes)}}
	return s
}

func (f *form) atScale(scale int) *form {
	f.scale = scale
	return f
}

// zeroDecimal: 0 with as many digits behind the point as the column has.
func (f *form) zeroDecimal() *form {
	scale := max(f.scale, 0)
	if scale <= maxDecimalText {
		return f.zeroValue(event.Decimal(0, scale), nil)
	}
	text := []byte("0." + strings.Repeat("0", scale))
	return f.zeroValue(event.Text(event.KindBigDecimal, 0, len(text)), text)
}

// money is the form of PostgreSQL's money. Its schema says no precision.
func (c *forms) money() *form {
	digits := c.o.MoneyFractionDigits
	switch c.o.DecimalHandling {
	case modeString:
		f := newForm(connect.Of(connect.String), asDecimalText, decimalKinds).atScale(anyScale)
		return f.zeroValue(event.Decimal(0, digits), nil)
	case modeDouble:
		return newForm(connect.Of(connect.Float64), asDecimalFloat, decimalKinds).atScale(anyScale).zeroDecimal()
	default:
		s := connect.Named(connect.Bytes, connect.DecimalName, connect.Param{Key: connect.ScaleParam, Value: strconv.Itoa(digits)})
		f := newForm(s, asDecimal, decimalKinds).atScale(digits)
		f.rounds = true
		return f.zeroDecimal()
	}
}

// bitsForm is the form of a bit string of more than one bit.
func bitsForm(t *event.Type) *form {
	length := int(t.Length)
	if length <= 0 {
		length = math.MaxInt32
	}
	s := connect.Named(connect.Bytes, "io.debezium.data.Bits", connect.Param{Key: "length", Value: strconv.Itoa(length)})
	return newForm(s, asBytes, byteKinds).zeroValue(event.Text(event.KindBits, 0, 0), nil)
}
