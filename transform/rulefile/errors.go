package rulefile

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"cdc/event"
)

// Error is something wrong in a rule file, or in a rule for a table. Line and
// Col count from 1 and are 0 when the file as a whole is meant. It wraps
// event.ErrConfig: it stays until somebody mends the file.
type Error struct {
	File      string
	Line, Col int
	Msg       string
	Hint      string // how to mend it, without parentheses; may be empty

	src    *Source
	secret bool // the line isn't shown
}

// Error prints file:line:col: message (hint).
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Col)
	}
	b.WriteString(": " + e.Msg)
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// Unwrap returns event.ErrConfig.
func (e *Error) Unwrap() error { return event.ErrConfig }

// maxErrors is how many errors of one report are told.
const maxErrors = 25

// Report collects errors.
type Report struct{ List []*Error }

// Add collects an error at p.
func (r *Report) Add(p Place, hint, format string, args ...any) {
	r.List = append(r.List, p.Errorf(hint, format, args...))
}

// Err joins what was collected, in the order of the files.
func (r *Report) Err() error {
	if len(r.List) == 0 {
		return nil
	}
	slices.SortStableFunc(r.List, func(a, b *Error) int {
		if a.File != b.File {
			return 0 // files stay in the order in which they were given
		}
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	var list []error
	for i, e := range r.List {
		if i == maxErrors {
			list = append(list, &Error{File: e.File, Msg: more(len(r.List) - i)})
			break
		}
		list = append(list, e)
	}
	return errors.Join(list...)
}

func more(n int) string {
	if n == 1 {
		return "1 more error"
	}
	return fmt.Sprintf("%d more errors", n)
}

// DidYouMean returns a hint with the candidate that is nearest to word, or "".
func DidYouMean(word string, candidates []string) string {
	best, bestAt := "", max(1, len(word)/3)+1
	for _, c := range candidates {
		if d := distance(strings.ToLower(word), strings.ToLower(c)); d < bestAt {
			best, bestAt = c, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", best)
}

// maxWord bounds the words whose distance is computed.
const maxWord = 128

// distance is the number of letters to add, drop, replace or swap with their
// neighbour between a and b.
func distance(a, b string) int {
	if len(a) > maxWord || len(b) > maxWord {
		return maxWord
	}
	s, t := []rune(a), []rune(b)
	before := make([]int, len(t)+1)
	last := make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := range s {
		row := make([]int, len(t)+1)
		row[0] = i + 1
		for j := range t {
			cost := 1
			if s[i] == t[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(t)]
}

// OneLine puts a dot in place of what can't be printed.
func OneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '.'
		}
		return r
	}, s)
}

// Printable is a piece of a file, cut short to stand in a message.
func Printable(s string) string {
	const limit = 60
	if r := []rune(s); len(r) > limit {
		s = string(r[:limit]) + "..."
	}
	return OneLine(s)
}
