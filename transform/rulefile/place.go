package rulefile

import (
	"fmt"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Source is the text of a rule file and the name under which errors speak of it.
type Source struct {
	Name string
	Text []byte

	once   sync.Once
	starts []int // of the lines, as YAML counts them
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
	return &Error{File: p.Source.Name, Line: p.Line, Col: p.Col, Msg: OneLine(fmt.Sprintf(format, args...)), Hint: OneLine(hint), src: p.Source}
}

// String prints file:line:col.
func (p Place) String() string { return fmt.Sprintf("%s:%d:%d", p.Source.Name, p.Line, p.Col) }

// At is the place of a node of the source.
func (s *Source) At(n *yaml.Node) Place { return Place{Source: s, Line: n.Line, Col: n.Column} }

// index finds where lines begin, once.
func (s *Source) index() []int {
	s.once.Do(func() {
		s.starts = []int{0}
		text := string(s.Text)
		for i, r := range text {
			switch r {
			case '\r':
				if strings.HasPrefix(text[i:], "\r\n") {
					continue
				}
			case '\n', '\u0085', '\u2028', '\u2029':
			default:
				continue
			}
			s.starts = append(s.starts, i+utf8.RuneLen(r))
		}
	})
	return s.starts
}

// line is the text of a line, which counts from 1, without its end; empty for one
// that isn't there.
func (s *Source) line(number int) string {
	starts := s.index()
	if number < 1 || number > len(starts) {
		return ""
	}
	end := len(s.Text)
	if number < len(starts) {
		end = starts[number]
	}
	return strings.TrimRight(string(s.Text[starts[number-1]:end]), "\r\n\u0085\u2028\u2029")
}

// longLine returns the first line that is longer than so many bytes.
func (s *Source) longLine(limit int) (number int, ok bool) {
	starts := s.index()
	for i, start := range starts {
		end := len(s.Text)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		if end-start > limit {
			return i + 1, true
		}
	}
	return 0, false
}

// at is the place of a byte.
func (s *Source) at(offset int) Place {
	starts := s.index()
	line := sort.SearchInts(starts, offset+1) - 1
	return Place{Source: s, Line: line + 1, Col: utf8.RuneCount(s.Text[starts[line]:offset]) + 1}
}
