package encode

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"

	"cdc/event"
	"cdc/internal/javafloat"
	"cdc/sink/encode/connect"
)

// shapeForm is the form of PostgreSQL's geometric types but point, which Debezium
// has as the text of a Java object: each coordinate is printed as Java prints a
// double. What follows is the way of the bytes of that text.
func (c *forms) shapeForm() *form {
	f := c.binary()
	f.then, f.way = f.way, asShape
	return f
}

// isShape tells those types by their name in pg_type.
func isShape(native string) bool {
	switch native {
	case "box", "circle", "line", "lseg", "path", "polygon":
		return true
	default:
		return false
	}
}

// appendShape appends the text of a shape, by the way that follows.
func (f *form) appendShape(b []byte, v event.Value, arena []byte, then way) []byte {
	at := len(b)
	b = appendJavaNumbers(b, v.Bytes(arena))
	end := len(b)
	switch then {
	case asHex:
		b = hex.AppendEncode(b, b[at:end])
	case asBase64:
		b = base64.StdEncoding.AppendEncode(b, b[at:end])
	case asBase64URL:
		b = base64.URLEncoding.AppendEncode(b, b[at:end])
	default:
		return b
	}
	return b[:at+copy(b[at:], b[end:])]
}

// appendShapeJSON appends a shape as a JSON string.
func appendShapeJSON(b []byte, f *form, v event.Value, arena []byte, limit int) ([]byte, error) {
	if len(b)+v.Len() > limit {
		return b, errTooLarge
	}
	then := f.then
	if f.schema.Type == connect.Bytes {
		then = asBase64
	}
	return append(f.appendShape(append(b, '"'), v, arena, then), '"'), nil
}

// appendJavaNumbers appends a text, and every number in it as Java prints a
// double.
func appendJavaNumbers(b, text []byte) []byte {
	for i := 0; i < len(text); {
		end := i
		for end < len(text) && numberByte(text[end]) {
			end++
		}
		if end == i {
			b = append(b, text[i])
			i++
			continue
		}
		if n, err := strconv.ParseFloat(string(text[i:end]), 64); err == nil {
			b = javafloat.Append(b, n, 64)
		} else { // the sign of -Infinity
			b = append(b, text[i:end]...)
		}
		i = end
	}
	return b
}

func numberByte(c byte) bool {
	return c-'0' <= 9 || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'
}
