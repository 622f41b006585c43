package pipeline

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"cdc/event"
)

// What a stop couldn't deliver is in the log, too.
func TestManagerLogsFailedStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(3)
		r.offsets.saved = []event.Offset{{Position: "0"}}
		core, logs := observer.New(zap.ErrorLevel)
		m := NewManager(zap.New(core))
		m.Add("stuck", func(_ context.Context, o Options) (*Pipeline, error) {
			return New("stuck", Parts{Source: r.source, Rules: r.rules, Encoder: textEncoder{}, Sink: &blockedSink{}, Offsets: r.offsets}, o), nil
		})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- m.Run(ctx) }()
		advance(time.Minute)
		stop()
		if err := <-done; err == nil {
			t.Error("no error, although nothing was delivered")
		}
		if n := logs.FilterMessage("pipeline failed while it stopped").Len(); n != 1 {
			t.Errorf("it is logged %d times, want once", n)
		}
	})
}
