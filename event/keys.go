package event

import (
	"slices"
	"strings"
)

// Keys say which columns make the record key of some tables, whatever their
// primary key is: Debezium's message.key.columns. It is safe for concurrent
// use; a nil *Keys leaves every table as it is.
type Keys struct {
	rules []keyRule
}

type keyRule struct {
	table   tablePattern
	columns []string
}

// ParseKeys compiles a list of rules "tables:column,column", where tables is a
// pattern of [Tables] without exclusion. The first rule that matches a table
// holds for it. The error is a *PatternError.
func ParseKeys(rules []string) (*Keys, error) {
	k := &Keys{}
	for i, text := range rules {
		fault := func(reason string) error {
			return &PatternError{Index: i, Pattern: text, Reason: reason, Of: "key"}
		}
		at := strings.LastIndexByte(text, ':')
		if at < 0 {
			return nil, fault(`must be "tables:column,column", for example "shop.orders:tenant,id"`)
		}
		pattern, reason := compileTable(text[:at])
		if reason != "" {
			return nil, fault(reason)
		}
		columns := strings.Split(text[at+1:], ",")
		for j := range columns {
			if columns[j] = strings.TrimSpace(columns[j]); columns[j] == "" {
				return nil, fault("names an empty column")
			}
		}
		k.rules = append(k.rules, keyRule{pattern, columns})
	}
	return k, nil
}

// Rule returns the index of the rule that holds for a table, -1 for none, and
// which of its columns the table lacks.
func (k *Keys) Rule(s *Schema) (index int, lacking []string) {
	i := k.ruleOf(s)
	if i < 0 {
		return i, nil
	}
	for _, name := range k.rules[i].columns {
		if len(s.named([]string{name})) == 0 {
			lacking = append(lacking, name)
		}
	}
	return i, lacking
}

// Apply sets the key of s, which nobody else may know yet. A column that the
// table lacks is left out, as Debezium does; when none is left, the key stays.
func (k *Keys) Apply(s *Schema) {
	if i := k.ruleOf(s); i >= 0 {
		if key := s.named(k.rules[i].columns); len(key) > 0 {
			s.Key = key
		}
	}
}

// ruleOf returns the first rule that matches a table, -1 for none.
func (k *Keys) ruleOf(s *Schema) int {
	if k == nil {
		return -1
	}
	return slices.IndexFunc(k.rules, func(r keyRule) bool {
		return matchAny([]tablePattern{r.table}, s.Space(), s.Table)
	})
}

// named returns the columns of those names, in whatever case they are written.
func (s *Schema) named(names []string) []Column {
	var list []Column
	for _, name := range names {
		for i := range s.Columns {
			if strings.EqualFold(s.Columns[i].Name, name) {
				list = append(list, s.Columns[i])
				break
			}
		}
	}
	return list
}
