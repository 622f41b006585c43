package binlog

import (
	"strings"

	"cdc/event"
)

// otherKind is what a statement does that isn't about tables.
type otherKind struct {
	// told is false for the kinds that Debezium keeps from the schema change topic:
	// rights, accounts, views, routines, maintenance.
	told bool
	// database is the one that is made, changed or dropped (drop).
	database string
	drop     bool
}

// otherStatement looks at a statement that isn't about tables.
func otherStatement(text []byte, mode sqlMode) otherKind {
	plain := toUTF8(text)
	p := &parser{lexer: lexer{s: plain, mode: mode}, whole: plain, size: len(plain)}
	p.advance()
	if p.follows("SET", "STATEMENT") {
		for p.t.kind != tokenEnd && !p.accept("FOR") {
			p.advance()
		}
	}
	switch {
	case p.t.kind == tokenEnd, p.t.kind == tokenBroken,
		p.t.is("GRANT"), p.t.is("REVOKE"), p.t.is("SAVEPOINT"), p.t.is("FLUSH"),
		p.t.is("ANALYZE"), p.t.is("OPTIMIZE"), p.t.is("REPAIR"),
		p.t.is("INSERT"), p.t.is("UPDATE"), p.t.is("DELETE"), p.t.is("REPLACE"):
		return otherKind{}
	case p.t.is("CREATE"), p.t.is("ALTER"), p.t.is("DROP"):
		drop := p.t.is("DROP")
		p.advance()
		database, told := p.object()
		return otherKind{told, database, drop && database != ""}
	default:
		return otherKind{told: true}
	}
}

// object reads what a CREATE, ALTER or DROP is about.
func (p *parser) object() (database string, told bool) {
	for p.t.kind != tokenEnd && p.t.kind != tokenBroken {
		switch {
		case p.accept("DATABASE", "SCHEMA"):
			p.ifExists()
			if p.t.name() {
				return p.t.text, true
			}
			return "", true
		case p.t.is("VIEW"), p.t.is("FUNCTION"), p.t.is("PROCEDURE"), p.t.is("TRIGGER"), p.t.is("USER"), p.t.is("ROLE"), p.t.is("TEMPORARY"):
			return "", false
		case p.accept("SECURITY"):
			p.advance()
		case p.accept("OR", "REPLACE", "AGGREGATE", "SQL", "IF", "NOT", "EXISTS"):
		case p.accept("ALGORITHM", "DEFINER"):
			p.equals()
			p.account()
		default:
			return "", true
		}
	}
	return "", true
}

// account passes over a name, perhaps with its host.
func (p *parser) account() {
	p.advance()
	if p.t.punct('@') {
		p.advance()
		p.advance()
	}
}

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
