package pgwal

import (
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"

	"cdc/event"
)

// firstUserOID is the first OID that a server gives to an object of its own;
// what lies below means the same on every server.
const firstUserOID = 16384

// eventType says how the column's values are read; ok is false for a type that
// isn't supported.
func (c *columnFact) eventType() (t event.Type, ok bool) {
	t, ok = baseType(c)
	if !ok {
		return t, false
	}
	if !c.NotNull {
		t.Flags |= event.Nullable
	}
	if c.Generated != "" {
		t.Flags |= event.Generated
	}
	if c.Identity != "" || strings.HasPrefix(c.Default, "nextval(") {
		t.Flags |= event.AutoIncrement
	}
	if c.Generated == "" && c.BaseOID == c.TypeOID {
		t.Default = parseDefault(c.Default, &t)
	}
	return t, true
}

func baseType(c *columnFact) (event.Type, bool) {
	if c.Enum != nil {
		return event.Type{Kind: event.KindString, Native: c.BaseName, Symbols: c.Enum}, true
	}
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
	case pgtype.TextOID:
		return plain(event.KindString, "text")
	case pgtype.VarcharOID:
		return sized(event.KindString, "character varying", mod-4), true
	case pgtype.BPCharOID:
		return bpcharType(mod), true
	case pgtype.NameOID:
		return plain(event.KindString, "name")
	case pgtype.QCharOID:
		return plain(event.KindString, `"char"`)
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
	default:
		return temporalType(c)
	}
}

func temporalType(c *columnFact) (event.Type, bool) {
	mod := c.BaseMod
	switch c.BaseOID {
	case pgtype.DateOID:
		return plain(event.KindDate, "date")
	case pgtype.TimeOID:
		return fraction(event.KindTime, "time", " without time zone", mod), true
	case pgtype.TimetzOID:
		return fraction(event.KindString, "time", timetzSuffix, mod), true
	case pgtype.TimestampOID:
		return fraction(event.KindLocal, "timestamp", " without time zone", mod), true
	case pgtype.TimestamptzOID:
		return fraction(event.KindInstant, "timestamp", " with time zone", mod), true
	case pgtype.IntervalOID:
		return plain(event.KindInt, intervalName)
	default:
		if c.BaseOID >= firstUserOID && c.BaseName == "citext" {
			return plain(event.KindString, "citext")
		}
		return event.Type{}, false
	}
}

// How the types whose kind alone doesn't say how to read them are spelt.
const (
	intervalName = "interval"
	timetzSuffix = " with time zone"
)

func plain(k event.Kind, native string) (event.Type, bool) {
	return event.Type{Kind: k, Native: native}, true
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
	precision := (mod - 4) >> 16
	scale := ((mod-4)&0x7ff ^ 0x400) - 0x400
	t := event.Type{Kind: event.KindDecimal, Native: fmt.Sprintf("numeric(%d,%d)", precision, scale)}
	if scale < 0 {
		precision, scale = precision-scale, 0
	}
	t.Precision, t.Scale = int16(precision), int16(scale)
	return t
}

// baseOfName finds a built-in type by its name in pg_type: pgoutput tells what
// a domain is made of by name only. 0 for a type that it doesn't know.
func baseOfName(name string) uint32 {
	if name == "timetz" {
		return pgtype.TimetzOID
	}
	if t, ok := pgtype.NewMap().TypeForName(name); ok {
		return t.OID
	}
	return 0
}

// typeOfOID names a built-in type for a message.
func typeOfOID(oid uint32) string {
	if t, ok := pgtype.NewMap().TypeForOID(oid); ok {
		return t.Name
	}
	return fmt.Sprintf("with OID %d", oid)
}
