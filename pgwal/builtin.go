package pgwal

import (
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"
)

// firstUserOID is the first OID that a server gives to an object of its own;
// what lies below means the same on every server.
const firstUserOID = 16384

// builtin is a type that every server has, with the type of its arrays.
type builtin struct {
	oid   uint32
	name  string // in pg_type
	array uint32
}

// OIDs that pgtype doesn't name.
const (
	oidMoney      = 790
	oidMoneyArray = 791
)

// builtins are those that have a form of their own.
var builtins = [...]builtin{
	{pgtype.BoolOID, "bool", pgtype.BoolArrayOID},
	{pgtype.ByteaOID, "bytea", pgtype.ByteaArrayOID},
	{pgtype.QCharOID, "char", pgtype.QCharArrayOID},
	{pgtype.NameOID, "name", pgtype.NameArrayOID},
	{pgtype.Int8OID, "int8", pgtype.Int8ArrayOID},
	{pgtype.Int2OID, "int2", pgtype.Int2ArrayOID},
	{pgtype.Int4OID, "int4", pgtype.Int4ArrayOID},
	{pgtype.TextOID, "text", pgtype.TextArrayOID},
	{pgtype.OIDOID, "oid", pgtype.OIDArrayOID},
	{pgtype.JSONOID, "json", pgtype.JSONArrayOID},
	{pgtype.JSONBOID, "jsonb", pgtype.JSONBArrayOID},
	{pgtype.XMLOID, "xml", pgtype.XMLArrayOID},
	{pgtype.PointOID, "point", pgtype.PointArrayOID},
	{pgtype.CIDROID, "cidr", pgtype.CIDRArrayOID},
	{pgtype.InetOID, "inet", pgtype.InetArrayOID},
	{pgtype.MacaddrOID, "macaddr", pgtype.MacaddrArrayOID},
	{pgtype.Macaddr8OID, "macaddr8", 775},
	{pgtype.Float4OID, "float4", pgtype.Float4ArrayOID},
	{pgtype.Float8OID, "float8", pgtype.Float8ArrayOID},
	{oidMoney, "money", oidMoneyArray},
	{pgtype.BPCharOID, "bpchar", pgtype.BPCharArrayOID},
	{pgtype.VarcharOID, "varchar", pgtype.VarcharArrayOID},
	{pgtype.DateOID, "date", pgtype.DateArrayOID},
	{pgtype.TimeOID, "time", pgtype.TimeArrayOID},
	{pgtype.TimetzOID, "timetz", pgtype.TimetzArrayOID},
	{pgtype.TimestampOID, "timestamp", pgtype.TimestampArrayOID},
	{pgtype.TimestamptzOID, "timestamptz", pgtype.TimestamptzArrayOID},
	{pgtype.IntervalOID, "interval", pgtype.IntervalArrayOID},
	{pgtype.BitOID, "bit", pgtype.BitArrayOID},
	{pgtype.VarbitOID, "varbit", pgtype.VarbitArrayOID},
	{pgtype.NumericOID, "numeric", pgtype.NumericArrayOID},
	{pgtype.UUIDOID, "uuid", pgtype.UUIDArrayOID},
	{pgtype.TSVectorOID, "tsvector", pgtype.TSVectorArrayOID},
	{pgtype.Int4rangeOID, "int4range", pgtype.Int4rangeArrayOID},
	{pgtype.NumrangeOID, "numrange", pgtype.NumrangeArrayOID},
	{pgtype.TsrangeOID, "tsrange", pgtype.TsrangeArrayOID},
	{pgtype.TstzrangeOID, "tstzrange", pgtype.TstzrangeArrayOID},
	{pgtype.DaterangeOID, "daterange", pgtype.DaterangeArrayOID},
	{pgtype.Int8rangeOID, "int8range", pgtype.Int8rangeArrayOID},
}

// elementOf returns the type of the elements of a built-in array, 0 for another
// type.
func elementOf(array uint32) uint32 {
	for i := range builtins {
		if builtins[i].array == array {
			return builtins[i].oid
		}
	}
	return 0
}

// baseOfName finds a built-in type by its name in pg_type: pgoutput tells what a
// domain is made of by name only. 0 for a type that has no form of its own.
func baseOfName(name string) uint32 {
	element, isArray := strings.CutPrefix(name, "_")
	for i := range builtins {
		switch {
		case builtins[i].name == name:
			return builtins[i].oid
		case isArray && builtins[i].name == element:
			return builtins[i].array
		}
	}
	return 0
}

// nameOf is the name in pg_type of a built-in type, also of an array; empty for
// another one.
func nameOf(oid uint32) string {
	for i := range builtins {
		switch oid {
		case builtins[i].oid:
			return builtins[i].name
		case builtins[i].array:
			return "_" + builtins[i].name
		}
	}
	return ""
}

// typeOfOID names a built-in type for a message.
func typeOfOID(oid uint32) string {
	if name := nameOf(oid); name != "" {
		return name
	}
	if t, ok := pgtype.NewMap().TypeForOID(oid); ok {
		return t.Name
	}
	return fmt.Sprintf("with OID %d", oid)
}
