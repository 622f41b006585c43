package pgwal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"go.uber.org/zap"

	"cdc/event"
)

// plan is what is stored before a snapshot begins: which slot it makes, and so
// whose slot a restart may drop and make anew.
type plan struct {
	Slot string `json:"slot"` // ours or kept
	Name string `json:"name"`
	// WAL is where the log stood when no slot of that name was there. A slot
	// doesn't tell who made it, but ours begins behind that place.
	WAL uint64 `json:"wal,omitempty"`
	// Leftover: the slot was there when this plan was made, and is what an
	// earlier attempt of ours left. A slot that turns up later may be another's.
	Leftover bool `json:"leftover,omitempty"`
}

const (
	slotOurs = "ours" // OpenView makes it; a leftover of an interrupted snapshot is dropped
	slotKept = "kept" // it was there; the snapshot is exported by a temporary one
)

// leftover reports that a slot is what an interrupted snapshot of that plan has
// left: made after the plan, never read, and like ours in every way.
func (s *Source) leftover(p plan, st *slotState) bool {
	return p.Slot == slotOurs && p.Name == s.cfg.Slot && p.WAL > 0 && st.Confirmed >= p.WAL && s.likeOurs(st)
}

// PlanSnapshot says which slot OpenView will make, see pipeline.Snapshotter.
func (s *Source) PlanSnapshot(ctx context.Context, previous []byte) ([]byte, error) {
	c, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer closeConn(ctx, c)
	slot, err := s.loadSlot(ctx, c, s.cfg.Slot)
	if err != nil {
		return nil, err
	}
	if slot == nil && !s.cfg.SlotAutocreate {
		return nil, s.noSlot()
	}
	old, err := parsePlan(previous)
	switch {
	case slot == nil || s.replaceable(slot):
		end, err := s.logEnd(ctx, c)
		if err != nil {
			return nil, err
		}
		return json.Marshal(plan{Slot: slotOurs, Name: s.cfg.Slot, WAL: end})
	case err == nil && s.leftover(old, slot):
		return json.Marshal(plan{Slot: slotOurs, Name: s.cfg.Slot, WAL: old.WAL, Leftover: true})
	default:
		return json.Marshal(plan{Slot: slotKept, Name: s.cfg.Slot})
	}
}

// logEnd is where the server's log ends now.
func (s *Source) logEnd(ctx context.Context, c *pgx.Conn) (uint64, error) {
	var end int64
	const query = `select ((case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end) - '0/0'::pg_lsn)::bigint`
	if err := c.QueryRow(ctx, query).Scan(&end); err != nil {
		return 0, s.explain("read the end of the log", err)
	}
	return uint64(end), nil
}

func parsePlan(text []byte) (plan, error) {
	var p plan
	if len(text) == 0 {
		return p, errors.New("no plan")
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return p, fmt.Errorf("%w: stored snapshot plan: %w", event.ErrConfig, err)
	}
	if p.Slot != slotOurs && p.Slot != slotKept {
		return p, fmt.Errorf("%w: stored snapshot plan: slot is %q", event.ErrConfig, p.Slot)
	}
	return p, nil
}

// viewAttempts is how often a view is tried anew when a table was changed
// between the slot's creation and our lock on the table.
const viewAttempts = 5

// errChanged: a table was altered, truncated or dropped before it was locked.
var errChanged = errors.New("a table changed while the snapshot was opened")

// OpenView makes publication and slot and opens the view at which the stream
// of the slot begins, see pipeline.Snapshotter.
func (s *Source) OpenView(ctx context.Context, text []byte, sel event.Selector) (event.View, error) {
	p, err := parsePlan(text)
	if err != nil {
		return nil, err
	}
	if p.Name != s.cfg.Slot {
		return nil, fmt.Errorf("%w: the snapshot was planned for slot %q, not %q", event.ErrConfig, p.Name, s.cfg.Slot)
	}
	c, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer closeConn(ctx, c)
	server, err := s.loadServer(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := server.check(); err != nil {
		return nil, err
	}
	if err := s.keepPublication(ctx, c); err != nil { // before the slot, whose stream must know it
		return nil, err
	}
	if err := s.waitSlotFree(ctx, c, s.cfg.Slot, server.patience()); err != nil {
		return nil, err
	}
	for range viewAttempts {
		v, err := s.tryView(ctx, c, p, sel)
		if !errors.Is(err, errChanged) {
			return v, err
		}
		s.log.Info("opening the snapshot anew", zap.Error(err))
	}
	return nil, fmt.Errorf("open snapshot: %w, %d times", errChanged, viewAttempts)
}

// tryView exports a snapshot and opens it. The exporting connection is needed
// only until the reader has taken the snapshot over.
func (s *Source) tryView(ctx context.Context, c *pgx.Conn, p plan, sel event.Selector) (event.View, error) {
	repl, _, err := s.connectReplication(ctx)
	if err != nil {
		return nil, err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
		defer cancel()
		repl.Close(ctx)
	}()
	id, _, err := s.identifySystem(ctx, repl)
	if err != nil {
		return nil, err
	}
	made, err := s.exportSnapshot(ctx, c, repl, p)
	if err != nil {
		return nil, err
	}
	r, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	v := &view{s: s, c: r, start: made.Start, micros: time.Now().UnixMicro(), gen: sel.Generation()}
	if err := v.open(ctx, made.Snapshot, sel, id); err != nil {
		closeConn(ctx, r)
		return nil, err
	}
	return v, nil
}

// exportSnapshot makes the slot that exports the snapshot: the slot itself where
// there is none, else a temporary one.
func (s *Source) exportSnapshot(ctx context.Context, c *pgx.Conn, repl *pgconn.PgConn, p plan) (madeSlot, error) {
	slot, err := s.loadSlot(ctx, c, s.cfg.Slot)
	if err != nil {
		return madeSlot{}, err
	}
	if slot != nil && (s.replaceable(slot) || p.Leftover && s.leftover(p, slot)) {
		if err := s.dropSlot(ctx, c, p); err != nil {
			return madeSlot{}, err
		}
		slot = nil
	}
	if p.Slot == slotOurs && slot == nil {
		made, err := s.createSlot(ctx, repl, c, s.cfg.Slot, false, true)
		if err == nil {
			s.log.Info("made the slot", zap.String("slot", s.cfg.Slot), zap.String("position", lsn(made.Start)))
		}
		return made, err
	}
	s.log.Info("the slot is there already and is kept", zap.String("slot", s.cfg.Slot))
	name := s.cfg.Slot[:min(len(s.cfg.Slot), maxName-len("_snapshot"))] + "_snapshot"
	made, err := s.createSlot(ctx, repl, c, name, true, true)
	if err != nil {
		return made, err
	}
	return made, s.checkKept(ctx, c, made)
}

// checkKept reports why the stream of a slot that was there can't begin at the
// snapshot of another one.
func (s *Source) checkKept(ctx context.Context, c *pgx.Conn, made madeSlot) error {
	slot, err := s.loadSlot(ctx, c, s.cfg.Slot)
	if err != nil {
		return err
	}
	if slot == nil {
		return fmt.Errorf("%w: slot %q was to be kept, but somebody dropped it; start again", event.ErrConfig, s.cfg.Slot)
	}
	if err := s.checkSlot(s.cfg.Slot, slot); err != nil {
		return err
	}
	if slot.Confirmed > made.Start {
		return fmt.Errorf("%w: slot %q has been confirmed up to %s, beyond the snapshot at %s: somebody else reads it; name another slot",
			event.ErrConfig, s.cfg.Slot, lsn(slot.Confirmed), lsn(made.Start))
	}
	return nil
}

// view is a snapshot that one connection reads.
type view struct {
	s      *Source
	c      *pgx.Conn
	start  uint64
	micros int64
	gen    uint32 // of the rules that chose the columns
	xid    uint64
	at     event.Position
	tables []*event.Schema
	reads  map[*event.Schema]*reading
}

// reading is how one table is read.
type reading struct {
	facts *tableFacts
	want  []bool
}

// open takes the exported snapshot over, finds the tables, and locks them
// against changes that an older snapshot can't see through.
func (v *view) open(ctx context.Context, snapshot string, sel event.Selector, id identity) error {
	for _, sql := range []string{
		"set statement_timeout = 0", "set idle_in_transaction_session_timeout = 0", "set transaction_timeout = 0",
		// With it the server refuses to leave out rows silently.
		"set row_security = off",
		"begin isolation level repeatable read read only",
		"set transaction snapshot " + quoteText(snapshot),
	} {
		if _, err := v.c.Exec(ctx, sql); err != nil && !unknownSetting(err) {
			return v.s.explain("open snapshot", err)
		}
	}
	var xid int64
	if err := v.c.QueryRow(ctx, "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint").Scan(&xid); err != nil {
		return v.s.explain("open snapshot", err)
	}
	v.xid = uint64(xid)
	if err := v.findTables(ctx, sel); err != nil {
		return err
	}
	// After the catalogue was asked for the digits that money has.
	if _, err := v.c.Exec(ctx, "set lc_monetary = 'C'"); err != nil {
		return v.s.explain("open snapshot", err)
	}
	if err := v.lock(ctx); err != nil {
		return err
	}
	var err error
	v.at, err = position{Start: v.start, XID: uint32(v.xid), Micros: v.micros}.text(id)
	return err
}

func unknownSetting(err error) bool {
	var server *pgconn.PgError
	return errors.As(err, &server) && server.Code == codeUndefinedObject
}

// findTables lists the tables that are wanted and published. One that isn't
// published would stand still after the snapshot; it has been reported. A
// partitioned table is among them only where the publication tells the changes
// of its partitions as its own (publish_via_partition_root); it is read as one
// then.
func (v *view) findTables(ctx context.Context, sel event.Selector) error {
	p, err := v.s.loadPublication(ctx, v.c)
	if err != nil {
		return err
	}
	if p == nil {
		return fmt.Errorf("%w: publication %q was dropped meanwhile; start again", event.ErrConfig, v.s.cfg.Publication)
	}
	facts, err := loadFacts(ctx, v.c, func(schema, table string) bool {
		return v.s.tables.Match(schema, table) && p.has(tableName{schema, table})
	})
	if err != nil {
		return err
	}
	v.s.enums.pinTables(facts)
	v.reads = map[*event.Schema]*reading{}
	for _, f := range facts {
		schema, formless := f.schema(v.s.cfg.Database, p.columnsOf(f), &v.s.cfg.Capture)
		want, ok, err := sel.Select(schema)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		for i := range formless {
			v.s.note(formlessNote(schema, &formless[i]))
		}
		v.tables = append(v.tables, schema)
		v.reads[schema] = &reading{facts: f, want: want}
	}
	return nil
}

// sameFile asks whether the file of a table is the one that the snapshot knows,
// sameFiles the same of all partitions.
const (
	sameFile  = "select relfilenode = pg_relation_filenode(oid) from pg_class where oid = $1"
	sameFiles = `
select coalesce(bool_and(relfilenode = pg_relation_filenode(oid)), true)
from pg_class where oid in (select relid from pg_partition_tree($1::oid) where isleaf)`
)

// lock keeps others from altering the tables until the snapshot has been read:
// a rewritten or truncated table looks empty to an older snapshot. What
// happened between the snapshot and the lock shows in the table's file.
func (v *view) lock(ctx context.Context) error {
	for _, t := range v.tables {
		name, only, check := quoteTable(t.Namespace, t.Table), "only ", sameFile
		if v.reads[t].facts.Kind == 'p' {
			only, check = "", sameFiles
		}
		_, err := v.c.Exec(ctx, "lock table "+only+name+" in access share mode")
		if err := v.changed(name, err); err != nil {
			return err
		}
		var same bool
		err = v.c.QueryRow(ctx, check, v.reads[t].facts.OID).Scan(&same)
		if err != nil {
			return v.s.explain("check table "+name, err)
		}
		if !same {
			return fmt.Errorf("%w: %s", errChanged, name)
		}
	}
	return nil
}

func (v *view) changed(name string, err error) error {
	var server *pgconn.PgError
	if errors.As(err, &server) && server.Code == codeUndefinedTable {
		return fmt.Errorf("%w: %s is gone", errChanged, name)
	}
	if errors.As(err, &server) && server.Code == codePrivilege {
		return fmt.Errorf("%w: lock table %s: %s (SQLSTATE %s); run: GRANT SELECT ON %s TO %s",
			event.ErrConfig, name, server.Message, server.Code, name, quoteName(v.s.cfg.User))
	}
	if err != nil {
		return v.s.explain("lock table "+name, err)
	}
	return nil
}

// Start is where the stream begins after this view.
func (v *view) Start() event.Position { return v.at }

// Tables are those to read, by schema and name.
func (v *view) Tables() []*event.Schema { return v.tables }

// Estimate is the planner's guess of the number of rows, -1 for unknown.
func (v *view) Estimate(t *event.Schema) int64 {
	if r := v.reads[t]; r != nil {
		return r.facts.Estimate
	}
	return -1
}

// Close ends the snapshot.
func (v *view) Close(ctx context.Context) error {
	closeConn(ctx, v.c)
	return nil
}
