package jsonb

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Reader reads documents of the text protocol, one after the other. The zero Reader
// is ready.
type Reader struct{ r reader }

// Append appends a document as Printer.Append does. It allocates nothing but room in
// dst.
func (r *Reader) Append(dst, text []byte) (out []byte, err error) {
	r.r = reader{printer: printer{dst: dst}, src: text}
	out, err = r.r.done(r.r.value(1) && r.r.end())
	r.r.src = nil
	return out, err
}

// reader turns the server's own text of a JSON document into the text that
// the stream has for it. The text tells less than the log: a DECIMAL is a double
// here unless it has digits that no double is printed with, and the time types
// are strings with all their digits.
type reader struct {
	printer
	src []byte
}

func (r *reader) end() bool {
	r.skipSpace()
	return len(r.src) == 0
}

func (r *reader) skipSpace() {
	for len(r.src) > 0 && (r.src[0] == ' ' || r.src[0] == '\n' || r.src[0] == '\r' || r.src[0] == '\t') {
		r.src = r.src[1:]
	}
}

// take passes over c, if it is next.
func (r *reader) take(c byte) bool {
	r.skipSpace()
	if len(r.src) == 0 || r.src[0] != c {
		return false
	}
	r.src = r.src[1:]
	return true
}

func (r *reader) value(depth int) bool {
	r.skipSpace()
	if len(r.src) == 0 {
		return false
	}
	switch r.src[0] {
	case '{':
		return r.container('{', '}', depth)
	case '[':
		return r.container('[', ']', depth)
	case '"':
		return r.text(true)
	case 't':
		return r.word("true")
	case 'f':
		return r.word("false")
	case 'n':
		return r.word("null")
	default:
		return r.number()
	}
}

func (r *reader) word(w string) bool {
	rest, ok := bytes.CutPrefix(r.src, []byte(w))
	r.src = rest
	r.dst = append(r.dst, w...)
	return ok
}

func (r *reader) container(open, end byte, depth int) bool {
	if depth > MaxDepth {
		r.deep = true
		return false
	}
	r.take(open)
	r.dst = append(r.dst, open)
	for first := true; !r.take(end); first = false {
		if !first {
			if !r.take(',') {
				return false
			}
			r.dst = append(r.dst, ',')
		}
		if open == '{' {
			r.skipSpace()
			if !r.text(false) || !r.take(':') {
				return false
			}
			r.dst = append(r.dst, ':')
		}
		if !r.value(depth + 1) {
			return false
		}
	}
	r.dst = append(r.dst, end)
	return true
}

// text reads a string. opaque looks for a value of an SQL type that JSON doesn't
// have, of which the stream has the bytes alone.
func (r *reader) text(opaque bool) bool {
	if len(r.src) == 0 || r.src[0] != '"' {
		return false
	}
	body := r.src[1:]
	end := stringEnd(body)
	if end < 0 {
		return false
	}
	r.src = body[end+1:]
	body = body[:end]
	if opaque {
		if data, ok := opaqueText(body); ok {
			r.dst = append(r.dst, '"')
			r.dst = append(r.dst, data...)
			r.dst = append(r.dst, '"')
			return true
		}
	}
	r.dst = append(r.dst, '"')
	for len(body) > 0 {
		n := bytes.IndexByte(body, '\\')
		if n < 0 {
			n = len(body)
		}
		r.dst = appendEscaped(r.dst, body[:n])
		if body = body[n:]; len(body) == 0 {
			break
		}
		var room [utf8.UTFMax]byte
		char, rest, ok := appendUnescaped(room[:0], body[1:])
		if !ok {
			return false
		}
		r.dst, body = appendEscaped(r.dst, char), rest
	}
	r.dst = append(r.dst, '"')
	return true
}

// stringEnd returns where the closing quote stands; -1 for nowhere.
func stringEnd(body []byte) int {
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '"':
			return i
		case '\\':
			i++
		}
	}
	return -1
}

// appendUnescaped appends the character that what follows a backslash stands for,
// and returns what follows that.
func appendUnescaped(dst, p []byte) (out, rest []byte, ok bool) {
	if len(p) == 0 {
		return dst, nil, false
	}
	if p[0] == 'u' {
		if len(p) < 5 {
			return dst, nil, false
		}
		u, err := strconv.ParseUint(string(p[1:5]), 16, 16)
		return utf8.AppendRune(dst, rune(u)), p[5:], err == nil
	}
	const letters, means = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	i := strings.IndexByte(letters, p[0])
	if i < 0 {
		return dst, nil, false
	}
	return append(dst, means[i]), p[1:], true
}

// opaqueText takes "base64:type252:..." apart.
func opaqueText(body []byte) (data []byte, ok bool) {
	rest, ok := bytes.CutPrefix(body, []byte("base64:type"))
	if !ok {
		return nil, false
	}
	code, data, ok := bytes.Cut(rest, []byte(":"))
	if !ok || len(code) == 0 || len(code) > 3 || len(bytes.Trim(code, "0123456789")) > 0 {
		return nil, false
	}
	var room [4]byte
	for p := data; len(p) > 0; p = p[4:] {
		if len(p) < 4 {
			return nil, false
		}
		if _, err := base64.StdEncoding.Decode(room[:], p[:4]); err != nil {
			return nil, false
		}
	}
	return data, true
}

// number reads a number: whole ones are as they are, others doubles.
func (r *reader) number() bool {
	n, whole := 0, true
	for ; n < len(r.src); n++ {
		switch c := r.src[n]; {
		case '0' <= c && c <= '9', c == '-' && n == 0:
		case c == '.', c == 'e', c == 'E', c == '-', c == '+':
			whole = false
		default:
			goto found
		}
	}
found:
	token := r.src[:n]
	r.src = r.src[n:]
	if n == 0 || token[n-1] < '0' || token[n-1] > '9' {
		return false
	}
	if whole {
		r.dst = append(r.dst, token...)
		return true
	}
	f, err := strconv.ParseFloat(string(token), 64)
	if err != nil {
		return false
	}
	if isDecimalText(token, f) {
		r.dst = append(r.dst, token...)
		return true
	}
	return r.float(f)
}

// isDecimalText reports whether a number has other digits than those that a
// double is printed with: the least that it takes to read it back.
func isDecimalText(token []byte, f float64) bool {
	if bytes.ContainsAny(token, "eE") {
		return false
	}
	if whole, fraction, _ := bytes.Cut(token, []byte(".")); len(whole) > 0 && len(fraction) > 1 && fraction[len(fraction)-1] == '0' {
		return true
	}
	var room [32]byte
	shortest, _, _ := bytes.Cut(strconv.AppendFloat(room[:0], f, 'e', -1, 64), []byte("e"))
	return significant(token) > significant(shortest)
}

// significant counts the digits from the first to the last that isn't zero.
func significant(token []byte) int {
	digits, last := 0, 0
	for _, c := range token {
		if c < '0' || c > '9' || digits == 0 && c == '0' {
			continue
		}
		if digits++; c != '0' {
			last = digits
		}
	}
	return last
}
