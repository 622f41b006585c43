package ddl

// Effect is what a statement does that isn't about tables.
type Effect struct {
	// Told is false for the kinds that Debezium keeps from the schema change topic:
	// rights, accounts, views, routines, maintenance.
	Told bool
	// Database is the one that is made, changed or dropped (Drop).
	Database string
	Drop     bool
}

// Other looks at a statement that isn't about tables.
func (st *Statement) Other() Effect {
	p := &parser{lexer: lexer{s: st.text, mode: st.mode}, whole: st.text, size: len(st.text)}
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
		return Effect{}
	case p.t.is("CREATE"), p.t.is("ALTER"), p.t.is("DROP"):
		drop := p.t.is("DROP")
		p.advance()
		database, told := p.object()
		return Effect{told, database, drop && database != ""}
	default:
		return Effect{Told: true}
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
