package golden

import (
	"regexp"
	"slices"
	"strings"
)

var (
	xaStatement = regexp.MustCompile(`(?is)\A\s*xa\s+(start|begin|prepare|rollback)\s+([^;]*?)\s*\z`)
	xaEnd       = regexp.MustCompile(`(?i)\A\s*xa\s+end\b`)
	insertInto  = regexp.MustCompile("(?is)\\A\\s*insert\\s+into\\s+(?:[\\w`]+\\.)?`?(\\w+)`?[^(]*(?:\\([^)]*\\)\\s*)?values\\s*(.*)\\z")
	tuple       = regexp.MustCompile(`\(((?:'(?:[^'\\]|\\.|'')*'|[^()'])*)\)`)
	literal     = regexp.MustCompile(`'((?:[^'\\]|\\.|'')*)'|[^,\s]+`)
	dateLike    = regexp.MustCompile(`\A\d{4}-\d\d`)
)

// rolledBack are the rows that prepared XA transactions inserted that were rolled
// back later. Each is in a recording once.
type rolledBack struct {
	k    *comparison
	rows map[string][][]string // the literals of a row by table
}

func (k *comparison) newRolledBack(want []visible) *rolledBack {
	r := &rolledBack{k: k, rows: map[string][][]string{}}
	if len(want) == 0 || !k.mysqlLike() || !strings.Contains(k.scripts, "xa rollback") {
		return r
	}
	open, state := "", map[string]string{}
	inserts := map[string][]string{}
	for _, statement := range SplitMySQL(k.scripts) {
		switch m := xaStatement.FindStringSubmatch(statement); {
		case xaEnd.MatchString(statement):
			open = ""
		case m == nil && open != "":
			inserts[open] = append(inserts[open], statement)
		case m == nil:
		case m[1] == "start" || m[1] == "begin":
			open = m[2]
			inserts[open] = nil
		case m[1] == "rollback" && state[m[2]] == "prepare":
			for _, s := range inserts[m[2]] {
				r.add(s)
			}
		}
		if m := xaStatement.FindStringSubmatch(statement); m != nil {
			state[m[2]] = m[1]
		}
	}
	return r
}

func (r *rolledBack) add(statement string) {
	m := insertInto.FindStringSubmatch(statement)
	if m == nil {
		return
	}
	for _, row := range tuple.FindAllStringSubmatch(m[2], -1) {
		r.rows[m[1]] = append(r.rows[m[1]], literal.FindAllString(row[1], -1))
	}
}

// take reports whether a recorded record is one of them, and uses it up.
func (r *rolledBack) take(v visible) bool {
	s := spotOf(r.k, v)
	if s.op != "c" {
		return false
	}
	var values []string
	after := []byte(s.rowImage("after"))
	members, _ := membersOf(after)
	for _, m := range members {
		values = append(values, string(after[m.start:m.end]))
	}
	table := strings.ToLower(s.table)
	at := slices.IndexFunc(r.rows[table], func(row []string) bool { return rowOf(row, values) })
	if at < 0 {
		return false
	}
	r.rows[table] = slices.Delete(r.rows[table], at, at+1)
	r.k.tally.argue(rolledBackReason)
	return true
}

// rowOf reports whether the values may come from these literals: numbers and
// texts are the same, and one of them is there. What has another form in a record
// than in a statement says nothing.
func rowOf(literals, values []string) bool {
	equal := false
	for i, l := range literals {
		if i >= len(values) {
			return false
		}
		text, quoted := strings.CutPrefix(l, "'")
		text, value := strings.TrimSuffix(text, "'"), values[i]
		if quoted != strings.HasPrefix(value, `"`) || dateLike.MatchString(text) {
			continue
		}
		if !strings.EqualFold(text, strings.Trim(value, `"`)) {
			return false
		}
		equal = true
	}
	return equal
}
