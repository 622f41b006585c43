package rulefile

import (
	"fmt"
	"sort"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Source is the text of a rule file and the name under which errors speak of it.
type Source struct {
	Name string
	Text []byte

	once   sync.Once
	starts []int // of the lines, as YAML counts them
}

// Place is a position in a rule file. Line and column count from 1, columns in
// characters.
type Place struct {
	Source    *Source
	Line, Col int
}

// IsZero reports whether p is no place at all.
func (p Place) IsZero() bool { return p.Source == nil }

// Errorf makes an error that stands at p.
func (p Place) Errorf(hint, format string, args ...any) *Error {
	return &Error{File: p.Source.Name, Line: p.Line, Col: p.Col, Msg: OneLine(fmt.Sprintf(format, args...)), Hint: OneLine(hint), src: p.Source}
}

// String prints file:line:col.
func (p Place) String() string { return fmt.Sprintf("%s:%d:%d", p.Source.Name, p.Line, p.Col) }

// At is the place of a node of the source.
func (s *Source) At(n *yaml.Node) Place { return Place{Source: s, Line: n.Line, Col: n.Column} }

// index finds where lines begin, once.
func (s *Source) index() []int {
	s.once.Do(func() {
		s.starts = []int{0}
		text := string(s.Text)
		for i, r := range text {
			switch r {
			case '\r':
				if strings.HasPrefix(text[i:], "\r\n") {
					continue
				}
			case '\n', '\u0085', '\u2028', '\u2029':
			default:
				continue
			}
			s.starts = append(s.starts, i+utf8.RuneLen(r))
		}
	})
	return s.starts
}

// line is the text of a line, which counts from 1, without its end; empty for one
// that isn't there.
func (s *Source) line(number int) string {
	starts := s.index()
	if number < 1 || number > len(starts) {
		return ""
	}
	end := len(s.Text)
	if number < len(starts) {
		end = starts[number]
	}
	return strings.TrimRight(string(s.Text[starts[number-1]:end]), "\r\n\u0085\u2028\u2029")
}

// longLine returns the first line that is longer than so many bytes.
func (s *Source) longLine(limit int) (number int, ok bool) {
	starts := s.index()
	for i, start := range starts {
		end := len(s.Text)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		if end-start > limit {
			return i + 1, true
		}
	}
	return 0, false
}

// at is the place of a byte.
func (s *Source) at(offset int) Place {
	starts := s.index()
	line := sort.SearchInts(starts, offset+1) - 1
	return Place{Source: s, Line: line + 1, Col: utf8.RuneCount(s.Text[starts[line]:offset]) + 1}
}

// Within is the place of the character at index offset of the value of scalar
// n. YAML gives only the start of a scalar, and the value differs from the text
// by quotes, escapes, indentation and folding: so the text is walked along with
// the value, matching the characters that aren't space.
func (s *Source) Within(n *yaml.Node, offset int) Place {
	c := cursor{src: s}
	switch n.Style &^ yaml.TaggedStyle {
	case yaml.LiteralStyle, yaml.FoldedStyle:
		c.seek(n.Line, 0)
	case yaml.DoubleQuotedStyle, yaml.SingleQuotedStyle:
		c.seek(n.Line-1, n.Column)
	default:
		c.seek(n.Line-1, n.Column-1)
	}
	at := s.At(n)
	i := 0
	for _, r := range n.Value {
		if !unicode.IsSpace(r) && c.find(r) {
			at.Line, at.Col = c.line+1, c.col+1
			c.col++
		}
		if i >= offset {
			return at
		}
		i++
	}
	// Behind the last character: an expression that ends too early.
	at.Col++
	return at
}

// cursor is a character of a text; line and col count from 0.
type cursor struct {
	src       *Source
	line, col int
	text      []rune // the line that the cursor is in
	steps     int    // how many characters find has looked at
}

func (c *cursor) seek(line, col int) {
	c.line, c.col, c.text = line, col, []rune(c.src.line(line+1))
}

// maxAhead is how many lines find looks at before it gives up, and maxLooks how many
// characters all calls together.
const (
	maxAhead = 20
	maxLooks = 1 << 18
)

// find moves the cursor to the first r at or behind it; it stays where it is
// when there is none near by.
func (c *cursor) find(r rune) bool {
	was := *c
	for range maxAhead {
		if c.steps += len(c.text) - min(c.col, len(c.text)); c.steps > maxLooks {
			break
		}
		for i := c.col; i < len(c.text); i++ {
			if c.text[i] == r {
				c.col = i
				return true
			}
		}
		if c.line+1 >= len(c.src.index()) {
			break
		}
		c.seek(c.line+1, 0)
	}
	steps := c.steps
	*c = was
	c.steps = steps
	return false
}
