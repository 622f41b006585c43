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
// list when some pattern matches it and no exclusion does. A pattern between
// slashes is a regular expression (RE2), which must match the whole name with a
// dot between its parts, in whatever case, as in Debezium's lists.
type Tables struct {
	patterns []string
	include  []tablePattern
	exclude  []tablePattern
}

// PatternError is a pattern that can't be understood.
type PatternError struct {
	Index   int // in the list
	Pattern string
	Reason  string
	Of      string // what it is a pattern of; "table" when empty
}

func (e *PatternError) Error() string {
	of := e.Of
	if of == "" {
		of = "table"
	}
	return fmt.Sprintf("%s pattern %q: %s", of, e.Pattern, e.Reason)
}

// ParseTables compiles a list of patterns. The error is a *PatternError.
func ParseTables(patterns []string) (*Tables, error) {
	t := &Tables{patterns: patterns}
	for i, p := range patterns {
		body, excluded := strings.CutPrefix(p, "!")
		pattern, reason := compileTable(body)
		if reason != "" {
			return nil, &PatternError{Index: i, Pattern: p, Reason: reason}
		}
		if excluded {
			t.exclude = append(t.exclude, pattern)
		} else {
			t.include = append(t.include, pattern)
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
	return matchAny(t.include, first, table) && !matchAny(t.exclude, first, table)
}

// Patterns returns the list as it was written.
func (t *Tables) Patterns() []string { return t.patterns }

// tablePattern is a glob over the name with a separator that no identifier
// holds, or an expression over the name with a dot.
type tablePattern struct {
	re     *regexp.Regexp
	dotted bool
}

func matchAny(list []tablePattern, first, table string) bool {
	for _, p := range list {
		name := joinName(first, table)
		if p.dotted {
			name = first + "." + table
		}
		if p.re.MatchString(name) {
			return true
		}
	}
	return false
}

// joinName puts a character between the two parts that no identifier of
// MySQL or PostgreSQL can hold, so that a dot inside a name is only a dot.
func joinName(first, table string) string { return first + "\x00" + table }

func compileTable(p string) (pattern tablePattern, reason string) {
	if expr, ok := regexpPattern(p); ok {
		re, reason := compileRegexp(expr)
		return tablePattern{re, true}, reason
	}
	if !strings.Contains(p, ".") {
		return tablePattern{}, "must have two parts, database.table or schema.table"
	}
	body, reason := globToRegexp(p, `[^\x00]`, `\x00`)
	if reason != "" {
		return tablePattern{}, reason
	}
	re, err := regexp.Compile(body)
	if err != nil {
		return tablePattern{}, "has a character class that can't be understood"
	}
	return tablePattern{re: re}, ""
}

// globToRegexp translates wildcards. char is what * and ? stand for, separator
// the first dot; later dots belong to the name.
func globToRegexp(p, char, separator string) (expr, reason string) {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	dots := 0
	for i := 0; i < len(p); i++ {
		switch c := p[i]; c {
		case '*':
			b.WriteString(char + `*`)
		case '?':
			b.WriteString(char)
		case '\\':
			if i++; i == len(p) {
				return "", "ends with a backslash"
			}
			b.WriteString(regexp.QuoteMeta(p[i : i+1]))
		case '[':
			end := strings.IndexByte(p[i:], ']')
			if end < 2 {
				return "", "a [ without its ]"
			}
			b.WriteString(p[i : i+end+1])
			i += end
		case '.':
			if dots++; dots == 1 {
				b.WriteString(separator)
			} else {
				b.WriteString(`\.`)
			}
		default:
			b.WriteString(regexp.QuoteMeta(p[i : i+1]))
		}
	}
	b.WriteString(`\z`)
	return b.String(), ""
}
