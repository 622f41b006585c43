package pipeline

import (
	"sync"
	"time"

	"cdc/event"
)

// heart makes the heartbeats of a run while the log is streamed: a mark behind
// the rows of a batch when the interval has passed since the last one, and a
// batch of its own while the source emits nothing. A heartbeat brings no position;
// there is none before one is known from which the source could go on. Its
// methods are called with flow.emitting held.
type heart struct {
	every  time.Duration // 0: no heartbeats
	on     bool
	placed bool      // a position is known
	last   time.Time // of a heartbeat, or the start
	lag    int64     // Lag.Bytes of the last batch, which a heartbeat must not change
}

func (h *heart) start(placed bool) { h.on, h.placed, h.last, h.lag = true, placed, time.Now(), -1 }

// left is how long it takes until the next heartbeat is due.
func (h *heart) left() time.Duration { return h.every - time.Since(h.last) }

// mark adds a heartbeat to a batch of the source when one is due, and reports
// whether it did.
func (h *heart) mark(b *event.Batch) bool {
	if !h.on {
		return false
	}
	h.lag = b.Lag.Bytes
	h.placed = h.placed || b.Next.Valid
	if !h.placed || h.left() > 0 {
		return false
	}
	b.Marks = append(b.Marks, heartbeat(b))
	return true
}

// heartbeat stands behind all rows of the batch.
func heartbeat(b *event.Batch) event.Mark {
	return event.Mark{Kind: event.MarkHeartbeat, Row: int32(len(b.Rows)), Origin: -1}
}

// beat makes heartbeats, also while nothing is emitted but the source is
// connected, until the function that is returned has returned. placed says that
// a position is known already.
func (f *flow) beat(placed bool) (stop func()) {
	if f.heart.every <= 0 {
		return func() {}
	}
	f.emitting.Lock()
	f.heart.start(placed)
	f.emitting.Unlock()
	quit := make(chan struct{})
	var ended sync.WaitGroup
	ended.Go(func() { f.idleBeats(quit) })
	return func() {
		close(quit)
		ended.Wait()
		f.emitting.Lock()
		f.heart.on = false
		f.emitting.Unlock()
	}
}

func (f *flow) idleBeats(quit <-chan struct{}) {
	timer := time.NewTimer(f.heart.every)
	defer timer.Stop()
	for {
		select {
		case <-quit:
			return
		case <-timer.C:
			timer.Reset(f.idleBeat())
		}
	}
}

// idleBeat emits a heartbeat if one is due, and returns when to look again. It
// doesn't wait for room: while there is none, the source's next batch brings the
// heartbeat.
func (f *flow) idleBeat() time.Duration {
	connected := f.parts.Source.Stats().Connected
	f.emitting.Lock()
	defer f.emitting.Unlock()
	if left := f.heart.left(); left > 0 {
		return left
	}
	if !connected || !f.heart.placed {
		return f.heart.every
	}
	b := f.batches.get()
	b.Marks = append(b.Marks, heartbeat(b))
	b.Lag.Bytes, b.Gen = f.heart.lag, f.gen
	if !f.push(b) {
		f.batches.put(b)
		return f.heart.every
	}
	f.heart.last = time.Now()
	return f.heart.every
}
