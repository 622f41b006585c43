package golden

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

const indexReason = "tables with REPLICA IDENTITY USING INDEX: a key that the log doesn't have is made up of zeros in Debezium"

// The headers of the two halves of an update that changes the key.
const (
	oldKeyHeader = "__debezium.oldkey"
	newKeyHeader = "__debezium.newkey"
)

// identityIndex are the columns of the index that old rows of the table hold; nil
// when it is no index.
func (k *comparison) identityIndex(table string) []string {
	if !k.postgres() || table == "" {
		return nil
	}
	m := regexp.MustCompile(`(?i)alter table (?:\w+\.)?"?` + regexp.QuoteMeta(table) + `"? replica identity using index "?(\w+)`).FindStringSubmatch(k.scripts)
	if m == nil {
		return nil
	}
	index := regexp.MustCompile(`(?i)create unique index (?:if not exists )?"?` + regexp.QuoteMeta(m[1]) + `"? on [^(]*\(([^)]*)\)`).FindStringSubmatch(k.scripts)
	if index == nil {
		return constraintColumn(table, m[1])
	}
	return columnsOf(index[1])
}

// constraintColumn is the column of an index that a constraint of one column has
// made: table_column_key. That of the primary key is the key as it is.
func constraintColumn(table, index string) []string {
	column, ok := strings.CutPrefix(index, strings.ToLower(table)+"_")
	column, unique := strings.CutSuffix(column, "_key")
	if !ok || !unique {
		return nil
	}
	return []string{column}
}

// withIndexKeys notes what our keys of such a table are: the columns of the
// index, which is all that old rows have, with the values of the recorded row. A
// tombstone has that of the delete before it.
func (k *comparison) withIndexKeys(want []visible) []visible {
	if len(want) == 0 {
		return want
	}
	index := k.identityIndex(spotOf(k, want[0]).table)
	held := func(name string) bool { return slices.Contains(index, name) }
	if index == nil || !slices.ContainsFunc(namesOf(string(want[0].key)), func(name string) bool { return !held(name) }) {
		return want
	}
	all := slices.Clone(want)
	for i := range all {
		s := spotOf(k, all[i])
		row := s.rowImage("after")
		if s.op == "d" {
			row = s.rowImage("before")
		}
		if all[i].indexKey = columnsIn(row, index); row == "" && i > 0 {
			all[i].indexKey = all[i-1].indexKey
		}
	}
	for i := range all {
		all[i].Headers = slices.Clone(all[i].Headers)
		for j, h := range all[i].Headers {
			switch {
			case h.Key == oldKeyHeader && i > 0:
				all[i].Headers[j].Value = []byte(all[i-1].indexKey)
			case h.Key == newKeyHeader:
				all[i].Headers[j].Value = []byte(k.newKey(all[i:]))
			}
		}
	}
	return all
}

// newKey is that of the new row behind a delete and its tombstone.
func (k *comparison) newKey(behind []visible) string {
	for _, r := range behind {
		if spotOf(k, r).op == "c" {
			return r.indexKey
		}
	}
	return ""
}

// columnsIn prints some columns of a row.
func columnsIn(row string, columns []string) string {
	var list []string
	members, _ := membersOf([]byte(row))
	for _, m := range members {
		if slices.Contains(columns, strings.ToLower(m.name)) {
			list = append(list, `"`+m.name+`":`+row[m.start:m.end])
		}
	}
	return "{" + strings.Join(list, ",") + "}"
}

// indexKey: the whole key is what it is to be, and its schema has these columns.
func indexKey(s *spot) bool {
	if s.part != "key" || s.indexKey == "" || s.path != "" || s.ours == "" || string(payloadOf([]byte(s.ours))) != s.indexKey {
		return false
	}
	var key struct {
		Schema struct{ Fields []struct{ Field string } }
	}
	if json.Unmarshal([]byte(s.ours), &key) != nil {
		return false
	}
	members, _ := membersOf([]byte(s.indexKey))
	for i, f := range key.Schema.Fields {
		if i >= len(members) || f.Field != members[i].name {
			return false
		}
	}
	return true
}

// nothing are the values that stand for none.
var nothing = []string{"0", `""`, "false", "0.0"}
