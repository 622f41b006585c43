package encode

import (
	"bytes"
	"errors"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonNode is a value in a JSON text. Rows that are expanded are rare, so it may
// be allocated.
type jsonNode struct {
	kind jsonKind
	// text is what stands there: of a string without its quotes and escapes.
	text []byte
	// names are those of the members of an object, in the order of the text, each
	// once; items are the members, or the items of an array.
	names [][]byte
	items []jsonNode
}

type jsonKind uint8

const (
	jsonNull jsonKind = iota
	jsonBool
	jsonInteger // a number without fraction and exponent
	jsonReal
	jsonString
	jsonArray
	jsonObject
)

var errNotJSON = errors.New("isn't JSON")

// maxJSONDepth bounds how deep values in a JSON text lie in each other, so that
// names of schemas, which are paths, don't grow beyond reason.
const maxJSONDepth = 100

// maxJSONValues bounds the values in a JSON text that is parsed, since each takes
// many times the bytes that it has in the text.
const maxJSONValues = 1 << 18

// parseJSON parses the value that a text begins with. What follows it is left
// alone, as Debezium does.
func parseJSON(text []byte) (*jsonNode, error) {
	p := jsonParser{rest: text}
	n := new(jsonNode)
	if !p.value(n, 0) {
		return nil, errNotJSON
	}
	return n, nil
}

// parseWholeJSON is parseJSON for a text behind which nothing may follow.
func parseWholeJSON(text []byte) (*jsonNode, error) {
	p := jsonParser{rest: text}
	n := new(jsonNode)
	if p.space(); !p.value(n, 0) {
		return nil, errNotJSON
	}
	if p.space(); len(p.rest) > 0 {
		return nil, errNotJSON
	}
	return n, nil
}

// jsonParser holds what isn't parsed yet, and how many values were. Its methods
// are false for what isn't JSON, or too much of it.
type jsonParser struct {
	rest   []byte
	values int
}

func (p *jsonParser) space() {
	for len(p.rest) > 0 {
		switch p.rest[0] {
		case ' ', '\t', '\n', '\r':
			p.rest = p.rest[1:]
		default:
			return
		}
	}
}

// next takes c, if it comes next behind white space.
func (p *jsonParser) next(c byte) bool {
	p.space()
	if len(p.rest) == 0 || p.rest[0] != c {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

func (p *jsonParser) value(n *jsonNode, depth int) bool {
	p.space()
	if p.values++; len(p.rest) == 0 || depth > maxJSONDepth || p.values > maxJSONValues {
		return false
	}
	switch c := p.rest[0]; {
	case c == '{':
		return p.object(n, depth)
	case c == '[':
		return p.array(n, depth)
	case c == '"':
		n.kind = jsonString
		return p.string(&n.text)
	case c == 'n':
		n.kind = jsonNull
		return p.word(n, "null")
	case c == 't':
		n.kind = jsonBool
		return p.word(n, "true")
	case c == 'f':
		n.kind = jsonBool
		return p.word(n, "false")
	default:
		return p.number(n)
	}
}

func (p *jsonParser) word(n *jsonNode, word string) bool {
	if len(p.rest) < len(word) || string(p.rest[:len(word)]) != word {
		return false
	}
	n.text, p.rest = p.rest[:len(word)], p.rest[len(word):]
	return true
}

// number: an integer, then a fraction, then an exponent.
func (p *jsonParser) number(n *jsonNode) bool {
	text, i := p.rest, 0
	digits := func() bool {
		from := i
		for i < len(text) && text[i]-'0' <= 9 {
			i++
		}
		return i > from
	}
	at := func(set string) bool {
		for j := range len(set) {
			if i < len(text) && text[i] == set[j] {
				i++
				return true
			}
		}
		return false
	}
	n.kind = jsonInteger
	at("-")
	if !at("0") && !digits() {
		return false
	}
	if i < len(text) && text[i]-'0' <= 9 { // a zero in front
		return false
	}
	if at(".") {
		n.kind = jsonReal
		if !digits() {
			return false
		}
	}
	if at("eE") {
		n.kind = jsonReal
		if at("+-"); !digits() {
			return false
		}
	}
	n.text, p.rest = text[:i], text[i:]
	return true
}

func (p *jsonParser) array(n *jsonNode, depth int) bool {
	n.kind = jsonArray
	p.rest = p.rest[1:]
	if p.next(']') {
		return true
	}
	for {
		n.items = append(n.items, jsonNode{})
		if !p.value(&n.items[len(n.items)-1], depth+1) {
			return false
		}
		if !p.next(',') {
			return p.next(']')
		}
	}
}

// object: of two members of one name the later one counts, in the place of the
// first.
func (p *jsonParser) object(n *jsonNode, depth int) bool {
	n.kind = jsonObject
	p.rest = p.rest[1:]
	if p.next('}') {
		return true
	}
	var places map[string]int // of many members
	for {
		var name []byte
		if p.space(); !p.string(&name) || !p.next(':') {
			return false
		}
		var member jsonNode
		if !p.value(&member, depth+1) {
			return false
		}
		if len(n.names) == fewMembers {
			places = n.places(func(name []byte) string { return string(name) })
		}
		if at := n.member(name, places); at >= 0 {
			n.items[at] = member
		} else {
			if places != nil {
				places[string(name)] = len(n.items)
			}
			n.names, n.items = append(n.names, name), append(n.items, member)
		}
		if !p.next(',') {
			return p.next('}')
		}
	}
}

// fewMembers are found by looking at each.
const fewMembers = 16

// member is the index of a member, -1 for none. places is for more than few.
func (n *jsonNode) member(name []byte, places map[string]int) int {
	if places != nil {
		if at, is := places[string(name)]; is {
			return at
		}
		return -1
	}
	return slices.IndexFunc(n.names, func(other []byte) bool { return bytes.Equal(other, name) })
}

// places are the indexes of the members by their names, as they are written.
func (n *jsonNode) places(as func(name []byte) string) map[string]int {
	places := make(map[string]int, 2*len(n.names))
	for i := range n.names {
		places[as(n.names[i])] = i
	}
	return places
}

// string parses a string with its quotes.
func (p *jsonParser) string(to *[]byte) bool {
	if len(p.rest) == 0 || p.rest[0] != '"' {
		return false
	}
	text := p.rest[1:]
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"':
			*to, p.rest = text[:i:i], text[i+1:]
			return true
		case c < ' ':
			return false
		case c == '\\':
			return p.escaped(to, text, i)
		}
	}
	return false
}

// escaped goes on with a string whose first escape stands at i.
func (p *jsonParser) escaped(to *[]byte, text []byte, i int) bool {
	b := append(make([]byte, 0, 2*i+16), text[:i]...)
	for i < len(text) {
		switch c := text[i]; {
		case c == '"':
			*to, p.rest = b, text[i+1:]
			return true
		case c < ' ':
			return false
		case c != '\\':
			b = append(b, c)
			i++
		default:
			var n int
			if b, n = appendUnescaped(b, text[i:]); n == 0 {
				return false
			}
			i += n
		}
	}
	return false
}

// appendUnescaped appends the character of the escape that a text begins with, and
// returns the escape's length; 0 for none. Half a pair of surrogates is U+FFFD.
func appendUnescaped(b, text []byte) (to []byte, n int) {
	if len(text) < 2 {
		return b, 0
	}
	switch c := text[1]; c {
	case '"', '\\', '/':
		return append(b, c), 2
	case 'b':
		return append(b, '\b'), 2
	case 'f':
		return append(b, '\f'), 2
	case 'n':
		return append(b, '\n'), 2
	case 'r':
		return append(b, '\r'), 2
	case 't':
		return append(b, '\t'), 2
	case 'u':
		r, ok := hexRune(text)
		if !ok {
			return b, 0
		}
		if utf16.IsSurrogate(r) {
			low, ok := hexRune(text[6:])
			if pair := utf16.DecodeRune(r, low); ok && pair != utf8.RuneError {
				return utf8.AppendRune(b, pair), 12
			}
			r = utf8.RuneError
		}
		return utf8.AppendRune(b, r), 6
	default:
		return b, 0
	}
}

// hexRune reads \uXXXX.
func hexRune(text []byte) (r rune, ok bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	for _, c := range text[2:6] {
		switch {
		case c-'0' <= 9:
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
