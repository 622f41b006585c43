package pgwal

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/zap"
)

// watcher looks after what the stream can't see: how much log waits on the
// server, how close the slot is to being given up, and tables that are new. It
// has a connection of its own, since a change of the publication may have to
// wait for locks.
type watcher struct {
	s         *Source
	c         *pgx.Conn
	nextCheck time.Time
	danger    bool // the slot is about to be given up, and that was said
}

// watch runs a watcher until the function that it returns is called.
func (s *Source) watch(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	w := &watcher{s: s, nextCheck: time.Now().Add(s.cfg.PublicationCheckInterval)}
	go func() {
		defer close(ended)
		w.run(ctx)
	}()
	return func() { cancel(); <-ended }
}

func (w *watcher) run(ctx context.Context) {
	every := min(w.s.cfg.StatusInterval, w.s.cfg.PublicationCheckInterval)
	for {
		if err := w.round(ctx); err != nil && ctx.Err() == nil {
			w.s.log.Warn("could not look after slot and publication, trying again", zap.Error(err))
		}
		if sleep(ctx, every) != nil {
			break
		}
	}
	if w.c != nil {
		closeConn(ctx, w.c)
	}
}

func (w *watcher) round(ctx context.Context) error {
	if w.c == nil || w.c.IsClosed() {
		c, err := w.s.connect(ctx)
		if err != nil {
			return err
		}
		w.c = c
	}
	if err := w.checkSlot(ctx); err != nil {
		return err
	}
	if time.Now().Before(w.nextCheck) {
		return nil
	}
	w.nextCheck = time.Now().Add(w.s.cfg.PublicationCheckInterval)
	return w.s.keepPublication(ctx, w.c)
}

const watchQuery = `
select ((case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end) - '0/0'::pg_lsn)::bigint,
       coalesce(safe_wal_size, -1), coalesce(wal_status, '')
from pg_replication_slots where slot_name = $1`

func (w *watcher) checkSlot(ctx context.Context) error {
	var end, safe int64
	var status string
	if err := w.c.QueryRow(ctx, watchQuery, w.s.cfg.Slot).Scan(&end, &safe, &status); err != nil {
		return fmt.Errorf("read slot: %w", err)
	}
	w.s.counters.lag.Store(max(0, end-int64(w.s.counters.received.load())))
	danger := status == "unreserved"
	if danger && !w.danger {
		w.s.log.Warn("the server may give up the slot at its next checkpoint: max_slot_wal_keep_size is reached",
			zap.String("slot", w.s.cfg.Slot), zap.Int64("bytes_left", safe))
	}
	w.danger = danger
	return nil
}
