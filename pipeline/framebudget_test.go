package pipeline

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"cdc/event"
)

// dropRules let nothing leave but the first row of all.
type dropRules struct{ passRules }

func (dropRules) Run(b *event.Batch) error {
	for i := range b.Rows {
		if r := &b.Rows[i]; b.Image(r.After, r.Schema)[0].Int() == 1 {
			b.Outs = append(b.Outs, event.Out{Row: int32(i), View: r.Schema, Before: -1, After: r.After})
		}
	}
	return nil
}

// TestFramesWithoutRecordsAreBounded: while the first record isn't
// acknowledged, batches of which nothing leaves must not pile up without end:
// frame, checkpoint and the source's own notes about it take memory.
func TestFramesWithoutRecordsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(200_000)
		r.offsets.saved = []event.Offset{{Position: "0"}}
		r.sink.hold = true
		r.opt.BufferBytes, r.opt.Stats = 64<<10, &Stats{}
		ctx, stop := context.WithCancel(t.Context())
		p := New("shop", Parts{Source: r.source, Rules: dropRules{}, Encoder: textEncoder{}, Sink: r.sink, Offsets: r.offsets}, r.opt)
		go func() { r.done <- p.Run(ctx) }()
		advance(time.Minute)
		if n := r.opt.Stats.InFlight.Load(); n > 1000 {
			t.Errorf("%d frames wait for the first one under a budget of 64 KiB", n)
		}
		r.sink.release()
		advance(time.Minute)
		if got := r.offsets.last().Position; got != "200000" {
			t.Errorf("stored %s, want 200000", got)
		}
		stop()
		if err := <-r.done; err != nil {
			t.Fatal(err)
		}
	})
}
