package dryrun

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"cdc/transform/rulefile"
)

// rowLiteral reads {id: 1001, status: NEW, note: 'it”s'}. JSON is read too.
func (in *input) rowLiteral() (*rulefile.Literal, error) {
	in.space(false)
	if !bytes.HasPrefix(in.rest(), []byte("{")) {
		return nil, in.fail("for example {id: 1, status: new}", "a row is missing")
	}
	return in.literal(0)
}

// literal reads a value.
func (in *input) literal(depth int) (*rulefile.Literal, error) {
	in.space(false)
	at := in.place()
	rest := in.rest()
	switch {
	case depth > maxNesting:
		return nil, in.fail("", "nested deeper than %d levels", maxNesting)
	case len(rest) == 0:
		return nil, in.fail("", "a value is missing")
	case rest[0] == '{':
		return in.mapLiteral(at, depth)
	case rest[0] == '[':
		return in.listLiteral(at, depth)
	case rest[0] == '"':
		text, err := in.doubleQuoted()
		return &rulefile.Literal{Kind: rulefile.LiteralText, At: at, Text: text}, err
	case rest[0] == '\'':
		text, err := in.singleQuoted(false)
		return &rulefile.Literal{Kind: rulefile.LiteralText, At: at, Text: text}, err
	default:
		return in.scalar(at)
	}
}

func (in *input) mapLiteral(at rulefile.Place, depth int) (*rulefile.Literal, error) {
	l := &rulefile.Literal{Kind: rulefile.LiteralMap, At: at}
	seen := map[string]bool{}
	for in.move(1); ; in.move(1) {
		if in.space(false); len(l.Keys) == 0 && in.closes('}') {
			return l, nil
		}
		keyAt := in.place()
		name, err := in.memberName()
		if err != nil {
			return nil, err
		}
		if seen[name] {
			return nil, keyAt.Errorf("", "%q stands here twice", rulefile.Printable(name))
		}
		seen[name] = true
		item, err := in.literal(depth + 1)
		if err != nil {
			return nil, err
		}
		l.Keys, l.Items = append(l.Keys, name), append(l.Items, item)
		if in.space(false); in.closes('}') {
			return l, nil
		}
		if !bytes.HasPrefix(in.rest(), []byte(",")) {
			return nil, in.fail("", "a comma or } is missing")
		}
	}
}

// memberName reads a name and its colon.
func (in *input) memberName() (name string, err error) {
	at := in.place()
	switch rest := in.rest(); {
	case bytes.HasPrefix(rest, []byte(`"`)):
		name, err = in.doubleQuoted()
	case bytes.HasPrefix(rest, []byte(`'`)):
		name, err = in.singleQuoted(false)
	default:
		if name = in.name(); name == "" {
			err = at.Errorf("names with other characters stand in quotes", "the name of a column is missing")
		}
	}
	if err != nil {
		return "", err
	}
	if in.space(false); !bytes.HasPrefix(in.rest(), []byte(":")) {
		return "", in.fail("", "a colon is missing behind the name of a column")
	}
	in.move(1)
	return name, nil
}

func (in *input) listLiteral(at rulefile.Place, depth int) (*rulefile.Literal, error) {
	l := &rulefile.Literal{Kind: rulefile.LiteralList, At: at}
	for in.move(1); ; in.move(1) {
		if in.space(false); len(l.Items) == 0 && in.closes(']') {
			return l, nil
		}
		item, err := in.literal(depth + 1)
		if err != nil {
			return nil, err
		}
		l.Items = append(l.Items, item)
		if in.space(false); in.closes(']') {
			return l, nil
		}
		if !bytes.HasPrefix(in.rest(), []byte(",")) {
			return nil, in.fail("", "a comma or ] is missing")
		}
	}
}

func (in *input) closes(c byte) bool {
	if in.at >= len(in.text) || in.text[in.at] != c {
		return false
	}
	in.move(1)
	return true
}

// doubleQuoted reads a text with the escapes of JSON.
func (in *input) doubleQuoted() (string, error) {
	rest := in.rest()
	for end := 1; end < len(rest); end++ {
		switch rest[end] {
		case '\\':
			end++
		case '"':
			var text string
			if err := json.Unmarshal(rest[:end+1], &text); err != nil {
				return "", in.fail("escapes are those of JSON", "a text in double quotes can't be read")
			}
			in.move(end + 1)
			return text, nil
		}
	}
	return "", in.fail("", "a text has no closing quote")
}

// singleQuoted reads a text in which a quote is written twice; with backslashes,
// they escape as in MySQL.
func (in *input) singleQuoted(backslashes bool) (string, error) {
	rest := in.rest()
	var b strings.Builder
	for i := 1; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '\'' && i+1 < len(rest) && rest[i+1] == '\'':
			b.WriteByte('\'')
			i++
		case c == '\'':
			in.move(i + 1)
			return b.String(), nil
		case c == '\\' && backslashes && i+1 < len(rest):
			i++
			b.WriteByte(unescaped(rest[i]))
		default:
			b.WriteByte(c)
		}
	}
	return "", in.fail("", "a text has no closing quote")
}

func unescaped(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 't':
		return '\t'
	case 'r':
		return '\r'
	case '0':
		return 0
	default:
		return c
	}
}

// scalar reads a number, true, false, null, or text without quotes up to a comma
// or a bracket.
func (in *input) scalar(at rulefile.Place) (*rulefile.Literal, error) {
	rest := in.rest()
	n := 0
	for n < len(rest) {
		r, size := utf8.DecodeRune(rest[n:])
		if strings.ContainsRune(",{}[]\"'\n", r) || r == utf8.RuneError && size == 1 || unicode.IsControl(r) {
			break
		}
		n += size
	}
	text := strings.TrimSpace(string(rest[:n]))
	if text == "" {
		return nil, in.fail("", "a value is missing")
	}
	in.move(n)
	l := &rulefile.Literal{Kind: rulefile.LiteralText, At: at, Text: text}
	switch {
	case strings.EqualFold(text, "null"):
		l.Kind, l.Text = rulefile.LiteralNull, ""
	case strings.EqualFold(text, "true") || strings.EqualFold(text, "false"):
		l.Kind, l.Text = rulefile.LiteralBool, strings.ToLower(text)
	case isNumber(text):
		l.Kind = rulefile.LiteralNumber
	}
	return l, nil
}

// isNumber reports whether text is a number of JSON.
func isNumber(text string) bool {
	return (text[0] == '-' || text[0] >= '0' && text[0] <= '9') && json.Valid([]byte(text))
}
