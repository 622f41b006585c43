package binlog

import (
	"context"
	"fmt"
	"strconv"

	"cdc/binlog/gtid"
	"cdc/event"
)

// reachable checks that the log of a server can be read on from a place. It
// never lets a lost place pass for another.
func (c *control) reachable(ctx context.Context, srv *server, at *position) error {
	switch {
	case at.gtids == nil && srv.flavor == MariaDB:
		return fmt.Errorf("%w: the position has no GTIDs, which a MariaDB source needs: %s", event.ErrPositionLost, startOver)
	case at.gtids == nil:
		return c.reachableFile(ctx, srv, at)
	case !srv.gtid:
		return fmt.Errorf("%w: the position is a GTID set and the server has no GTIDs any more: SET GLOBAL gtid_mode=ON, or %s", event.ErrPositionLost, startOver)
	case srv.flavor == MariaDB:
		return c.reachableMariaDB(ctx, at)
	default:
		return c.reachableGTID(ctx, at)
	}
}

func (c *control) gtidVariable(ctx context.Context, fl Flavor, name string) (*gtid.Set, error) {
	text, err := c.one(ctx, "SELECT @@GLOBAL."+name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return gtid.ParseSet(fl, text)
}

func (c *control) reachableGTID(ctx context.Context, at *position) error {
	executed, err := c.gtidVariable(ctx, MySQL, "gtid_executed")
	if err != nil {
		return err
	}
	purged, err := c.gtidVariable(ctx, MySQL, "gtid_purged")
	if err != nil {
		return err
	}
	if extra := at.gtids.Minus(executed); !extra.Empty() {
		return fmt.Errorf("%w: the server doesn't have the transactions %s that were read before: it is another server, was reset or restored, or lost the end of its log in a crash: connect to the server that has them, or: %s",
			event.ErrPositionLost, shorten(extra.String()), startOver)
	}
	if missing := purged.Minus(at.gtids); !missing.Empty() {
		return fmt.Errorf("%w: the server has purged the transactions %s, which were not read yet: %s (and keep the binlog longer: SET PERSIST binlog_expire_logs_seconds=604800)",
			event.ErrPositionLost, shorten(missing.String()), startOver)
	}
	return nil
}

func (c *control) reachableMariaDB(ctx context.Context, at *position) error {
	have, err := c.gtidVariable(ctx, MariaDB, "gtid_binlog_pos")
	if err != nil {
		return err
	}
	if extra := at.gtids.Minus(have); !extra.Empty() {
		return fmt.Errorf("%w: the server's binlog ends at %s, before %s that was read: it is another server, was reset or restored, or lost the end of its log in a crash: connect to the server that has it, or: %s",
			event.ErrPositionLost, shorten(have.String()), shorten(extra.String()), startOver)
	}
	return nil // whether it was purged, the server says at the start of the dump
}

// reachableFile looks for a file and an offset in it.
func (c *control) reachableFile(ctx context.Context, srv *server, at *position) error {
	if at.server != "" && at.server != srv.identity {
		return fmt.Errorf("%w: the position %s belongs to the server %s, this is %s, and without GTIDs it means nothing here: connect to the old server, or: %s",
			event.ErrPositionLost, place(at.file, at.pos), at.server, srv.identity, startOver)
	}
	r, err := c.rows(ctx, "SHOW BINARY LOGS")
	if err != nil {
		return fmt.Errorf("list binlog files: %w", err)
	}
	for i := range r.RowNumber() {
		if text(r, i, 0) != at.file {
			continue
		}
		size, err := strconv.ParseUint(text(r, i, 1), 10, 64)
		if err != nil {
			return fmt.Errorf("list binlog files: %w", err)
		}
		if at.pos > size {
			return fmt.Errorf("%w: the position %s lies behind the end of the file at %d: the server was reset, or lost the end of its log in a crash: %s",
				event.ErrPositionLost, place(at.file, at.pos), size, startOver)
		}
		return nil
	}
	return fmt.Errorf("%w: the server doesn't have the binlog file %s any more: %s (and keep the binlog longer: SET PERSIST binlog_expire_logs_seconds=604800)",
		event.ErrPositionLost, at.file, startOver)
}

// shorten keeps a message readable when a set is fragmented.
func shorten(s string) string {
	const limit = 200
	if len(s) > limit {
		return s[:limit] + "..."
	}
	return s
}
