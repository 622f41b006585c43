package golden

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// expressions splits a list of Debezium's: regular expressions with commas
// between them, where \, is a comma that belongs to one. ok is false when one of
// them is not one of ours: a look-ahead, a back-reference.
func expressions(list string) (all []string, ok bool) {
	ok = true
	var b strings.Builder
	end := func() {
		if text := strings.TrimSpace(b.String()); text != "" {
			all = append(all, text)
			ok = ok && understood(text)
		}
		b.Reset()
	}
	for i := 0; i < len(list); i++ {
		switch {
		case list[i] == '\\' && i+1 < len(list) && list[i+1] == ',':
			b.WriteByte(',')
			i++
		case list[i] == '\\' && i+1 < len(list):
			b.WriteString(list[i : i+2])
			i++
		case list[i] == ',':
			end()
		default:
			b.WriteByte(list[i])
		}
	}
	end()
	return all, ok
}

func understood(expr string) bool {
	_, err := regexp.Compile(expr)
	return err == nil
}

// slashed turns expressions into patterns of ours.
func slashed(list []string) []string {
	patterns := []string{}
	for _, expr := range list {
		patterns = append(patterns, "/"+expr+"/")
	}
	return patterns
}

// tables makes the patterns of the source. Those of tables say more than those
// of databases: what remains of the latter is what they leave out.
func (s *Settings) tables(c *Case) {
	include, exclude := s.expressions(s.first+".include.list"), s.expressions(s.first+".exclude.list")
	tables := s.expressions("table.include.list")
	switch {
	case len(tables) > 0:
		s.Tables = slashed(tables)
		s.Tables = append(s.Tables, outside(c, include)...)
		s.Alone = !c.postgres() && !slices.ContainsFunc(tables, func(t string) bool { return startsWithDatabase(c, t) })
	case len(include) > 0:
		for _, expr := range include {
			s.Tables = append(s.Tables, `/(?:`+expr+`)\..*/`)
		}
		s.Alone = !c.postgres() && slices.ContainsFunc(include, func(expr string) bool { return !slices.Contains(c.Databases, expr) })
	default:
		s.Tables = []string{"*.*"}
		s.Alone = !c.postgres()
	}
	for _, expr := range exclude {
		s.Tables = append(s.Tables, `!/(?:`+expr+`)\..*/`)
	}
	for _, pattern := range slashed(s.expressions("table.exclude.list")) {
		s.Tables = append(s.Tables, "!"+pattern)
	}
}

// outside excludes the databases of the case that the list doesn't include.
func outside(c *Case, include []string) []string {
	var patterns []string
	for _, name := range c.Databases {
		in := slices.ContainsFunc(include, func(expr string) bool {
			matched, err := regexp.MatchString(`(?i)\A(?:`+expr+`)\z`, name)
			return matched && err == nil
		})
		if len(include) > 0 && !in {
			patterns = append(patterns, `!/`+regexp.QuoteMeta(name)+`\..*/`)
		}
	}
	return patterns
}

func startsWithDatabase(c *Case, expr string) bool {
	return slices.ContainsFunc(c.Databases, func(name string) bool {
		return strings.HasPrefix(expr, name+".") || strings.HasPrefix(expr, name+`\.`)
	})
}

func (s *Settings) expressions(name string) []string {
	list, ok := expressions(s.config[name])
	if !ok {
		s.notYet(name, s.config[name])
	}
	return list
}

var (
	maskChars = regexp.MustCompile(`\Acolumn\.mask\.with\.(\d+)\.chars\z`)
	truncate  = regexp.MustCompile(`\Acolumn\.truncate\.to\.(\d+)\.chars\z`)
	maskHash  = regexp.MustCompile(`\Acolumn\.mask\.hash\.(v2\.)?([^.]+)\.with\.salt\.(.+)\z`)
)

// columnLists are those whose name is all that they say.
var columnLists = map[string]string{
	"column.include.list": "column_include_list", "column.exclude.list": "column_exclude_list",
	"column.propagate.source.type": "column_propagate_source_type", "datatype.propagate.source.type": "datatype_propagate_source_type",
}

// takeColumns takes the properties that name columns; false for any other.
func (s *Settings) takeColumns(name, value string) bool {
	list, ok := expressions(value)
	patterns := slashed(list)
	if key, known := columnLists[name]; known {
		s.Events[key] = patterns
	} else if m := maskChars.FindStringSubmatch(name); m != nil {
		s.byNumber("column_mask_with_chars", m[1], patterns)
	} else if m := truncate.FindStringSubmatch(name); m != nil {
		s.byNumber("column_truncate_to_chars", m[1], patterns)
	} else if m := maskHash.FindStringSubmatch(name); m != nil {
		version := "v1"
		if m[1] != "" {
			version = "v2"
		}
		hashes, _ := s.Events["column_mask_hash"].([]any)
		s.Events["column_mask_hash"] = append(hashes, map[string]any{"algorithm": m[2], "salt": m[3], "version": version, "columns": patterns})
	} else {
		return false
	}
	if !ok {
		s.notYet(name, value)
	}
	return true
}

// byNumber adds patterns to a map from numbers.
func (s *Settings) byNumber(key, number string, patterns []string) {
	lists, _ := s.Events[key].(map[int][]string)
	if lists == nil {
		lists = map[int][]string{}
	}
	n, _ := strconv.Atoi(number) // digits, by the expression
	lists[n] = patterns
	s.Events[key] = lists
}
