package pipeline

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"cdc/event"
)

// watchedSink is a sink that watches its connection.
type watchedSink struct {
	*fakeSink
	watching atomic.Int32
	down     atomic.Bool
}

func (s *watchedSink) Watch(ctx context.Context) {
	s.watching.Add(1)
	<-ctx.Done()
	s.watching.Add(-1)
}

func (s *watchedSink) Healthy() error {
	if s.down.Load() {
		return errors.New("can't reach the brokers")
	}
	return nil
}

// An idle pipeline isn't ready while its sink can't deliver, and the sink is
// watched for as long as the pipeline runs.
func TestReadyCountsTheSink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(0)
		r.offsets.saved = []event.Offset{{Position: "0"}}
		sink := &watchedSink{fakeSink: r.sink}
		sink.down.Store(true)
		m := NewManager(zap.NewNop())
		m.Add("idle", func(_ context.Context, o Options) (*Pipeline, error) {
			return New("idle", Parts{Source: r.source, Rules: r.rules, Encoder: textEncoder{}, Sink: sink, Offsets: r.offsets}, o), nil
		})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- m.Run(ctx) }()
		advance(time.Minute)
		if ok, why := m.Status()[0].Ready(); ok || why != "sink: can't reach the brokers" {
			t.Errorf("got ready %v, %q", ok, why)
		}
		sink.down.Store(false)
		if ok, why := m.Status()[0].Ready(); !ok {
			t.Errorf("not ready: %s", why)
		}
		if n := sink.watching.Load(); n != 1 {
			t.Errorf("%d watches while running, want 1", n)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if n := sink.watching.Load(); n != 0 {
			t.Errorf("%d watches are left", n)
		}
	})
}
