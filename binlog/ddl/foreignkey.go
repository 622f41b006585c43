package ddl

import "strings"

// ForeignKey is one that changes rows when those that it refers to change.
type ForeignKey struct {
	Name   string
	Parent Name
	Rules  []string // "ON DELETE CASCADE"
}

// CascadingKeys finds the cascading foreign keys in what SHOW CREATE TABLE says.
func CascadingKeys(create, database string) []ForeignKey {
	p := &parser{lexer: lexer{s: create}, database: database}
	p.advance()
	var list []ForeignKey
	var key ForeignKey
	for p.t.kind != tokenEnd && p.t.kind != tokenBroken {
		switch {
		case p.accept("CONSTRAINT"):
			key = ForeignKey{Name: p.t.text}
		case p.accept("REFERENCES"):
			key.Parent, _ = p.table()
		case p.accept("ON"):
			rule, ok := p.cascade()
			if !ok {
				break
			}
			if key.Rules = append(key.Rules, rule); len(key.Rules) > 1 {
				list = list[:len(list)-1]
			}
			list = append(list, key)
		default:
			p.advance()
		}
	}
	return list
}

// cascade reads what follows ON, and reports whether it is a rule that changes
// rows. "ON UPDATE current_timestamp()" of a column isn't.
func (p *parser) cascade() (rule string, ok bool) {
	if !p.t.is("DELETE") && !p.t.is("UPDATE") {
		return "", false
	}
	rule = "ON " + strings.ToUpper(p.t.text)
	p.advance()
	switch {
	case p.accept("CASCADE"):
		return rule + " CASCADE", true
	case p.accept("SET"):
		return rule + " SET " + strings.ToUpper(p.t.text), true
	default:
		return "", false
	}
}
