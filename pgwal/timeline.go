package pgwal

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pglogrepl"
	"github.com/jackc/pgx/v5/pgconn"

	"cdc/event"
)

// A server that is promoted goes on under a new timeline, from the place that it
// had received. What the old server had written beyond that place, and we had
// read, never happened on the new one, whose own changes lie at the same
// positions: to go on there would pass over them. So a position of an earlier
// timeline is good up to the place where that one ended.

// checkTimeline reports a position that lies beyond the end of its timeline.
func (s *Source) checkTimeline(ctx context.Context, repl *pgconn.PgConn, at uint64, stored, now int32) error {
	if stored == 0 || at == 0 || now == stored {
		return nil
	}
	ended := uint64(0)
	if now > stored {
		h, err := pglogrepl.TimelineHistory(ctx, repl, now)
		if err != nil {
			return s.explain(fmt.Sprintf("read the history of timeline %d", now), err)
		}
		ended = timelineEnd(string(h.Content), stored)
	}
	switch {
	case ended == 0:
		return fmt.Errorf("%w: the stored position %s is of timeline %d, of which the server's timeline %d is no continuation; take a new snapshot: cdc offsets reset NAME --yes",
			event.ErrPositionLost, lsn(at), stored, now)
	case at > ended:
		return fmt.Errorf("%w: the stored position %s lies beyond %s, where timeline %d ended when this server was promoted: changes were delivered that this server doesn't have; take a new snapshot: cdc offsets reset NAME --yes",
			event.ErrPositionLost, lsn(at), lsn(ended), stored)
	}
	return nil
}

// timelineEnd finds in a history file where a timeline ended, 0 when it isn't
// there. A line holds number, end and reason; see "Timelines" in
// https://www.postgresql.org/docs/current/continuous-archiving.html.
func timelineEnd(history string, timeline int32) uint64 {
	for line := range strings.Lines(history) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] != strconv.Itoa(int(timeline)) {
			continue
		}
		if end, err := pglogrepl.ParseLSN(fields[1]); err == nil {
			return uint64(end)
		}
	}
	return 0
}
