package ddl

import (
	"strings"
	"unicode/utf8"
)

// Mode are the bits of SQL_MODE under which a statement was written.
type Mode uint64

const (
	modeAnsiQuotes         Mode = 0x4
	modeNoBackslashEscapes Mode = 0x100000
)

// tokenKind says what a token is.
type tokenKind uint8

const (
	tokenEnd    tokenKind = iota
	tokenWord             // a name or keyword without quotes, or a number
	tokenQuoted           // a name in quotes
	tokenString           // a literal
	tokenPunct            // one character
	tokenBroken           // a quote or comment that doesn't end
)

// token is one token of a statement. The text of a quoted name is without its
// quotes.
type token struct {
	kind tokenKind
	text string
	// left and rest are how much of the statement is left where the token begins
	// and behind it.
	left, rest int
}

// is reports whether the token is that keyword, in any case.
func (t token) is(word string) bool { return t.kind == tokenWord && strings.EqualFold(t.text, word) }

// punct reports whether the token is that character.
func (t token) punct(c byte) bool { return t.kind == tokenPunct && t.text[0] == c }

// name reports whether the token can be a name.
func (t token) name() bool { return t.kind == tokenWord || t.kind == tokenQuoted }

// lexer cuts a statement into tokens. It knows quotes and comments; the
// contents of executable comments ("/*!80000 ... */") count as statement text.
type lexer struct {
	s    string
	mode Mode
	// executable is set between "/*!" and its end.
	executable bool
	// comment is the text of the last plain comment.
	comment string
}

func (l *lexer) next() token {
	for {
		l.s = strings.TrimLeft(l.s, " \t\r\n\f\v\x00")
		switch {
		case l.s == "":
			return token{kind: tokenEnd}
		case l.s[0] == '#', strings.HasPrefix(l.s, "--") && (len(l.s) == 2 || l.s[2] <= ' '):
			_, l.s, _ = strings.Cut(l.s, "\n")
		case strings.HasPrefix(l.s, "/*"):
			if !l.enterComment() {
				return token{kind: tokenBroken}
			}
		case l.executable && strings.HasPrefix(l.s, "*/"):
			l.s, l.executable = l.s[2:], false
		default:
			return l.token()
		}
	}
}

// enterComment passes over a comment, or over the head of an executable one.
func (l *lexer) enterComment() bool {
	body := l.s[2:]
	mark := strings.TrimPrefix(body, "M") // MariaDB's own: /*M!100100 ... */
	if strings.HasPrefix(mark, "!") && !l.executable {
		l.executable = true
		l.s = strings.TrimLeft(mark[1:], "0123456789")
		return true
	}
	text, rest, ok := strings.Cut(body, "*/")
	l.comment, l.s = text, rest
	return ok
}

func (l *lexer) token() token {
	left := len(l.s)
	t := l.scan()
	t.left, t.rest = left, len(l.s)
	return t
}

func (l *lexer) scan() token {
	switch c := l.s[0]; {
	case c == '`':
		return l.quoted(c, tokenQuoted, false)
	case c == '"' && l.mode&modeAnsiQuotes != 0:
		return l.quoted(c, tokenQuoted, false)
	case c == '"', c == '\'':
		return l.quoted(c, tokenString, l.mode&modeNoBackslashEscapes == 0)
	case wordByte(c):
		n := 1
		for n < len(l.s) && wordByte(l.s[n]) {
			n++
		}
		return l.take(tokenWord, n)
	default:
		return l.take(tokenPunct, 1)
	}
}

// wordByte: letters, digits, $, _, and every byte of a character beyond ASCII.
func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c >= utf8.RuneSelf
}

func (l *lexer) take(k tokenKind, n int) token {
	t := token{kind: k, text: l.s[:n]}
	l.s = l.s[n:]
	return t
}

// quoted reads up to the closing quote; a doubled quote stands for one.
func (l *lexer) quoted(quote byte, k tokenKind, backslash bool) token {
	doubled := false
	for i := 1; i < len(l.s); i++ {
		switch c := l.s[i]; {
		case c == '\\' && backslash:
			i++
		case c != quote:
		case i+1 < len(l.s) && l.s[i+1] == quote:
			doubled = true
			i++
		default:
			text := l.s[1:i]
			l.s = l.s[i+1:]
			if doubled {
				q := string(quote)
				text = strings.ReplaceAll(text, q+q, q)
			}
			return token{kind: k, text: text}
		}
	}
	l.s = ""
	return token{kind: tokenBroken}
}
