package binlog

import (
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"

	"cdc/event"
)

// setDefault fills Default and DefaultExpr from COLUMN_DEFAULT, which MySQL
// prints bare and MariaDB as SQL. It needs Type and Extra.
func (c *columnFact) setDefault(fl Flavor, columnDefault *string) {
	c.Default, c.DefaultExpr = columnDefault, false
	switch {
	case columnDefault == nil:
	case fl == MariaDB:
		c.setMariaDBDefault(*columnDefault)
	case strings.Contains(strings.ToUpper(c.Extra), "DEFAULT_GENERATED"):
		c.DefaultExpr = true
	default: // before 8.0 nothing marks the only expression that there was
		temporal := strings.HasPrefix(c.Type, "timestamp") || strings.HasPrefix(c.Type, "datetime")
		c.DefaultExpr = temporal && isNow(*columnDefault)
	}
}

func (c *columnFact) setMariaDBDefault(text string) {
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

// isNow reports whether an expression is a spelling of CURRENT_TIMESTAMP.
func isNow(expr string) bool {
	name, _, _ := strings.Cut(strings.ToLower(expr), "(")
	switch name {
	case "current_timestamp", "now", "localtime", "localtimestamp":
		return true
	default:
		return false
	}
}

// renderDefault makes the default that the schema shows, as Debezium does: an
// expression has none, save that the current time is the epoch; a default that
// can't be read has none either.
func (c *columnFact) renderDefault(t *event.Type) *event.Default {
	switch {
	case c.Default == nil || c.generated():
		return nil
	case c.DefaultExpr:
		return c.renderNow(t)
	}
	text := *c.Default
	switch t.Kind {
	case event.KindJSON, event.KindUUID, event.KindList:
		return nil
	case event.KindString:
		return textDefault(t.Kind, shown(text))
	case event.KindBytes:
		return c.renderBinary(t, text)
	case event.KindBool, event.KindBits:
		return renderBits(t, text)
	case event.KindInt:
		if text = strings.ToLower(text); text == "true" || text == "false" {
			return &event.Default{Value: event.Int(int64(bit(text == "true")))}
		}
	default:
	}
	return parsedDefault(t, text)
}

func (c *columnFact) renderNow(t *event.Type) *event.Default {
	switch {
	case !isNow(*c.Default):
		return nil
	case t.Kind == event.KindLocal, t.Kind == event.KindInstant && !t.Nullable():
		return &event.Default{Value: event.Of(t.Kind, 0)}
	default:
		return nil
	}
}

// parsedDefault reads the text as the snapshot reads a value.
func parsedDefault(t *event.Type, text string) *event.Default {
	r := &textReader{cell: cell{kind: t.Kind, zero: zeroDate(t, MySQL)}}
	parse := r.parser(new(decoding), t)
	if parse == nil {
		return nil
	}
	var b event.Batch
	v, ok := parse(&b, []byte(text))
	if !ok && r.fault != faultZeroDate || v.IsNull() {
		return nil
	}
	return &event.Default{Value: v, Text: b.Arena}
}

func textDefault(k event.Kind, text []byte) *event.Default {
	return &event.Default{Value: event.Text(k, 0, len(text)), Text: text}
}

// shown is a literal as SHOW CREATE TABLE prints it between its quotes. Debezium
// takes its defaults from there and leaves the escapes in.
func shown(text string) []byte {
	quoted := appendQuoted(nil, text)
	return quoted[1 : len(quoted)-1]
}

// renderBinary takes the default of a binary column, which MySQL's catalogue
// gives in hexadecimal. SHOW CREATE TABLE, where Debezium reads it, prints it as
// a string when it is valid UTF-8 and else in hexadecimal, of which Debezium
// keeps what stands between the first and the last character, without the x.
func (c *columnFact) renderBinary(t *event.Type, text string) *event.Default {
	value := text
	if digits, ok := strings.CutPrefix(text, "0x"); ok {
		raw, err := hex.DecodeString(digits)
		if err != nil || len(raw) == 0 {
			return nil // MySQL's catalogue cuts it off at a zero byte
		}
		value = string(raw)
	}
	if strings.HasPrefix(strings.ToLower(c.Type), "binary") {
		value += strings.Repeat("\x00", max(0, int(t.Length)-len(value)))
	}
	if utf8.ValidString(value) {
		return textDefault(t.Kind, shown(value))
	}
	digits := strings.ToUpper(hex.EncodeToString([]byte(value)))
	return textDefault(t.Kind, []byte(digits[:len(digits)-1]))
}

// renderBits reads b'101'.
func renderBits(t *event.Type, text string) *event.Default {
	text = strings.TrimSuffix(strings.TrimPrefix(text, "b'"), "'")
	u, err := strconv.ParseUint(text, 2, 64)
	if err != nil {
		return nil
	}
	if t.Kind == event.KindBool {
		return &event.Default{Value: event.Bool(u != 0)}
	}
	raw := make([]byte, (t.Length+7)/8)
	for i := range raw {
		raw[i] = byte(u >> (8 * i))
	}
	return textDefault(t.Kind, raw)
}
