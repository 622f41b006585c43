package ddl

import (
	"fmt"
	"strings"

	"cdc/binlog/flavor"

	"cdc/binlog/charsets"
)

// likeTable returns the table that a CREATE TABLE copies.
func (p *parser) likeTable() (Name, bool) {
	like := *p
	if like.t.punct('(') {
		like.advance()
	}
	if !like.accept("LIKE") {
		return Name{}, false
	}
	return like.table()
}

// createTable reads the definition of a table. charset is the default of its
// database.
func (p *parser) createTable(fl flavor.Flavor, n Name, charset string) (*Table, error) {
	d := newDraft(fl, &Table{Database: n.Database, Table: n.Table})
	if !p.t.punct('(') {
		return nil, fmt.Errorf("%w: it has no columns", ErrNotUnderstood)
	}
	// The options stand behind the columns, whose character sets depend on them.
	options := *p
	if !options.parentheses() {
		return nil, fmt.Errorf("%w: a parenthesis isn't closed", ErrNotUnderstood)
	}
	if d.facts.Charset = charset; !options.createOptions(d) {
		return nil, fmt.Errorf("%w: it takes columns from a query", ErrNotUnderstood)
	}
	for p.advance(); ; p.advance() {
		if err := p.tableElement(d); err != nil {
			return nil, err
		}
		if p.t.punct(')') {
			return d.finish()
		}
		if !p.t.punct(',') {
			return nil, p.unexpected()
		}
	}
}

func (p *parser) unexpected() error {
	return fmt.Errorf("%w: at byte %d", ErrNotUnderstood, p.here())
}

// createOptions reads what stands behind the columns; false for a query there.
func (p *parser) createOptions(d *draft) bool {
	for p.t.kind != tokenEnd && p.t.kind != tokenBroken {
		switch {
		case p.t.is("PARTITION"):
			return true
		case p.t.is("SELECT"), p.t.is("AS"), p.t.is("WITH") && !p.follows("WITH", "SYSTEM"):
			return false
		default:
			p.tableOption(d)
		}
	}
	return true
}

// follows reports whether two words come next, of which the first may be a name
// when it stands alone.
func (p *parser) follows(word, next string) bool {
	if !p.t.is(word) {
		return false
	}
	ahead := *p
	ahead.advance()
	return ahead.t.is(next)
}

// tableOption reads one option, or passes over one token.
func (p *parser) tableOption(d *draft) {
	switch {
	case p.accept("DEFAULT"):
	case p.t.is("CHARSET"), p.t.is("CHARACTER"):
		if name, ok := p.charsetName(); ok && name != "" {
			d.facts.Charset = charsets.Canonical(name)
		}
	case p.accept("COLLATE"):
		p.equals()
		if name := strings.ToLower(p.name()); name != "" && name != "default" {
			d.facts.Charset = charsets.ByCollation(name)
		}
	case p.accept("COMMENT"):
		p.equals()
		if _, comment, ok := p.text(); ok {
			d.facts.Comment = comment
		}
	case p.t.punct('('):
		p.parentheses()
	default:
		p.advance()
	}
}

// tableElement reads a column, an index or a constraint.
func (p *parser) tableElement(d *draft) error {
	if done, err := p.tableKey(d); done || err != nil {
		return err
	}
	name := p.t.text
	if !p.t.name() {
		return p.unexpected()
	}
	p.advance()
	c, ok := p.columnDef(name)
	if !ok {
		return fmt.Errorf("%w: column %q", p.unexpected(), name)
	}
	return d.add(&c)
}

// tableKey reads an index or a constraint, if there is one.
func (p *parser) tableKey(d *draft) (done bool, err error) {
	if p.t.kind != tokenWord {
		return false, nil
	}
	symbol := ""
	constraint := p.accept("CONSTRAINT")
	if constraint && p.t.name() && !p.t.is("PRIMARY") && !p.t.is("UNIQUE") && !p.t.is("FOREIGN") && !p.t.is("CHECK") {
		symbol = p.name()
	}
	switch {
	case p.accept("PRIMARY"):
		return true, p.primaryKey(d)
	case p.accept("UNIQUE"):
		return true, p.uniqueKey(d, symbol)
	case p.accept("INDEX", "KEY", "FULLTEXT", "SPATIAL", "FOREIGN", "CHECK"),
		p.follows("PERIOD", "FOR"), p.follows("VECTOR", "INDEX"), p.follows("VECTOR", "KEY"), p.follows("SYSTEM", "VERSIONING"):
		p.passElement()
		return true, nil
	case constraint:
		return true, p.unexpected()
	default:
		return false, nil
	}
}

// passElement passes over the rest of an element of a list.
func (p *parser) passElement() {
	for p.t.kind != tokenEnd && p.t.kind != tokenBroken && !p.t.punct(',') && !p.t.punct(')') {
		if p.t.punct('(') {
			p.parentheses()
		} else {
			p.advance()
		}
	}
}

func (p *parser) primaryKey(d *draft) error {
	if !p.accept("KEY") {
		return p.unexpected()
	}
	for !p.t.punct('(') { // a name, USING BTREE
		if p.t.kind == tokenEnd || p.t.kind == tokenBroken {
			return p.unexpected()
		}
		p.advance()
	}
	index, ok := p.keyParts()
	if !ok || index.Expression {
		return p.unexpected()
	}
	d.primary = draftIndex{index, true}
	p.passElement()
	return nil
}

func (p *parser) uniqueKey(d *draft, symbol string) error {
	p.accept("KEY", "INDEX")
	if p.t.is("IF") {
		p.ifExists()
	}
	if p.t.name() && !p.t.is("USING") {
		symbol = p.name()
	}
	if p.accept("USING") {
		p.advance()
	}
	index, ok := p.keyParts()
	if !ok {
		return p.unexpected()
	}
	if index.Name = symbol; symbol == "" || d.index(symbol) < 0 {
		d.addUnique(index)
	}
	p.passElement()
	return nil
}

// keyParts reads the columns of an index.
func (p *parser) keyParts() (index Index, ok bool) {
	if !p.t.punct('(') {
		return index, false
	}
	for p.advance(); ; p.advance() {
		switch {
		case p.t.punct('('):
			index.Expression = true
			if !p.parentheses() {
				return index, false
			}
		case p.t.name():
			index.Columns = append(index.Columns, p.name())
			if index.Prefix = index.Prefix || p.t.punct('('); p.t.punct('(') && !p.parentheses() {
				return index, false
			}
		default:
			return index, false
		}
		p.accept("ASC", "DESC")
		if p.t.punct(')') {
			p.advance()
			return index, true
		}
		if !p.t.punct(',') {
			return index, false
		}
	}
}
