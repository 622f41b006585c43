package binlog

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// statementKind says what a statement in the log means to us.
type statementKind uint8

const (
	stmtOther    statementKind = iota // nothing
	stmtBegin                         // a transaction begins
	stmtEnd                           // it ends: COMMIT or ROLLBACK
	stmtXABegin                       // XA START
	stmtXAEnd                         // XA COMMIT, XA ROLLBACK
	stmtInside                        // XA END, SAVEPOINT, ROLLBACK TO: in the middle
	stmtCreate                        // a table is made
	stmtAlter                         // a table changes
	stmtDrop                          // tables go
	stmtRename                        // tables change their names
	stmtTruncate                      // a table is emptied
	stmtChange                        // DML in statement format
	stmtUnknown                       // DDL on a table that can't be understood
)

// tableName is a table's name in two parts.
type tableName struct{ database, table string }

func (n tableName) String() string { return n.database + "." + n.table }

// statement is what was found in the text of a query event.
type statement struct {
	kind statementKind
	// tables are those that are touched; for stmtRename pairs of old and new
	// name; for stmtChange all that may be meant, columns among them; for
	// stmtUnknown every name.
	tables []tableName
	// temporary: the table belongs to one session.
	temporary bool
	// silent: rows come or go without row events (DROP PARTITION and the like).
	silent bool
	// conditional: CREATE TABLE IF NOT EXISTS, which may have done nothing.
	conditional bool
	// generated: the server wrote it itself, not a client.
	generated bool
	// index: CREATE INDEX or DROP INDEX, unique when it makes a unique one.
	index, unique bool
	// from is where the statement begins in its text, behind MariaDB's SET
	// STATEMENT; body is where the definition of a CREATE or the changes of an
	// ALTER begin; spans are where the names of a DROP or RENAME stand.
	from, body int
	spans      []textSpan
}

// textSpan is a part of a statement's text.
type textSpan struct{ from, to int }

// toLower makes the names those of a server that keeps all in lower case
// (lower_case_table_names=1): statements stand in its log as they were typed.
func (st *statement) toLower() {
	for i, n := range st.tables {
		st.tables[i] = tableName{strings.ToLower(n.database), strings.ToLower(n.table)}
	}
}

// parseStatement finds out what a statement does, and to which tables. Only
// the beginning is looked at: what an ALTER changes is told by the table map.
func parseStatement(text []byte, database string, mode sqlMode) statement {
	plain := toUTF8(text)
	p := &parser{lexer: lexer{s: plain, mode: mode}, database: database, whole: plain, size: len(plain)}
	p.advance()
	st := p.statement()
	st.from = p.from
	if st.kind == stmtUnknown {
		st.tables = allNames(toUTF8(text), database, mode)
	}
	return st
}

// toUTF8 reads text that isn't UTF-8 as Latin 1: an older client's session.
func toUTF8(text []byte) string {
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

func (p *parser) statement() statement {
	p.from = p.here()
	switch {
	case p.accept("BEGIN"):
		return statement{kind: stmtBegin}
	case p.accept("START"):
		if p.t.is("TRANSACTION") {
			return statement{kind: stmtBegin}
		}
		return p.startAlter()
	case p.accept("COMMIT"):
		if p.t.is("ALTER") { // MariaDB, second phase
			return p.startAlter()
		}
		return statement{kind: stmtEnd}
	case p.accept("ROLLBACK"):
		return p.rollback()
	case p.accept("SAVEPOINT", "RELEASE"):
		return statement{kind: stmtInside}
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
		return p.one(stmtTruncate)
	case p.accept("SET"):
		return p.setStatement()
	default:
		return p.change()
	}
}

// setStatement reads MariaDB's SET STATEMENT variable=value FOR statement.
func (p *parser) setStatement() statement {
	if !p.accept("STATEMENT") {
		return statement{kind: stmtOther}
	}
	for p.t.kind != tokenEnd && p.t.kind != tokenBroken {
		if p.accept("FOR") {
			return p.statement()
		}
		p.advance()
	}
	return statement{kind: stmtOther}
}

// startAlter reads MariaDB's two-phase ALTER.
func (p *parser) startAlter() statement {
	if p.accept("ALTER") {
		return p.alter()
	}
	return statement{kind: stmtOther}
}

func (p *parser) rollback() statement {
	p.accept("WORK")
	if p.t.is("TO") {
		return statement{kind: stmtInside}
	}
	if p.t.is("ALTER") { // MariaDB: nothing was changed
		return statement{kind: stmtOther}
	}
	return statement{kind: stmtEnd}
}

func (p *parser) xa() statement {
	switch {
	case p.t.is("START"), p.t.is("BEGIN"):
		return statement{kind: stmtXABegin}
	case p.t.is("COMMIT"), p.t.is("ROLLBACK"):
		return statement{kind: stmtXAEnd}
	default:
		return statement{kind: stmtInside}
	}
}

func (p *parser) create() statement {
	p.accept("OR")
	p.accept("REPLACE")
	temporary := p.accept("TEMPORARY")
	switch {
	case p.accept("TABLE"):
	case p.t.is("UNIQUE"), p.t.is("FULLTEXT"), p.t.is("SPATIAL"), p.t.is("INDEX"), p.t.is("ONLINE"), p.t.is("OFFLINE"):
		return p.index()
	default:
		return statement{kind: stmtOther} // VIEW, TRIGGER, PROCEDURE, DATABASE, SEQUENCE, ...
	}
	conditional := p.t.is("IF")
	p.ifExists()
	st := p.one(stmtCreate)
	st.temporary, st.conditional, st.body = temporary, conditional, p.here()
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
func (p *parser) index() statement {
	unique := p.t.is("UNIQUE")
	for p.t.kind != tokenEnd && p.t.kind != tokenBroken {
		if p.accept("ON") {
			st := p.one(stmtAlter)
			st.index, st.unique = true, unique
			return st
		}
		p.advance()
	}
	return statement{kind: stmtUnknown}
}

func (p *parser) alter() statement {
	p.acceptAll("ONLINE", "OFFLINE", "IGNORE")
	if !p.accept("TABLE") {
		return statement{kind: stmtOther}
	}
	p.ifExists()
	st := p.one(stmtAlter)
	if st.kind != stmtAlter {
		return st
	}
	st.body = p.here()
	if to, ok := p.changes(&st); ok {
		st.tables = append(st.tables, to)
	}
	return st
}

// changes looks through the changes of an ALTER, for RENAME [TO|AS] name and for
// partitions that are emptied or exchanged.
func (p *parser) changes(st *statement) (tableName, bool) {
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
			st.silent = st.silent || p.t.is("PARTITION")
		}
		switch {
		case p.t.punct('('):
			depth++
		case p.t.punct(')'):
			depth--
		}
		start = p.t.punct(',')
	}
	return tableName{}, false
}

func (p *parser) drop() statement {
	temporary := p.accept("TEMPORARY")
	if p.accept("INDEX") {
		return p.index()
	}
	if !p.accept("TABLE", "TABLES") {
		return statement{kind: stmtOther}
	}
	p.ifExists()
	st := statement{kind: stmtDrop, temporary: temporary}
	for {
		at := p.here()
		name, ok := p.table()
		if !ok {
			return statement{kind: stmtUnknown}
		}
		st.tables, st.spans = append(st.tables, name), append(st.spans, textSpan{at, p.last})
		if !p.t.punct(',') {
			return st
		}
		p.advance()
	}
}

func (p *parser) rename() statement {
	if !p.accept("TABLE", "TABLES") {
		return statement{kind: stmtOther} // RENAME USER
	}
	p.ifExists()
	st := statement{kind: stmtRename}
	for {
		at := p.here()
		from, ok := p.table()
		for ok && !p.t.is("TO") && p.t.kind == tokenWord { // MariaDB: WAIT n, NOWAIT
			p.advance()
		}
		if !ok || !p.accept("TO") {
			return statement{kind: stmtUnknown}
		}
		to, ok := p.table()
		if !ok {
			return statement{kind: stmtUnknown}
		}
		st.tables, st.spans = append(st.tables, from, to), append(st.spans, textSpan{at, p.last})
		if !p.t.punct(',') {
			return st
		}
		p.advance()
	}
}

// one reads the one table that a statement of kind k names next.
func (p *parser) one(k statementKind) statement {
	name, ok := p.table()
	if !ok {
		return statement{kind: stmtUnknown}
	}
	return statement{kind: k, tables: []tableName{name}}
}

// table reads a name of one or two parts.
func (p *parser) table() (tableName, bool) {
	if p.t.punct('.') { // ".t" is a table of the session's database
		p.advance()
	}
	if !p.t.name() {
		return tableName{}, false
	}
	n := tableName{p.database, p.t.text}
	p.advance()
	if !p.t.punct('.') {
		return n, true
	}
	p.advance()
	if !p.t.name() {
		return tableName{}, false
	}
	n.database, n.table = n.table, p.t.text
	p.advance()
	return n, true
}

// change recognizes DML in statement format.
func (p *parser) change() statement {
	switch {
	case p.accept("INSERT", "REPLACE"):
		p.acceptAll("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE", "INTO")
		return p.one(stmtChange)
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
		return p.one(stmtChange)
	default:
		return statement{kind: stmtOther}
	}
}

// names takes every name up to one of the words: among them are the tables
// that an UPDATE or DELETE changes.
func (p *parser) names(until ...string) statement {
	st := statement{kind: stmtChange}
	for p.t.kind != tokenEnd && p.t.kind != tokenBroken {
		if slices.ContainsFunc(until, p.t.is) {
			return st
		}
		if name, ok := p.table(); ok {
			st.tables = append(st.tables, name)
		} else {
			p.advance()
		}
	}
	st.generated = strings.Contains(p.comment, "generated by server")
	return st
}

// allNames takes every name in a statement.
func allNames(text, database string, mode sqlMode) []tableName {
	p := &parser{lexer: lexer{s: text, mode: mode}, database: database}
	p.advance()
	return p.names().tables
}
