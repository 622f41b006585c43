package ddl

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Type is a column type as the server spells it, taken apart.
type Type struct {
	Name    string // lower case: "varchar", "int"
	args    []int  // (10,2)
	Symbols []string
	// Unsigned is also true for zerofill.
	Unsigned bool
	zerofill bool
	// Compressed: MariaDB's COMPRESSED attribute.
	Compressed bool
}

// ParseType takes the text of COLUMN_TYPE apart.
func ParseType(text string) (Type, error) {
	end := strings.IndexAny(text, "( /")
	if end < 0 {
		end = len(text)
	}
	spec := Type{Name: strings.ToLower(text[:end])}
	rest := text[end:]
	if body, ok := strings.CutPrefix(rest, "("); ok {
		var err error
		if rest, err = spec.parseArgs(body); err != nil {
			return Type{}, fmt.Errorf("column type %q: %w", text, err)
		}
	}
	for word := range strings.FieldsSeq(strings.ToLower(rest)) {
		switch strings.TrimPrefix(word, "/*!100301") {
		case "unsigned":
			spec.Unsigned = true
		case "zerofill":
			spec.Unsigned, spec.zerofill = true, true
		case "compressed", "compressed*/":
			spec.Compressed = true
		}
	}
	return spec, nil
}

// parseArgs reads what stands in the parentheses, which may be numbers or
// quoted members, and returns what follows them.
func (t *Type) parseArgs(s string) (rest string, err error) {
	for {
		s = strings.TrimLeft(s, " ")
		if body, ok := strings.CutPrefix(s, "'"); ok {
			var symbol string
			if symbol, s, err = unquote(body); err != nil {
				return "", err
			}
			t.Symbols = append(t.Symbols, symbol)
		} else {
			end := strings.IndexAny(s, ",)")
			if end < 0 {
				return "", errOpenParenthesis
			}
			n, err := strconv.ParseUint(strings.TrimSpace(s[:end]), 10, 31)
			if err != nil {
				return "", fmt.Errorf("argument %q is not a number", s[:end])
			}
			t.args = append(t.args, int(n))
			s = s[end:]
		}
		switch {
		case strings.HasPrefix(s, ","):
			s = s[1:]
		case strings.HasPrefix(s, ")"):
			return s[1:], nil
		default:
			return "", errOpenParenthesis
		}
	}
}

var errOpenParenthesis = errors.New("a parenthesis isn't closed")

// unquote reads a member of an ENUM or SET after its opening quote, as the
// server prints it: quotes are doubled, four characters are escaped.
func unquote(s string) (symbol, rest string, err error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\'' && strings.HasPrefix(s[i+1:], "'"):
			b.WriteByte('\'')
			i++
		case c == '\'':
			return b.String(), s[i+1:], nil
		case c == '\\' && i+1 < len(s):
			i++
			b.WriteByte(unescape(s[i]))
		default:
			b.WriteByte(c)
		}
	}
	return "", "", errOpenParenthesis
}

func unescape(c byte) byte {
	switch c {
	case '0':
		return 0
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	default:
		return c
	}
}

// appendQuoted is the opposite of unquote, with the quotes.
func appendQuoted(dst []byte, symbol string) []byte {
	dst = append(dst, '\'')
	for i := range len(symbol) {
		switch c := symbol[i]; c {
		case 0:
			dst = append(dst, `\0`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\\':
			dst = append(dst, `\\`...)
		case '\'':
			dst = append(dst, `''`...)
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '\'')
}

// Arg returns argument i, or def when there is none.
func (t *Type) Arg(i, def int) int {
	if i < len(t.args) {
		return t.args[i]
	}
	return def
}

// IsText reports whether values are text in the column's character set.
func (t *Type) IsText() bool {
	switch t.Name {
	case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set":
		return true
	default:
		return false
	}
}

// IsBinary reports whether values are bytes without a character set.
func (t *Type) IsBinary() bool {
	switch t.Name {
	case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob":
		return true
	default:
		return false
	}
}

// upper is the type's name as a statement writes it.
func (t *Type) upper() string { return strings.ToUpper(t.Name) }

// AppendMembers appends the members of an ENUM or SET as the server prints them.
func AppendMembers(dst []byte, symbols []string) []byte {
	dst = append(dst, '(')
	for i, s := range symbols {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendQuoted(dst, s)
	}
	return append(dst, ')')
}
