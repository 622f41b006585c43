package binlog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"go.uber.org/zap"

	"cdc/binlog/ddl"
	"cdc/event"
)

// Journal keeps the history of table versions, in the order of Append. Package
// offsets has one. A source uses it from one goroutine at a time.
type Journal interface {
	// Append stores an entry durably before it returns.
	Append(ctx context.Context, entry []byte) error
	// Replay calls fn for every entry.
	Replay(ctx context.Context, fn func(entry []byte) error) error
	// Reset removes all entries: a new snapshot starts a new history.
	Reset(ctx context.Context) error
}

// spot is where in the log something happened.
type spot struct {
	server string
	file   string
	pos    uint64
}

func (s spot) String() string { return place(s.file, s.pos) }

// after reports whether s lies behind o in the same log. Places of different
// servers can't be compared; they count as not behind.
func (s spot) after(o spot) bool {
	if s.server != o.server {
		return false
	}
	if c := compareFiles(s.file, o.file); c != 0 {
		return c > 0
	}
	return s.pos > o.pos
}

// entry is what the journal holds for one version of a table.
type entry struct {
	V      int      `json:"v"`
	Server string   `json:"server,omitempty"`
	File   string   `json:"file"`
	Pos    uint64   `json:"pos"`
	Map    uint64   `json:"map,omitempty"` // the fingerprint of the table map that it was made for; 0 for none
	Key    keyProof `json:"key,omitempty"`
	// Facts have no columns when a statement was met whose table was gone by then.
	Facts *ddl.Table `json:"facts"`
}

func (e *entry) spot() spot { return spot{e.Server, e.File, e.Pos} }

// version is one version of a table, ready for use.
type version struct {
	schema *event.Schema
	gen    uint32 // of the rules that want and ok are of
	want   []bool
	// ok is false when nobody wants rows of the table.
	ok bool
}

// catalogue reads what the server says about a table now; nil when there is no
// such table.
type catalogue func(ctx context.Context, name ddl.Name) (*ddl.Table, error)

// history knows which version of a table holds at which place of the log.
// Every version is in the journal before its first row leaves, and after a
// restart the one in the journal is taken, since the live catalogue may be
// newer than the rows. It belongs to the goroutine of the stream.
type history struct {
	journal Journal
	look    catalogue
	sel     event.Selector
	gen     uint32 // of sel
	old     event.OldRows
	log     *zap.Logger
	keys    *event.Keys
	// charsets tells the default character set of a database; nil where nobody is
	// to be asked.
	charsets func(ctx context.Context, database string) (string, error)
	tables   map[ddl.Name]*tableHistory
}

type tableHistory struct {
	entries []entry // in the order of the journal
	made    []madeVersion
	count   uint64
}

// madeVersion is a version that was made before from the same facts and an
// equal table map: it must be the same pointer.
type madeVersion struct {
	facts *ddl.Table
	shape uint64
	v     *version
}

func newHistory(j Journal, look catalogue, sel event.Selector, log *zap.Logger) *history {
	return &history{journal: j, look: look, sel: sel, gen: sel.Generation(), log: log, tables: map[ddl.Name]*tableHistory{}}
}

// follow goes on by other rules. Versions stay what they are; which of their columns
// are wanted is asked when a row comes again.
func (h *history) follow(sel event.Selector) { h.sel, h.gen = sel, sel.Generation() }

// load reads the journal.
func (h *history) load(ctx context.Context) error {
	err := h.journal.Replay(ctx, func(b []byte) error {
		var e entry
		if err := json.Unmarshal(b, &e); err != nil {
			return fmt.Errorf("read schema history: %w", err)
		}
		if e.V != 1 || e.Facts == nil {
			return fmt.Errorf("read schema history: entry of version %d can't be understood", e.V)
		}
		h.keep(e)
		return nil
	})
	if err != nil {
		return fmt.Errorf("replay schema history: %w", err)
	}
	return nil
}

func (h *history) keep(e entry) {
	t := h.table(ddl.Name{Database: e.Facts.Database, Table: e.Facts.Table})
	t.entries = append(t.entries, e)
}

func (h *history) table(n ddl.Name) *tableHistory {
	t := h.tables[n]
	if t == nil {
		t = &tableHistory{}
		h.tables[n] = t
	}
	return t
}

// append writes facts that hold from at on.
func (h *history) append(ctx context.Context, f *ddl.Table, shape uint64, at spot) error {
	return h.write(ctx, entry{Map: shape, Facts: f}, at)
}

// write puts an entry for a place into the journal.
func (h *history) write(ctx context.Context, e entry, at spot) error {
	e.V, e.Server, e.File, e.Pos = 1, at.server, at.file, at.pos
	b, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("print schema history: %w", err)
	}
	if err := h.journal.Append(ctx, b); err != nil {
		return temporary{fmt.Errorf("append to schema history: %w", err)}
	}
	h.keep(e)
	return nil
}

// latest returns the entry that holds at a place: the last one that isn't
// behind it.
func (t *tableHistory) latest(at spot) *entry {
	for i := len(t.entries) - 1; i >= 0; i-- {
		if !t.entries[i].spot().after(at) {
			return &t.entries[i]
		}
	}
	return nil
}

// resolve finds or makes the version of the table that m describes, seen at a
// place.
func (h *history) resolve(ctx context.Context, m *tableMap, at spot) (*version, error) {
	t := h.table(ddl.Name{Database: m.Database, Table: m.Table})
	facts, s, err := h.known(t, m, at)
	if err != nil {
		return nil, err
	}
	if facts == nil {
		if facts, s, err = h.ask(ctx, m, at); err != nil {
			return nil, err
		}
	}
	if facts.Versioned() {
		return nil, refuseVersioned(ddl.Name{Database: m.Database, Table: m.Table})
	}
	shape := m.fingerprint()
	for _, made := range t.made {
		if made.facts == facts && made.shape == shape {
			return made.v, h.choose(made.v)
		}
	}
	v, err := h.add(t, s)
	if err == nil {
		t.made = append(t.made, madeVersion{facts, shape, v})
	}
	return v, err
}

// known looks for facts in the journal that agree with the map: first those
// that hold at the place, then the nearest ones behind it, which an earlier run
// has written, then older ones.
func (h *history) known(t *tableHistory, m *tableMap, at spot) (*ddl.Table, *event.Schema, error) {
	candidates := make([]*entry, 0, 4)
	if e := t.latest(at); e != nil {
		candidates = append(candidates, e)
		if !m.hasMetadata() { // another version could fit by chance, and give the values other names
			return h.only(m, e, at)
		}
	}
	for i := range t.entries {
		if t.entries[i].spot().after(at) {
			candidates = append(candidates, &t.entries[i])
		}
	}
	for i := len(t.entries) - 1; i >= 0; i-- { // a statement that was read late can have brought facts that are too new
		if !t.entries[i].spot().after(at) {
			candidates = append(candidates, &t.entries[i])
		}
	}
	for _, e := range candidates {
		s, err := m.schema(e.Facts)
		if errors.Is(err, errFactsDiffer) {
			continue
		}
		return e.Facts, s, err
	}
	return nil, nil, nil
}

// only takes the facts that hold at the place of a table map without names, or
// stops.
func (h *history) only(m *tableMap, e *entry, at spot) (*ddl.Table, *event.Schema, error) {
	s, err := m.schema(e.Facts)
	if errors.Is(err, errFactsDiffer) {
		return nil, nil, unnamed(ddl.Name{Database: m.Database, Table: m.Table}, at, err)
	}
	return e.Facts, s, err
}

// unnamed is the error for a version that its table map doesn't tell.
func unnamed(n ddl.Name, at spot, cause error) error {
	return fmt.Errorf("%w: table %s at %s: its table map has no column names and isn't that of the table as it is known (%w): run SET GLOBAL binlog_row_metadata=FULL, and take a new snapshot, since the events stay in the log: cdc offsets reset NAME --yes",
		event.ErrUnsupported, n, at, cause)
}

// ask reads the catalogue for a version that isn't in the journal, and writes
// it there. When the live table is another version already, the map alone must
// do, as far as it tells the key.
func (h *history) ask(ctx context.Context, m *tableMap, at spot) (*ddl.Table, *event.Schema, error) {
	name := ddl.Name{Database: m.Database, Table: m.Table}
	facts, err := h.look(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	if facts != nil {
		s, err := m.schema(facts)
		if err == nil {
			h.guessed(m, name, at)
			return facts, s, h.append(ctx, facts, m.fingerprint(), at)
		}
		if !errors.Is(err, errFactsDiffer) {
			return nil, nil, err
		}
	}
	if !m.hasMetadata() {
		return nil, nil, unnamed(name, at, errFactsDiffer)
	}
	if m.versioned() {
		return nil, nil, refuseVersioned(name)
	}
	if len(m.key) == 0 && !h.table(name).keyless(at) {
		return nil, nil, needsKey(name, at)
	}
	if facts, err = m.facts(); err != nil {
		return nil, nil, err
	}
	h.log.Warn("the live table differs from the version in the log: defaults and exact types of this version are unknown",
		zap.Stringer("table", name), zap.Stringer("position", at))
	s, err := m.schema(facts)
	if err != nil {
		return nil, nil, err
	}
	return facts, s, h.append(ctx, facts, m.fingerprint(), at)
}

// guessed tells that nothing proves the names of the columns.
func (h *history) guessed(m *tableMap, n ddl.Name, at spot) {
	if !m.hasMetadata() {
		h.log.Warn("there is no history of a table, and the log has no column names: it is taken as the server has it now, which is wrong if a statement behind this place has renamed columns",
			zap.Stringer("table", n), zap.Stringer("position", at), zap.String("fix", "SET GLOBAL binlog_row_metadata=FULL, or begin with a snapshot"))
	}
}

// add makes a new version.
func (h *history) add(t *tableHistory, s *event.Schema) (*version, error) {
	t.count++
	s.Version, s.Old = t.count, h.old
	h.keys.Apply(s)
	v := &version{schema: s}
	return v, h.selected(v)
}

// choose asks the selector about a version, unless it is the one that was asked.
func (h *history) choose(v *version) error {
	if v.gen == h.gen {
		return nil
	}
	return h.selected(v)
}

func (h *history) selected(v *version) (err error) {
	if v.want, v.ok, err = h.sel.Select(v.schema); err != nil {
		return fmt.Errorf("table %s: %w", v.schema.Name(), permanent(err))
	}
	v.gen = h.gen
	return nil
}

// changed notes what a statement at a place has made of a table: the facts, or
// that it is gone, and what the statement proves about its keys. Where an earlier
// run has been nothing is written again.
func (h *history) changed(ctx context.Context, n ddl.Name, facts *ddl.Table, key keyProof, at spot) error {
	if h.table(n).passed(at) {
		return nil
	}
	if facts == nil {
		if key == keySame && h.before(n, at) == nil {
			return nil
		}
		facts = &ddl.Table{Database: n.Database, Table: n.Table}
	}
	return h.write(ctx, entry{Key: key, Facts: facts}, at)
}

// droppedDatabase notes that all tables of a database are gone.
func (h *history) droppedDatabase(ctx context.Context, database string, at spot) error {
	for n := range h.tables {
		if n.Database != database {
			continue
		}
		if err := h.changed(ctx, n, nil, keySame, at); err != nil {
			return err
		}
	}
	return nil
}

// before is a table as it is before what happens at a place; nil when it isn't
// known or gone.
func (h *history) before(n ddl.Name, at spot) *ddl.Table {
	t := h.tables[n]
	if t == nil {
		return nil
	}
	for i := len(t.entries) - 1; i >= 0; i-- {
		if e := &t.entries[i]; !e.spot().after(at) && e.spot() != at {
			if len(e.Facts.Columns) == 0 {
				return nil
			}
			return e.Facts
		}
	}
	return nil
}

// charset is the default character set of a table that a statement makes without
// saying one.
func (h *history) charset(ctx context.Context, database string, live *ddl.Table) (string, error) {
	switch {
	case h.charsets != nil:
		return h.charsets(ctx, database)
	case live != nil:
		return live.Charset, nil
	default:
		return "", nil
	}
}

// passed reports whether an earlier run has been at a place already: what it
// saw there is in the journal.
func (t *tableHistory) passed(at spot) bool {
	return slices.ContainsFunc(t.entries, func(e entry) bool { return e.spot() == at || e.spot().after(at) })
}

// named returns the version of a table that holds at a place when no table map
// tells it: for TRUNCATE.
func (h *history) named(ctx context.Context, fl Flavor, name ddl.Name, at spot) (*version, error) {
	t := h.table(name)
	e := t.latest(at)
	for i := len(t.made) - 1; i >= 0; i-- {
		if m := &t.made[i]; e == nil || m.facts == e.Facts {
			return m.v, h.choose(m.v)
		}
	}
	facts := &ddl.Table{Database: name.Database, Table: name.Table}
	if e != nil && len(e.Facts.Columns) > 0 {
		facts = e.Facts
	} else if live, err := h.look(ctx, name); err != nil {
		return nil, err
	} else if live != nil {
		facts = live
	}
	s, err := schemaOf(facts, fl)
	if err != nil {
		return nil, err
	}
	v, err := h.add(t, s)
	if err == nil {
		t.made = append(t.made, madeVersion{facts: facts, v: v})
	}
	return v, err
}

// permanent makes err one that stops the pipeline for good, unless it says
// already what kind it is.
func permanent(err error) error {
	if err == nil || isPermanent(err) {
		return err
	}
	return fmt.Errorf("%w: %w", event.ErrConfig, err)
}

// temporary is an error of something beside the log (the journal, the
// catalogue's connection): trying again may help.
type temporary struct{ error }

func (t temporary) Unwrap() error { return t.error }

func isTemporary(err error) bool {
	_, ok := errors.AsType[temporary](err)
	return ok
}

func isPermanent(err error) bool {
	return errors.Is(err, event.ErrConfig) || errors.Is(err, event.ErrUnsupported) || errors.Is(err, event.ErrPositionLost)
}
