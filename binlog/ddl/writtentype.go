package ddl

import (
	"slices"
	"strconv"
	"strings"

	"cdc/binlog/flavor"

	"cdc/binlog/charsets"
)

// writtenType is a column type as a statement writes it.
type writtenType struct {
	// words are its name in upper case, as written: "INTEGER", "DOUBLE PRECISION".
	words string
	args  []int
	// members are those of an ENUM or SET: as written, with their quotes, and as
	// they are.
	quoted, members                    []string
	unsigned, signed, zerofill, binary bool
	charset, collation                 string
	compressed                         bool
}

// secondWords may follow a type's first word and belong to its name.
var secondWords = map[string][]string{
	"DOUBLE": {"PRECISION"}, "CHARACTER": {"VARYING"}, "CHAR": {"VARYING"},
	"NCHAR":    {"VARYING", "VARCHAR", "VARCHARACTER"},
	"NATIONAL": {"CHAR", "CHARACTER", "VARCHAR", "VARCHARACTER"},
	"LONG":     {"VARCHAR", "VARCHARACTER", "VARBINARY", "CHAR", "CHARACTER", "BYTE"},
}

// columnType reads a type with what belongs to it; false when there is none.
func (p *parser) columnType() (t writtenType, ok bool) {
	if p.t.kind != tokenWord {
		return t, false
	}
	first := strings.ToUpper(p.t.text)
	t.words = first
	p.advance()
	if next := strings.ToUpper(p.t.text); p.t.kind == tokenWord && slices.Contains(secondWords[first], next) {
		t.words += " " + next
		p.advance()
		if (first == "NATIONAL" || first == "LONG") && p.t.is("VARYING") {
			t.words += " VARYING"
			p.advance()
		}
	}
	if p.t.punct('(') && !p.typeArgs(&t) {
		return t, false
	}
	p.typeAttributes(&t)
	return t, true
}

// typeArgs reads what stands in the parentheses behind a type's name.
func (p *parser) typeArgs(t *writtenType) bool {
	for p.advance(); ; p.advance() {
		switch {
		case p.t.kind == tokenString || p.t.kind == tokenWord && isIntroducer(p.t.text):
			quoted, text, ok := p.text()
			if !ok {
				return false
			}
			t.quoted, t.members = append(t.quoted, quoted), append(t.members, strings.TrimRight(text, " "))
		case p.t.kind == tokenWord:
			n, err := strconv.ParseInt(p.t.text, 10, 32)
			if err != nil {
				return false
			}
			t.args = append(t.args, int(n))
			p.advance()
		default:
			return false
		}
		if p.t.punct(')') {
			p.advance()
			return true
		}
		if !p.t.punct(',') {
			return false
		}
	}
}

func (p *parser) typeAttributes(t *writtenType) {
	for {
		switch {
		case p.accept("UNSIGNED"):
			t.unsigned = true
		case p.accept("SIGNED"):
			t.signed = true
		case p.accept("ZEROFILL"):
			t.zerofill = true
		case p.accept("BINARY"):
			t.binary = true
		case p.accept("ASCII"):
			t.charset = "latin1"
		case p.accept("UNICODE"):
			t.charset = "ucs2"
		case p.accept("BYTE"):
			t.charset = charsets.Binary
		case p.t.is("CHARSET"), p.t.is("CHARACTER"):
			t.charset, _ = p.charsetName()
		case p.accept("COLLATE"):
			t.collation = strings.ToLower(p.name())
		case p.accept("COMPRESSED"):
			t.compressed = true
			p.assigned()
		default:
			return
		}
	}
}

// charsetName reads CHARSET or CHARACTER SET and a name, "" for the default.
func (p *parser) charsetName() (name string, ok bool) {
	if !p.accept("CHARSET") {
		if !p.accept("CHARACTER") || !p.accept("SET") {
			return "", false
		}
	}
	p.equals()
	name = strings.ToLower(p.name())
	if name == "default" {
		return "", true
	}
	return name, name != ""
}

func (p *parser) equals() {
	if p.t.punct('=') {
		p.advance()
	}
}

// assigned passes over "= value".
func (p *parser) assigned() {
	if p.t.punct('=') {
		p.advance()
		p.advance()
	}
}

// name reads a name, which MySQL also takes in the quotes of a string in some
// places.
func (p *parser) name() string {
	if !p.t.name() && p.t.kind != tokenString {
		return ""
	}
	text := p.t.text
	p.advance()
	return text
}

// baseNames are the names of the catalogue for those that may be written.
var baseNames = map[string]string{
	"BOOL": "tinyint", "BOOLEAN": "tinyint", "TINYINT": "tinyint", "INT1": "tinyint", "SMALLINT": "smallint", "INT2": "smallint",
	"MEDIUMINT": "mediumint", "MIDDLEINT": "mediumint", "INT3": "mediumint", "INT": "int", "INTEGER": "int", "INT4": "int",
	"BIGINT": "bigint", "INT8": "bigint", "SERIAL": "bigint",
	"DECIMAL": "decimal", "DEC": "decimal", "NUMERIC": "decimal", "FIXED": "decimal",
	"FLOAT": "float", "FLOAT4": "float", "DOUBLE": "double", "DOUBLE PRECISION": "double", "REAL": "double", "FLOAT8": "double",
	"BIT": "bit", "DATE": "date", "TIME": "time", "DATETIME": "datetime", "TIMESTAMP": "timestamp", "YEAR": "year",
	"CHAR": "char", "CHARACTER": "char", "NCHAR": "char", "NATIONAL CHAR": "char", "NATIONAL CHARACTER": "char",
	"VARCHAR": "varchar", "CHARACTER VARYING": "varchar", "CHAR VARYING": "varchar", "VARCHARACTER": "varchar",
	"NVARCHAR": "varchar", "NATIONAL VARCHAR": "varchar", "NATIONAL VARCHARACTER": "varchar", "NCHAR VARCHAR": "varchar", "NCHAR VARCHARACTER": "varchar",
	"NCHAR VARYING": "varchar", "NATIONAL CHAR VARYING": "varchar", "NATIONAL CHARACTER VARYING": "varchar",
	"BINARY": "binary", "VARBINARY": "varbinary",
	"TINYTEXT": "tinytext", "TEXT": "text", "MEDIUMTEXT": "mediumtext", "LONGTEXT": "longtext",
	"LONG": "mediumtext", "LONG VARCHAR": "mediumtext", "LONG VARCHARACTER": "mediumtext", "LONG CHAR VARYING": "mediumtext", "LONG CHARACTER VARYING": "mediumtext",
	"TINYBLOB": "tinyblob", "BLOB": "blob", "MEDIUMBLOB": "mediumblob", "LONGBLOB": "longblob", "LONG VARBINARY": "mediumblob", "LONG BYTE": "mediumblob",
	"ENUM": "enum", "SET": "set", "JSON": "json", "VECTOR": "vector", "UUID": "uuid", "INET4": "inet4", "INET6": "inet6",
	"GEOMETRY": "geometry", "POINT": "point", "LINESTRING": "linestring", "POLYGON": "polygon", "MULTIPOINT": "multipoint",
	"MULTILINESTRING": "multilinestring", "MULTIPOLYGON": "multipolygon", "GEOMETRYCOLLECTION": "geomcollection", "GEOMCOLLECTION": "geomcollection",
}

// national: the type's character set is utf8.
func (t *writtenType) national() bool {
	return strings.HasPrefix(t.words, "N") && t.words != "NUMERIC"
}

// columnType is the type as the catalogue spells it, and its character set. It
// takes the default character set of the table.
func (t *writtenType) columnType(fl flavor.Flavor, tableCharset string) (text, charset string, ok bool) {
	base, ok := baseNames[t.words]
	if !ok || !t.possible(base) {
		return "", "", false
	}
	spec := Type{Name: base}
	if spec.IsText() {
		charset = t.textCharset(tableCharset)
	}
	switch base {
	case "tinyint", "smallint", "mediumint", "int", "bigint":
		return t.integer(base, fl), "", true
	case "decimal":
		return base + "(" + strconv.Itoa(t.arg(0, 10)) + "," + strconv.Itoa(t.arg(1, 0)) + ")" + t.sign(), "", true
	case "float", "double":
		return t.floating(base) + t.sign(), "", true
	case "bit", "binary":
		return base + t.sized(1), "", true
	case "time", "datetime", "timestamp", "varbinary", "vector":
		return base + t.sized(0), "", true
	case "year":
		if fl == flavor.MariaDB {
			return "year(4)", "", true
		}
		return base, "", true
	case "blob", "text":
		if len(t.args) == 1 {
			base = sizedBlob(base, t.args[0]*max(1, charsets.MaxBytes(charset)))
		}
	case "json":
		if fl == flavor.MariaDB {
			return "longtext", "utf8mb4", true
		}
	case "geomcollection":
		if fl == flavor.MariaDB {
			return "geometrycollection", "", true
		}
	case "enum", "set":
		return string(AppendMembers([]byte(base), t.members)), charset, len(t.members) > 0
	case "char":
		base += t.sized(1)
	case "varchar":
		base += t.sized(0)
	}
	if charset == charsets.Binary {
		return binaryName(base), "", true
	}
	return base + t.compression(), charset, true
}

// largest are the greatest arguments that the servers take.
var largest = map[string]int{
	"decimal": 65, "float": 255, "double": 255, "bit": 64, "time": 6, "datetime": 6, "timestamp": 6,
	"char": 255, "binary": 255, "varchar": 65535, "varbinary": 65535, "vector": 16383,
}

// possible reports whether the arguments can be those of a type.
func (t *writtenType) possible(base string) bool {
	limit, ok := largest[base]
	if !ok {
		limit = 1<<31 - 1
	}
	return len(t.args) <= 2 && !slices.ContainsFunc(t.args, func(n int) bool { return n < 0 || n > limit })
}

func (t *writtenType) textCharset(tableCharset string) string {
	switch {
	case t.charset != "":
		return charsets.Canonical(t.charset)
	case t.collation != "":
		return charsets.ByCollation(t.collation)
	case t.national():
		return "utf8mb3"
	default:
		return charsets.Canonical(tableCharset)
	}
}

func (t *writtenType) arg(i, missing int) int {
	if i < len(t.args) {
		return t.args[i]
	}
	return missing
}

// sized prints the length in parentheses, or that which is meant without one,
// unless it is 0.
func (t *writtenType) sized(missing int) string {
	n := t.arg(0, missing)
	if n == 0 {
		return ""
	}
	return "(" + strconv.Itoa(n) + ")"
}

func (t *writtenType) sign() string {
	switch {
	case t.zerofill:
		return " unsigned zerofill"
	case t.unsigned:
		return " unsigned"
	default:
		return ""
	}
}

func (t *writtenType) compression() string {
	if t.compressed {
		return " /*M!100301 COMPRESSED*/"
	}
	return ""
}

// integerWidths are the digits that are shown by default, signed and unsigned.
var integerWidths = map[string][2]int{"tinyint": {4, 3}, "smallint": {6, 5}, "mediumint": {9, 8}, "int": {11, 10}, "bigint": {20, 20}}

func (t *writtenType) integer(base string, fl flavor.Flavor) string {
	switch t.words {
	case "BOOL", "BOOLEAN":
		return "tinyint(1)"
	case "SERIAL":
		t = &writtenType{unsigned: true}
	}
	plain := 0
	if t.unsigned || t.zerofill {
		plain = 1
	}
	width := t.arg(0, integerWidths[base][plain])
	if fl == flavor.MariaDB || t.zerofill || base == "tinyint" && width == 1 && !t.unsigned {
		base += "(" + strconv.Itoa(width) + ")"
	}
	return base + t.sign()
}

func (t *writtenType) floating(base string) string {
	switch {
	case len(t.args) == 2:
		return base + "(" + strconv.Itoa(t.args[0]) + "," + strconv.Itoa(t.args[1]) + ")"
	case base == "float" && t.arg(0, 0) > 24:
		return "double"
	default:
		return base
	}
}

// sizedBlob is the smallest type of text or blob for that many bytes.
func sizedBlob(base string, bytes int) string {
	switch {
	case bytes < 1<<8:
		return "tiny" + base
	case bytes < 1<<16:
		return base
	case bytes < 1<<24:
		return "medium" + base
	default:
		return "long" + base
	}
}

// binaryName is what a text type is called in the character set binary.
func binaryName(text string) string {
	for _, pair := range [][2]string{{"varchar", "varbinary"}, {"char", "binary"}, {"text", "blob"}} {
		if before, after, found := strings.Cut(text, pair[0]); found {
			return before + pair[1] + after
		}
	}
	return text
}
