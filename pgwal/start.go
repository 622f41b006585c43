package pgwal

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pglogrepl"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"go.uber.org/zap"

	"cdc/event"
)

// serverFacts are the settings that matter to us.
type serverFacts struct {
	Version       int
	WALLevel      string
	SenderTimeout time.Duration // 0 for none
}

const serverQuery = `
select current_setting('server_version_num')::int, current_setting('wal_level'),
       (select setting::bigint from pg_settings where name = 'wal_sender_timeout')`

// oldest is the oldest server that has what we need.
const oldest = 150000

func (s *Source) loadServer(ctx context.Context, c *pgx.Conn) (serverFacts, error) {
	var f serverFacts
	var millis int64
	if err := c.QueryRow(ctx, serverQuery).Scan(&f.Version, &f.WALLevel, &millis); err != nil {
		return f, s.explain("read server settings", err)
	}
	f.SenderTimeout = time.Duration(millis) * time.Millisecond
	return f, nil
}

func (f serverFacts) check() error {
	switch {
	case f.Version < oldest:
		return fmt.Errorf("%w: the server is PostgreSQL %d; 15 or later is needed", event.ErrConfig, f.Version/10000)
	case f.WALLevel != "logical":
		return fmt.Errorf("%w: wal_level is %s; run: ALTER SYSTEM SET wal_level = 'logical'; and restart the server", event.ErrConfig, f.WALLevel)
	}
	return nil
}

// patience is how long an earlier session of ours may hold the slot: until the
// server has noticed that its client is gone.
func (f serverFacts) patience() time.Duration {
	if f.SenderTimeout == 0 {
		return time.Minute
	}
	return min(f.SenderTimeout*3/2, 5*time.Minute)
}

// openStream connects, checks that the stored position can be served, and
// starts the stream there.
func (s *Source) openStream(ctx context.Context, st *stream) error {
	c, err := st.facts.open(ctx)
	if err != nil {
		return err
	}
	server, err := s.loadServer(ctx, c)
	if err != nil {
		return err
	}
	if err := server.check(); err != nil {
		return err
	}
	if err := s.enums.load(ctx, c); err != nil {
		return s.explain("list enum types", err)
	}
	repl, w, err := s.connectReplication(ctx)
	if err != nil {
		return err
	}
	if err := s.prepareStart(ctx, st, c, repl, server); err != nil {
		repl.Close(ctx)
		return err
	}
	if err := s.startReplication(ctx, repl, st.left.Start); err != nil {
		repl.Close(ctx)
		return s.streamError(err)
	}
	taken, err := repl.Hijack()
	if err != nil {
		return fmt.Errorf("take over the connection: %w", err)
	}
	st.begin(w, taken.Conn, s.paceFor(server))
	s.counters.connected.Store(true)
	s.log.Info("streaming", zap.String("slot", s.cfg.Slot), zap.String("publication", s.cfg.Publication),
		zap.String("from", lsn(st.left.Start)), zap.Uint32("skip", st.left.Skip))
	return nil
}

// pace is how often the stream looks at what is due, and tells the server at
// least where it is.
type pace struct{ look, status time.Duration }

// paceFor makes sure that the server never misses us, also while nobody takes
// our batches and its own questions aren't read.
func (s *Source) paceFor(server serverFacts) pace {
	p := pace{look: min(time.Second, s.cfg.StatusInterval), status: s.cfg.StatusInterval}
	if t := server.SenderTimeout; t > 0 {
		p.look, p.status = min(p.look, t/4), min(p.status, t/4)
	}
	p.look = max(p.look, 10*time.Millisecond)
	return p
}

// prepareStart makes what is missing and may be made, and checks the rest.
func (s *Source) prepareStart(ctx context.Context, st *stream, c *pgx.Conn, repl *pgconn.PgConn, server serverFacts) error {
	end, err := s.identify(ctx, st, repl)
	if err != nil {
		return err
	}
	if err := s.preparePublication(ctx, c, st.left.Start != 0); err != nil {
		return err
	}
	if err := s.waitSlotFree(ctx, c, s.cfg.Slot, server.patience()); err != nil {
		return err
	}
	slot, err := s.loadSlot(ctx, c, s.cfg.Slot)
	if err != nil {
		return err
	}
	if st.left.Start == 0 {
		return s.startFresh(ctx, st, c, repl, slot)
	}
	if st.left.Start > end {
		return fmt.Errorf("%w: the stored position %s is beyond the end of the server's log %s: the server was restored from an older state; take a new snapshot: cdc offsets reset NAME --yes",
			event.ErrPositionLost, lsn(st.left.Start), lsn(end))
	}
	return s.checkStart(st.left, slot)
}

// identifySystem asks the server who it is, and where its log ends.
func (s *Source) identifySystem(ctx context.Context, repl *pgconn.PgConn) (identity, uint64, error) {
	sys, err := pglogrepl.IdentifySystem(ctx, repl)
	if err != nil {
		return identity{}, 0, s.explain("identify server", err)
	}
	return identity{
		System: sys.SystemID, Timeline: sys.Timeline, Database: sys.DBName, Slot: s.cfg.Slot, Publication: s.cfg.Publication,
		Messages: true,
	}, uint64(sys.XLogPos), nil
}

// identify compares the server with the one of the stored position. It returns
// the end of the server's log.
func (s *Source) identify(ctx context.Context, st *stream, repl *pgconn.PgConn) (end uint64, err error) {
	id, end, err := s.identifySystem(ctx, repl)
	if err != nil {
		return 0, err
	}
	switch {
	case st.id.System != "" && st.id.System != id.System:
		return 0, fmt.Errorf("%w: the stored position belongs to the server with system identifier %s, this one is %s; connect to that one, or take a new snapshot: cdc offsets reset NAME --yes",
			event.ErrPositionLost, st.id.System, id.System)
	case st.id.Database != "" && st.id.Database != id.Database:
		return 0, fmt.Errorf("%w: the stored position belongs to the database %q, not to %q; set database to that one, or take a new snapshot: cdc offsets reset NAME --yes",
			event.ErrPositionLost, st.id.Database, id.Database)
	}
	if err := s.checkTimeline(ctx, repl, st.left.Start, st.id.Timeline, id.Timeline); err != nil {
		return 0, err
	}
	st.id = id
	s.trail.belong(id)
	return end, nil
}

// preparePublication checks the publication. When a position is stored, a
// missing one isn't made: the log since that position was written without it,
// so that its changes would be passed over.
func (s *Source) preparePublication(ctx context.Context, c *pgx.Conn, resuming bool) error {
	if resuming {
		p, err := s.loadPublication(ctx, c)
		if err != nil {
			return err
		}
		if p == nil {
			return fmt.Errorf("%w: publication %q doesn't exist, but a position is stored: changes since it was dropped can't be read; take a new snapshot: cdc offsets reset NAME --yes",
				event.ErrPositionLost, s.cfg.Publication)
		}
	}
	return s.keepPublication(ctx, c)
}

// startFresh finds where a stream without a stored position begins: where the
// slot is, or, without a slot, now.
func (s *Source) startFresh(ctx context.Context, st *stream, c *pgx.Conn, repl *pgconn.PgConn, slot *slotState) error {
	if slot == nil {
		made, err := s.freshSlot(ctx, c, repl)
		if err != nil {
			return err
		}
		s.log.Info("made the slot", zap.String("slot", s.cfg.Slot), zap.String("position", lsn(made.Start)))
		st.left.Start = made.Start
	} else {
		if err := s.checkSlot(s.cfg.Slot, slot); err != nil {
			return err
		}
		st.left.Start = slot.Confirmed
	}
	st.fresh = true
	s.acked.begin(st.left.Start, s.trail.last())
	return nil
}

func (s *Source) noSlot() error {
	return fmt.Errorf("%w: slot %q doesn't exist and slot_autocreate is off; run: SELECT pg_create_logical_replication_slot(%s, '%s')",
		event.ErrConfig, s.cfg.Slot, quoteText(s.cfg.Slot), outputPlugin)
}

// startReplication begins the stream. Version 1 of the protocol sends a
// transaction when it has committed; we need nothing beyond.
func (s *Source) startReplication(ctx context.Context, repl *pgconn.PgConn, from uint64) error {
	return pglogrepl.StartReplication(ctx, repl, quoteName(s.cfg.Slot), pglogrepl.LSN(from), pglogrepl.StartReplicationOptions{
		Mode: pglogrepl.LogicalReplication,
		PluginArgs: []string{
			"proto_version '1'",
			"publication_names " + quoteText(quoteName(s.cfg.Publication)),
			"messages 'true'",
		},
	})
}

// catalog answers the decoder's questions about tables, on a connection of its
// own that is opened again when it has broken.
type catalog struct {
	s      *Source
	c      *pgx.Conn
	failed bool // the last question found no answer: the connection's fault
}

func (f *catalog) open(ctx context.Context) (*pgx.Conn, error) {
	if f.c != nil && !f.c.IsClosed() {
		return f.c, nil
	}
	c, err := f.s.connect(ctx)
	f.c = c
	return c, err
}

func (f *catalog) close(ctx context.Context) {
	if f.c != nil {
		closeConn(ctx, f.c)
		f.c = nil
	}
}

// closeTimeout is how long the farewell of a connection may take when the
// context is over already.
const closeTimeout = time.Second

func closeConn(ctx context.Context, c *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	c.Close(ctx)
}

// questionTimeout bounds one question, in which the stream stands still.
const questionTimeout = 20 * time.Second

// table is asked by the decoder, at a relation message.
func (f *catalog) table(ctx context.Context, oid uint32) (*tableFacts, error) {
	ctx, cancel := context.WithTimeout(ctx, questionTimeout)
	defer cancel()
	facts, err := f.ask(ctx, oid)
	if err != nil && f.c != nil && f.c.IsClosed() {
		facts, err = f.ask(ctx, oid)
	}
	f.failed = err != nil && !permanent(err)
	return facts, err
}

// types is asked by the decoder about types of a table that is gone.
func (f *catalog) types(ctx context.Context, oids []uint32) (map[uint32]columnFact, error) {
	ctx, cancel := context.WithTimeout(ctx, questionTimeout)
	defer cancel()
	c, err := f.open(ctx)
	f.failed = err != nil && !permanent(err)
	if err != nil {
		return nil, err
	}
	found, err := loadTypes(ctx, c, oids)
	f.failed = err != nil && !permanent(err)
	for oid, t := range found {
		f.s.enums.pinColumn(&t)
		found[oid] = t
	}
	return found, err
}

func (f *catalog) ask(ctx context.Context, oid uint32) (*tableFacts, error) {
	c, err := f.open(ctx)
	if err != nil {
		return nil, err
	}
	facts, err := loadTable(ctx, c, oid)
	if facts != nil {
		f.s.enums.pinTables([]*tableFacts{facts})
	}
	return facts, err
}
