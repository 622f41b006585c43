package golden

import (
	"regexp"
	"strings"
)

// lateNotNull: a statement beside the row changes whether the column takes NULL.
// The log doesn't say that; who reads a row looks at the catalogue, which may
// already know of a later statement. Debezium does the same, and either answer
// may have been recorded.
func lateNotNull(s *spot) bool {
	changes, err := s.file("changes.sql")
	if err != nil || !s.postgres() || !s.inSchema || s.column == "" || !strings.HasSuffix(s.path, ".optional") {
		return false
	}
	column := `"?` + regexp.QuoteMeta(s.column) + `"?`
	return regexp.MustCompile(`(?i)\balter\s+(?:column\s+)?` + column + `\s+(?:set|drop)\s+not\s+null\b` +
		`|\badd\s+(?:constraint\s+\w+\s+)?primary\s+key\s*\([^)]*\b` + regexp.QuoteMeta(s.column) + `\b`).MatchString(changes)
}
