package pipeline

import (
	"sync"
	"time"

	"cdc/event"
)

// flight is a frame on its way to the sink.
type flight struct {
	frame *event.Frame
	bytes int
	done  bool
}

// tracker keeps the frames in the order in which they were handed over and
// finds the checkpoint up to which all are acknowledged.
type tracker struct {
	budget *budget
	stats  *Stats
	frames *framePool
	rules  Rules
	forget func() // what was compiled for rules that are let go; may be nil
	now    func() time.Time

	mu      sync.Mutex
	flights []*flight // from the oldest one; flights[:head] are gone
	head    int
	latest  event.Checkpoint // of the last frame of the acknowledged run
	by      string           // the hash of the rules of the frame that latest is of
	ended   int              // snapshots whose end is in that run
	gen     uint32           // of the last frame of the run
	hash    string           // of the rules of gen; empty before the first frame
	changed chan struct{}    // capacity 1: latest has moved
}

func newTracker(b *budget, s *Stats, f *framePool, now func() time.Time) *tracker {
	return &tracker{budget: b, stats: s, frames: f, now: now, changed: make(chan struct{}, 1)}
}

// add puts the next frame at the end.
func (t *tracker) add(f *event.Frame, bytes int) *flight {
	fl := &flight{frame: f, bytes: bytes}
	t.mu.Lock()
	t.flights = append(t.flights, fl)
	t.mu.Unlock()
	t.stats.InFlight.Add(1)
	return fl
}

// done marks a frame as acknowledged and lets go of every frame of the run that
// this completes. It doesn't block.
func (t *tracker) done(fl *flight) {
	t.mu.Lock()
	fl.done = true
	moved := false
	for t.head < len(t.flights) && t.flights[t.head].done {
		moved = t.land(t.flights[t.head]) || moved
		t.flights[t.head] = nil
		t.head++
	}
	t.compact()
	t.mu.Unlock()
	if moved {
		select {
		case t.changed <- struct{}{}:
		default:
		}
	}
}

// land lets go of one acknowledged frame and reports whether it brings a new
// checkpoint.
func (t *tracker) land(fl *flight) (moved bool) {
	f := fl.frame
	t.stats.acknowledged(f, t.now())
	if f.Gen != t.gen || t.hash == "" {
		t.follow(f.Gen)
	}
	if f.Next.Valid {
		t.latest, t.by, moved = f.Next, t.hash, true
	}
	if f.Next.Fixed != "" {
		t.ended++
	}
	t.frames.put(f)
	t.budget.add(-fl.bytes)
	t.stats.InFlight.Add(-1)
	return moved
}

// follow lets go of what came before a generation, the first frame of which is
// acknowledged: frames come in order.
func (t *tracker) follow(gen uint32) {
	swapped := t.hash != ""
	t.gen, t.hash = gen, t.rules.Hash(gen)
	t.rules.Release(gen)
	if swapped && t.forget != nil {
		t.forget()
	}
}

// compact moves the queue to the front of its memory now and then.
func (t *tracker) compact() {
	if t.head == len(t.flights) {
		t.flights, t.head = t.flights[:0], 0
	} else if t.head > 256 && t.head*2 > len(t.flights) {
		n := copy(t.flights, t.flights[t.head:])
		clear(t.flights[n:])
		t.flights, t.head = t.flights[:n], 0
	}
}

// checkpoint returns the newest checkpoint that may be stored, the hash of the
// rules that made what stands before it, and how many snapshots have ended up to
// it.
func (t *tracker) checkpoint() (c event.Checkpoint, rules string, ended int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.latest, t.by, t.ended
}
