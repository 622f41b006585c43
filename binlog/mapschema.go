package binlog

import (
	"fmt"
	"slices"
	"strconv"

	"cdc/binlog/charsets"
	"cdc/binlog/ddl"
	"cdc/event"
)

// facts is what the map alone says about the table: everything but defaults,
// unique keys, generated columns and the exact type text. It needs hasMetadata.
func (m *tableMap) facts() (*ddl.Table, error) {
	if !m.named {
		return nil, fmt.Errorf("table %s.%s: the log has no column names: %w: SET GLOBAL binlog_row_metadata=FULL", m.Database, m.Table, event.ErrConfig)
	}
	f := &ddl.Table{Database: m.Database, Table: m.Table, Primary: len(m.key) > 0}
	for i := range m.columns {
		c, err := m.columns[i].fact(m.flavor)
		if err != nil {
			return nil, fmt.Errorf("table %s.%s, column %q: %w", m.Database, m.Table, m.columns[i].name, err)
		}
		f.Columns = append(f.Columns, c)
	}
	for _, k := range m.key {
		f.Key = append(f.Key, m.columns[k].name)
	}
	return f, nil
}

// schema makes the schema of this table version. The map is the truth for
// names, types, signedness, character sets, members and primary key; f, which
// may be nil when hasMetadata, adds defaults, exact type text and unique keys.
// When f contradicts the map, the error wraps errFactsDiffer.
func (m *tableMap) schema(f *ddl.Table) (*event.Schema, error) {
	if f == nil {
		own, err := m.facts()
		if err != nil {
			return nil, err
		}
		return schemaOf(own, m.flavor)
	}
	if err := m.agree(f); err != nil {
		return nil, fmt.Errorf("table %s.%s: %w: %w", m.Database, m.Table, errFactsDiffer, err)
	}
	merged := *f
	if len(m.key) > 0 && m.named {
		merged.Key = nil
		for _, k := range m.key {
			merged.Key = append(merged.Key, m.columns[k].name)
		}
	}
	return schemaOf(&merged, m.flavor)
}

// agree returns an error that names the first difference between the map and
// the facts.
func (m *tableMap) agree(f *ddl.Table) error {
	if f.Database != m.Database || f.Table != m.Table {
		return fmt.Errorf("the facts are about %s.%s", f.Database, f.Table)
	}
	if len(f.Columns) != len(m.columns) {
		return fmt.Errorf("%d columns in the catalogue, %d in the log", len(f.Columns), len(m.columns))
	}
	for i := range f.Columns {
		if err := m.columns[i].agree(&f.Columns[i], m.named, m.signs); err != nil {
			return fmt.Errorf("column %d (%s): %w", i+1, f.Columns[i].Name, err)
		}
	}
	return m.agreeKey(f)
}

// agreeKey compares the keys. A server takes the first unique key without NULLs
// for a primary key when there is none, so the map's key may also be that.
func (m *tableMap) agreeKey(f *ddl.Table) error {
	if !m.named || len(f.Key) == 0 && !f.Primary {
		return nil
	}
	if len(m.key) == 0 {
		if f.Primary {
			return constError("a primary key in the catalogue, none in the log")
		}
		return nil
	}
	if !slices.EqualFunc(m.key, f.Key, func(i int, name string) bool { return m.columns[i].name == name }) {
		return constError("another key in the catalogue than in the log")
	}
	return nil
}

// agree compares a column. Without metadata only what the type code says can be.
func (c *mapColumn) agree(f *ddl.Column, named, signs bool) error {
	spec, err := ddl.ParseType(f.Type)
	if err != nil {
		return err
	}
	charset := charsets.Canonical(f.Charset)
	if !c.fits(&spec, charset) {
		return fmt.Errorf("type %s in the catalogue, type code %d (%d) in the log", f.Type, c.code, c.meta)
	}
	if c.nullable != f.Nullable {
		return constError("NULL allowed in one of catalogue and log only")
	}
	switch {
	case named && c.name != f.Name:
		return fmt.Errorf("called %q in the log", c.name)
	case signs && c.isNumeric() && c.code != codeYear && c.unsigned != spec.Unsigned:
		return constError("unsigned in one of catalogue and log only")
	case !sameCharset(&spec, charset, charsets.ByID(c.collation)):
		return fmt.Errorf("character set %q in the catalogue, %q in the log", charset, charsets.ByID(c.collation))
	case named && c.isEnumOrSet() && !c.sameSymbols(spec.Symbols):
		return constError("other members in the catalogue than in the log")
	}
	return nil
}

// sameCharset compares a column's character set in the catalogue with that in
// the log. A set that isn't known, in either, is taken as equal.
func sameCharset(spec *ddl.Type, catalogue, log string) bool {
	switch {
	case spec.IsBinary():
		catalogue = charsets.Binary
	case !spec.IsText():
		return true
	}
	return catalogue == "" || log == "" || catalogue == log
}

func (c *mapColumn) sameSymbols(symbols []string) bool {
	own, err := c.utf8Symbols()
	return err != nil || slices.Equal(own, symbols)
}

// utf8Symbols returns the members of an ENUM or SET in UTF-8.
func (c *mapColumn) utf8Symbols() ([]string, error) {
	charset := charsets.ByID(c.collation)
	if charset == charsets.Binary {
		return c.symbols, nil
	}
	if !charsets.Known(charset) {
		return nil, fmt.Errorf("character set %q (collation %d): %w", charset, c.collation, event.ErrUnsupported)
	}
	t := new(charsets.Tables).Transcoder(charset)
	if t.Same() {
		return c.symbols, nil
	}
	symbols := make([]string, len(c.symbols))
	for i, s := range c.symbols {
		text, _ := t.Append(nil, []byte(s))
		symbols[i] = string(text)
	}
	return symbols, nil
}

// fact spells the column as the catalogue would.
func (c *mapColumn) fact(fl Flavor) (ddl.Column, error) {
	f := ddl.Column{Name: c.name, Nullable: c.nullable}
	if c.hidden {
		f.Extra = "INVISIBLE"
	}
	charset := charsets.ByID(c.collation)
	if charset != charsets.Binary && (c.isCharacter(fl) || c.isEnumOrSet()) {
		f.Charset = charset
	}
	var err error
	f.Type, err = c.typeText(fl, charset)
	return f, err
}

func (c *mapColumn) typeText(fl Flavor, charset string) (string, error) {
	name := c.typeName(charset)
	n := int(c.meta)
	switch c.code {
	case codeNewdecimal:
		name += fmt.Sprintf("(%d,%d)", c.precision(), c.scale())
	case codeBit:
		name += "(" + strconv.Itoa(n) + ")"
	case codeTime2, codeDatetime2, codeTimestamp2:
		if n > 0 {
			name += "(" + strconv.Itoa(n) + ")"
		}
	case codeString, codeVarchar, codeVarString:
		if fl == MariaDB && c.code == codeString && charset == charsets.Binary && (n == 4 || n == 16) {
			return "", fmt.Errorf("BINARY, UUID or INET, which only the catalogue knows: %w", errFactsDiffer)
		}
		name += "(" + strconv.Itoa(n/max(1, charsets.MaxBytes(charset))) + ")"
	case codeVector:
		if c.detail > 0 {
			name += "(" + strconv.FormatUint(c.detail, 10) + ")"
		}
	case codeVarcharCompressed:
		name += "(" + strconv.Itoa(n/max(1, charsets.MaxBytes(charset))) + ")" + packedWord
	case codeBlobCompressed:
		name += packedWord
	case codeEnum, codeSet:
		symbols, err := c.utf8Symbols()
		if err != nil {
			return "", err
		}
		name = string(ddl.AppendMembers([]byte(name), symbols))
	}
	if c.isNumeric() && c.unsigned && c.code != codeYear {
		name += " unsigned"
	}
	return name, nil
}

// packedWord is what the catalogue adds to the type of a COMPRESSED column.
const packedWord = " /*M!100301 COMPRESSED*/"
