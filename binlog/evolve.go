package binlog

import (
	"errors"
	"slices"
	"strings"

	"go.uber.org/zap"

	"cdc/binlog/charsets"
)

// A statement that makes or changes a table is followed on the table as the
// history knows it, so that the version behind it is that of its own time: the
// live table may be further by the time it is read. The catalogue confirms what
// was worked out when it agrees, and helps out where the statement can't be
// followed.

// change is what a statement does to one table.
type change struct {
	// kind is CREATE, ALTER or DROP; empty when nothing happens.
	kind string
	name tableName
	// from is the table's name before; equal to name unless it is renamed.
	from tableName
	// facts are the table behind it; nil when it is gone or nothing is known.
	facts *tableFacts
	key   keyProof
	// before are the table before it; nil for unknown.
	before *tableFacts
}

// evolution follows one statement.
type evolution struct {
	*handler
	q  *query
	st *statement
	at spot
	// made are the tables as the statement has left them so far; nil for gone.
	made map[tableName]*tableFacts
}

// evolve works out what a statement does to captured tables.
func (h *handler) evolve(q *query, st *statement) ([]change, error) {
	e := &evolution{handler: h, q: q, st: st, at: h.spot(), made: map[tableName]*tableFacts{}}
	switch st.kind {
	case stmtCreate:
		return e.create(st.tables[0])
	case stmtAlter:
		return e.alter(st.tables[0])
	case stmtDrop:
		var list []change
		for _, n := range st.tables {
			list = append(list, change{kind: "DROP", name: n, from: n, key: keySame})
		}
		return list, nil
	case stmtRename:
		return e.rename()
	default:
		return nil, nil
	}
}

// base is the table before the statement; nil when it isn't known.
func (e *evolution) base(n tableName) *tableFacts {
	if f, ok := e.made[n]; ok {
		return f
	}
	if f := e.history.before(n, e.at); f != nil {
		return f
	}
	return e.aside[n]
}

// live is the table as the server has it now. It isn't asked about tables that
// aren't captured.
func (e *evolution) live(n tableName) (*tableFacts, error) {
	if !e.match.Match(n.database, n.table) {
		return nil, nil //nolint:nilnil // not known
	}
	return e.history.look(e.ctx, n)
}

func (e *evolution) create(n tableName) ([]change, error) {
	c := change{kind: "CREATE", name: n, from: n}
	if e.st.conditional && e.base(n) != nil {
		c.kind, c.facts = "", e.base(n)
		return []change{c}, nil
	}
	live, err := e.live(n)
	if err != nil {
		return nil, err
	}
	c.facts, err = e.define(n, live)
	if err == nil {
		return []change{c}, nil
	}
	if !errors.Is(err, errNotUnderstood) {
		return nil, err
	}
	e.lost(n, err)
	c.facts, c.key = live, keyProofOf(e.st, e.q.text, e.q.mode)
	return []change{c}, nil
}

// define reads the definition in a CREATE TABLE.
func (e *evolution) define(n tableName, live *tableFacts) (*tableFacts, error) {
	p := definition(e.q.text, e.st, string(e.q.database), e.q.mode)
	if like, ok := p.likeTable(); ok {
		if e.lower {
			like = like.lower()
		}
		source := e.base(like)
		if source == nil {
			return nil, errNotUnderstood
		}
		made := *source
		made.Database, made.Table = n.database, n.table
		return confirmed(&made, live), nil
	}
	charset, err := e.history.charset(e.ctx, n.database, live)
	if err != nil {
		return nil, err
	}
	made, err := p.createTable(e.fl, n, charset)
	if err != nil {
		return nil, err
	}
	return confirmed(made, live), nil
}

// lost tells that the catalogue must do, which may be newer than the statement.
func (e *evolution) lost(n tableName, err error) {
	if !e.match.Match(n.database, n.table) {
		return
	}
	e.log.Warn("a statement can't be followed: the table is taken as the server has it now",
		zap.Stringer("table", n), zap.Stringer("position", e.at), zap.String("cause", err.Error()))
}

func (e *evolution) alter(n tableName) ([]change, error) {
	c := change{kind: "ALTER", name: n, from: n, key: keySame}
	if len(e.st.tables) > 1 {
		c.name = e.st.tables[1]
	}
	live, err := e.live(c.name)
	if err != nil {
		return nil, err
	}
	base := e.base(n)
	c.before = base
	if base != nil {
		made, err := e.follow(base)
		if err == nil {
			made.Database, made.Table = c.name.database, c.name.table
			c.facts, c.key = confirmed(made, live), keyFacts
			return []change{c}, nil
		}
		e.lost(n, err)
	}
	c.facts = live
	if c.key = keyProofOf(e.st, e.q.text, e.q.mode); c.name != n {
		c.key = keyUnsure // of the old name's table
	}
	return []change{c}, nil
}

// follow applies an ALTER TABLE, CREATE INDEX or DROP INDEX.
func (e *evolution) follow(base *tableFacts) (*tableFacts, error) {
	d := newDraft(e.fl, base)
	if e.st.index {
		at := *e.st
		at.body = e.st.from
		p := definition(e.q.text, &at, string(e.q.database), e.q.mode)
		if err := p.alterIndex(d); err != nil {
			return nil, err
		}
		return d.finish()
	}
	p := definition(e.q.text, e.st, string(e.q.database), e.q.mode)
	if _, err := p.alterTable(d); err != nil {
		return nil, err
	}
	return d.finish()
}

// rename follows pairs of an old and a new name, one after the other.
func (e *evolution) rename() ([]change, error) {
	var list []change
	for i := 0; i+1 < len(e.st.tables); i += 2 {
		c := change{kind: "ALTER", from: e.st.tables[i], name: e.st.tables[i+1]}
		if base := e.base(c.from); base != nil {
			facts := *base
			facts.Database, facts.Table = c.name.database, c.name.table
			c.facts = &facts
		} else {
			live, err := e.live(c.name)
			if err != nil {
				return nil, err
			}
			c.facts, c.key = live, keyUnsure
		}
		e.made[c.from], e.made[c.name] = nil, c.facts
		list = append(list, c)
	}
	return list, nil
}

// record writes what a statement has done to the history, unless an earlier run
// has.
func (h *handler) record(list []change) error {
	type version struct {
		facts *tableFacts
		key   keyProof
	}
	last := map[tableName]version{}
	var order []tableName
	note := func(n tableName, v version) {
		if !h.match.Match(n.database, n.table) {
			h.setAside(n, v.facts)
			return
		}
		if _, ok := last[n]; !ok {
			order = append(order, n)
		}
		last[n] = v
	}
	for _, c := range list {
		if c.kind == "" {
			continue
		}
		if c.from != c.name {
			note(c.from, version{nil, keySame})
		}
		note(c.name, version{c.facts, c.key})
	}
	for _, n := range order {
		if err := h.history.changed(h.ctx, n, last[n].facts, last[n].key, h.spot()); err != nil {
			return err
		}
	}
	return nil
}

// maxAside bounds the tables that are followed although they aren't captured.
const maxAside = 1 << 10

// setAside remembers a table that isn't captured, since a tool that changes
// tables makes a new one and gives it the name of a captured one in the end. It
// lasts as long as the process; after a restart the catalogue must do.
func (h *handler) setAside(n tableName, f *tableFacts) {
	if f == nil {
		delete(h.aside, n)
		return
	}
	if h.aside == nil || len(h.aside) >= maxAside {
		h.aside = map[tableName]*tableFacts{}
	}
	h.aside[n] = f
}

// followAside follows a statement about tables of a captured database that
// aren't captured themselves.
func (h *handler) followAside(q *query, st *statement) error {
	if len(st.tables) == 0 || !h.databases.has(st.tables[0].database) {
		return nil
	}
	list, err := h.evolve(q, st)
	if err != nil {
		return err
	}
	return h.record(list)
}

// told reports whether the schema change topic tells of a change.
func (h *handler) told(c *change) bool {
	return h.match.Match(c.name.database, c.name.table) || h.match.Match(c.from.database, c.from.table)
}

// confirmed is the table as the catalogue shows it, when that is the same table,
// and else as it was worked out. What the statement says in its own words stays.
func confirmed(made, live *tableFacts) *tableFacts {
	if live == nil || !sameTable(made, live) {
		return made
	}
	both := *live
	both.Columns = slices.Clone(live.Columns)
	for i := range both.Columns {
		both.Columns[i].Written = made.Columns[i].Written
	}
	return &both
}

// sameTable reports whether two facts differ in spelling only.
func sameTable(a, b *tableFacts) bool {
	return len(a.Columns) == len(b.Columns) && slices.Equal(a.Key, b.Key) && a.Primary == b.Primary &&
		len(a.Unique) == len(b.Unique) && a.Charset == b.Charset && a.Comment == b.Comment &&
		slices.EqualFunc(a.Columns, b.Columns, func(x, y columnFact) bool { return x.same(&y) })
}

func (c *columnFact) same(o *columnFact) bool {
	a, err1 := parseType(c.Type)
	b, err2 := parseType(o.Type)
	if err1 != nil || err2 != nil || a.name != b.name || a.unsigned != b.unsigned || !slices.Equal(a.symbols, b.symbols) || c.Comment != o.Comment {
		return false
	}
	if !isInteger(a.name) && !slices.Equal(a.args, b.args) {
		return false
	}
	return c.Name == o.Name && c.Nullable == o.Nullable && charsets.Canonical(c.Charset) == charsets.Canonical(o.Charset) &&
		c.generated() == o.generated() && c.sameDefault(o)
}

func isInteger(name string) bool {
	return jdbcOf[name] == jdbcInteger || strings.HasSuffix(name, "int")
}

// sameDefault compares defaults; of expressions the servers change the spelling.
func (c *columnFact) sameDefault(o *columnFact) bool {
	if c.generated() {
		return true
	}
	if c.Default == nil || o.Default == nil || c.DefaultExpr != o.DefaultExpr {
		return c.Default == nil && o.Default == nil
	}
	return c.DefaultExpr || *c.Default == *o.Default
}

func (n tableName) lower() tableName {
	return tableName{strings.ToLower(n.database), strings.ToLower(n.table)}
}
