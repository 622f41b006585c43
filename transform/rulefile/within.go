package rulefile

import (
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// Within is the place of the character at index offset of the value of scalar
// n. YAML gives only the start of a scalar, and the value differs from the text
// by quotes, escapes, indentation and folding: so the text is walked along with
// the value, matching the characters that aren't space.
func (s *Source) Within(n *yaml.Node, offset int) Place {
	c := cursor{src: s, escapes: n.Style&yaml.DoubleQuotedStyle != 0}
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
		if size, ok := c.take(r); ok {
			at.Line, at.Col = c.line+1, c.col+1
			c.col += size
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
	escapes   bool   // a backslash begins an escape
}

func (c *cursor) seek(line, col int) {
	c.line, c.col, c.text = line, col, []rune(c.src.line(line+1))
}

// take moves the cursor to where the text says r, and returns how many characters
// it takes there; false when that isn't known.
func (c *cursor) take(r rune) (size int, ok bool) {
	if unicode.IsSpace(r) {
		if size, letter := c.escape(); size == 2 && strings.ContainsRune("ntrvfNLP_ \t", letter) {
			return size, true
		}
		return 0, false
	}
	if c.escapes {
		c.skipSpace()
		if size, _ := c.escape(); size > 0 {
			return size, true
		}
	}
	return 1, c.find(r)
}

// escape returns the size of the escape at the cursor and what stands behind its
// backslash; 0 when there is none.
func (c *cursor) escape() (size int, letter rune) {
	if !c.escapes || c.col+1 >= len(c.text) || c.text[c.col] != '\\' {
		return 0, 0
	}
	switch letter = c.text[c.col+1]; letter {
	case 'x':
		return 4, letter
	case 'u':
		return 6, letter
	case 'U':
		return 10, letter
	default:
		return 2, letter
	}
}

// skipSpace steps over spaces, and over the ends of lines with what folds them.
func (c *cursor) skipSpace() {
	for range maxAhead {
		for c.col < len(c.text) && unicode.IsSpace(c.text[c.col]) {
			c.col++
		}
		folded := c.col == len(c.text)-1 && c.text[c.col] == '\\'
		if c.col < len(c.text) && !folded || c.line+1 >= len(c.src.index()) {
			return
		}
		c.seek(c.line+1, 0)
	}
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
