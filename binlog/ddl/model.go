package ddl

import (
	"slices"
	"strings"

	"cdc/binlog/flavor"

	"cdc/binlog/charsets"
	"cdc/event"
)

// The types of java.sql.Types by which the schema change topic names a column's
// class.
const (
	jdbcBit       = -7
	jdbcBigint    = -5
	jdbcVarbinary = -3
	jdbcBinary    = -2
	jdbcNchar     = -15
	jdbcNvarchar  = -9
	jdbcChar      = 1
	jdbcNumeric   = 2
	jdbcDecimal   = 3
	jdbcInteger   = 4
	jdbcSmallint  = 5
	jdbcFloat     = 6
	jdbcReal      = 7
	jdbcDouble    = 8
	jdbcVarchar   = 12
	jdbcBoolean   = 16
	jdbcDate      = 91
	jdbcTime      = 92
	jdbcTimestamp = 93
	jdbcOther     = 1111
	jdbcBlob      = 2004
	jdbcZoned     = 2014
)

// jdbcOf are the classes by the catalogue's name of a type.
var jdbcOf = map[string]int32{
	"tinyint": jdbcSmallint, "smallint": jdbcSmallint, "mediumint": jdbcInteger, "int": jdbcInteger, "bigint": jdbcBigint,
	"decimal": jdbcDecimal, "float": jdbcFloat, "double": jdbcDouble, "bit": jdbcBit,
	"date": jdbcDate, "time": jdbcTime, "datetime": jdbcTimestamp, "timestamp": jdbcZoned, "year": jdbcInteger,
	"char": jdbcChar, "varchar": jdbcVarchar, "tinytext": jdbcVarchar, "text": jdbcVarchar, "mediumtext": jdbcVarchar, "longtext": jdbcVarchar,
	"binary": jdbcBinary, "varbinary": jdbcVarbinary, "tinyblob": jdbcBlob, "blob": jdbcBlob, "mediumblob": jdbcBlob, "longblob": jdbcBlob,
	"enum": jdbcChar, "set": jdbcChar,
}

// jdbc is the type's class.
func (t *writtenType) jdbc() int32 {
	switch t.words {
	case "BOOL", "BOOLEAN":
		return jdbcBoolean
	case "NUMERIC":
		return jdbcNumeric
	case "REAL":
		return jdbcReal
	}
	base := baseNames[t.words]
	switch {
	case t.national() && base == "char":
		return jdbcNchar
	case t.national() && base == "varchar":
		return jdbcNvarchar
	}
	if class, ok := jdbcOf[base]; ok {
		return class
	}
	return jdbcOther
}

// name is the type's name in Debezium's model of a table.
func (t *writtenType) name(fl flavor.Flavor) string {
	words := t.words
	if words == "SERIAL" {
		return "BIGINT UNSIGNED"
	}
	switch {
	case t.zerofill && (t.unsigned || fl == flavor.MySQL):
		words += " UNSIGNED ZEROFILL"
	case t.zerofill:
		words += " ZEROFILL"
	case t.unsigned:
		words += " UNSIGNED"
	case t.signed:
		words += " SIGNED"
	}
	if t.binary {
		words += " BINARY"
	}
	return words
}

// dimensions are length and scale in Debezium's model, event.NoLength for none.
func (t *writtenType) dimensions(fl flavor.Flavor) (length, scale int32) {
	length, scale = event.NoLength, event.NoLength
	if len(t.args) > 0 {
		length = int32(t.args[0])
	}
	if len(t.args) > 1 {
		scale = int32(t.args[1])
	}
	missing := func(n int32) {
		if length == event.NoLength {
			length = n
		}
	}
	switch base := baseNames[t.words]; {
	case base == "decimal":
		missing(10)
		scale = max(scale, 0)
	case base == "bit", base == "char" && t.national():
		missing(1)
	case base == "vector" && fl == flavor.MariaDB:
		missing(2048)
	case base == "enum":
		length = 1
	case base == "set":
		length = int32(max(0, 2*len(t.members)-1))
	}
	return length, scale
}

// hasCharset: a column of that class shows a character set.
func hasCharset(class int32) bool {
	return class == jdbcChar || class == jdbcVarchar || class == jdbcNchar || class == jdbcNvarchar
}

// written takes the column's type apart as a statement, or else the catalogue,
// spells it.
func (c *Column) written() (t writtenType, ok bool) {
	text := c.Type
	if c.Written != nil {
		text = c.Written.Type
	}
	p := &parser{lexer: lexer{s: text}, whole: text, size: len(text)}
	p.advance()
	return p.columnType()
}

// Declared is the column's type in Debezium's model; zero when it has none.
func (c *Column) Declared(fl flavor.Flavor) event.Declared {
	t, ok := c.written()
	if !ok {
		return event.Declared{Length: event.NoLength, Scale: event.NoLength}
	}
	d := event.Declared{Name: t.name(fl)}
	d.Length, d.Scale = t.dimensions(fl)
	return d
}

// shownDefault is the column's default in Debezium's model, nil for none.
func (c *Column) shownDefault() *string {
	switch {
	case c.Generated():
		return nil
	case c.Written != nil:
		return c.Written.Default
	case c.Default == nil:
		return nil
	case c.DefaultExpr && IsNow(*c.Default):
		now := epoch
		return &now
	case c.DefaultExpr:
		return nil
	}
	text := c.shownLiteral()
	return &text
}

// shownLiteral is a literal default of the catalogue as SHOW CREATE TABLE prints
// it between its quotes.
func (c *Column) shownLiteral() string {
	spec, err := ParseType(c.Type)
	if err != nil {
		return *c.Default
	}
	if spec.IsBinary() {
		if text, ok := c.ShownBinary(spec.Arg(0, 0)); ok {
			return string(text)
		}
	}
	if text, ok := strings.CutPrefix(*c.Default, "b'"); ok && spec.Name == "bit" {
		return strings.TrimSuffix(text, "'")
	}
	return string(Shown(*c.Default))
}

// Info describes the table as the schema change topic tells of it.
func (f *Table) Info(fl flavor.Flavor, comments bool) *event.TableInfo {
	t := &event.TableInfo{Charset: f.Charset, Key: slices.Clone(f.Key), Columns: make([]event.ColumnInfo, len(f.Columns))}
	if comments {
		t.Comment = filled(string(Shown(f.Comment)))
	}
	for i := range f.Columns {
		t.Columns[i] = f.Columns[i].info(fl, f.Charset, comments)
		t.Columns[i].Position = int32(i + 1)
	}
	return t
}

func (c *Column) info(fl flavor.Flavor, tableCharset string, comments bool) event.ColumnInfo {
	info := event.ColumnInfo{Name: c.Name, JDBCType: jdbcOther, Optional: c.Nullable, Default: c.shownDefault()}
	extra := strings.ToLower(c.Extra)
	info.AutoIncremented = strings.Contains(extra, "auto_increment") || strings.Contains(extra, "on update")
	info.Generated = info.AutoIncremented
	if comments {
		info.Comment = filled(string(Shown(c.Comment)))
	}
	t, ok := c.written()
	if !ok {
		info.TypeName, _, _ = strings.Cut(strings.ToUpper(c.Type), "(")
		info.TypeExpression = info.TypeName
		return info
	}
	info.JDBCType, info.TypeName = t.jdbc(), t.name(fl)
	info.TypeExpression = info.TypeName
	length, scale := t.dimensions(fl)
	info.Length, info.Scale = present(length), present(scale)
	info.EnumValues = t.quoted
	switch {
	case !hasCharset(info.JDBCType):
	case t.national():
		info.Charset = filled("utf8")
	default:
		info.Charset = filled(c.shownCharset(&t, tableCharset))
	}
	return info
}

// shownCharset is the character set of a text column: as written, or else that
// of the table, or what the catalogue says.
func (c *Column) shownCharset(t *writtenType, tableCharset string) string {
	switch {
	case c.Written == nil:
		return c.Charset
	case c.Written.Charset != "":
		return c.Written.Charset
	case t.charset != "":
		return t.charset
	case c.Collation != "":
		return charsets.ByCollation(c.Collation)
	case c.Charset != "":
		return c.Charset
	default:
		return tableCharset
	}
}

func filled(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func present(n int32) *int32 {
	if n == event.NoLength {
		return nil
	}
	return &n
}
