package pipeline

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"cdc/event"
)

// ticket follows one batch from the junction to the writer: a future in the
// workers' queue and in the writer's queue at the same time.
type ticket struct {
	batch *event.Batch
	frame *event.Frame
	size  int // bytes taken from the budget
	err   error
	ready chan struct{} // capacity 1: encoded, or err
}

// flow is what one run of a pipeline passes its batches through.
type flow struct {
	parts   Parts
	stats   *Stats
	budget  *budget
	batches batchPool
	frames  framePool
	tracker *tracker

	free  chan *ticket // all tickets that are not in use
	work  chan *ticket // to the workers; holds every ticket there is, so a send never blocks
	order chan *ticket // to the writer; the same
	idle  atomic.Int32 // workers that wait
	limit int          // frames in flight above which nobody is hungry

	// emitting is held while a batch is put into both queues, since heartbeats
	// come from another goroutine than the source's batches.
	emitting sync.Mutex
	heart    heart  // guarded by emitting
	gen      uint32 // of the rules of the last batch; guarded by emitting

	fail func(error) // keeps the first error and stops the source
}

func newFlow(parts Parts, o Options, fail func(error)) *flow {
	tickets := 2*o.Workers + 4
	f := &flow{
		parts: parts, stats: o.Stats, budget: newBudget(o.BufferBytes, &o.Stats.Used), fail: fail,
		free: make(chan *ticket, tickets), work: make(chan *ticket, tickets), order: make(chan *ticket, tickets),
		limit: 2 * o.Workers, heart: heart{every: o.HeartbeatInterval},
	}
	o.Stats.InFlight.Store(0) // an earlier run may have ended with frames under way
	f.tracker = newTracker(f.budget, o.Stats, &f.frames, o.now)
	f.tracker.rules = parts.Rules
	if e, ok := parts.Encoder.(Forgetter); ok {
		f.tracker.forget = e.Forget
	}
	for range tickets {
		f.free <- &ticket{ready: make(chan struct{}, 1)}
	}
	return f
}

// run starts the workers and the writer and waits until both queues are closed
// and empty. hard ends writes that wait for the sink.
func (f *flow) run(hard context.Context, workers int) {
	var wg sync.WaitGroup
	for range workers {
		wg.Go(f.worker)
	}
	f.write(hard)
	wg.Wait()
}

// close says that the source will emit nothing more.
func (f *flow) close() {
	close(f.work)
	close(f.order)
}

// Batch returns an empty batch.
func (f *flow) Batch() *event.Batch { return f.batches.get() }

// Hungry reports whether a worker waits and little is under way.
func (f *flow) Hungry() bool {
	return f.idle.Load() > 0 && len(f.work) == 0 && f.stats.InFlight.Load() < int64(f.limit)
}

// Room is signalled when a refused TryEmit may succeed.
func (f *flow) Room() <-chan struct{} { return f.budget.room }

// begin says by which rules a stream begins, for heartbeats before its first batch.
func (f *flow) begin(sel event.Selector) {
	f.emitting.Lock()
	defer f.emitting.Unlock()
	f.gen = sel.Generation()
}

// frameBytes is what a frame costs beside its records: itself, its place in the
// tracker and what the source remembers of its checkpoint. So frames of which
// nothing leaves don't pile up without end behind one that isn't acknowledged.
const frameBytes = 512

// TryEmit hands the batch on, with a heartbeat when one is due.
func (f *flow) TryEmit(full *event.Batch) (*event.Batch, bool) {
	f.emitting.Lock()
	defer f.emitting.Unlock()
	marked := f.heart.mark(full)
	if !f.push(full) {
		if marked {
			full.Marks = full.Marks[:len(full.Marks)-1]
		}
		return nil, false
	}
	if marked {
		f.heart.last = time.Now()
	}
	return f.batches.get(), true
}

// push gives the batch a ticket and a place in both queues. emitting is held.
func (f *flow) push(b *event.Batch) bool {
	var t *ticket
	select {
	case t = <-f.free:
	default:
		return false
	}
	size := b.Size() + frameBytes
	if !f.budget.tryTake(size) {
		f.free <- t
		return false
	}
	t.batch, t.size = b, size
	f.gen = b.Gen
	f.work <- t
	f.order <- t
	return true
}

// worker turns batches into frames.
func (f *flow) worker() {
	for {
		f.idle.Add(1)
		t, ok := <-f.work
		f.idle.Add(-1)
		if !ok {
			return
		}
		f.encode(t)
		t.ready <- struct{}{}
	}
}

func (f *flow) encode(t *ticket) {
	b, frame := t.batch, f.frames.get()
	t.batch = nil
	t.err = f.parts.Rules.Run(b)
	if t.err == nil {
		t.err = f.parts.Encoder.Encode(frame, b)
	}
	if t.err != nil && !errors.Is(t.err, event.ErrDelivery) {
		t.err = &rowError{t.err}
	}
	frame.Next, frame.Lag, frame.Rows, frame.Gen = b.Next, b.Lag, len(b.Rows), b.Gen
	t.frame = frame
	f.batches.put(b)
	size := cap(frame.Buf) + frameBytes
	f.budget.add(size - t.size) // the frame is there instead of the batch
	t.size = size
}

// write hands the frames to the sink in order. After the first failure it only
// empties the queue.
func (f *flow) write(hard context.Context) {
	failed := false
	for t := range f.order {
		<-t.ready
		if !failed {
			if err := f.deliver(hard, t); err != nil {
				failed = true
				f.fail(err)
			}
		}
		t.frame, t.err = nil, nil
		f.free <- t
		f.budget.signal()
	}
}

func (f *flow) deliver(hard context.Context, t *ticket) error {
	if t.err != nil {
		return t.err
	}
	fl := f.tracker.add(t.frame, t.size)
	if len(t.frame.Records) == 0 {
		f.tracker.done(fl)
		return nil
	}
	return f.parts.Sink.Write(hard, t.frame, func(_ *event.Frame, err error) {
		if err != nil {
			f.fail(err)
			return
		}
		f.tracker.done(fl)
	})
}
