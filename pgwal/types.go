package pgwal

import (
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"

	"cdc/event"
)

// eventType says how the column's values are read; ok is false for a type that
// has no form of its own.
func (c *columnFact) eventType() (t event.Type, ok bool) {
	t, ok = c.baseType()
	if !c.NotNull {
		t.Flags |= event.Nullable
	}
	if c.Generated != "" {
		t.Flags |= event.Generated
	}
	if c.Identity != "" || strings.HasPrefix(c.Default, "nextval(") {
		t.Flags |= event.AutoIncrement
	}
	t.Comment, t.Declared = c.Comment, c.declared()
	if ok && c.Generated == "" && c.BaseOID == c.TypeOID {
		t.Default = parseDefault(c.Default, &t)
	}
	return t, ok
}

// unknownType is that of a column whose type has no form: the text that the
// server prints, as bytes, or an array of such texts.
func (c *columnFact) unknownType() event.Type {
	t, _ := c.eventType()
	text := c.unknownText()
	if e := c.element(); e != nil {
		text = c.nest(e.unknownText())
	}
	t.Kind, t.Logical, t.Native, t.Elem = text.Kind, text.Logical, text.Native, text.Elem
	return t
}

// unknownText is named by the type that a domain is made of, as far as every
// server has it.
func (c *columnFact) unknownText() event.Type {
	name := c.TypeName
	if c.BaseName != "" && c.BaseOID < firstUserOID {
		name = c.BaseName
	}
	return event.Type{Kind: event.KindBytes, Logical: event.LogicalUnknown, Native: name}
}

// What pg_type.typtype says. The zero byte stands for not known.
const (
	kindBase = 'b'
	kindEnum = 'e'
)

func (c *columnFact) baseType() (event.Type, bool) {
	switch {
	case c.Enum != nil:
		return event.Type{Kind: event.KindString, Logical: event.LogicalEnum, Native: c.BaseName, Symbols: c.Enum}, true
	case c.element() != nil:
		return c.arrayType()
	case c.BaseOID >= firstUserOID:
		if c.Kind != 0 && c.Kind != kindBase {
			return event.Type{}, false
		}
		return extensionType(c.BaseName)
	default:
		return c.builtinType()
	}
}

func (c *columnFact) builtinType() (event.Type, bool) {
	mod := c.BaseMod
	switch c.BaseOID {
	case pgtype.BoolOID:
		return plain(event.KindBool, "boolean")
	case pgtype.Int2OID:
		return plain(event.KindInt, "smallint")
	case pgtype.Int4OID:
		return plain(event.KindInt, "integer")
	case pgtype.Int8OID:
		return plain(event.KindInt, "bigint")
	case pgtype.OIDOID:
		return plain(event.KindInt, "oid")
	case pgtype.Float4OID:
		return plain(event.KindFloat32, "real")
	case pgtype.Float8OID:
		return plain(event.KindFloat64, "double precision")
	case pgtype.NumericOID:
		return numericType(mod), true
	case oidMoney:
		return moneyType(c.MoneyDigits), true
	case pgtype.ByteaOID:
		return plain(event.KindBytes, "bytea")
	case pgtype.JSONOID:
		return plain(event.KindJSON, "json")
	case pgtype.JSONBOID:
		return plain(event.KindJSON, "jsonb")
	case pgtype.UUIDOID:
		return plain(event.KindUUID, "uuid")
	case pgtype.BitOID:
		return bitType("bit", mod), true
	case pgtype.VarbitOID:
		return bitType("bit varying", mod), true
	case pgtype.PointOID:
		return logical(event.KindList, event.LogicalPoint, "point")
	default:
		return c.textType()
	}
}

// textType: what is handed over as the text that the server prints.
func (c *columnFact) textType() (event.Type, bool) {
	mod := c.BaseMod
	switch c.BaseOID {
	case pgtype.TextOID:
		return plain(event.KindString, "text")
	case pgtype.VarcharOID:
		return sized(event.KindString, "character varying", mod-4), true
	case pgtype.BPCharOID:
		return bpcharType(mod), true
	case pgtype.QCharOID:
		return plain(event.KindString, `"char"`)
	case pgtype.XMLOID:
		return logical(event.KindString, event.LogicalXML, "xml")
	case pgtype.TSVectorOID:
		return logical(event.KindString, event.LogicalTSVector, "tsvector")
	case pgtype.NameOID, pgtype.InetOID, pgtype.CIDROID, pgtype.MacaddrOID, pgtype.Macaddr8OID,
		pgtype.Int4rangeOID, pgtype.Int8rangeOID, pgtype.NumrangeOID, pgtype.TsrangeOID, pgtype.TstzrangeOID, pgtype.DaterangeOID:
		return plain(event.KindString, nameOf(c.BaseOID))
	default:
		return c.temporalType()
	}
}

func (c *columnFact) temporalType() (event.Type, bool) {
	mod := c.BaseMod
	switch c.BaseOID {
	case pgtype.DateOID:
		return plain(event.KindDate, "date")
	case pgtype.TimeOID:
		return fraction(event.KindTime, "time", " without time zone", mod), true
	case pgtype.TimetzOID:
		t := fraction(event.KindString, "time", " with time zone", mod)
		t.Logical = event.LogicalZonedTime
		return t, true
	case pgtype.TimestampOID:
		return fraction(event.KindLocal, "timestamp", " without time zone", mod), true
	case pgtype.TimestamptzOID:
		return fraction(event.KindInstant, "timestamp", " with time zone", mod), true
	case pgtype.IntervalOID:
		return logical(event.KindList, event.LogicalInterval, "interval")
	default:
		return event.Type{}, false
	}
}

// extensionType: types that come with an extension have another OID in every
// database, so that only the name tells.
func extensionType(name string) (event.Type, bool) {
	switch name {
	case "citext", "isbn", "isbn13", "ismn", "ismn13", "issn", "issn13", "ean13", "upc":
		return plain(event.KindString, name)
	case "ltree":
		return logical(event.KindString, event.LogicalLtree, name)
	case "hstore":
		return logical(event.KindList, event.LogicalHstore, name)
	case "geometry":
		return logical(event.KindList, event.LogicalGeometry, name)
	case "geography":
		return logical(event.KindList, event.LogicalGeography, name)
	case "vector":
		return vectorOf(event.LogicalDoubleVector, event.KindFloat64, name)
	case "halfvec":
		return vectorOf(event.LogicalVector, event.KindFloat32, name)
	case "sparsevec":
		return vectorOf(event.LogicalSparseVector, event.KindFloat64, name)
	default:
		return event.Type{}, false
	}
}

func plain(k event.Kind, native string) (event.Type, bool) {
	return event.Type{Kind: k, Native: native}, true
}

func logical(k event.Kind, l event.Logical, native string) (event.Type, bool) {
	return event.Type{Kind: k, Logical: l, Native: native}, true
}

func vectorOf(l event.Logical, element event.Kind, native string) (event.Type, bool) {
	return event.Type{Kind: event.KindList, Logical: l, Native: native, Elem: &event.Type{Kind: element}}, true
}

// sized is a type with a length, without one when length isn't positive.
func sized(k event.Kind, native string, length int32) event.Type {
	if length <= 0 {
		return event.Type{Kind: k, Native: native}
	}
	return event.Type{Kind: k, Native: fmt.Sprintf("%s(%d)", native, length), Length: length}
}

func bpcharType(mod int32) event.Type {
	if mod < 4 {
		return event.Type{Kind: event.KindString, Native: "bpchar"}
	}
	return sized(event.KindString, "character", mod-4)
}

// bitType: a single bit is a truth value, as Debezium has it.
func bitType(native string, mod int32) event.Type {
	if mod == 1 {
		return sized(event.KindBool, native, mod)
	}
	return sized(event.KindBits, native, mod)
}

func fraction(k event.Kind, before, after string, mod int32) event.Type {
	if mod < 0 || mod > 6 {
		return event.Type{Kind: k, Native: before + after, Precision: 6}
	}
	return event.Type{Kind: k, Native: fmt.Sprintf("%s(%d)%s", before, mod, after), Precision: int16(mod)}
}

// numericType: the modifier holds the precision in its upper half and the scale,
// a signed number of 11 bits, in the lower one. A negative scale only rounds;
// such a column is an integer with more digits.
func numericType(mod int32) event.Type {
	if mod < 4 {
		return event.Type{Kind: event.KindDecimal, Native: "numeric", Precision: -1}
	}
	precision, scale := numericModifier(mod)
	t := event.Type{Kind: event.KindDecimal, Native: fmt.Sprintf("numeric(%d,%d)", precision, scale)}
	if scale < 0 {
		precision, scale = precision-scale, 0
	}
	t.Precision, t.Scale = int16(precision), int16(scale)
	return t
}

func numericModifier(mod int32) (precision, scale int32) {
	return (mod - 4) >> 16 & 0xffff, ((mod-4)&0x7ff ^ 0x400) - 0x400
}
