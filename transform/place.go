package transform

import (
	"bytes"
	"fmt"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// Source is the text of a rule file and the name under which errors speak of it.
type Source struct {
	Name string
	Text []byte
}

// place is a position in a rule file. Line and column count from 1, columns in
// characters.
type place struct {
	src       *Source
	line, col int
}

func (p place) errorf(hint, format string, args ...any) *Error {
	return &Error{File: p.src.Name, Line: p.line, Col: p.col, Msg: oneLine(fmt.Sprintf(format, args...)), Hint: oneLine(hint)}
}

func (p place) String() string { return fmt.Sprintf("%s:%d:%d", p.src.Name, p.line, p.col) }

func (s *Source) at(n *yaml.Node) place { return place{src: s, line: n.Line, col: n.Column} }

// within is the place of the character at index offset of the value of scalar
// n. YAML gives only the start of a scalar, and the value differs from the text
// by quotes, escapes, indentation and folding: so the text is walked along with
// the value, matching the characters that aren't space.
func (s *Source) within(n *yaml.Node, offset int) place {
	c := cursor{lines: bytes.Split(s.Text, []byte("\n"))}
	switch n.Style &^ yaml.TaggedStyle {
	case yaml.LiteralStyle, yaml.FoldedStyle:
		c.seek(n.Line, 0)
	case yaml.DoubleQuotedStyle, yaml.SingleQuotedStyle:
		c.seek(n.Line-1, n.Column)
	default:
		c.seek(n.Line-1, n.Column-1)
	}
	at := s.at(n)
	for i, r := range []rune(n.Value) {
		if !unicode.IsSpace(r) && c.find(r) {
			at.line, at.col = c.line+1, c.col+1
			c.col++
		}
		if i >= offset {
			return at
		}
	}
	// Behind the last character: an expression that ends too early.
	at.col++
	return at
}

// cursor is a character of a text; line and col count from 0.
type cursor struct {
	lines     [][]byte
	line, col int
	text      []rune // the line that the cursor is in
}

func (c *cursor) seek(line, col int) {
	c.line, c.col, c.text = line, col, nil
	if line < len(c.lines) {
		c.text = []rune(string(c.lines[line]))
	}
}

// maxAhead is how many lines find looks at before it gives up.
const maxAhead = 20

// find moves the cursor to the first r at or behind it; it stays where it is
// when there is none near by.
func (c *cursor) find(r rune) bool {
	was := *c
	for range maxAhead {
		for i := c.col; i < len(c.text); i++ {
			if c.text[i] == r {
				c.col = i
				return true
			}
		}
		if c.line+1 >= len(c.lines) {
			break
		}
		c.seek(c.line+1, 0)
	}
	*c = was
	return false
}
