package binlog

import (
	"go.uber.org/zap"

	"cdc/event"
)

// emit hands the batch over, waiting for room. Inside a transaction the point
// says how many of its rows events are out.
func (h *handler) emit() error {
	h.stamp()
	b, err := event.Emit(h.ctx, h.out, h.b)
	if err != nil {
		h.unstamp()
		return err
	}
	h.handedOver(b)
	return nil
}

// stamp sets the checkpoint of the batch and remembers what it stands for.
func (h *handler) stamp() {
	if before := h.undecided.anchor(); before != nil {
		h.stamped(h.progress.again(*before))
		return
	}
	m := mark{server: h.done.server, file: h.done.file, seconds: int64(h.seconds), serverID: h.writer}
	m.point.Off = h.done.pos
	switch {
	case h.tx.open && max(h.tx.ours, h.tx.skip) > 0: // not where only other tables' rows have come
		m.point.Skip, m.inside = max(h.tx.ours, h.tx.skip), h.tx.gtid.Text(h.fl)
	case h.resumeSkip > 0: // the transaction to resume in hasn't come yet
		m.point.Skip, m.inside = h.resumeSkip, h.resumeInside
	}
	if m.point.Skip > 0 {
		m.server = h.server // whose rows events were counted
	}
	h.stamped(h.progress.mark(m))
}

func (h *handler) stamped(at event.Point) {
	h.b.Next, h.b.Gen = event.Checkpoint{Point: at, Valid: true}, h.history.gen
	h.b.Lag = event.Lag{CommitMicros: int64(h.seconds) * 1_000_000, Bytes: h.lag.bytes()}
	if n := len(h.b.Origins); n > 0 {
		h.b.Lag.CommitMicros = h.b.Origins[n-1].Micros
	}
}

func (h *handler) unstamp() {
	h.progress.unmark()
	h.b.Next = event.Checkpoint{}
}

// handedOver goes on with an empty batch.
func (h *handler) handedOver(b *event.Batch) {
	h.b = b
	h.emitted, h.pending = h.now(), false
	h.tx.at, h.tx.from, h.tx.sent = -1, sizesOf(b), h.tx.ours
	h.query.put = event.Value{}
}

// drained is called before a read that may block: what is complete leaves now.
func (h *handler) drained() error {
	h.lag.advance(h.file, h.end)
	switch {
	case !h.tx.from.empty() || !h.tx.open && h.holds():
		return h.emit()
	default:
		return h.offer()
	}
}

// offer hands over a place without rows, if there is one that is worth storing
// and if there is room.
func (h *handler) offer() error {
	if !h.pending || h.tx.events > 0 || h.holds() || h.now().Sub(h.emitted) < rowlessEvery {
		return nil
	}
	h.stamp()
	b, ok := h.out.TryEmit(h.b)
	if !ok {
		h.unstamp()
		return nil
	}
	h.handedOver(b)
	return nil
}

// cut hands over the rows of a transaction that isn't complete, because a batch
// is full.
func (h *handler) cut() error {
	if !h.replaying {
		h.lag.advance(h.file, h.end)
	}
	return h.emit()
}

// rollBack drops a transaction that is open where a file begins: none goes on
// there, the server died while it wrote this one, and has undone it.
func (h *handler) rollBack() {
	if !h.tx.open {
		return
	}
	h.log.Warn("the log holds the beginning of a transaction only, since the server died while writing it: it is passed over",
		zap.String("gtid", h.tx.gtid.Text(h.fl)), zap.Stringer("after", h.done), zap.Uint32("rows_events_delivered_before", h.tx.sent))
	h.tx.from.cutBack(h.b)
	if h.tx.skip > 0 {
		h.resumeSkip, h.resumeInside = 0, ""
	}
	h.closeTx()
	h.forgetQuery()
}

// resume prepares for a new connection: the transaction in hand comes again
// from its beginning. On the same server, the rows events of it that were
// handed over are passed over then; another server may have cut it in other
// pieces, so there it is delivered again.
func (h *handler) resume(server string) {
	h.tx.from.cutBack(h.b)
	if h.tx.open {
		h.resumeSkip, h.resumeInside = max(h.tx.skip, h.tx.sent), h.tx.gtid.Text(h.fl)
	}
	if server != h.server {
		h.resumeSkip, h.resumeInside = 0, ""
		h.server = server
	}
	h.closeTx()
	h.forgetQuery()
	h.checksums, h.until = false, 0
	clear(h.maps)
}
