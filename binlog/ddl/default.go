package ddl

import (
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"

	"cdc/binlog/flavor"
)

// SetDefault fills Default and DefaultExpr from COLUMN_DEFAULT, which MySQL
// prints bare and MariaDB as SQL. It needs Type and Extra.
func (c *Column) SetDefault(fl flavor.Flavor, columnDefault *string) {
	c.Default, c.DefaultExpr = columnDefault, false
	switch {
	case columnDefault == nil:
	case fl == flavor.MariaDB:
		c.setMariaDBDefault(*columnDefault)
	case strings.Contains(strings.ToUpper(c.Extra), "DEFAULT_GENERATED"):
		c.DefaultExpr = true
	default: // before 8.0 nothing marks the only expression that there was
		temporal := strings.HasPrefix(c.Type, "timestamp") || strings.HasPrefix(c.Type, "datetime")
		c.DefaultExpr = temporal && IsNow(*columnDefault)
	}
}

func (c *Column) setMariaDBDefault(text string) {
	if text == "NULL" {
		c.Default = nil
		return
	}
	if body, ok := strings.CutPrefix(text, "'"); ok {
		if literal, rest, err := unquote(body); err == nil && rest == "" {
			c.Default = &literal
			return
		}
	}
	_, err := strconv.ParseFloat(text, 64)
	c.DefaultExpr = err != nil && !strings.HasPrefix(text, "b'")
}

// IsNow reports whether an expression is a spelling of CURRENT_TIMESTAMP.
func IsNow(expr string) bool {
	name, _, _ := strings.Cut(strings.ToLower(expr), "(")
	switch name {
	case "current_timestamp", "now", "localtime", "localtimestamp":
		return true
	default:
		return false
	}
}

// Shown is a literal as SHOW CREATE TABLE prints it between its quotes. Debezium
// takes its defaults from there and leaves the escapes in.
func Shown(text string) []byte {
	quoted := appendQuoted(nil, text)
	return quoted[1 : len(quoted)-1]
}

// ShownBinary is the default of a binary column of a length, which MySQL's
// catalogue gives in hexadecimal. SHOW CREATE TABLE, where Debezium reads it,
// prints it as a string when it is valid UTF-8 and else in hexadecimal, of which
// Debezium keeps what stands between the first and the last character, without
// the x.
func (c *Column) ShownBinary(length int) (text []byte, ok bool) {
	value := *c.Default
	if digits, ok := strings.CutPrefix(value, "0x"); ok {
		raw, err := hex.DecodeString(digits)
		if err != nil || len(raw) == 0 {
			return nil, false // MySQL's catalogue cuts it off at a zero byte
		}
		value = string(raw)
	}
	if strings.HasPrefix(strings.ToLower(c.Type), "binary") {
		value += strings.Repeat("\x00", max(0, length-len(value)))
	}
	if utf8.ValidString(value) {
		return Shown(value), true
	}
	digits := strings.ToUpper(hex.EncodeToString([]byte(value)))
	return []byte(digits[:len(digits)-1]), true
}

// setWrittenDefault gives the column another default.
func (c *Column) setWrittenDefault(fl flavor.Flavor, d writtenDefault) {
	written := Written{Type: c.Type, Charset: c.Charset}
	if c.Written != nil {
		written = *c.Written
	}
	written.Default = d.shown
	c.Written = &written
	c.Default, c.DefaultExpr = d.value, d.expr
	if d.value != nil && !d.expr {
		text := catalogueDefault(fl, c.Type, *d.value)
		c.Default = &text
	}
	c.setExtra("DEFAULT_GENERATED", d.expr && fl == flavor.MySQL)
}

// setExtra adds a word to Extra, or takes it out.
func (c *Column) setExtra(word string, on bool) {
	words := strings.Fields(c.Extra)
	var left []string
	for _, w := range words {
		if w != word {
			left = append(left, w)
		}
	}
	if on {
		left = append([]string{word}, left...)
	}
	c.Extra = strings.Join(left, " ")
}
