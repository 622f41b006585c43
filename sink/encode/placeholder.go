package encode

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"strings"

	"cdc/event"
	"cdc/sink/encode/connect"
)

// placeholderBytes are the bytes of a placeholder as it is configured.
func placeholderBytes(text string) ([]byte, error) {
	digits, isHex := strings.CutPrefix(text, "hex:")
	if !isHex {
		if text == "" {
			return nil, errors.New("unavailable_value_placeholder: must not be empty: it would look like an empty value")
		}
		return []byte(text), nil
	}
	p, err := hex.DecodeString(digits)
	if err != nil || len(p) == 0 {
		return nil, errors.New(`unavailable_value_placeholder: after "hex:" there must be an even number of hexadecimal digits`)
	}
	return p, nil
}

// placeholderUUID is the version 3 UUID of the placeholder without a name space,
// which stands for an array of UUIDs.
func placeholderUUID(p []byte) []byte {
	sum := md5.Sum(p)
	sum[6] = sum[6]&0x0f | 0x30
	sum[8] = sum[8]&0x3f | 0x80
	digits := hex.AppendEncode(nil, sum[:])
	return bytes.Join([][]byte{digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]}, []byte{'-'})
}

// placeholderText is the placeholder where a text is asked for: what of it isn't
// UTF-8 is shown as U+FFFD.
func (c *forms) placeholderText() []byte { return appendUTF8(nil, c.placeholder) }

// unavailable is what stands for a value of a form that isn't in the log, to be
// printed as zero is; ok is false when nothing can.
func (c *forms) unavailable(f *form, t *event.Type) (z zero, ok bool) {
	p, shown := c.placeholder, c.placeholderText()
	text := zero{event.Text(event.KindString, 0, len(shown)), shown, newForm(connect.Of(connect.String), asText, textKinds)}
	plain := zero{event.Text(event.KindBytes, 0, len(p)), p, f}
	if f.way == asShape {
		return c.unavailable(c.binary(), t)
	}
	switch f.way {
	case asText:
		return text, t.Logical != event.LogicalZonedTime
	case asDecimalText, asHex:
		return text, true
	case asBase64, asBase64URL:
		return plain, true
	case asBytes:
		return plain, t.Kind == event.KindBytes
	case asHstoreText, asHstoreMap:
		pair := event.Text(event.KindString, 0, len(shown))
		return listOf(f, shown, pair, pair), true
	case asArray:
		return c.unavailableArray(f, t)
	default:
		return zero{}, false
	}
}

// unavailableArray: an array of texts holds one text, one of bytes one value,
// one of numbers the bytes of the placeholder, and one of UUIDs its UUID.
func (c *forms) unavailableArray(f *form, t *event.Type) (z zero, ok bool) {
	p, shown := c.placeholder, c.placeholderText()
	switch e := f.elem; {
	case t.Elem == nil || !e.schema.Optional && e.way != asText:
		return zero{}, false
	case t.Elem.Kind == event.KindUUID:
		id := placeholderUUID(p)
		return listOf(f, id, event.Text(event.KindUUID, 0, len(id))), true
	case e.way == asText && t.Elem.Logical == event.LogicalNone:
		return listOf(f, shown, event.Text(event.KindString, 0, len(shown))), true
	case e.way == asHex:
		by := newForm(&connect.Schema{Type: connect.Array, Items: e.schema}, asArray, listKinds)
		by.elem = newForm(e.schema, asText, textKinds)
		return listOf(by, shown, event.Text(event.KindString, 0, len(shown))), true
	case e.way == asBytes && t.Elem.Kind == event.KindBytes || e.way == asBase64 || e.way == asBase64URL:
		return listOf(f, p, event.Text(event.KindBytes, 0, len(p))), true
	case e.way == asInt || e.way == asDays:
		numbers := make([]event.Value, len(p))
		for i := range p {
			numbers[i] = event.Of(t.Elem.Kind, int64(int8(p[i])))
		}
		return listOf(f, nil, numbers...), true
	default:
		return zero{}, false
	}
}

// listOf is a list whose texts lie in arena, printed by a form.
func listOf(f *form, arena []byte, elements ...event.Value) zero {
	list := event.AppendList(bytes.Clone(arena), 0, elements)
	return zero{event.Text(event.KindList, 0, len(list)), list, f}
}
