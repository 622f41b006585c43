package pipeline

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
)

// swapped are rules that can be swapped. A row leaves under the number of the
// generation that made it.
type swapped struct {
	mu       sync.Mutex
	newest   uint32
	released uint32   // generations before it are gone
	ran      []uint32 // by which batches were run
}

// pinned is one generation of swapped.
type pinned struct {
	rules *swapped
	gen   uint32
}

func (p pinned) Select(*event.Schema) ([]bool, bool, error) { return nil, true, nil }
func (p pinned) Generation() uint32                         { return p.gen }
func (p pinned) Newest() event.Selector                     { return p.rules.Newest() }

func (r *swapped) Select(*event.Schema) ([]bool, bool, error) { return nil, true, nil }
func (r *swapped) Generation() uint32                         { return r.Newest().Generation() }
func (r *swapped) Hash(gen uint32) string                     { return fmt.Sprint("hash ", gen) }

func (r *swapped) Newest() event.Selector {
	r.mu.Lock()
	defer r.mu.Unlock()
	return pinned{r, r.newest}
}

func (r *swapped) swap() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.newest++
}

func (r *swapped) Release(gen uint32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.released = max(r.released, gen)
}

func (r *swapped) Run(b *event.Batch) error {
	r.mu.Lock()
	r.ran = append(r.ran, b.Gen)
	gone := b.Gen < r.released || b.Gen > r.newest
	r.mu.Unlock()
	if gone {
		return fmt.Errorf("generation %d isn't there", b.Gen)
	}
	return passRules{}.Run(b)
}

func (r *swapped) let() uint32 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.released
}

// swapRig is a pulse whose rules are swapped.
type swapRig struct {
	*pulse
	swapped *swapped
	forgot  *atomic.Int32
}

// forgetful counts how often it is told to forget.
type forgetful struct {
	textEncoder
	times *atomic.Int32
}

func (f forgetful) Forget() { f.times.Add(1) }

func newSwapRig(stored string) *swapRig {
	r := &swapRig{newPulse(stored), &swapped{newest: 1}, &atomic.Int32{}}
	if stored == "" {
		r.offsets.saved = nil
	}
	return r
}

func (r *swapRig) start(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	r.stop = stop
	parts := Parts{Source: pacedSource{r.source, r.steps}, Encoder: forgetful{times: r.forgot}, Sink: r.sink, Offsets: r.offsets, Rules: r.swapped}
	pipe := New("shop", parts, r.opt)
	go func() { r.done <- pipe.Run(ctx) }()
	synctest.Wait()
}

func (r *swapRig) step(id int, gen uint32) {
	b := step(id, true)
	b.Gen = gen
	r.emit(b)
}

func (r *swapRig) wantStored(t *testing.T, position, hash string) {
	t.Helper()
	advance(5 * time.Second)
	if got := r.offsets.last(); string(got.Position) != position || got.Rules != hash {
		t.Errorf("stored position %q by %q, want %q by %q", got.Position, got.Rules, position, hash)
	}
}

func TestOffsetNamesTheRulesOfItsFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newSwapRig("5")
		r.opt.HeartbeatInterval = 0
		r.start(t)
		r.step(6, 1)
		r.wantStored(t, "6", "hash 1")
		r.sink.mu.Lock()
		r.sink.hold = true
		r.sink.mu.Unlock()
		r.step(7, 1)
		r.swapped.swap()
		r.wantStored(t, "6", "hash 1")
		r.step(8, 2)
		r.wantStored(t, "6", "hash 1")
		if n := r.swapped.let(); n > 1 {
			t.Errorf("generations before %d were let go while a frame of the first wasn't acknowledged", n)
		}
		r.sink.release()
		r.wantStored(t, "8", "hash 2")
		if n := r.swapped.let(); n != 2 {
			t.Errorf("generations before %d are let go, want 2", n)
		}
		if n := r.forgot.Load(); n != 1 {
			t.Errorf("the encoder was told to forget %d times, want once", n)
		}
		r.end(t, streamedKeys(6, 8)...)
	})
}

func TestOffsetNamesTheRulesOfTheLastAcknowledged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newSwapRig("5")
		r.opt.HeartbeatInterval = 0
		r.sink.hold = true
		r.start(t)
		r.step(6, 1)
		r.swapped.swap()
		r.step(7, 2)
		r.sink.mu.Lock()
		first := r.sink.waiting[0]
		r.sink.waiting = r.sink.waiting[1:]
		r.sink.mu.Unlock()
		first()
		r.wantStored(t, "6", "hash 1")
		r.sink.release()
		r.wantStored(t, "7", "hash 2")
		r.end(t, streamedKeys(6, 7)...)
	})
}

func TestHeartbeatIsOfTheGenerationOfTheStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newSwapRig("5")
		r.swapped.newest = 3
		r.start(t)
		r.swapped.swap() // the source hasn't seen it
		advance(11 * time.Second)
		r.step(6, 4)
		advance(11 * time.Second)
		if diff := cmp.Diff([]uint32{3, 4, 4}, r.swapped.ran); diff != "" {
			t.Errorf("generations (-want +got):\n%s", diff)
		}
		r.end(t, "heartbeat", "orders/6/c/", "heartbeat")
	})
}

// The rules are swapped while the tables are read.
func TestSnapshotIsOfOneGeneration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newSwapRig("")
		r.opt.HeartbeatInterval = 0
		r.source.order, r.source.tables = []string{"a"}, map[string]int{"a": 5}
		r.opt.BufferBytes = 1 // one batch at a time
		r.sink.hold = true
		r.start(t)
		if got := r.offsets.first(); got.Snapshot == nil || got.Rules != "hash 1" {
			t.Errorf("stored the plan %+v, want the rules of the first generation", got)
		}
		r.swapped.swap()
		r.sink.release()
		r.wantStored(t, "0", "hash 1")
		r.step(1, 2)
		r.wantStored(t, "1", "hash 2")
		if diff := cmp.Diff([]uint32{1, 1, 1, 1, 2}, r.swapped.ran); diff != "" {
			t.Errorf("generations (-want +got):\n%s", diff)
		}
		r.end(t, "a/1/r/first", "a/2/r/", "a/3/r/", "a/4/r/", "a/5/r/last", "orders/1/c/")
	})
}

// A pipeline that has failed for good is started again, as long as another one
// keeps the manager at work.
func TestManagerRestartsWhatHasFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewManager(Options{}.withDefaults().Log)
		bad := passRules{failAt: 2}
		var offsets fakeOffsets
		offsets.saved = []event.Offset{{Position: "0"}}
		build := func(rules *passRules, source *fakeSource, offsets *fakeOffsets) Build {
			return func(_ context.Context, o Options) (*Pipeline, error) {
				return New("x", Parts{Source: source, Rules: *rules, Encoder: textEncoder{}, Sink: &fakeSink{}, Offsets: offsets}, o), nil
			}
		}
		other := &fakeOffsets{saved: []event.Offset{{Position: "0"}}}
		m.Add("bad", build(&bad, &fakeSource{last: 3}, &offsets))
		m.Add("good", build(&passRules{}, &fakeSource{last: 3}, other))
		m.Rules("bad", func() RulesStatus { return RulesStatus{Hash: "h", Generation: 7} })
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- m.Run(ctx) }()
		advance(time.Second)
		if s := m.Status(); s[0].Phase != PhaseFailed || s[0].Rules.Generation != 7 || s[1].Phase != PhaseStreaming {
			t.Errorf("status %+v", s)
		}
		if m.Restart("good") || m.Restart("nobody") {
			t.Error("a pipeline that works was started again")
		}
		bad.failAt = 0
		if !m.Restart("bad") {
			t.Error("the failed pipeline wasn't started again")
		}
		advance(time.Second)
		if s := m.Status(); s[0].Phase != PhaseStreaming || offsets.last().Position != "3" {
			t.Errorf("phase %s, position %s", s[0].Phase, offsets.last().Position)
		}
		stop()
		if err := <-done; err != nil {
			t.Errorf("the first failure is still reported: %v", err)
		}
		if m.Restart("bad") {
			t.Error("started again after the end")
		}
	})
}
