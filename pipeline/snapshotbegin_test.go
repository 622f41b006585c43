package pipeline

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cdc/event"
)

// losingSource streams rows and then loses its position, once.
type losingSource struct {
	*fakeSource
	rows int
}

func (s *losingSource) Stream(ctx context.Context, from event.Position, sel event.Selector, out event.Emitter) error {
	if s.rows == 0 {
		return s.fakeSource.Stream(ctx, from, sel, out)
	}
	b := out.Batch()
	for i := range s.rows {
		addRow(b, testTable, 100+i, event.OpCreate)
		b.Next = event.Checkpoint{Point: event.Point{Seq: uint64(100 + i)}, Valid: true}
		var err error
		if b, err = event.Emit(ctx, out, b); err != nil {
			return err
		}
	}
	s.rows = 0
	return fmt.Errorf("purged: %w", event.ErrPositionLost)
}

// TestPlanOutlivesEarlierCheckpoints: once the plan of a new snapshot is
// stored, what is acknowledged late of the stream before must not take its
// place. That position is lost; a restart has to find the plan.
func TestPlanOutlivesEarlierCheckpoints(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(1)
		r.opt.Snapshot = SnapshotWhenNeeded
		r.sink.hold = true
		r.source.order, r.source.tables = []string{"a"}, map[string]int{"a": 1}
		r.offsets.saved = []event.Offset{{Position: "99"}}
		ctx, stop := context.WithCancel(t.Context())
		source := &losingSource{r.source, 2}
		p := New("shop", Parts{Source: source, Rules: r.rules, Encoder: textEncoder{}, Sink: r.sink, Offsets: r.offsets}, r.opt)
		go func() { r.done <- p.Run(ctx) }()
		advance(time.Minute)
		r.sink.mu.Lock()
		late := r.sink.waiting[:2]
		r.sink.waiting = r.sink.waiting[2:]
		r.sink.mu.Unlock()
		if keys := strings.Join(r.sink.written(), " "); !strings.HasPrefix(keys, "orders/100/c/ orders/101/c/ a/1/r/last") {
			t.Fatalf("written: %s", keys)
		}
		for _, done := range late {
			done()
		}
		advance(time.Minute)
		if got := r.offsets.last(); got.Snapshot == nil {
			t.Errorf("stored %+v, want the plan of the snapshot", got)
		}
		r.sink.release()
		advance(time.Minute)
		if got := r.offsets.last(); got.Snapshot != nil || got.Position != "1" {
			t.Errorf("stored %+v, want position 1", got)
		}
		stop()
		if err := <-r.done; err != nil {
			t.Fatal(err)
		}
	})
}
