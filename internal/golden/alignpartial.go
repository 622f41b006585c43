package golden

import (
	"regexp"
	"strings"
)

var (
	jsonFunction = regexp.MustCompile(`(?i)\bjson_(?:set|replace|remove)\s*\(`)
	updateOf     = regexp.MustCompile("(?i)\\A\\s*update\\s+(?:[\\w`]+\\.)?`?(\\w+)")
)

// skipped are updates in the form of a partial JSON, which Debezium leaves out.
// The rows of one key are a chain: what an update has as before is after of the
// one before. Since the others are recorded, those that aren't are held at both
// ends; the last of a key can have only what a statement wrote.
type skipped struct {
	k          *comparison
	rows       []visible
	spots      []spot
	statements map[string][]string // that change a part of a JSON, by table
	used       map[string]int      // by key
}

func (k *comparison) newSkipped(got []visible) *skipped {
	s := &skipped{k: k, rows: got, statements: map[string][]string{}, used: map[string]int{}}
	if k.Source != sourceMySQL || !strings.Contains(k.scripts, "partial_json") {
		return s
	}
	for _, statement := range SplitMySQL(k.scripts) {
		if m := updateOf.FindStringSubmatch(statement); m != nil && jsonFunction.MatchString(statement) {
			s.statements[m[1]] = append(s.statements[m[1]], statement)
		}
	}
	for _, r := range got {
		s.spots = append(s.spots, spotOf(k, r))
	}
	return s
}

// take reports whether our record i is one of them, and counts it.
func (s *skipped) take(i int) bool {
	if len(s.spots) == 0 || s.spots[i].op != "u" {
		return false
	}
	key, at := string(s.rows[i].key), &s.spots[i]
	statements := s.statements[strings.ToLower(at.table)]
	before, after := at.rowImage("before"), at.rowImage("after")
	if s.used[key] >= len(statements) || before == "" || before != s.neighbour(i, -1, "after") {
		return false
	}
	if next := s.neighbour(i, 1, "before"); next != after && (next != "" || !writtenBy(statements, before, after)) {
		return false
	}
	s.used[key]++
	s.k.tally.argue(partialReason)
	return true
}

// neighbour is an image of the next record of the same key in a direction; empty
// when there is none.
func (s *skipped) neighbour(i, step int, image string) string {
	for j := i + step; j >= 0 && j < len(s.rows); j += step {
		if text := s.spots[j].rowImage(image); string(s.rows[j].key) == string(s.rows[i].key) && text != "" {
			return text
		}
	}
	return ""
}

// writtenBy reports whether what is new in a row stands in one of the statements.
func writtenBy(statements []string, before, after string) bool {
	old, changed := flat(before), map[string]string{}
	for path, value := range flat(after) {
		if old[path] != value {
			changed[path] = strings.ToLower(strings.Trim(value, `"`))
		}
	}
	for _, statement := range statements {
		missing := false
		for _, value := range changed {
			missing = missing || !regexp.MustCompile(`(?:\A|[^\w.-])`+regexp.QuoteMeta(value)+`(?:[^\w.]|\z)`).MatchString(statement)
		}
		if !missing {
			return true
		}
	}
	return false
}

// flat are the values of a row, and those in its texts that are JSON.
func flat(row string) map[string]string {
	all := map[string]string{}
	for path, value := range leaves([]byte(row)) {
		inner := unquoted(value)
		if _, ok := membersOf([]byte(inner)); !ok {
			all[path] = value
			continue
		}
		for below, value := range leaves([]byte(inner)) {
			all[path+" "+below] = value
		}
	}
	return all
}
