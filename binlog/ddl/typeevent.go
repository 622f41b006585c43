package ddl

import (
	"strings"

	"cdc/binlog/flavor"

	"cdc/event"
)

// Event says how values of the type are handed on. ok is false for a type
// that isn't supported.
func (t *Type) Event(fl flavor.Flavor) (typ event.Type, ok bool) {
	if t.Compressed && !t.IsText() && !t.IsBinary() {
		return typ, false
	}
	typ.Declared = t.declared()
	switch t.Name { // long: one case for each type
	case "tinyint", "smallint", "mediumint", "int":
		typ.Kind = event.KindInt
	case "bigint":
		typ.Kind = event.KindInt
		if t.Unsigned {
			typ.Kind = event.KindUint
		}
	case "decimal":
		typ.Kind, typ.Precision, typ.Scale = event.KindDecimal, int16(t.Arg(0, 10)), int16(t.Arg(1, 0))
	case "float":
		typ.Kind = event.KindFloat32
		if len(t.args) == 2 || t.Arg(0, 0) > 24 {
			typ.Kind = event.KindFloat64
		}
	case "double":
		typ.Kind = event.KindFloat64
	case "char", "varchar":
		typ.Kind, typ.Length = event.KindString, int32(t.Arg(0, 1))
	case "tinytext", "text", "mediumtext", "longtext":
		typ.Kind = event.KindString
	case "binary", "varbinary":
		typ.Kind, typ.Length = event.KindBytes, int32(t.Arg(0, 1))
	case "tinyblob", "blob", "mediumblob", "longblob":
		typ.Kind = event.KindBytes
	case "enum":
		typ.Kind, typ.Logical, typ.Symbols = event.KindString, event.LogicalEnum, t.Symbols
	case "set":
		typ.Kind, typ.Logical, typ.Symbols = event.KindString, event.LogicalSet, t.Symbols
	case "bit":
		typ.Kind, typ.Length = event.KindBits, int32(t.Arg(0, 1))
		if typ.Length == 1 {
			typ.Kind = event.KindBool
		}
	case "date":
		typ.Kind = event.KindDate
	case "time":
		typ.Kind, typ.Precision = event.KindTime, int16(t.Arg(0, 0))
	case "datetime":
		typ.Kind, typ.Precision = event.KindLocal, int16(t.Arg(0, 0))
	case "timestamp":
		typ.Kind, typ.Precision = event.KindInstant, int16(t.Arg(0, 0))
	case "year":
		typ.Kind, typ.Logical = event.KindInt, event.LogicalYear
	case "json":
		typ.Kind = event.KindJSON
	default:
		return t.composedType(typ, fl)
	}
	return typ, true
}

// composedType goes on with types whose values have parts, and with those that
// only MariaDB has.
func (t *Type) composedType(typ event.Type, fl flavor.Flavor) (event.Type, bool) {
	switch t.Name {
	case "vector":
		typ.Kind, typ.Logical, typ.Length = event.KindList, event.LogicalVector, int32(t.Arg(0, 2048))
		typ.Elem = &event.Type{Kind: event.KindFloat32}
	case "point":
		typ.Kind, typ.Logical = event.KindList, event.LogicalPoint
	case "uuid":
		typ.Kind = event.KindUUID
		return typ, fl == flavor.MariaDB
	case "inet4", "inet6":
		typ.Kind = event.KindString
		return typ, fl == flavor.MariaDB
	default:
		typ.Kind, typ.Logical = event.KindList, event.LogicalGeometry
		_, ok := t.Geometry()
		return typ, ok
	}
	return typ, true
}

// Geometry is the number that the log and the binary form have for the type's kind
// of geometry, 0 for any; ok is false for a type of other values.
func (t *Type) Geometry() (kind uint64, ok bool) {
	name := t.Name
	if name == "geomcollection" {
		name = "geometrycollection"
	}
	for i, known := range geometryKinds() {
		if known == name {
			return uint64(i), true
		}
	}
	return 0, false
}

// GeometryName is the type of the geometries of a kind.
func GeometryName(kind uint64) string {
	if kinds := geometryKinds(); kind < uint64(len(kinds)) {
		return kinds[kind]
	}
	return "geometry"
}

func geometryKinds() []string {
	return []string{"geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon", "geometrycollection"}
}

// declared is the type in Debezium's model of a column.
func (t *Type) declared() event.Declared {
	d := event.Declared{Name: strings.ToUpper(t.Name), Length: event.NoLength, Scale: event.NoLength}
	if t.Unsigned {
		d.Name += " UNSIGNED"
	}
	if t.zerofill {
		d.Name += " ZEROFILL"
	}
	switch {
	case t.Name == "enum":
		d.Length = 1
	case t.Name == "set":
		d.Length = int32(max(0, 2*len(t.Symbols)-1))
	case len(t.args) > 0:
		d.Length = int32(t.args[0])
		if len(t.args) > 1 {
			d.Scale = int32(t.args[1])
		}
	}
	return d
}
