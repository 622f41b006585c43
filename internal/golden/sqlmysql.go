package golden

import (
	"regexp"
	"strings"
	"unicode"
)

// delimiterLine is a command of the client, not of the server.
var delimiterLine = regexp.MustCompile(`(?i)\A[ \t]*delimiter[ \t]+(\S+)[^\n]*(?:\n|\z)`)

// SplitMySQL cuts a script into the statements that the command line client of
// MySQL and MariaDB sends: it knows DELIMITER, and puts a blank behind a comment
// that something follows.
func SplitMySQL(script string) []string {
	c := mysqlClient{delimiter: ";"}
	lineStart := true
	for rest := script; rest != ""; {
		if m := delimiterLine.FindStringSubmatch(rest); m != nil && lineStart && !c.more {
			c.delimiter, rest = m[1], rest[len(m[0]):]
			continue
		}
		n := c.next(rest)
		lineStart = strings.HasSuffix(rest[:n], "\n")
		rest = rest[n:]
	}
	c.end()
	return c.statements
}

// mysqlClient collects statements.
type mysqlClient struct {
	delimiter  string
	text       strings.Builder
	more       bool // there is more in text than comments
	comment    bool // text ends with a comment
	statements []string
}

// next takes the piece that rest begins with and returns its length: a quoted
// text, a comment, a delimiter or a character.
func (c *mysqlClient) next(rest string) int {
	switch {
	case strings.HasPrefix(rest, c.delimiter):
		c.end()
		return len(c.delimiter)
	case rest[0] == '\'' || rest[0] == '"' || rest[0] == '`':
		return c.take(rest[:quoted(rest)], true)
	case strings.HasPrefix(rest, "/*"):
		n := upTo(rest, "*/")
		taken := c.take(rest[:n], strings.HasPrefix(rest, "/*!"))
		c.comment = true
		return taken
	case strings.HasPrefix(rest, "-- "), strings.HasPrefix(rest, "--\n"), rest[0] == '#':
		return c.take(rest[:upTo(rest, "\n")], false)
	default:
		return c.take(rest[:1], !unicode.IsSpace(rune(rest[0])))
	}
}

// take adds a piece; code says that it is more than a comment or space.
func (c *mysqlClient) take(piece string, code bool) int {
	if c.comment && !unicode.IsSpace(rune(piece[0])) {
		c.text.WriteByte(' ')
	}
	c.comment = false
	c.text.WriteString(piece)
	c.more = c.more || code
	return len(piece)
}

func (c *mysqlClient) end() {
	if c.more {
		c.statements = append(c.statements, strings.TrimSpace(c.text.String()))
	}
	c.text.Reset()
	c.more, c.comment = false, false
}

// quoted is the length of the quoted text that s begins with.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && s[0] != '`':
			i++
		case s[i] == s[0]:
			return i + 1
		}
	}
	return len(s)
}

// upTo is how far s goes to the end of the text that ends it.
func upTo(s, end string) int {
	if n := strings.Index(s[1:], end); n >= 0 {
		return 1 + n + len(end)
	}
	return len(s)
}
