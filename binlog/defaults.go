package binlog

import (
	"strconv"
	"strings"

	"cdc/binlog/ddl"
	"cdc/event"
)

// renderDefault makes the default that the schema shows, as Debezium does: an
// expression has none, save that the current time is the epoch; a default that
// can't be read has none either.
func renderDefault(c *ddl.Column, t *event.Type) *event.Default {
	switch {
	case c.Default == nil || c.Generated():
		return nil
	case c.DefaultExpr:
		return renderNow(c, t)
	}
	text := *c.Default
	switch t.Kind {
	case event.KindJSON, event.KindUUID, event.KindList:
		return nil
	case event.KindString:
		return textDefault(t.Kind, ddl.Shown(text))
	case event.KindBytes:
		if text, ok := c.ShownBinary(int(t.Length)); ok {
			return textDefault(t.Kind, text)
		}
		return nil
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

func renderNow(c *ddl.Column, t *event.Type) *event.Default {
	switch {
	case !ddl.IsNow(*c.Default):
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
