package binlog

import (
	"errors"

	"go.uber.org/zap"

	"cdc/binlog/ddl"
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
	name ddl.Name
	// from is the table's name before; equal to name unless it is renamed.
	from ddl.Name
	// facts are the table behind it; nil when it is gone or nothing is known.
	facts *ddl.Table
	key   keyProof
	// before are the table before it; nil for unknown.
	before *ddl.Table
}

// evolution follows one statement.
type evolution struct {
	*handler
	q  *query
	st *ddl.Statement
	at spot
	// made are the tables as the statement has left them so far; nil for gone.
	made map[ddl.Name]*ddl.Table
}

// evolve works out what a statement does to captured tables.
func (h *handler) evolve(q *query, st *ddl.Statement) ([]change, error) {
	e := &evolution{handler: h, q: q, st: st, at: h.spot(), made: map[ddl.Name]*ddl.Table{}}
	switch st.Kind {
	case ddl.Create:
		return e.create(st.Tables[0])
	case ddl.Alter:
		return e.alter(st.Tables[0])
	case ddl.Drop:
		var list []change
		for _, n := range st.Tables {
			list = append(list, change{kind: "DROP", name: n, from: n, key: keySame})
		}
		return list, nil
	case ddl.Rename:
		return e.rename()
	default:
		return nil, nil
	}
}

// base is the table before the statement; nil when it isn't known.
func (e *evolution) base(n ddl.Name) *ddl.Table {
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
func (e *evolution) live(n ddl.Name) (*ddl.Table, error) {
	if !e.match.Match(n.Database, n.Table) {
		return nil, nil //nolint:nilnil // not known
	}
	return e.history.look(e.ctx, n)
}

func (e *evolution) create(n ddl.Name) ([]change, error) {
	c := change{kind: "CREATE", name: n, from: n}
	if e.st.Conditional && e.base(n) != nil {
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
	if !errors.Is(err, ddl.ErrNotUnderstood) {
		return nil, err
	}
	e.lost(n, err)
	c.facts, c.key = live, keyProofOf(e.st)
	return []change{c}, nil
}

// define reads the definition in a CREATE TABLE.
func (e *evolution) define(n ddl.Name, live *ddl.Table) (*ddl.Table, error) {
	if like, ok := e.st.Like(); ok {
		if e.lower {
			like = like.Lower()
		}
		source := e.base(like)
		if source == nil {
			return nil, ddl.ErrNotUnderstood
		}
		made := *source
		made.Database, made.Table = n.Database, n.Table
		return made.Confirmed(live), nil
	}
	charset, err := e.history.charset(e.ctx, n.Database, live)
	if err != nil {
		return nil, err
	}
	made, err := e.st.Define(e.fl, n, charset)
	if err != nil {
		return nil, err
	}
	return made.Confirmed(live), nil
}

// lost tells that the catalogue must do, which may be newer than the statement.
func (e *evolution) lost(n ddl.Name, err error) {
	if !e.match.Match(n.Database, n.Table) {
		return
	}
	e.log.Warn("a statement can't be followed: the table is taken as the server has it now",
		zap.Stringer("table", n), zap.Stringer("position", e.at), zap.String("cause", err.Error()))
}

func (e *evolution) alter(n ddl.Name) ([]change, error) {
	c := change{kind: "ALTER", name: n, from: n, key: keySame}
	if len(e.st.Tables) > 1 {
		c.name = e.st.Tables[1]
	}
	live, err := e.live(c.name)
	if err != nil {
		return nil, err
	}
	base := e.base(n)
	c.before = base
	if base != nil {
		made, err := e.st.Follow(e.fl, base)
		if err == nil {
			made.Database, made.Table = c.name.Database, c.name.Table
			c.facts, c.key = made.Confirmed(live), keyFacts
			return []change{c}, nil
		}
		e.lost(n, err)
	}
	c.facts = live
	if c.key = keyProofOf(e.st); c.name != n {
		c.key = keyUnsure // of the old name's table
	}
	return []change{c}, nil
}

// rename follows pairs of an old and a new name, one after the other.
func (e *evolution) rename() ([]change, error) {
	var list []change
	for i := 0; i+1 < len(e.st.Tables); i += 2 {
		c := change{kind: "ALTER", from: e.st.Tables[i], name: e.st.Tables[i+1]}
		if base := e.base(c.from); base != nil {
			facts := *base
			facts.Database, facts.Table = c.name.Database, c.name.Table
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
		facts *ddl.Table
		key   keyProof
	}
	last := map[ddl.Name]version{}
	var order []ddl.Name
	note := func(n ddl.Name, v version) {
		if !h.match.Match(n.Database, n.Table) {
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
func (h *handler) setAside(n ddl.Name, f *ddl.Table) {
	if f == nil {
		delete(h.aside, n)
		return
	}
	if h.aside == nil || len(h.aside) >= maxAside {
		h.aside = map[ddl.Name]*ddl.Table{}
	}
	h.aside[n] = f
}

// followAside follows a statement about tables of a captured database that
// aren't captured themselves.
func (h *handler) followAside(q *query, st *ddl.Statement) error {
	if len(st.Tables) == 0 || !h.databases.has(st.Tables[0].Database) {
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
	return h.match.Match(c.name.Database, c.name.Table) || h.match.Match(c.from.Database, c.from.Table)
}
