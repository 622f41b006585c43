package ddl

import "cdc/binlog/flavor"

// parserAt goes on with the statement from a place in its text.
func (st *Statement) parserAt(place int) *parser {
	p := &parser{lexer: lexer{s: st.text, mode: st.mode}, database: st.database, whole: st.text, size: len(st.text)}
	for p.advance(); p.t.kind != tokenEnd && p.t.kind != tokenBroken && p.here() < place; {
		p.advance()
	}
	return p
}

// Like returns the table that a CREATE TABLE ... LIKE copies.
func (st *Statement) Like() (Name, bool) { return st.parserAt(st.body).likeTable() }

// Define reads the definition in a CREATE TABLE. charset is the default of the
// table's database.
func (st *Statement) Define(fl flavor.Flavor, n Name, charset string) (*Table, error) {
	return st.parserAt(st.body).createTable(fl, n, charset)
}

// Follow applies an ALTER TABLE, CREATE INDEX or DROP INDEX to a table, which
// stays as it is: what comes of it is returned, still under its old name.
func (st *Statement) Follow(fl flavor.Flavor, base *Table) (*Table, error) {
	d := newDraft(fl, base)
	var err error
	if st.Index {
		err = st.parserAt(st.from).alterIndex(d)
	} else {
		_, err = st.parserAt(st.body).alterTable(d)
	}
	if err != nil {
		return nil, err
	}
	return d.finish()
}
