package pgwal

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// freshSlot makes the slot of a stream that begins now. A temporary one belongs to
// the connection that streams: the server drops it when that one ends, so a stream
// that is interrupted can't go on.
func (s *Source) freshSlot(ctx context.Context, c *pgx.Conn, repl *pgconn.PgConn) (madeSlot, error) {
	if s.cfg.TemporarySlot {
		return s.createSlot(ctx, repl, c, s.cfg.Slot, true, false)
	}
	if !s.cfg.SlotAutocreate {
		return madeSlot{}, s.noSlot()
	}
	return s.createSlot(ctx, repl, c, s.cfg.Slot, false, false)
}
