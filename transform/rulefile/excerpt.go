package rulefile

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of an excerpt, in columns of a terminal: how much of the line is shown,
// how much of it stands before the caret when it has to be cut, and how many carets
// there are.
const (
	excerptWidth = 100
	excerptLead  = 60
	maxCarets    = 40
)

// Excerpt returns the line of the file at which the error stands and, below it, a
// line with carets under the place; both without a line break at the end of the
// second. It is empty when the error stands nowhere, and where the line may hold a
// secret. Nothing but that line is ever shown.
func (e *Error) Excerpt() string {
	if e.src == nil || e.Line < 1 || e.Col < 1 || e.secret {
		return ""
	}
	line := []rune(e.src.line(e.Line))
	if len(line) == 0 {
		return ""
	}
	at := min(e.Col-1, len(line))
	length := caretLength(line[at:])
	line, at = cut(line, at)
	var text, carets strings.Builder
	for i, r := range line {
		text.WriteString(shown(r))
		if i < at {
			carets.WriteString(strings.Repeat(" ", columns(r)))
		} else if i < at+length {
			carets.WriteString(strings.Repeat("^", columns(r)))
		}
	}
	if at == len(line) {
		carets.WriteByte('^')
	}
	return text.String() + "\n" + carets.String()
}

// Detail prints the error, and the excerpt below it where there is one.
func (e *Error) Detail() string {
	if x := e.Excerpt(); x != "" {
		return e.Error() + "\n" + x
	}
	return e.Error()
}

// Print prints an error for people: every error of a rule file in it with its
// excerpt, each on lines of its own. It doesn't end with a line break.
func Print(err error) string {
	if err == nil {
		return ""
	}
	var lines []string
	printInto(&lines, err)
	return strings.Join(lines, "\n")
}

func printInto(lines *[]string, err error) {
	if e, ok := err.(*Error); ok { //nolint:errorlint // each layer is looked at by itself
		*lines = append(*lines, e.Detail())
		return
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok && err.Error() == errors.Join(joined.Unwrap()...).Error() {
		for _, one := range joined.Unwrap() {
			printInto(lines, one)
		}
		return
	}
	inner := errors.Unwrap(err)
	if _, ok := errors.AsType[*Error](err); !ok || inner == nil {
		*lines = append(*lines, err.Error())
		return
	}
	if before, ok := strings.CutSuffix(err.Error(), inner.Error()); ok {
		if before = strings.TrimSuffix(before, " "); before != "" {
			*lines = append(*lines, before)
		}
		printInto(lines, inner)
		return
	}
	*lines = append(*lines, err.Error())
}

// cut takes what fits on a terminal out of a long line.
func cut(line []rune, at int) (piece []rune, newAt int) {
	if width(line) <= excerptWidth {
		return line, at
	}
	from, to := at, at
	for from > 0 && width(line[from-1:at]) <= excerptLead {
		from--
	}
	for to < len(line) && width(line[from:to+1]) <= excerptWidth {
		to++
	}
	piece = append([]rune{}, line[from:to]...)
	at -= from
	if from > 0 {
		piece = append([]rune("..."), piece...)
		at += 3
	}
	if to < len(line) {
		piece = append(piece, []rune("...")...)
	}
	return piece, at
}

// caretLength is how many characters belong to what stands at the beginning of s: a
// word with its dots, a text with its quotes, or one character.
func caretLength(s []rune) int {
	if len(s) == 0 {
		return 1
	}
	n := 0
	switch {
	case s[0] == '"' || s[0] == '\'':
		for n = 1; n < len(s) && s[n] != s[0]; n++ {
		}
		n++
	case isWord(s[0]):
		for n < len(s) && (isWord(s[n]) || s[n] == '.' || s[n] == '-') {
			n++
		}
	default:
		n = 1
	}
	return min(n, len(s), maxCarets)
}

// shown is a character as an excerpt shows it: one that can't be printed is a dot,
// a tab a space.
func shown(r rune) string {
	switch {
	case r == '\t':
		return " "
	case columns(r) == 0 || unicode.IsPrint(r):
		return string(r)
	default:
		return "."
	}
}

func width(s []rune) int {
	n := 0
	for _, r := range s {
		n += columns(r)
	}
	return n
}

// columns is how wide a character is on a terminal.
func columns(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case r < 0x1100 || r == utf8.RuneError:
		return 1
	case unicode.In(r, wide):
		return 2
	default:
		return 1
	}
}

// wide are the characters that take two columns of a terminal.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115F, 1},
		{0x2E80, 0x303E, 1},
		{0x3041, 0x4DBF, 1},
		{0x4E00, 0xA4CF, 1},
		{0xA960, 0xA97C, 1},
		{0xAC00, 0xD7A3, 1},
		{0xF900, 0xFAFF, 1},
		{0xFE30, 0xFE6F, 1},
		{0xFF00, 0xFF60, 1},
		{0xFFE0, 0xFFE6, 1},
	},
	R32: []unicode.Range32{
		{0x1F300, 0x1F64F, 1},
		{0x1F680, 0x1F6FF, 1},
		{0x1F900, 0x1FAFF, 1},
		{0x20000, 0x3FFFD, 1},
	},
}
