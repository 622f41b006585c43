package binlog

import (
	"strings"

	"cdc/event"
)

// eventType says how values of the type are handed on. ok is false for a type
// that isn't supported.
func (t *typeSpec) eventType(fl Flavor) (typ event.Type, ok bool) {
	if t.compressed && !t.isText() && !t.isBinary() {
		return typ, false
	}
	typ.Declared = t.declared()
	switch t.name { // long: one case for each type
	case "tinyint", "smallint", "mediumint", "int":
		typ.Kind = event.KindInt
	case "bigint":
		typ.Kind = event.KindInt
		if t.unsigned {
			typ.Kind = event.KindUint
		}
	case "decimal":
		typ.Kind, typ.Precision, typ.Scale = event.KindDecimal, int16(t.arg(0, 10)), int16(t.arg(1, 0))
	case "float":
		typ.Kind = event.KindFloat32
		if len(t.args) == 2 || t.arg(0, 0) > 24 {
			typ.Kind = event.KindFloat64
		}
	case "double":
		typ.Kind = event.KindFloat64
	case "char", "varchar":
		typ.Kind, typ.Length = event.KindString, int32(t.arg(0, 1))
	case "tinytext", "text", "mediumtext", "longtext":
		typ.Kind = event.KindString
	case "binary", "varbinary":
		typ.Kind, typ.Length = event.KindBytes, int32(t.arg(0, 1))
	case "tinyblob", "blob", "mediumblob", "longblob":
		typ.Kind = event.KindBytes
	case "enum":
		typ.Kind, typ.Logical, typ.Symbols = event.KindString, event.LogicalEnum, t.symbols
	case "set":
		typ.Kind, typ.Logical, typ.Symbols = event.KindString, event.LogicalSet, t.symbols
	case "bit":
		typ.Kind, typ.Length = event.KindBits, int32(t.arg(0, 1))
		if typ.Length == 1 {
			typ.Kind = event.KindBool
		}
	case "date":
		typ.Kind = event.KindDate
	case "time":
		typ.Kind, typ.Precision = event.KindTime, int16(t.arg(0, 0))
	case "datetime":
		typ.Kind, typ.Precision = event.KindLocal, int16(t.arg(0, 0))
	case "timestamp":
		typ.Kind, typ.Precision = event.KindInstant, int16(t.arg(0, 0))
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
func (t *typeSpec) composedType(typ event.Type, fl Flavor) (event.Type, bool) {
	switch t.name {
	case "vector":
		typ.Kind, typ.Logical, typ.Length = event.KindList, event.LogicalVector, int32(t.arg(0, 2048))
		typ.Elem = &event.Type{Kind: event.KindFloat32}
	case "point":
		typ.Kind, typ.Logical = event.KindList, event.LogicalPoint
	case "uuid":
		typ.Kind = event.KindUUID
		return typ, fl == MariaDB
	case "inet4", "inet6":
		typ.Kind = event.KindString
		return typ, fl == MariaDB
	default:
		typ.Kind, typ.Logical = event.KindList, event.LogicalGeometry
		return typ, t.isGeometry()
	}
	return typ, true
}

// isGeometry reports whether values are geometries of some kind.
func (t *typeSpec) isGeometry() bool {
	_, ok := geometryKind(t.name)
	return ok
}

// geometryKind is the number that the log and the binary form have for a kind of
// geometry; 0 for any.
func geometryKind(name string) (kind uint64, ok bool) {
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

func geometryKinds() []string {
	return []string{"geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon", "geometrycollection"}
}

// declared is the type in Debezium's model of a column.
func (t *typeSpec) declared() event.Declared {
	d := event.Declared{Name: strings.ToUpper(t.name), Length: event.NoLength, Scale: event.NoLength}
	if t.unsigned {
		d.Name += " UNSIGNED"
	}
	if t.zerofill {
		d.Name += " ZEROFILL"
	}
	switch {
	case t.name == "enum":
		d.Length = 1
	case t.name == "set":
		d.Length = int32(max(0, 2*len(t.symbols)-1))
	case len(t.args) > 0:
		d.Length = int32(t.args[0])
		if len(t.args) > 1 {
			d.Scale = int32(t.args[1])
		}
	}
	return d
}
