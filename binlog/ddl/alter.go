package ddl

import (
	"fmt"

	"cdc/binlog/flavor"

	"cdc/binlog/charsets"
)

// alterTable follows the changes of an ALTER TABLE. It returns the table's new
// name, when it gets one.
func (p *parser) alterTable(d *draft) (to *Name, err error) {
	for p.t.kind != tokenEnd && p.t.kind != tokenBroken {
		if p.partitions() {
			break
		}
		name, err := p.alterAction(d)
		if err != nil {
			return nil, err
		}
		if name != nil {
			to = name
		}
		switch {
		case p.t.punct(','), p.t.punct(';'):
			p.advance()
		case p.t.punct(')'):
			return nil, p.unexpected()
		}
	}
	if p.t.kind == tokenBroken {
		return nil, p.unexpected()
	}
	return to, nil
}

// partitions reports whether an operation on partitions, or an order of rows,
// comes: nothing else follows.
func (p *parser) partitions() bool {
	if p.t.is("PARTITION") || p.t.is("ORDER") {
		return true
	}
	for _, first := range []string{"ADD", "DROP", "TRUNCATE", "COALESCE", "REORGANIZE", "EXCHANGE", "ANALYZE", "CHECK", "OPTIMIZE", "REBUILD", "REPAIR", "REMOVE", "DISCARD", "IMPORT", "CONVERT"} {
		if p.follows(first, "PARTITION") || p.follows(first, "PARTITIONING") || p.follows(first, "TABLESPACE") {
			return true
		}
	}
	return false
}

// alterAction follows one change.
func (p *parser) alterAction(d *draft) (to *Name, err error) {
	switch {
	case p.accept("ADD"):
		return nil, p.alterAdd(d)
	case p.accept("DROP"):
		return nil, p.alterDrop(d)
	case p.accept("MODIFY"):
		return nil, p.alterModify(d)
	case p.accept("CHANGE"):
		return nil, p.alterChange(d)
	case p.accept("ALTER"):
		return nil, p.alterColumn(d)
	case p.accept("RENAME"):
		return p.alterRename(d)
	case p.accept("CONVERT"):
		return nil, p.alterConvert(d)
	default:
		for p.t.kind != tokenEnd && p.t.kind != tokenBroken && !p.t.punct(',') && !p.partitions() {
			p.tableOption(d)
		}
		return nil, nil //nolint:nilnil // the name stays
	}
}

func (p *parser) alterAdd(d *draft) error {
	if done, err := p.tableKey(d); done || err != nil {
		return err
	}
	p.accept("COLUMN")
	missing := p.t.is("IF")
	p.ifExists()
	if !p.t.punct('(') {
		return p.addColumn(d, missing)
	}
	for p.advance(); ; p.advance() {
		if err := p.tableElement(d); err != nil {
			return err
		}
		if p.t.punct(')') {
			p.advance()
			return nil
		}
		if !p.t.punct(',') {
			return p.unexpected()
		}
	}
}

// addColumn adds a column; missing: unless it is there.
func (p *parser) addColumn(d *draft, missing bool) error {
	if !p.t.name() {
		return p.unexpected()
	}
	c, ok := p.columnDef(p.name())
	if !ok {
		return p.unexpected()
	}
	if missing && d.find(c.name) >= 0 {
		return nil
	}
	return d.add(&c)
}

func (p *parser) alterDrop(d *draft) error {
	switch {
	case p.accept("PRIMARY"):
		p.accept("KEY")
		d.primary = draftIndex{}
		return nil
	case p.accept("INDEX", "KEY"):
		p.ifExists()
		return d.dropIndex(p.name())
	case p.accept("CONSTRAINT"):
		p.ifExists()
		return d.dropIndex(p.name())
	case p.t.is("FOREIGN"), p.t.is("CHECK"), p.follows("PERIOD", "FOR"), p.follows("SYSTEM", "VERSIONING"):
		p.passElement()
		return nil
	}
	p.accept("COLUMN")
	there := p.t.is("IF")
	p.ifExists()
	name := p.name()
	p.accept("RESTRICT", "CASCADE")
	if there && d.find(name) < 0 {
		return nil
	}
	return d.drop(name)
}

func (p *parser) alterModify(d *draft) error {
	p.accept("COLUMN")
	there := p.t.is("IF")
	p.ifExists()
	c, ok := p.columnDef(p.name())
	if !ok {
		return p.unexpected()
	}
	i := d.find(c.name)
	if there && i < 0 {
		return nil
	}
	if i >= 0 && d.columns[i].Name == d.columns[i].old {
		c.name = d.columns[i].Name // as it was written first
	}
	return d.change(c.name, &c)
}

func (p *parser) alterChange(d *draft) error {
	p.accept("COLUMN")
	there := p.t.is("IF")
	p.ifExists()
	old := p.name()
	c, ok := p.columnDef(p.name())
	if !ok {
		return p.unexpected()
	}
	if there && d.find(old) < 0 {
		return nil
	}
	return d.change(old, &c)
}

// alterColumn sets or drops a default, or the visibility of a column or index.
func (p *parser) alterColumn(d *draft) error {
	if p.t.is("INDEX") || p.t.is("KEY") || p.t.is("CHECK") || p.t.is("CONSTRAINT") {
		p.passElement()
		return nil
	}
	p.accept("COLUMN")
	there := p.t.is("IF")
	p.ifExists()
	i := d.find(p.name())
	if i < 0 {
		if there {
			p.passElement()
			return nil
		}
		return p.unexpected()
	}
	c := &d.columns[i].Column
	switch {
	case p.accept("DROP"):
		if !p.accept("DEFAULT") {
			return p.unexpected()
		}
		c.setWrittenDefault(d.fl, writtenDefault{})
	case p.accept("SET"):
		return p.alterSet(d.fl, c)
	default:
		return p.unexpected()
	}
	return nil
}

func (p *parser) alterSet(fl flavor.Flavor, c *Column) error {
	switch {
	case p.accept("DEFAULT"):
		spec, err := ParseType(c.Type)
		if err != nil {
			return err
		}
		def, ok := p.defaultValue(spec.upper())
		if !ok {
			return p.unexpected()
		}
		c.setWrittenDefault(fl, def)
	case p.accept("VISIBLE"):
		c.setExtra("INVISIBLE", false)
	case p.accept("INVISIBLE"):
		c.setExtra("INVISIBLE", true)
	default:
		return p.unexpected()
	}
	return nil
}

func (p *parser) alterRename(d *draft) (*Name, error) {
	switch {
	case p.accept("COLUMN"):
		p.ifExists()
		i := d.find(p.name())
		if i < 0 || !p.accept("TO") || !p.t.name() {
			return nil, p.unexpected()
		}
		to := p.name()
		d.columns[i].Name = to
		return nil, nil //nolint:nilnil // the name stays
	case p.accept("INDEX", "KEY"):
		p.ifExists()
		i := d.index(p.name())
		if !p.accept("TO") {
			return nil, p.unexpected()
		}
		if to := p.name(); i >= 0 {
			d.unique[i].Name = to
		}
		return nil, nil //nolint:nilnil // the name stays
	}
	p.accept("TO", "AS")
	p.equals()
	name, ok := p.table()
	if !ok {
		return nil, p.unexpected()
	}
	return &name, nil
}

func (p *parser) alterConvert(d *draft) error {
	if !p.accept("TO") {
		return p.unexpected()
	}
	charset, ok := p.charsetName()
	if !ok {
		return p.unexpected()
	}
	if p.accept("COLLATE") {
		p.equals()
		if name := p.name(); charset == "" {
			charset = charsets.ByCollation(name)
		}
	}
	if charset == "" {
		return fmt.Errorf("%w: the character set of the database is meant", ErrNotUnderstood)
	}
	d.convert(charset)
	return nil
}

// index follows CREATE INDEX and DROP INDEX.
func (p *parser) alterIndex(d *draft) error {
	switch {
	case p.accept("CREATE"):
		p.accept("OR")
		p.accept("REPLACE")
		p.acceptAll("ONLINE", "OFFLINE")
		if !p.accept("UNIQUE") {
			return nil
		}
		p.accept("INDEX")
		p.ifExists()
		return p.createIndex(d, p.name())
	case p.accept("DROP"):
		p.acceptAll("ONLINE", "OFFLINE")
		p.accept("INDEX")
		p.ifExists()
		return d.dropIndex(p.name())
	default:
		return p.unexpected()
	}
}

func (p *parser) createIndex(d *draft, name string) error {
	for !p.t.punct('(') {
		if p.t.kind == tokenEnd || p.t.kind == tokenBroken {
			return p.unexpected()
		}
		p.advance()
	}
	index, ok := p.keyParts()
	if !ok {
		return p.unexpected()
	}
	if index.Name = name; d.index(name) < 0 {
		d.addUnique(index)
	}
	return nil
}
