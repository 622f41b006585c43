package ddl

import (
	"encoding/hex"
	"strings"
)

// source is the statement's text from here to there.
func (p *parser) source(text textSpan) string { return p.whole[text.from:text.to] }

// isIntroducer reports whether a word names the character set of the string
// behind it: _utf8mb4'x', N'x'.
func isIntroducer(word string) bool {
	return word == "N" || word == "n" || strings.HasPrefix(word, "_")
}

// text reads a string, or several that follow each other and are one. quoted is
// what is written, value what it stands for.
func (p *parser) text() (quoted, value string, ok bool) {
	if p.t.kind == tokenWord && isIntroducer(p.t.text) {
		p.advance()
	}
	for p.t.kind == tokenString {
		at := p.here()
		raw := p.t.text
		p.advance()
		quoted += singleQuoted(p.source(textSpan{at, p.last}))
		value += p.unescape(raw)
		ok = true
	}
	return quoted, value, ok
}

// singleQuoted turns a literal in double quotes into one in single quotes.
func singleQuoted(literal string) string {
	if body, ok := strings.CutPrefix(literal, `"`); ok {
		return "'" + strings.ReplaceAll(strings.TrimSuffix(body, `"`), "'", "''") + "'"
	}
	return literal
}

// unescape undoes the escapes of a literal, as far as the SQL mode has any.
func (p *parser) unescape(s string) string {
	if p.mode&modeNoBackslashEscapes != 0 || !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		switch i++; s[i] {
		case '0':
			b.WriteByte(0)
		case 'b':
			b.WriteByte('\b')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'Z':
			b.WriteByte(26)
		case '%', '_':
			b.WriteByte('\\')
			b.WriteByte(s[i])
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// writtenDefault is what stands behind DEFAULT.
type writtenDefault struct {
	// value and expr are as Column.Default and DefaultExpr.
	value *string
	expr  bool
	// shown is Debezium's: the literal between its quotes; the epoch for the
	// current time; nil for an expression.
	shown *string
}

// epoch is what Debezium puts for the current time.
const epoch = "1970-01-01 00:00:00"

// defaultValue reads what stands behind DEFAULT.
func (p *parser) defaultValue(base string) (d writtenDefault, ok bool) {
	at := p.here()
	switch {
	case p.t.punct('('):
		if !p.parentheses() {
			return d, false
		}
		expr := strings.TrimSpace(p.whole[at+1 : p.last-1])
		return writtenDefault{value: &expr, expr: true}, true
	case p.accept("NULL"):
		return d, true
	case p.t.is("TRUE"), p.t.is("FALSE"):
		shown, value := p.t.text, "0"
		if p.t.is("TRUE") {
			value = "1"
		}
		p.advance()
		return writtenDefault{value: &value, shown: &shown}, true
	case p.t.kind == tokenString, p.t.kind == tokenWord && isIntroducer(p.t.text):
		quoted, value, ok := p.text()
		if !ok {
			return d, false
		}
		shown := quoted[1 : len(quoted)-1]
		return writtenDefault{value: &value, shown: &shown}, true
	case p.t.punct('-'), p.t.punct('+'), p.t.punct('.'), p.t.kind == tokenWord && p.t.text[0] >= '0' && p.t.text[0] <= '9':
		return p.number(base)
	case p.t.kind == tokenWord:
		return p.wordDefault(base)
	default:
		return d, false
	}
}

// number reads a number with its sign, which the lexer cuts into several tokens,
// or one in hexadecimal or binary.
func (p *parser) number(base string) (d writtenDefault, ok bool) {
	if lower := strings.ToLower(p.t.text); p.t.kind == tokenWord && (strings.HasPrefix(lower, "0x") || strings.HasPrefix(lower, "0b")) {
		shown := cutEnds(p.t.text)
		d, ok := bitsOrBytes(lower[:1+1], p.t.text[2:], base)
		d.shown = &shown
		p.advance()
		return d, ok
	}
	at := p.here()
	end := at
	for end < len(p.whole) && partOfNumber(p.whole, at, end) {
		end++
	}
	for p.t.kind != tokenEnd && p.t.kind != tokenBroken && p.here() < end {
		p.advance()
	}
	text := p.whole[at:end]
	value := strings.TrimPrefix(text, "+")
	return writtenDefault{value: &value, shown: &text}, end > at
}

func partOfNumber(s string, at, i int) bool {
	switch c := s[i]; c {
	case '+', '-':
		return i == at || s[i-1] == 'e' || s[i-1] == 'E'
	default:
		return c >= '0' && c <= '9' || c == '.' || c == 'e' || c == 'E'
	}
}

// cutEnds is what Debezium makes of a literal of bits or bytes: it takes the
// quotes off, also where there are none.
func cutEnds(literal string) string {
	if len(literal) > 2 {
		return literal[2 : len(literal)-1]
	}
	return literal
}

// bitsOrBytes is the default that a literal of bits or bytes means for a column.
func bitsOrBytes(prefix, text, base string) (d writtenDefault, ok bool) {
	var value string
	switch {
	case prefix[len(prefix)-1] == 'b':
		value = "b'" + text + "'"
	case strings.HasPrefix(base, "BINARY"), strings.HasPrefix(base, "VARBINARY"):
		value = "0x" + text
	default:
		if len(text)%2 != 0 {
			text = "0" + text
		}
		raw, err := hex.DecodeString(text)
		if err != nil {
			return d, false
		}
		value = string(raw)
	}
	return writtenDefault{value: &value}, true
}

// wordDefault reads the current time, x'..', b'..', DATE'..' or a function.
func (p *parser) wordDefault(base string) (d writtenDefault, ok bool) {
	at := p.here()
	word := strings.ToUpper(p.t.text)
	p.advance()
	switch {
	case p.t.kind == tokenString && (word == "X" || word == "B"):
		text := p.t.text
		p.advance()
		d, ok = bitsOrBytes(strings.ToLower(word), text, base)
		d.shown = &text
		return d, ok
	case p.t.kind == tokenString && (word == "DATE" || word == "TIME" || word == "TIMESTAMP"):
		value := p.t.text
		p.advance()
		shown := p.whole[at:p.last]
		return writtenDefault{value: &value, shown: &shown}, true
	}
	if p.t.punct('(') && !p.parentheses() {
		return d, false
	}
	expr := p.whole[at:p.last]
	d = writtenDefault{value: &expr, expr: true}
	if IsNow(expr) {
		shown := epoch
		d.shown = &shown
	}
	return d, true
}

// parentheses passes over what stands in parentheses, and them.
func (p *parser) parentheses() bool {
	depth := 0
	for p.t.kind != tokenEnd && p.t.kind != tokenBroken {
		switch {
		case p.t.punct('('):
			depth++
		case p.t.punct(')'):
			depth--
		}
		if p.advance(); depth == 0 {
			return true
		}
	}
	return false
}
