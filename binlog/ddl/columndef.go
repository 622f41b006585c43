package ddl

import (
	"encoding/hex"
	"strings"

	"cdc/binlog/flavor"
)

// columnDef is the definition of a column as a statement writes it.
type columnDef struct {
	name            string
	typ             writtenType
	typeText        string
	null, notNull   bool
	primary, unique bool
	def             writtenDefault
	auto            bool
	onUpdate        string // its expression, empty for none
	generated       string // VIRTUAL or STORED
	period          bool
	invisible       bool
	comment         string
	// first and after are where an ALTER puts the column.
	first bool
	after string
}

// columnDef reads a definition behind the column's name; false for one that
// can't be understood.
func (p *parser) columnDef(name string) (c columnDef, ok bool) {
	c.name = name
	at := p.here()
	if c.typ, ok = p.columnType(); !ok || name == "" {
		return c, false
	}
	c.typeText = strings.TrimSpace(p.whole[at:p.last])
	if c.typ.words == "SERIAL" {
		c.serial()
	}
	for p.t.kind != tokenEnd && !p.t.punct(',') && !p.t.punct(')') && !p.t.punct(';') {
		if p.t.kind != tokenWord || !p.columnAttribute(&c) {
			return c, false
		}
	}
	return c, true
}

func (c *columnDef) serial() { c.notNull, c.auto, c.unique = true, true, true }

// columnAttribute reads one attribute, or one clause.
func (p *parser) columnAttribute(c *columnDef) (ok bool) {
	switch {
	case p.accept("NOT"):
		c.notNull = c.notNull || p.t.is("NULL")
		return p.accept("NULL", "ENFORCED", "SECONDARY")
	case p.accept("NULL"):
		c.null = true
	case p.accept("DEFAULT"):
		c.def, ok = p.defaultValue(c.typ.words)
		return ok
	case p.accept("ON"):
		c.onUpdate, ok = p.onUpdate()
		return ok
	case p.accept("AUTO_INCREMENT"):
		c.auto = true
	case p.accept("UNIQUE"):
		c.unique = true
		p.accept("KEY")
	case p.accept("PRIMARY"), p.t.is("KEY"):
		c.primary = true
		p.accept("KEY")
	case p.accept("COMMENT"):
		_, c.comment, ok = p.text()
		return ok
	case p.accept("COLLATE"):
		c.typ.collation = strings.ToLower(p.name())
	case p.t.is("CHARSET"), p.t.is("CHARACTER"):
		c.typ.charset, ok = p.charsetName()
		return ok
	case p.accept("GENERATED"), p.t.is("AS"):
		p.accept("ALWAYS")
		return p.generated(c)
	case p.accept("VIRTUAL"):
		c.generated = "VIRTUAL"
	case p.accept("STORED", "PERSISTENT"):
		c.generated = "STORED"
	case p.accept("INVISIBLE"):
		c.invisible = true
	case p.accept("FIRST"):
		c.first = true
	case p.accept("AFTER"):
		c.after = p.name()
		return c.after != ""
	case p.accept("SERIAL"):
		c.serial()
		return p.accept("DEFAULT") && p.accept("VALUE")
	default:
		return p.idleAttribute()
	}
	return true
}

// idleAttribute passes over what doesn't change the column for us.
func (p *parser) idleAttribute() bool {
	switch {
	case p.accept("VISIBLE", "ENFORCED", "COMPRESSED"):
		p.assigned()
	case p.accept("CONSTRAINT"):
		if !p.t.is("CHECK") {
			p.name()
		}
	case p.accept("CHECK"):
		return p.parentheses()
	case p.accept("REFERENCES"):
		return p.references()
	case p.accept("COLUMN_FORMAT", "STORAGE", "SRID"):
		p.advance()
	case p.accept("WITH", "WITHOUT"):
		return p.accept("SYSTEM") && p.accept("VERSIONING")
	default: // MariaDB: attributes of the engine, name=value
		p.advance()
		assigned := p.t.punct('=')
		p.assigned()
		return assigned
	}
	return true
}

func (p *parser) onUpdate() (expr string, ok bool) {
	if !p.accept("UPDATE") || p.t.kind != tokenWord {
		return "", false
	}
	at := p.here()
	p.advance()
	if p.t.punct('(') && !p.parentheses() {
		return "", false
	}
	return p.whole[at:p.last], true
}

// generated reads AS (expression), or MariaDB's AS ROW START.
func (p *parser) generated(c *columnDef) bool {
	if !p.accept("AS") {
		return false
	}
	if p.accept("ROW") {
		c.period = true
		return p.accept("START", "END")
	}
	c.generated = "VIRTUAL"
	return p.parentheses()
}

// references passes over a foreign key's clause.
func (p *parser) references() bool {
	if _, ok := p.table(); !ok {
		return false
	}
	if p.t.punct('(') && !p.parentheses() {
		return false
	}
	for {
		switch {
		case p.accept("MATCH"):
			p.advance()
		case p.t.is("ON"):
			p.advance()
			if !p.accept("DELETE", "UPDATE") {
				return false
			}
			if p.accept("SET") || p.accept("NO") {
				p.advance()
			} else {
				p.accept("CASCADE", "RESTRICT")
			}
		default:
			return true
		}
	}
}

// fact is the column as the catalogue would show it, in a table of a default
// character set.
func (c *columnDef) fact(fl flavor.Flavor, tableCharset string) (f Column, ok bool) {
	f = Column{Name: c.name, Nullable: !c.notNull && !c.primary, Comment: c.comment, Period: c.period}
	if f.Type, f.Charset, ok = c.typ.columnType(fl, tableCharset); !ok {
		return f, false
	}
	f.Collation = c.typ.collation
	if fl == flavor.MariaDB && c.typ.words == "JSON" {
		f.Collation = "utf8mb4_bin"
	}
	f.Default, f.DefaultExpr = c.def.value, c.def.expr
	if c.def.value != nil && !c.def.expr {
		text := catalogueDefault(fl, f.Type, *c.def.value)
		f.Default = &text
	}
	f.Extra = strings.Join(c.extra(fl), " ")
	f.Written = &Written{Type: c.typeText, Default: c.def.shown}
	if c.typ.charset != "" {
		f.Written.Charset = c.typ.charset
	}
	return f, true
}

func (c *columnDef) extra(fl flavor.Flavor) (words []string) {
	add := func(word string, on bool) {
		if on {
			words = append(words, word)
		}
	}
	add("auto_increment", c.auto)
	add("DEFAULT_GENERATED", c.def.expr && fl == flavor.MySQL)
	add("on update "+c.onUpdate, c.onUpdate != "")
	add(c.generated+" GENERATED", c.generated != "")
	add("INVISIBLE", c.invisible)
	return words
}

// catalogueDefault spells a literal default as the catalogue does: a decimal with
// all digits of its scale, MySQL's bytes in hexadecimal.
func catalogueDefault(fl flavor.Flavor, typ, value string) string {
	spec, err := ParseType(typ)
	switch {
	case err != nil:
		return value
	case spec.Name == "decimal":
		return scaled(value, spec.Arg(1, 0))
	case fl == flavor.MySQL && spec.IsBinary() && !strings.HasPrefix(value, "0x"):
		return "0x" + strings.ToUpper(hex.EncodeToString([]byte(value)))
	default:
		return value
	}
}

// scaled gives a number that many digits behind its point.
func scaled(value string, scale int) string {
	if strings.ContainsAny(value, "eE'") {
		return value
	}
	_, fraction, _ := strings.Cut(value, ".")
	missing := scale - len(fraction)
	if missing <= 0 {
		return value
	}
	if fraction == "" {
		value = strings.TrimSuffix(value, ".") + "."
	}
	return value + strings.Repeat("0", missing)
}
