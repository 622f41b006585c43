package pgwal

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pglogrepl"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"go.uber.org/zap"

	"cdc/event"
)

const outputPlugin = "pgoutput"

// slotState is what pg_replication_slots says about our slot.
type slotState struct {
	Plugin, Type, Database string
	ActivePID              int
	Confirmed              uint64 // 0 when the server has none
	WALStatus              string // reserved, extended, unreserved or lost
	Reason                 string // why it was invalidated, from PostgreSQL 17 on
	SafeBytes              int64  // until it may be lost; -1 for no limit
	Holder                 string // application name of the session that uses it
	HolderAddress          string
	HolderIsOurs           bool
}

const slotQuery = `
select coalesce(s.plugin, ''), s.slot_type, coalesce(s.database, ''), coalesce(s.active_pid, 0),
       coalesce(s.confirmed_flush_lsn - '0/0'::pg_lsn, 0)::bigint,
       coalesce(s.wal_status, ''), coalesce(to_jsonb(s)->>'invalidation_reason', ''), coalesce(s.safe_wal_size, -1),
       coalesce(a.application_name, ''), coalesce(host(a.client_addr), 'this machine')
from pg_replication_slots s left join pg_stat_activity a on a.pid = s.active_pid
where s.slot_name = $1`

// loadSlot reads the state of the slot; nil when there is none of that name.
func (s *Source) loadSlot(ctx context.Context, c *pgx.Conn, name string) (*slotState, error) {
	var st slotState
	var confirmed int64
	err := c.QueryRow(ctx, slotQuery, name).Scan(&st.Plugin, &st.Type, &st.Database, &st.ActivePID, &confirmed,
		&st.WALStatus, &st.Reason, &st.SafeBytes, &st.Holder, &st.HolderAddress)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, s.explain("read slot "+name, err)
	}
	st.Confirmed = uint64(confirmed)
	st.HolderIsOurs = st.Holder == applicationName(s.pipeline)
	return &st, nil
}

// replaceable reports that a slot is in our way and of no use to anybody, so
// that dropping it harms nobody: the server has given it up. But for this and
// what an interrupted snapshot of ours has left, no slot is ever dropped.
func (s *Source) replaceable(st *slotState) bool {
	return (st.WALStatus == "lost" || st.Reason != "") && s.likeOurs(st)
}

// likeOurs reports that a slot is of the kind that we make, and that nobody reads
// it now.
func (s *Source) likeOurs(st *slotState) bool {
	return st.ActivePID == 0 && st.Type == "logical" && st.Plugin == outputPlugin && st.Database == s.cfg.Database
}

// checkSlot reports why a slot can't serve us at all.
func (s *Source) checkSlot(name string, st *slotState) error {
	switch {
	case st.Type != "logical":
		return fmt.Errorf("%w: slot %q is a %s slot; name another one in slot", event.ErrConfig, name, st.Type)
	case st.Plugin != outputPlugin:
		return fmt.Errorf("%w: slot %q belongs to the plugin %s, not to %s; name another one in slot", event.ErrConfig, name, st.Plugin, outputPlugin)
	case st.Database != s.cfg.Database:
		return fmt.Errorf("%w: slot %q belongs to the database %q, not to %q; name another one in slot", event.ErrConfig, name, st.Database, s.cfg.Database)
	case st.WALStatus == "lost" || st.Reason != "":
		return fmt.Errorf("%w: the server has given up slot %q (%s): its log is gone; run: %s; and take a new snapshot: cdc offsets reset NAME --yes",
			event.ErrPositionLost, name, cmpOr(st.Reason, "wal_status is lost"), dropSlotSQL(name))
	case st.Confirmed == 0:
		return fmt.Errorf("%w: slot %q was never finished; run: %s", event.ErrPositionLost, name, dropSlotSQL(name))
	}
	return nil
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func dropSlotSQL(name string) string {
	return "SELECT pg_drop_replication_slot(" + quoteText(name) + ")"
}

// checkStart reports why streaming can't go on at a stored position. The
// server would answer a position before the confirmed one by going on at the
// confirmed one, and say nothing.
func (s *Source) checkStart(p position, st *slotState) error {
	name := s.cfg.Slot
	if st == nil {
		return fmt.Errorf("%w: slot %q doesn't exist, but position %s is stored: what came after it may be gone; take a new snapshot: cdc offsets reset NAME --yes",
			event.ErrPositionLost, name, lsn(p.Start))
	}
	if err := s.checkSlot(name, st); err != nil {
		return err
	}
	if st.Confirmed > p.Start {
		return fmt.Errorf("%w: slot %q has been confirmed up to %s, beyond the stored position %s: somebody else reads it, or it was made anew; take a new snapshot: cdc offsets reset NAME --yes",
			event.ErrPositionLost, name, lsn(st.Confirmed), lsn(p.Start))
	}
	return nil
}

// lsn prints a position as PostgreSQL does.
func lsn(v uint64) string { return pglogrepl.LSN(v).String() }

// waitSlotFree waits until nobody uses the slot. A session of the same
// pipeline may be our own, cut off and not yet noticed by the server; it is
// given the time that the server takes to notice. Any other one is an error.
func (s *Source) waitSlotFree(ctx context.Context, c *pgx.Conn, name string, patience time.Duration) error {
	retry := newBackoff()
	deadline := time.Now().Add(patience)
	for {
		st, err := s.loadSlot(ctx, c, name)
		if err != nil || st == nil || st.ActivePID == 0 {
			return err
		}
		if !st.HolderIsOurs || time.Now().After(deadline) {
			return fmt.Errorf("%w: slot %q is in use by process %d (application %q, from %s); end that one, for example by: SELECT pg_terminate_backend(%d)",
				event.ErrConfig, name, st.ActivePID, st.Holder, st.HolderAddress, st.ActivePID)
		}
		s.log.Warn("slot is still in use by an earlier session of this pipeline, waiting",
			zap.String("slot", name), zap.Int("pid", st.ActivePID))
		if err := sleep(ctx, retry.NextBackOff()); err != nil {
			return err
		}
	}
}

// madeSlot is the answer to CREATE_REPLICATION_SLOT.
type madeSlot struct {
	Start    uint64 // the consistent point: what commits from here on is in the stream
	Snapshot string // name of the exported snapshot; valid while the connection does nothing else
}

// createSlot makes a slot. The server waits for all transactions that are
// writing now; who holds it up is told in the log.
func (s *Source) createSlot(ctx context.Context, repl *pgconn.PgConn, watch *pgx.Conn, name string, temporary, export bool) (madeSlot, error) {
	done := s.tellWhoBlocks(ctx, watch, name)
	made, err := s.sendCreateSlot(ctx, repl, name, temporary, export)
	done()
	return made, err
}

func (s *Source) sendCreateSlot(ctx context.Context, repl *pgconn.PgConn, name string, temporary, export bool) (madeSlot, error) {
	options := "(SNAPSHOT 'nothing')"
	if export {
		options = "(SNAPSHOT 'export')"
	}
	kind := ""
	if temporary {
		kind = "TEMPORARY "
	}
	sql := fmt.Sprintf("CREATE_REPLICATION_SLOT %s %sLOGICAL %s %s", quoteName(name), kind, outputPlugin, options)
	answer, err := pglogrepl.ParseCreateReplicationSlot(repl.Exec(ctx, sql))
	if err != nil {
		return madeSlot{}, s.explain("create slot "+name, err)
	}
	at, err := pglogrepl.ParseLSN(answer.ConsistentPoint)
	if err != nil {
		return madeSlot{}, fmt.Errorf("create slot %s: %w", name, err)
	}
	return madeSlot{Start: uint64(at), Snapshot: answer.SnapshotName}, nil
}

// blockQuery lists the transactions that a new slot has to wait for.
const blockQuery = `
select pid, coalesce(usename, ''), coalesce(application_name, ''), extract(epoch from now() - xact_start)::bigint
from pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid() order by xact_start limit 3`

// tellWhoBlocks looks every ten seconds what a running CREATE_REPLICATION_SLOT
// waits for. The function that it returns ends that, and waits for the end.
func (s *Source) tellWhoBlocks(ctx context.Context, watch *pgx.Conn, name string) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for sleep(ctx, 10*time.Second) == nil {
			s.logBlockers(ctx, watch, name)
		}
	}()
	return func() { cancel(); <-ended }
}

func (s *Source) logBlockers(ctx context.Context, watch *pgx.Conn, name string) {
	rows, err := watch.Query(ctx, blockQuery)
	if err != nil {
		return // the statement that waits will tell what is wrong
	}
	defer rows.Close()
	var pid, seconds int64
	var user, application string
	for rows.Next() {
		if rows.Scan(&pid, &user, &application, &seconds) != nil {
			return
		}
		s.log.Warn("the new slot waits for an open transaction", zap.String("slot", name), zap.Int64("pid", pid),
			zap.String("user", user), zap.String("application", application), zap.Int64("open_seconds", seconds))
	}
}

// dropQuery drops what replaceable or leftover has found, and nothing that has
// come in its place meanwhile.
const dropQuery = `
select pg_drop_replication_slot(s.slot_name) from pg_replication_slots s
where s.slot_name = $1 and s.plugin = $2 and s.database = current_database() and s.active_pid is null
  and (s.wal_status = 'lost' or to_jsonb(s)->>'invalidation_reason' is not null
       or $3 and s.confirmed_flush_lsn - '0/0'::pg_lsn >= $4)`

func (s *Source) dropSlot(ctx context.Context, c *pgx.Conn, p plan) error {
	if _, err := c.Exec(ctx, dropQuery, s.cfg.Slot, outputPlugin, p.Leftover, int64(p.WAL)); err != nil {
		return s.explain("drop slot "+s.cfg.Slot, err)
	}
	return nil
}

// streamError sorts the errors that a running stream ends with.
func (s *Source) streamError(err error) error {
	var server *pgconn.PgError
	if !errors.As(err, &server) {
		return err
	}
	text := server.Message
	switch {
	case server.Code == codeFileMissing,
		server.Code == codeNotReady && strings.Contains(text, "replication slot"):
		return fmt.Errorf("%w: stream from slot %q: %s (SQLSTATE %s); run: %s; and take a new snapshot: cdc offsets reset NAME --yes",
			event.ErrPositionLost, s.cfg.Slot, text, server.Code, dropSlotSQL(s.cfg.Slot))
	case server.Code == codeUndefinedObject && strings.Contains(text, "publication"):
		return fmt.Errorf("%w: %s (SQLSTATE %s): the log since the stored position needs it; a publication that is made only now doesn't help, take a new snapshot: cdc offsets reset NAME --yes",
			event.ErrConfig, text, server.Code)
	}
	return s.explain("stream", err)
}
