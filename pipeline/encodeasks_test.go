package pipeline

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"

	"cdc/event"
)

// failingEncoder fails for a reason of its own choice.
type failingEncoder struct{ err error }

func (e failingEncoder) Encode(*event.Frame, *event.Batch) error { return e.err }

// TestEncoderAsksTheBroker: the encoder asks the broker for the limit of a
// topic before anybody else does. That the broker can't answer is no fault of
// the row: the pipeline is to be started again.
func TestEncoderAsksTheBroker(t *testing.T) {
	for err, stays := range map[error]bool{
		fmt.Errorf("limit of topic x: %w: unknown server error", event.ErrDelivery): false,
		fmt.Errorf("limit of topic x: %w: %w", event.ErrDelivery, event.ErrConfig):  true,
		fmt.Errorf("row at 0/5: no placeholder"):                                    true,
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(5)
			r.offsets.saved = []event.Offset{{Position: "0"}}
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			p := New("shop", Parts{Source: r.source, Rules: r.rules, Encoder: failingEncoder{err}, Sink: r.sink, Offsets: r.offsets}, r.opt)
			if got := p.Run(ctx); got == nil || permanent(got) != stays {
				t.Errorf("%v: got %v, want permanent: %v", err, got, stays)
			}
		})
	}
}
