package pipeline

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
)

// pacedSource emits one batch for each step that it is given.
type pacedSource struct {
	*fakeSource
	steps chan event.Batch
}

func (s pacedSource) Stream(ctx context.Context, _ event.Position, _ event.Selector, out event.Emitter) error {
	b := out.Batch()
	for {
		select {
		case step := <-s.steps:
			*b = step
			var err error
			if b, err = event.Emit(ctx, out, b); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// step is a batch of one row; placed gives it a position.
func step(id int, placed bool) event.Batch {
	var b event.Batch
	addRow(&b, testTable, id, event.OpCreate)
	if placed {
		b.Next = event.Checkpoint{Point: event.Point{Seq: uint64(id)}, Valid: true}
	}
	b.Lag.Bytes = 99
	return b
}

// pulse is a rig whose source waits for steps.
type pulse struct {
	*rig
	steps chan event.Batch
}

func newPulse(stored string) *pulse {
	p := &pulse{newRig(0), make(chan event.Batch)}
	p.offsets.saved = []event.Offset{{Position: event.Position(stored)}}
	p.opt.HeartbeatInterval = 10 * time.Second
	p.opt.Stats = &Stats{}
	return p
}

func (p *pulse) start(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	p.stop = stop
	parts := Parts{Source: pacedSource{p.source, p.steps}, Encoder: textEncoder{}, Sink: p.sink, Offsets: p.offsets, Rules: p.rules}
	pipe := New("shop", parts, p.opt)
	go func() { p.done <- pipe.Run(ctx) }()
	synctest.Wait()
}

// emit has the source emit a batch and waits until it is through.
func (p *pulse) emit(b event.Batch) {
	p.steps <- b
	synctest.Wait()
}

func (p *pulse) end(t *testing.T, want ...string) {
	t.Helper()
	p.stop()
	if err := <-p.done; err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, p.sink.written()); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func TestHeartbeatWhileIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPulse("5")
		p.start(t)
		advance(9 * time.Second)
		if n := len(p.sink.written()); n != 0 {
			t.Errorf("%d heartbeats before the interval has passed", n)
		}
		advance(22 * time.Second)
		if n := p.opt.Stats.Saves.Load(); n != 0 || p.offsets.last().Position != "5" {
			t.Errorf("heartbeats stored a position: %d saves, %q", n, p.offsets.last().Position)
		}
		if used := p.opt.Stats.Used.Load(); used != 0 {
			t.Errorf("heartbeats hold %d bytes of the budget", used)
		}
		p.end(t, "heartbeat", "heartbeat", "heartbeat")
	})
}

func TestHeartbeatBehindRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPulse("5")
		p.start(t)
		advance(6 * time.Second)
		p.emit(step(6, true))
		p.source.away.Store(true) // so that no heartbeat comes of itself
		advance(6 * time.Second)
		p.source.away.Store(false)
		p.emit(step(7, false))
		p.emit(step(8, true))
		advance(9 * time.Second)
		p.emit(step(9, true))
		advance(2 * time.Second)
		if got := p.opt.Stats.LagBytes(); got != 99 {
			t.Errorf("lag is %d bytes after a heartbeat, want 99 as before", got)
		}
		advance(5 * time.Second)
		p.end(t, "orders/6/c/", "orders/7/c/", "heartbeat", "orders/8/c/", "orders/9/c/", "heartbeat")
	})
}

// Without a position there is nothing to be alive at.
func TestNoHeartbeatWithoutPosition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPulse("")
		p.start(t)
		advance(time.Minute)
		p.emit(step(1, false))
		advance(time.Minute)
		p.emit(step(2, true))
		advance(10 * time.Second)
		p.end(t, "orders/1/c/", "orders/2/c/", "heartbeat", "heartbeat")
	})
}

func TestNoHeartbeatWhileTheSourceIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPulse("5")
		p.source.away.Store(true)
		p.start(t)
		advance(time.Minute)
		if n := len(p.sink.written()); n != 0 {
			t.Errorf("%d heartbeats without a connection", n)
		}
		p.source.away.Store(false)
		advance(11 * time.Second)
		p.end(t, "heartbeat")
	})
}

// Behind a sink that takes nothing, heartbeats neither pile up nor take what the
// source was refused.
func TestHeartbeatsBehindABlockedSink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPulse("5")
		p.opt.BufferBytes = 4096
		p.sink.hold = true
		p.start(t)
		advance(time.Hour)
		held := len(p.sink.written())
		if used := p.opt.Stats.Used.Load(); held == 0 || used > 4096+1024 {
			t.Errorf("%d heartbeats hold %d bytes of a budget of 4096", held, used)
		}
		go func() { p.steps <- step(6, true) }()
		advance(time.Second)
		p.sink.release()
		synctest.Wait()
		advance(time.Second)
		p.end(t, append(slices.Repeat([]string{"heartbeat"}, held), "orders/6/c/", "heartbeat")...)
		if got := p.offsets.last().Position; got != "6" {
			t.Errorf("stored %q, want 6", got)
		}
	})
}

// The first position is known at the end of a snapshot.
func TestHeartbeatEndsSnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(1)
		r.opt.HeartbeatInterval = time.Hour
		r.source.order, r.source.tables = []string{"a"}, map[string]int{"a": 1}
		r.start(t)
		r.stop()
		if err := <-r.done; err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"a/1/r/last", "heartbeat", "orders/1/c/"}, r.sink.written()); diff != "" {
			t.Errorf("records (-want +got):\n%s", diff)
		}
	})
}

// A source that fails ends its heartbeats, and a failed heartbeat the pipeline.
func TestHeartbeatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPulse("5")
		p.sink.err = errors.New("no such topic")
		p.start(t)
		advance(11 * time.Second)
		if err := <-p.done; err == nil || !strings.Contains(err.Error(), "no such topic") {
			t.Errorf("error is %v, want that of the sink", err)
		}
		p.stop()
	})
}

// Heartbeats come from another goroutine than batches; each keeps its order.
func TestHeartbeatsAmongRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPulse("0")
		p.opt.HeartbeatInterval = time.Nanosecond
		p.start(t)
		for i := range 500 {
			p.steps <- step(i+1, true)
			if i%10 == 0 {
				<-time.After(2 * time.Nanosecond)
			}
		}
		synctest.Wait()
		p.stop()
		if err := <-p.done; err != nil {
			t.Fatal(err)
		}
		rows := slices.DeleteFunc(p.sink.written(), func(s string) bool { return s == "heartbeat" })
		if diff := cmp.Diff(streamedKeys(1, 500), rows); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
		if got := p.offsets.last().Position; got != "500" {
			t.Errorf("stored %q, want 500", got)
		}
	})
}
