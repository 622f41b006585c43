package golden

import (
	"regexp"
	"slices"
	"strings"
)

const inheritReason = "a table that others inherit from is read by Debezium's snapshot with their rows, which are told of twice"

var inheritStatement = regexp.MustCompile(`(?i)\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?(?:\w+\.)?"?(\w+)"?\s*\([^;]*\)\s*inherits\s*\(([^)]*)\)`)

// parents are the tables that others inherit from, with those that do.
func (k *comparison) parents() map[string][]string {
	all := map[string][]string{}
	if !k.postgres() {
		return all
	}
	for _, statement := range SplitSQL(k.scripts) {
		m := inheritStatement.FindStringSubmatch(statement)
		if m == nil {
			continue
		}
		for name := range strings.SplitSeq(m[2], ",") {
			name = strings.Trim(name[strings.LastIndexByte(name, '.')+1:], "\" \t\n")
			all[name] = append(all[name], m[1])
		}
	}
	return all
}

// movedMarkOfParent: the last row of such a table is one of its own.
func movedMarkOfParent(s *spot) bool { return s.placeInSnapshot() && len(s.parents()) > 0 }

// withoutInherited takes the rows out that a snapshot has read from a table and
// from one that inherits from it. Those of the table itself stand before them.
func (k *comparison) withoutInherited(records map[string][]visible) {
	children := map[string][]map[string]string{}
	for parent, heirs := range k.parents() {
		for _, list := range records {
			for _, r := range list {
				if s := spotOf(k, r); s.snapshot && slices.Contains(heirs, s.table) {
					children[parent] = append(children[parent], s.value)
				}
			}
		}
	}
	for topic, list := range records {
		for i := range slices.Backward(list) {
			s := spotOf(k, list[i])
			rows := children[s.table]
			at := slices.IndexFunc(rows, func(child map[string]string) bool { return s.snapshot && s.isPartOf(child) })
			if at < 0 {
				continue
			}
			children[s.table] = slices.Delete(rows, at, at+1)
			list = slices.Delete(list, i, i+1)
			k.tally.argue(inheritReason)
		}
		records[topic] = list
	}
}

// isPartOf reports whether the new row has the same values in another record.
func (s *spot) isPartOf(other map[string]string) bool {
	for path, value := range s.value {
		if m := payloadPath.FindStringSubmatch(path); m != nil && m[1] == "after" && other[path] != value {
			return false
		}
	}
	return true
}
