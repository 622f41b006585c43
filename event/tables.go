package event

import (
	"fmt"
	"regexp"
	"strings"
)

// Tables is a compiled list of table patterns: "database.table" for MySQL and
// MariaDB, "schema.table" for PostgreSQL. In both parts * stands for any run of
// characters, ? for one, [abc] for one of a set; a backslash takes the next
// character as it is. A pattern that begins with ! excludes. A table is in the
// list when some pattern matches it and no exclusion does.
type Tables struct {
	patterns []string
	include  []*regexp.Regexp
	exclude  []*regexp.Regexp
}

// PatternError is a table pattern that can't be understood.
type PatternError struct {
	Index   int // in the list
	Pattern string
	Reason  string
}

func (e *PatternError) Error() string {
	return fmt.Sprintf("table pattern %q: %s", e.Pattern, e.Reason)
}

// ParseTables compiles a list of patterns. The error is a *PatternError.
func ParseTables(patterns []string) (*Tables, error) {
	t := &Tables{patterns: patterns}
	for i, p := range patterns {
		body, excluded := strings.CutPrefix(p, "!")
		re, reason := compileGlob(body)
		if reason != "" {
			return nil, &PatternError{Index: i, Pattern: p, Reason: reason}
		}
		if excluded {
			t.exclude = append(t.exclude, re)
		} else {
			t.include = append(t.include, re)
		}
	}
	if len(t.exclude) > 0 && len(t.include) == 0 {
		return nil, &PatternError{Index: 0, Pattern: patterns[0], Reason: `excludes, but no pattern includes a table; add "*.*" before it`}
	}
	return t, nil
}

// Match reports whether the table called first.table is in the list, where
// first is the database (MySQL) or the schema (PostgreSQL).
func (t *Tables) Match(first, table string) bool {
	name := joinName(first, table)
	return matchAny(t.include, name) && !matchAny(t.exclude, name)
}

// Patterns returns the list as it was written.
func (t *Tables) Patterns() []string { return t.patterns }

func matchAny(list []*regexp.Regexp, name string) bool {
	for _, re := range list {
		if re.MatchString(name) {
			return true
		}
	}
	return false
}

// joinName puts a character between the two parts that no identifier of
// MySQL or PostgreSQL can hold, so that a dot inside a name is only a dot.
func joinName(first, table string) string { return first + "\x00" + table }

func compileGlob(p string) (re *regexp.Regexp, reason string) {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	dots := 0
	for i := 0; i < len(p); i++ {
		switch c := p[i]; c {
		case '*':
			b.WriteString(`[^\x00]*`)
		case '?':
			b.WriteString(`[^\x00]`)
		case '\\':
			if i++; i == len(p) {
				return nil, "ends with a backslash"
			}
			b.WriteString(regexp.QuoteMeta(p[i : i+1]))
		case '[':
			end := strings.IndexByte(p[i:], ']')
			if end < 2 {
				return nil, "a [ without its ]"
			}
			b.WriteString(p[i : i+end+1])
			i += end
		case '.':
			// The first dot separates; later ones belong to the table's name.
			if dots++; dots == 1 {
				b.WriteString(`\x00`)
			} else {
				b.WriteString(`\.`)
			}
		default:
			b.WriteString(regexp.QuoteMeta(p[i : i+1]))
		}
	}
	b.WriteString(`\z`)
	if dots == 0 {
		return nil, "must have two parts, database.table or schema.table"
	}
	re, err := regexp.Compile(b.String())
	if err != nil {
		return nil, "has a character class that can't be understood"
	}
	return re, ""
}
