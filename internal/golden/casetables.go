package golden

import (
	"regexp"
	"slices"
	"strings"
)

// tableName is a table of a case, as its scripts speak of it.
type tableName struct {
	space, name string
	// columns and key are what the first statement says.
	columns []declared
	key     []string
}

// declared is a column and its type.
type declared struct{ name, kind string }

// pattern is the table in a rule file.
func (t tableName) pattern() string {
	return "/" + regexp.QuoteMeta(t.space+"."+t.name) + "/"
}

var (
	createTable = regexp.MustCompile("(?is)\\A\\s*create\\s+(?:unlogged\\s+)?table\\s+(?:if\\s+not\\s+exists\\s+)?(?:[\"`]?(\\w+)[\"`]?\\.)?[\"`]?([^\\s\"`(.]+)[\"`]?\\s*\\((.*)\\)")
	useDatabase = regexp.MustCompile("(?i)\\A\\s*use\\s+`?(\\w+)`?")
	notColumn   = regexp.MustCompile(`(?i)\A(?:primary|unique|key|index|constraint|check|foreign|fulltext|spatial|like|exclude|period)\b`)
)

// tablesOf finds the tables that the scripts make.
func (c *Case) tablesOf() ([]tableName, error) {
	setup, err := c.Setup()
	if err != nil {
		return nil, err
	}
	changes, err := c.file("changes.sql")
	if err != nil {
		return nil, err
	}
	space := c.Databases[0]
	if c.postgres() {
		space = "public"
	}
	var list []tableName
	for _, statement := range append(SplitSQL(setup), SplitSQL(changes)...) {
		if m := useDatabase.FindStringSubmatch(statement); m != nil && !c.postgres() {
			space = m[1]
		}
		m := createTable.FindStringSubmatch(statement)
		if m == nil {
			continue
		}
		t := tableName{space: m[1], name: m[2]}
		t.declare(m[3])
		if t.space == "" {
			t.space = space
		}
		if !slices.ContainsFunc(list, func(o tableName) bool { return o.space == t.space && o.name == t.name }) {
			list = append(list, t)
		}
	}
	return list, nil
}

var (
	keyList   = regexp.MustCompile(`(?i)\A(?:constraint\s+\S+\s+)?primary\s+key\s*\(([^)]*)\)`)
	keyColumn = regexp.MustCompile(`(?i)\bprimary\s+key\b|\A\S+\s+\S+\s+key\b`)
)

// declare reads what stands between the parentheses of a statement.
func (t *tableName) declare(definitions string) {
	for _, text := range splitDefinitions(definitions) {
		name, kind, _ := strings.Cut(text, " ")
		name = strings.Trim(name, "`\"")
		if m := keyList.FindStringSubmatch(text); m != nil {
			for column := range strings.SplitSeq(m[1], ",") {
				t.key = append(t.key, strings.Trim(column, "`\" "))
			}
		}
		if name == "" || notColumn.MatchString(text) {
			continue
		}
		t.columns = append(t.columns, declared{name, strings.TrimSpace(kind)})
		if keyColumn.MatchString(text) {
			t.key = append(t.key, name)
		}
	}
}

// splitDefinitions cuts at commas outside of parentheses and quotes.
func splitDefinitions(definitions string) []string {
	var list []string
	depth, start, quoted := 0, 0, false
	for i, r := range definitions {
		switch {
		case r == '\'':
			quoted = !quoted
		case quoted:
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			list = append(list, strings.TrimSpace(definitions[start:i]))
			start = i + 1
		}
	}
	return append(list, strings.TrimSpace(definitions[start:]))
}
