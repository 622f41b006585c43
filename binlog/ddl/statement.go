package ddl

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Kind says what a statement in the log means to us.
type Kind uint8

// The kinds.
const (
	Other    Kind = iota // nothing
	Begin                // a transaction begins
	End                  // it ends: COMMIT or ROLLBACK
	XABegin              // XA START
	XAEnd                // XA COMMIT, XA ROLLBACK
	Inside               // XA END, SAVEPOINT, ROLLBACK TO: in the middle
	Create               // a table is made
	Alter                // a table changes
	Drop                 // tables go
	Rename               // tables change their names
	Truncate             // a table is emptied
	Change               // DML in statement format
	Unknown              // DDL on a table that can't be understood
)

// Statement is what was found in the text of a query event. It keeps a copy of the
// text.
type Statement struct {
	Kind Kind
	// Tables are those that are touched; for Rename pairs of old and new name; for
	// Change all that may be meant, columns among them; for Unknown every name.
	Tables []Name
	// Temporary: the table belongs to one session.
	Temporary bool
	// Silent: rows come or go without row events (DROP PARTITION and the like).
	Silent bool
	// Conditional: CREATE TABLE IF NOT EXISTS, which may have done nothing.
	Conditional bool
	// Generated: the server wrote it itself, not a client.
	Generated bool
	// Index: CREATE INDEX or DROP INDEX, Unique when it makes a unique one.
	Index, Unique bool
	// from is where the statement begins in its text, behind MariaDB's SET
	// STATEMENT; body is where the definition of a CREATE or the changes of an
	// ALTER begin; spans are where the names of a DROP or RENAME stand.
	from, body int
	spans      []textSpan

	text     string // in UTF-8
	last     int    // where it ends without what closes it; 0 when nobody has asked
	database string // the session's
	mode     Mode
}

// textSpan is a part of a statement's text.
type textSpan struct{ from, to int }

// ToLower makes the names those of a server that keeps all in lower case
// (lower_case_table_names=1): statements stand in its log as they were typed.
func (st *Statement) ToLower() {
	for i, n := range st.Tables {
		st.Tables[i] = Name{strings.ToLower(n.Database), strings.ToLower(n.Table)}
	}
}

// Parse finds out what a statement does, and to which tables. Only
// the beginning is looked at; Define and Follow read the rest.
func Parse(text []byte, database string, mode Mode) Statement {
	plain := ToUTF8(text)
	p := &parser{lexer: lexer{s: plain, mode: mode}, database: database, whole: plain, size: len(plain)}
	p.advance()
	st := p.statement()
	st.from = p.from
	st.text, st.database, st.mode = plain, database, mode
	if st.Kind == Unknown {
		st.Tables = allNames(plain, database, mode)
	}
	return st
}

// ToUTF8 reads text that isn't UTF-8 as Latin 1: an older client's session.
func ToUTF8(text []byte) string {
	if utf8.Valid(text) {
		return string(text)
	}
	runes := make([]rune, len(text))
	for i, c := range text {
		runes[i] = rune(c)
	}
	return string(runes)
}

type parser struct {
	lexer
	database string // the session's
	whole    string // the whole text
	size     int    // of it
	from     int    // where the statement begins
	t        token  // the current one
	last     int    // where the token before it ends
}

// here is where the current token begins.
func (p *parser) here() int {
	if p.t.kind == tokenEnd || p.t.kind == tokenBroken {
		return p.size
	}
	return p.size - p.t.left
}

func (p *parser) advance() {
	p.last = p.size - p.t.rest
	p.t = p.next()
}

// accept passes over a keyword if it is there.
func (p *parser) accept(words ...string) bool {
	if !slices.ContainsFunc(words, p.t.is) {
		return false
	}
	p.advance()
	return true
}

// acceptAll passes over any of the keywords, as often as they come.
func (p *parser) acceptAll(words ...string) {
	for p.accept(words...) {
	}
}

func (p *parser) statement() Statement {
	p.from = p.here()
	switch {
	case p.accept("BEGIN"):
		return Statement{Kind: Begin}
	case p.accept("START"):
		if p.t.is("TRANSACTION") {
			return Statement{Kind: Begin}
		}
		return p.startAlter()
	case p.accept("COMMIT"):
		if p.t.is("ALTER") { // MariaDB, second phase
			return p.startAlter()
		}
		return Statement{Kind: End}
	case p.accept("ROLLBACK"):
		return p.rollback()
	case p.accept("SAVEPOINT", "RELEASE"):
		return Statement{Kind: Inside}
	case p.accept("XA"):
		return p.xa()
	case p.accept("CREATE"):
		return p.create()
	case p.accept("ALTER"):
		return p.alter()
	case p.accept("DROP"):
		return p.drop()
	case p.accept("RENAME"):
		return p.rename()
	case p.accept("TRUNCATE"):
		p.accept("TABLE")
		return p.one(Truncate)
	case p.accept("SET"):
		return p.setStatement()
	default:
		return p.change()
	}
}

// setStatement reads MariaDB's SET STATEMENT variable=value FOR statement.
func (p *parser) setStatement() Statement {
	if !p.accept("STATEMENT") {
		return Statement{Kind: Other}
	}
	for p.t.kind != tokenEnd && p.t.kind != tokenBroken {
		if p.accept("FOR") {
			return p.statement()
		}
		p.advance()
	}
	return Statement{Kind: Other}
}

// startAlter reads MariaDB's two-phase ALTER.
func (p *parser) startAlter() Statement {
	if p.accept("ALTER") {
		return p.alter()
	}
	return Statement{Kind: Other}
}

func (p *parser) rollback() Statement {
	p.accept("WORK")
	if p.t.is("TO") {
		return Statement{Kind: Inside}
	}
	if p.t.is("ALTER") { // MariaDB: nothing was changed
		return Statement{Kind: Other}
	}
	return Statement{Kind: End}
}

func (p *parser) xa() Statement {
	switch {
	case p.t.is("START"), p.t.is("BEGIN"):
		return Statement{Kind: XABegin}
	case p.t.is("COMMIT"), p.t.is("ROLLBACK"):
		return Statement{Kind: XAEnd}
	default:
		return Statement{Kind: Inside}
	}
}

func (p *parser) create() Statement {
	p.accept("OR")
	p.accept("REPLACE")
	temporary := p.accept("TEMPORARY")
	switch {
	case p.accept("TABLE"):
	case p.t.is("UNIQUE"), p.t.is("FULLTEXT"), p.t.is("SPATIAL"), p.t.is("INDEX"), p.t.is("ONLINE"), p.t.is("OFFLINE"):
		return p.index()
	default:
		return Statement{Kind: Other} // VIEW, TRIGGER, PROCEDURE, DATABASE, SEQUENCE, ...
	}
	conditional := p.t.is("IF")
	p.ifExists()
	st := p.one(Create)
	st.Temporary, st.Conditional, st.body = temporary, conditional, p.here()
	return st
}

// ifExists passes over IF EXISTS and IF NOT EXISTS.
func (p *parser) ifExists() {
	if p.t.is("IF") {
		p.advance()
		p.accept("NOT")
		p.accept("EXISTS")
	}
}

// index reads CREATE INDEX and DROP INDEX: they may change the key of a table
// without a primary key.
func (p *parser) index() Statement {
	unique := p.t.is("UNIQUE")
	for p.t.kind != tokenEnd && p.t.kind != tokenBroken {
		if p.accept("ON") {
			st := p.one(Alter)
			st.Index, st.Unique = true, unique
			return st
		}
		p.advance()
	}
	return Statement{Kind: Unknown}
}

func (p *parser) alter() Statement {
	p.acceptAll("ONLINE", "OFFLINE", "IGNORE")
	if !p.accept("TABLE") {
		return Statement{Kind: Other}
	}
	p.ifExists()
	st := p.one(Alter)
	if st.Kind != Alter {
		return st
	}
	st.body = p.here()
	if to, ok := p.changes(&st); ok {
		st.Tables = append(st.Tables, to)
	}
	return st
}

// changes looks through the changes of an ALTER, for RENAME [TO|AS] name and for
// partitions that are emptied or exchanged.
func (p *parser) changes(st *Statement) (Name, bool) {
	start, depth := true, 0
	for ; p.t.kind != tokenEnd && p.t.kind != tokenBroken; p.advance() {
		switch {
		case start && depth == 0 && p.t.is("RENAME"):
			p.advance()
			if p.t.is("COLUMN") || p.t.is("INDEX") || p.t.is("KEY") {
				break
			}
			p.accept("TO", "AS")
			if p.t.punct('=') {
				p.advance()
			}
			return p.table()
		case start && (p.t.is("DROP") || p.t.is("TRUNCATE") || p.t.is("EXCHANGE")):
			p.advance()
			st.Silent = st.Silent || p.t.is("PARTITION")
		}
		switch {
		case p.t.punct('('):
			depth++
		case p.t.punct(')'):
			depth--
		}
		start = p.t.punct(',')
	}
	return Name{}, false
}

func (p *parser) drop() Statement {
	temporary := p.accept("TEMPORARY")
	if p.accept("INDEX") {
		return p.index()
	}
	if !p.accept("TABLE", "TABLES") {
		return Statement{Kind: Other}
	}
	p.ifExists()
	st := Statement{Kind: Drop, Temporary: temporary}
	for {
		at := p.here()
		name, ok := p.table()
		if !ok {
			return Statement{Kind: Unknown}
		}
		st.Tables, st.spans = append(st.Tables, name), append(st.spans, textSpan{at, p.last})
		if !p.t.punct(',') {
			return st
		}
		p.advance()
	}
}

func (p *parser) rename() Statement {
	if !p.accept("TABLE", "TABLES") {
		return Statement{Kind: Other} // RENAME USER
	}
	p.ifExists()
	st := Statement{Kind: Rename}
	for {
		at := p.here()
		from, ok := p.table()
		for ok && !p.t.is("TO") && p.t.kind == tokenWord { // MariaDB: WAIT n, NOWAIT
			p.advance()
		}
		if !ok || !p.accept("TO") {
			return Statement{Kind: Unknown}
		}
		to, ok := p.table()
		if !ok {
			return Statement{Kind: Unknown}
		}
		st.Tables, st.spans = append(st.Tables, from, to), append(st.spans, textSpan{at, p.last})
		if !p.t.punct(',') {
			return st
		}
		p.advance()
	}
}

// one reads the one table that a statement of kind k names next.
func (p *parser) one(k Kind) Statement {
	name, ok := p.table()
	if !ok {
		return Statement{Kind: Unknown}
	}
	return Statement{Kind: k, Tables: []Name{name}}
}

// table reads a name of one or two parts.
func (p *parser) table() (Name, bool) {
	if p.t.punct('.') { // ".t" is a table of the session's database
		p.advance()
	}
	if !p.t.name() {
		return Name{}, false
	}
	n := Name{p.database, p.t.text}
	p.advance()
	if !p.t.punct('.') {
		return n, true
	}
	p.advance()
	if !p.t.name() {
		return Name{}, false
	}
	n.Database, n.Table = n.Table, p.t.text
	p.advance()
	return n, true
}

// change recognizes DML in statement format.
func (p *parser) change() Statement {
	switch {
	case p.accept("INSERT", "REPLACE"):
		p.acceptAll("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE", "INTO")
		return p.one(Change)
	case p.accept("UPDATE"):
		return p.names("SET")
	case p.accept("DELETE"):
		return p.names("WHERE", "ORDER", "LIMIT", "RETURNING")
	case p.accept("WITH"):
		return p.names()
	case p.accept("LOAD"):
		for p.t.kind != tokenEnd && !p.t.is("TABLE") {
			p.advance()
		}
		p.accept("TABLE")
		return p.one(Change)
	default:
		return Statement{Kind: Other}
	}
}

// names takes every name up to one of the words: among them are the tables
// that an UPDATE or DELETE changes.
func (p *parser) names(until ...string) Statement {
	st := Statement{Kind: Change}
	for p.t.kind != tokenEnd && p.t.kind != tokenBroken {
		if slices.ContainsFunc(until, p.t.is) {
			return st
		}
		if name, ok := p.table(); ok {
			st.Tables = append(st.Tables, name)
		} else {
			p.advance()
		}
	}
	st.Generated = strings.Contains(p.comment, "generated by server")
	return st
}

// allNames takes every name in a statement.
func allNames(text, database string, mode Mode) []Name {
	p := &parser{lexer: lexer{s: text, mode: mode}, database: database}
	p.advance()
	return p.names().Tables
}
