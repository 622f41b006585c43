package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"go.uber.org/zap"

	"cdc/event"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a pipeline on fakes, running in the bubble of a synctest.
type rig struct {
	source  *fakeSource
	sink    *fakeSink
	offsets *fakeOffsets
	rules   passRules
	opt     Options
	stop    context.CancelFunc
	done    chan error
}

func newRig(last int) *rig {
	return &rig{source: &fakeSource{last: last}, sink: &fakeSink{}, offsets: &fakeOffsets{}, done: make(chan error, 1)}
}

func (r *rig) start(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	r.stop = stop
	p := New("shop", Parts{Source: r.source, Rules: r.rules, Encoder: textEncoder{}, Sink: r.sink, Offsets: r.offsets}, r.opt)
	go func() { r.done <- p.Run(ctx) }()
	synctest.Wait()
}

func streamedKeys(from, to int) (keys []string) {
	for i := from; i <= to; i++ {
		keys = append(keys, fmt.Sprintf("orders/%d/c/", i))
	}
	return keys
}

func TestStreamKeepsOrderAndStoresTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(1000)
		r.offsets.saved = []event.Offset{{Position: "10"}}
		r.opt.Workers = 4
		r.start(t)
		r.stop()
		if err := <-r.done; err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(streamedKeys(11, 1000), r.sink.written()); diff != "" {
			t.Errorf("records (-want +got):\n%s", diff)
		}
		if got := r.offsets.last().Position; got != "1000" {
			t.Errorf("stored position %q, want 1000", got)
		}
		if n := len(r.source.acked); n == 0 || r.source.acked[n-1].Point.Seq != 1000 {
			t.Errorf("source was told %v, want 1000 at the end", r.source.acked)
		}
	})
}

func TestNothingIsStoredAheadOfAnAcknowledgement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(50)
		r.offsets.saved = []event.Offset{{Position: "0"}}
		r.sink.hold = true
		r.start(t)
		advance(10 * time.Second) // fake time: the saver has had its chance
		r.sink.mu.Lock()
		oldest := r.sink.waiting[0]
		later := r.sink.waiting[1:]
		r.sink.waiting = nil
		r.sink.mu.Unlock()
		for _, done := range later {
			done()
		}
		advance(10 * time.Second)
		if got := r.offsets.last().Position; got != "0" {
			t.Fatalf("stored position %q while the oldest frame is not acknowledged", got)
		}
		oldest()
		advance(10 * time.Second)
		if got := r.offsets.last().Position; got == "0" {
			t.Error("position didn't move after the oldest frame was acknowledged")
		}
		r.sink.release()
		r.stop()
		if err := <-r.done; err != nil {
			t.Fatal(err)
		}
	})
}

func TestBudgetStopsTheSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(100000)
		r.offsets.saved = []event.Offset{{Position: "0"}}
		r.sink.hold = true
		r.opt.BufferBytes = 4096
		r.opt.Stats = &Stats{}
		r.start(t)
		if n := len(r.sink.written()); n == 0 || n > 2000 {
			t.Fatalf("%d records went out under a budget of 4096 bytes without an acknowledgement", n)
		}
		if used := r.opt.Stats.Used.Load(); used > 4*4096 {
			t.Errorf("%d bytes in use, budget 4096", used)
		}
		r.sink.release()
		synctest.Wait()
		r.stop()
		if err := <-r.done; err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(streamedKeys(1, 100000), r.sink.written()); diff != "" {
			t.Errorf("records (-want +got):\n%s", diff)
		}
		if used := r.opt.Stats.Used.Load(); used != 0 {
			t.Errorf("%d bytes are still accounted for", used)
		}
	})
}

func TestSnapshotThenStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(2)
		r.source.order = []string{"a", "b", "c", "d"}
		r.source.tables = map[string]int{"a": 3, "b": 1, "c": 3, "d": 0}
		r.start(t)
		if got := string(r.offsets.first().Snapshot); got != `{"slot":"ours"}` {
			t.Errorf("first thing stored: %q, want the plan", got)
		}
		advance(5 * time.Second)
		r.stop()
		if err := <-r.done; err != nil {
			t.Fatal(err)
		}
		want := []string{
			"a/1/r/first", "a/2/r/", "a/3/r/last_in_table", "b/1/r/last_in_table",
			"c/1/r/first_in_table", "c/2/r/", "c/3/r/last",
		}
		if diff := cmp.Diff(append(want, streamedKeys(1, 2)...), r.sink.written()); diff != "" {
			t.Errorf("records (-want +got):\n%s", diff)
		}
		if got := r.offsets.last(); got.Position != "2" || got.Snapshot != nil {
			t.Errorf("stored %+v, want position 2 and no snapshot", got)
		}
	})
}

func TestInterruptedSnapshotStartsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(0)
		r.source.viewErr = errors.New("server went away")
		r.start(t)
		if err := <-r.done; err == nil || !strings.Contains(err.Error(), "server went away") {
			t.Fatalf("got %v, want the server's error", err)
		}
		again := newRig(0)
		again.offsets = r.offsets
		again.source.order, again.source.tables = []string{"a"}, map[string]int{"a": 1}
		again.start(t)
		if got := string(again.source.previous); got != `{"slot":"ours"}` {
			t.Errorf("second start was told %q of the first, want its plan", got)
		}
		again.stop()
		if err := <-again.done; err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"a/1/r/last"}, again.sink.written()); diff != "" {
			t.Errorf("records (-want +got):\n%s", diff)
		}
	})
}

func TestSnapshotIsNotStoredAsDoneBeforeItsRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(0)
		r.sink.hold = true
		r.source.order, r.source.tables = []string{"a"}, map[string]int{"a": 5}
		r.start(t)
		advance(time.Minute)
		if got := r.offsets.last(); got.Snapshot == nil {
			t.Fatalf("stored %+v while no row of the snapshot is acknowledged", got)
		}
		r.sink.release()
		advance(time.Minute)
		if got := r.offsets.last(); got.Snapshot != nil || got.Position != "0" {
			t.Errorf("stored %+v, want the position after the snapshot", got)
		}
		r.stop()
		if err := <-r.done; err != nil {
			t.Fatal(err)
		}
	})
}

func TestSnapshotModes(t *testing.T) {
	tests := []struct {
		mode   SnapshotMode
		stored string
		lost   bool
		want   []string
		ends   bool
	}{
		{mode: SnapshotNoData, want: streamedKeys(1, 1)},
		{mode: SnapshotInitialOnly, want: []string{"a/1/r/last"}, ends: true},
		{mode: SnapshotInitialOnly, stored: "0", ends: true},
		{mode: SnapshotInitial, stored: "0", want: streamedKeys(1, 1)},
		{mode: SnapshotWhenNeeded, stored: "0", lost: true, want: append([]string{"a/1/r/last"}, streamedKeys(1, 1)...)},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s stored=%q", tt.mode, tt.stored), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(1)
				r.opt.Snapshot = tt.mode
				r.source.lost = tt.lost
				r.source.order, r.source.tables = []string{"a"}, map[string]int{"a": 1}
				if tt.stored != "" {
					r.offsets.saved = []event.Offset{{Position: event.Position(tt.stored)}}
				}
				r.start(t)
				if !tt.ends {
					r.stop()
				}
				if err := <-r.done; err != nil {
					t.Fatal(err)
				}
				r.stop()
				if diff := cmp.Diff(tt.want, r.sink.written()); diff != "" {
					t.Errorf("records (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestPositionLostStopsOtherwise(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(1)
		r.source.lost = true
		r.offsets.saved = []event.Offset{{Position: "0"}}
		r.start(t)
		err := <-r.done
		r.stop()
		if !errors.Is(err, event.ErrPositionLost) || !permanent(err) {
			t.Errorf("got %v, want ErrPositionLost, permanent", err)
		}
	})
}

func TestBadRowStopsAfterTheRowsBeforeIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(500)
		r.rules.failAt = 300
		r.offsets.saved = []event.Offset{{Position: "0"}}
		r.start(t)
		err := <-r.done
		r.stop()
		if err == nil || !permanent(err) {
			t.Fatalf("got %v, want a permanent error", err)
		}
		n := len(r.sink.written())
		if got, want := string(r.offsets.last().Position), fmt.Sprint(n); got != want {
			t.Errorf("stored position %s, but %s records were delivered", got, want)
		}
		if n >= 300 || n < 300-7 {
			t.Errorf("%d records delivered; the batch with row 300 must not be", n)
		}
	})
}

func TestSinkFailureIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(5)
		r.sink.err = errors.New("topic is gone")
		r.offsets.saved = []event.Offset{{Position: "0"}}
		r.start(t)
		if err := <-r.done; err == nil || !strings.Contains(err.Error(), "topic is gone") {
			t.Fatalf("got %v", err)
		}
		r.stop()
		if got := r.offsets.last().Position; got != "0" {
			t.Errorf("stored %q", got)
		}
	})
}

// TestCountersSurviveAFailure: what was under way when a run failed isn't counted
// as under way in the next one, which would take it for busy for ever.
func TestCountersSurviveAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(50)
		r.opt.Stats = &Stats{}
		r.sink.hold = true
		r.rules.failAt = 40
		r.offsets.saved = []event.Offset{{Position: "0"}}
		r.start(t)
		if err := <-r.done; err == nil {
			t.Fatal("no error")
		}
		r.stop()
		if r.opt.Stats.InFlight.Load() == 0 {
			t.Fatal("the failed run left nothing under way; the test shows nothing")
		}
		again := newRig(50)
		again.opt.Stats, again.offsets = r.opt.Stats, r.offsets
		again.start(t)
		again.stop()
		if err := <-again.done; err != nil {
			t.Fatal(err)
		}
		if n := r.opt.Stats.InFlight.Load(); n != 0 {
			t.Errorf("%d frames count as under way after a clean end", n)
		}
	})
}

func TestStopGivesUpAfterItsLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(5)
		sink := &blockedSink{}
		ctx, stop := context.WithCancel(t.Context())
		r.offsets.saved = []event.Offset{{Position: "0"}}
		p := New("shop", Parts{Source: r.source, Rules: r.rules, Encoder: textEncoder{}, Sink: sink, Offsets: r.offsets},
			Options{StopTimeout: 3 * time.Second})
		go func() { r.done <- p.Run(ctx) }()
		synctest.Wait()
		began := time.Now()
		stop()
		err := <-r.done
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("stopped after %s, want 3s", took)
		}
		if err == nil || !strings.Contains(err.Error(), "not delivered within 3s") {
			t.Errorf("got %v", err)
		}
	})
}

// blockedSink is a sink whose broker doesn't answer.
type blockedSink struct{ fakeSink }

func (s *blockedSink) Write(ctx context.Context, _ *event.Frame, _ func(*event.Frame, error)) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

func TestManagerRestartsAndLeavesOthersRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewManager(zap.NewNop())
		flaky, good := newRig(3), newRig(3)
		starts := 0
		build := func(r *rig) Build {
			return func(_ context.Context, o Options) (*Pipeline, error) {
				if r == flaky {
					if starts++; starts < 4 {
						return nil, errors.New("connection refused")
					}
				}
				return New("x", Parts{Source: r.source, Rules: r.rules, Encoder: textEncoder{}, Sink: r.sink, Offsets: r.offsets}, o), nil
			}
		}
		for _, r := range []*rig{flaky, good} {
			r.offsets.saved = []event.Offset{{Position: "0"}}
		}
		m.Add("flaky", build(flaky))
		m.Add("good", build(good))
		m.Add("broken", func(context.Context, Options) (*Pipeline, error) {
			return nil, fmt.Errorf("wal_level is replica: %w", event.ErrConfig)
		})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- m.Run(ctx) }()
		advance(time.Hour)
		for _, s := range m.Status() {
			ready, why := s.Ready()
			if ready != (s.Name != "broken") {
				t.Errorf("%s: ready %v (%s)", s.Name, ready, why)
			}
		}
		stop()
		err := <-done
		if !errors.Is(err, event.ErrConfig) || strings.Contains(err.Error(), "flaky") {
			t.Errorf("got %v, want only the broken pipeline's error", err)
		}
		for _, r := range []*rig{flaky, good} {
			if diff := cmp.Diff(streamedKeys(1, 3), r.sink.written()); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
		}
	})
}

// TestManagerStopWhileStarting: a request to stop that comes before the first
// row ends a start, and isn't a failure.
func TestManagerStopWhileStarting(t *testing.T) {
	m := NewManager(zap.NewNop())
	ctx, stop := context.WithCancel(t.Context())
	m.Add("slow", func(ctx context.Context, _ Options) (*Pipeline, error) {
		stop()
		<-ctx.Done()
		return nil, fmt.Errorf("read columns: %w", ctx.Err())
	})
	if err := m.Run(ctx); err != nil {
		t.Errorf("got %v, want no error", err)
	}
	if s := m.Status()[0]; s.Phase != PhaseStopped {
		t.Errorf("the pipeline is %s, want stopped", s.Phase)
	}
}

// askingEncoder waits for the sink, as one that asks for a topic's limit does.
type askingEncoder struct{ closed chan struct{} }

func (e askingEncoder) Encode(*event.Frame, *event.Batch) error {
	<-e.closed
	return errors.New("sink closed")
}

// closingSink says when it is closed.
type closingSink struct {
	*fakeSink
	once   *sync.Once
	closed chan struct{}
}

func (s closingSink) Close(context.Context) error {
	s.once.Do(func() { close(s.closed) })
	return nil
}

// TestStopWhileAWorkerWaits: a broker that was never there keeps the workers
// waiting; the request to stop has its limit all the same.
func TestStopWhileAWorkerWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, closed := newRig(100), make(chan struct{})
		r.offsets.saved = []event.Offset{{Position: "10"}}
		p := New("shop", Parts{
			Source: r.source, Rules: r.rules, Encoder: askingEncoder{closed: closed},
			Sink: closingSink{r.sink, new(sync.Once), closed}, Offsets: r.offsets,
		}, Options{StopTimeout: 3 * time.Second})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- p.Run(ctx) }()
		synctest.Wait()
		began := time.Now()
		stop()
		err := <-done
		if err == nil || !strings.Contains(err.Error(), "not delivered within 3s") {
			t.Errorf("got %v, want that it took too long", err)
		}
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("stopped after %s, want 3s", took)
		}
	})
}
