package rulefile

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
	return &Error{File: p.Source.Name, Line: p.Line, Col: p.Col, Msg: OneLine(fmt.Sprintf(format, args...)), Hint: OneLine(hint)}
}

// String prints file:line:col.
func (p Place) String() string { return fmt.Sprintf("%s:%d:%d", p.Source.Name, p.Line, p.Col) }

// At is the place of a node of the source.
func (s *Source) At(n *yaml.Node) Place { return Place{Source: s, Line: n.Line, Col: n.Column} }

// Within is the place of the character at index offset of the value of scalar
// n. YAML gives only the start of a scalar, and the value differs from the text
// by quotes, escapes, indentation and folding: so the text is walked along with
// the value, matching the characters that aren't space.
func (s *Source) Within(n *yaml.Node, offset int) Place {
	c := cursor{lines: bytes.Split(s.Text, []byte("\n"))}
	switch n.Style &^ yaml.TaggedStyle {
	case yaml.LiteralStyle, yaml.FoldedStyle:
		c.seek(n.Line, 0)
	case yaml.DoubleQuotedStyle, yaml.SingleQuotedStyle:
		c.seek(n.Line-1, n.Column)
	default:
		c.seek(n.Line-1, n.Column-1)
	}
	at := s.At(n)
	for i, r := range []rune(n.Value) {
		if !unicode.IsSpace(r) && c.find(r) {
			at.Line, at.Col = c.line+1, c.col+1
			c.col++
		}
		if i >= offset {
			return at
		}
	}
	// Behind the last character: an expression that ends too early.
	at.Col++
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
