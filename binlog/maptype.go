package binlog

import (
	"cdc/binlog/charsets"
	"cdc/binlog/ddl"
)

// typeName is the name that the catalogue uses for the type, as far as the map
// tells.
func (c *mapColumn) typeName(charset string) string {
	text := charset != charsets.Binary
	switch c.code { // long: one case for each type
	case codeTiny:
		return "tinyint"
	case codeShort:
		return "smallint"
	case codeInt24:
		return "mediumint"
	case codeLong:
		return "int"
	case codeLonglong:
		return "bigint"
	case codeFloat:
		return "float"
	case codeDouble:
		return "double"
	case codeNewdecimal:
		return "decimal"
	case codeDate, codeNewdate:
		return "date"
	case codeTime, codeTime2:
		return "time"
	case codeDatetime, codeDatetime2:
		return "datetime"
	case codeTimestamp, codeTimestamp2:
		return "timestamp"
	case codeYear:
		return "year"
	case codeBit:
		return "bit"
	case codeJSON:
		return "json"
	case codeEnum:
		return "enum"
	case codeSet:
		return "set"
	case codeString:
		return pick(text, "char", "binary")
	case codeVarchar, codeVarString:
		return pick(text, "varchar", "varbinary")
	case codeVarcharCompressed:
		return pick(text, "varchar", "varbinary")
	case codeBlob, codeBlobCompressed:
		size := [...]string{"", "tiny", "", "medium", "long"}[c.meta]
		return size + pick(text, "text", "blob")
	case codeGeometry:
		return ddl.GeometryName(c.detail)
	default:
		return "vector"
	}
}

func pick[T any](first bool, a, b T) T {
	if first {
		return a
	}
	return b
}

// fits reports whether a column of a type lies in the log as c says. Types that
// aren't supported fit anything: the schema refuses them.
func (c *mapColumn) fits(t *ddl.Type, charset string) bool {
	if _, ok := t.Event(MariaDB); !ok {
		return true
	}
	n := t.Arg(0, 1)
	if t.Compressed || c.code == codeVarcharCompressed || c.code == codeBlobCompressed {
		return c.fitsPacked(t)
	}
	if kind, ok := t.Geometry(); ok {
		return c.code == codeGeometry && (c.detail == 0 || c.detail == kind)
	}
	switch t.Name { // long: one case for each layout
	case "tinyint", "smallint", "mediumint", "int", "bigint", "year", "bit", "enum", "set", "date":
		return c.typeName("") == t.Name && (t.Name != "bit" || int(c.meta) == n)
	case "decimal":
		return c.code == codeNewdecimal && c.precision() == t.Arg(0, 10) && c.scale() == t.Arg(1, 0)
	case "float":
		return c.code == codeFloat || c.code == codeDouble && t.Arg(0, 0) > 24
	case "double":
		return c.code == codeDouble
	case "time", "datetime", "timestamp":
		// The types of before 5.6 have no fraction in MySQL, and in MariaDB one
		// whose layout the log doesn't tell.
		return c.typeName("") == t.Name && int(c.meta) == t.Arg(0, 0)
	case "char":
		return c.code == codeString && c.bytesFit(n, charsets.MaxBytes(charset))
	case "binary":
		return c.code == codeString && int(c.meta) == n
	case "varchar":
		return (c.code == codeVarchar || c.code == codeVarString) && c.bytesFit(n, charsets.MaxBytes(charset))
	case "varbinary":
		return (c.code == codeVarchar || c.code == codeVarString) && int(c.meta) == n
	case "uuid", "inet6":
		return c.code == codeString && c.meta == 16
	case "inet4":
		return c.code == codeString && c.meta == 4
	case "vector": // a VARBINARY in MariaDB
		return c.code == codeVector || c.code == codeVarchar && int(c.meta) == 4*n
	case "json":
		return c.code == codeJSON || c.code == codeBlob && c.meta == 4
	default: // texts and blobs
		return c.code == codeBlob && (c.typeName("") == t.Name || c.typeName(charsets.Binary) == t.Name)
	}
}

// fitsPacked compares a COMPRESSED column.
func (c *mapColumn) fitsPacked(t *ddl.Type) bool {
	text := c.typeName("") == t.Name || c.typeName(charsets.Binary) == t.Name
	return t.Compressed && (c.code == codeVarcharCompressed || c.code == codeBlobCompressed) && text
}

// bytesFit compares a length in characters with one in bytes.
func (c *mapColumn) bytesFit(characters, width int) bool {
	return width == 0 || int(c.meta) == characters*width
}
