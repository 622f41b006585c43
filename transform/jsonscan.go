package transform

import (
	"bytes"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"cdc/event"
	"cdc/transform/values"
)

// jsonScan goes through JSON text once, without building anything of it.
type jsonScan struct {
	p   []byte
	at  int
	bad bool
}

// maxJSONDepth bounds how deep values are nested.
const maxJSONDepth = 100

var errJSON = values.NewFault("a column that is to be flattened doesn't hold JSON", "")

// branch is a member of an object that is wanted, or leads to some.
type branch struct {
	name     string
	take     []*member
	branches []branch
}

// tree arranges members by their paths.
func tree(list []*member, depth int) []branch {
	var all []branch
	for _, m := range list {
		name := m.path[depth]
		at := slices.IndexFunc(all, func(b branch) bool { return b.name == name })
		if at < 0 {
			at = len(all)
			all = append(all, branch{name: name})
		}
		if len(m.path) == depth+1 {
			all[at].take = append(all[at].take, m)
		}
	}
	for i := range all {
		deeper := slices.DeleteFunc(slices.Clone(list), func(m *member) bool { return m.path[depth] != all[i].name || len(m.path) <= depth+1 })
		if len(deeper) > 0 {
			all[i].branches = tree(deeper, depth+1)
		}
	}
	return all
}

// open fills the members of an object into an image; those that aren't there stay
// as they are.
func open(b *event.Batch, all []branch, v event.Value, image []event.Value) error {
	s := jsonScan{p: b.Bytes(v)}
	s.space()
	var err error
	if s.peek() == '{' {
		err = s.object(b, all, image, 0)
	} else {
		s.skip(0) // no object: it has no members
	}
	if s.space(); err == nil && (s.bad || s.at != len(s.p)) {
		err = errJSON
	}
	return err
}

// object goes through the members of an object.
func (s *jsonScan) object(b *event.Batch, all []branch, image []event.Value, depth int) error {
	s.at++
	for first := true; !s.bad; first = false {
		s.space()
		if s.peek() == '}' && first {
			s.at++
			return nil
		}
		name := s.text()
		if s.space(); !s.eat(':') {
			return nil
		}
		s.space()
		if err := s.value(b, all, name, image, depth); err != nil || s.bad {
			return err
		}
		s.space()
		if s.peek() != ',' {
			s.eat('}')
			return nil
		}
		s.at++
	}
	return nil
}

// value takes the value of a member, goes into it, or skips it.
func (s *jsonScan) value(b *event.Batch, all []branch, name []byte, image []event.Value, depth int) error {
	at := slices.IndexFunc(all, func(b branch) bool { return sameName(name, b.name) })
	if at < 0 || depth > maxJSONDepth {
		s.skip(depth)
		return nil
	}
	for _, m := range all[at].take {
		end := s.end(s.at, depth)
		if s.bad {
			return nil
		}
		if err := m.take(b, s.p[s.at:end], image); err != nil {
			return err
		}
	}
	if len(all[at].branches) > 0 && s.peek() == '{' {
		return s.object(b, all[at].branches, image, depth+1)
	}
	s.skip(depth)
	return nil
}

// end is where the value that starts here ends.
func (s *jsonScan) end(start, depth int) int {
	s.skip(depth)
	end := s.at
	s.at = start
	return end
}

// sameName compares the name of a member, as it is written, with another one.
func sameName(written []byte, name string) bool {
	if bytes.IndexByte(written, '\\') < 0 {
		return string(written) == name
	}
	return string(unescape(nil, written)) == name
}

// take puts the value of a member into an image.
func (m *member) take(b *event.Batch, raw []byte, image []event.Value) error {
	if string(raw) == "null" {
		return nil
	}
	at := len(b.Arena)
	if raw[0] == '"' {
		b.Arena = unescape(b.Arena, raw[1:len(raw)-1])
	} else {
		if m.kind != event.KindString && (raw[0] == '{' || raw[0] == '[') {
			return values.ErrCast
		}
		b.Arena = append(b.Arena, raw...)
	}
	v := event.Text(event.KindString, at, len(b.Arena)-at)
	if m.kind == event.KindInstant && raw[0] != '"' {
		n, err := strconv.ParseInt(string(raw), 10, 64)
		if err != nil {
			return values.ErrCast
		}
		v = event.Int(n)
	}
	v, err := m.cast(b, v)
	if err == nil {
		image[m.ord] = v
	}
	return err
}

func (s *jsonScan) peek() byte {
	if s.at < len(s.p) {
		return s.p[s.at]
	}
	return 0
}

func (s *jsonScan) eat(c byte) bool {
	if s.peek() != c {
		s.bad = true
		return false
	}
	s.at++
	return true
}

func (s *jsonScan) space() {
	for s.at < len(s.p) && (s.p[s.at] == ' ' || s.p[s.at] == '\n' || s.p[s.at] == '\t' || s.p[s.at] == '\r') {
		s.at++
	}
}

// text takes a string and returns what is written between its quotes.
func (s *jsonScan) text() []byte {
	if !s.eat('"') {
		return nil
	}
	start := s.at
	for s.at < len(s.p) {
		switch s.p[s.at] {
		case '"':
			s.at++
			return s.p[start : s.at-1]
		case '\\':
			s.at++
		}
		s.at++
	}
	s.bad = true
	return nil
}

// skip goes behind a value.
func (s *jsonScan) skip(depth int) {
	switch c := s.peek(); {
	case depth > maxJSONDepth:
		s.bad = true
	case c == '"':
		s.text()
	case c == '{':
		s.skipAll('}', depth)
	case c == '[':
		s.skipAll(']', depth)
	case c == 't':
		s.word("true")
	case c == 'f':
		s.word("false")
	case c == 'n':
		s.word("null")
	default:
		s.number()
	}
}

// word goes behind one of JSON's three words.
func (s *jsonScan) word(text string) {
	if !bytes.HasPrefix(s.p[s.at:], []byte(text)) {
		s.bad = true
		return
	}
	s.at += len(text)
}

// number goes behind a number.
func (s *jsonScan) number() {
	if s.peek() == '-' {
		s.at++
	}
	if s.peek() == '0' {
		s.at++
	} else {
		s.digits()
	}
	if s.peek() == '.' {
		s.at++
		s.digits()
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.at++
		if c := s.peek(); c == '+' || c == '-' {
			s.at++
		}
		s.digits()
	}
}

// digits goes behind at least one digit.
func (s *jsonScan) digits() {
	start := s.at
	for c := s.peek(); c >= '0' && c <= '9'; c = s.peek() {
		s.at++
	}
	s.bad = s.bad || s.at == start
}

// skipAll goes behind an object or an array.
func (s *jsonScan) skipAll(end byte, depth int) {
	s.at++
	for first := true; !s.bad; first = false {
		s.space()
		if first && s.peek() == end {
			s.at++
			return
		}
		if end == '}' {
			s.text()
			s.space()
			s.eat(':')
			s.space()
		}
		s.skip(depth + 1)
		s.space()
		if s.peek() != ',' {
			s.eat(end)
			return
		}
		s.at++
	}
}

// unescape appends the text of a string as it is written.
func unescape(dst, p []byte) []byte {
	for i := 0; i < len(p); i++ {
		if p[i] != '\\' || i+1 == len(p) {
			dst = append(dst, p[i])
			continue
		}
		i++
		switch p[i] {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r := unit(p[i+1:])
			i += 4
			if utf16.IsSurrogate(r) && i+2 < len(p) && p[i+1] == '\\' && p[i+2] == 'u' {
				if pair := utf16.DecodeRune(r, unit(p[i+3:])); pair != utf8.RuneError {
					r = pair
					i += 6
				}
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, p[i])
		}
	}
	return dst
}

// unit reads four hexadecimal digits.
func unit(p []byte) rune {
	if len(p) < 4 {
		return utf8.RuneError
	}
	n, err := strconv.ParseUint(string(p[:4]), 16, 16)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}
