package binlog

import (
	"strings"

	"cdc/event"
)

// databases knows which databases have tables that may be captured.
type databases struct{ match *event.Tables }

// databasesIn takes them from the patterns of tables.
func databasesIn(patterns []string) databases {
	var list []string
	for _, p := range patterns {
		body, excluded := strings.CutPrefix(p, "!")
		first, rest := firstPart(body)
		switch {
		case excluded && rest != "*" && rest != ".*/":
		case strings.HasPrefix(body, "/"):
			list = append(list, strings.TrimSuffix(p, body)+first+`\.x/`)
		default:
			list = append(list, strings.TrimSuffix(p, body)+first+".x")
		}
	}
	match, err := event.ParseTables(list)
	if err != nil {
		return databases{}
	}
	return databases{match}
}

// firstPart cuts a pattern at its first dot.
func firstPart(pattern string) (first, rest string) {
	for i := 0; i < len(pattern); i++ {
		switch {
		case pattern[i] == '\\' && strings.HasPrefix(pattern[i+1:], ".") && pattern[0] == '/':
			return pattern[:i], pattern[i+2:]
		case pattern[i] == '\\':
			i++
		case pattern[i] == '.' && pattern[0] != '/':
			return pattern[:i], pattern[i+1:]
		}
	}
	return strings.TrimSuffix(pattern, "/"), ""
}

func (d databases) has(name string) bool {
	return d.match != nil && name != "" && d.match.Match(name, "x")
}
