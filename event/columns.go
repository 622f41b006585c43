package event

import (
	"fmt"
	"regexp"
	"strings"
)

// Columns is a compiled list of column patterns: "database.table.column" for
// MySQL and MariaDB, "schema.table.column" for PostgreSQL, with the wildcards of
// [Tables], or a regular expression between slashes, which must match the whole
// name, in whatever case, as in Debezium's lists. The zero Columns matches
// nothing. It is safe for concurrent use.
type Columns struct {
	patterns []*regexp.Regexp
	written  []string
}

// ParseColumns compiles a list of patterns. The error is a *PatternError.
func ParseColumns(patterns []string) (*Columns, error) {
	c := &Columns{written: patterns}
	for i, p := range patterns {
		re, reason := compileColumn(p)
		if reason != "" {
			return nil, &PatternError{Index: i, Pattern: p, Reason: reason, Of: "column"}
		}
		c.patterns = append(c.patterns, re)
	}
	return c, nil
}

// Match reports whether the column of the table is in the list.
func (c *Columns) Match(s *Schema, column string) bool {
	if c == nil {
		return false
	}
	name := s.Name() + "." + column
	for _, re := range c.patterns {
		if re.MatchString(name) {
			return true
		}
	}
	return false
}

// Len returns the number of patterns.
func (c *Columns) Len() int {
	if c == nil {
		return 0
	}
	return len(c.patterns)
}

func compileColumn(p string) (re *regexp.Regexp, reason string) {
	if expr, ok := regexpPattern(p); ok {
		return compileRegexp(expr)
	}
	if strings.Count(p, ".") < 2 {
		return nil, "must have three parts, database.table.column or schema.table.column, or be a regular expression between slashes"
	}
	body, reason := globToRegexp(p, `.`, `\.`)
	if reason != "" {
		return nil, reason
	}
	re, err := regexp.Compile(body)
	if err != nil {
		return nil, "has a character class that can't be understood"
	}
	return re, ""
}

// regexpPattern returns what stands between the slashes of /expr/.
func regexpPattern(p string) (expr string, ok bool) {
	if len(p) < 2 || p[0] != '/' || p[len(p)-1] != '/' {
		return "", false
	}
	return p[1 : len(p)-1], true
}

// compileRegexp compiles an expression that must match a whole name, in
// whatever case.
func compileRegexp(expr string) (re *regexp.Regexp, reason string) {
	re, err := regexp.Compile(`(?is)\A(?:` + expr + `)\z`)
	if err != nil {
		return nil, fmt.Sprintf("isn't a regular expression (RE2 syntax): %v", err)
	}
	return re, ""
}

// Patterns returns the list as it was written.
func (c *Columns) Patterns() []string {
	if c == nil {
		return nil
	}
	return c.written
}
