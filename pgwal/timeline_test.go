package pgwal

import (
	"errors"
	"testing"

	"go.uber.org/zap"

	"cdc/event"
)

func TestTimelineEnd(t *testing.T) {
	const history = "# written by hand\n\n1\t0/3000148\tno recovery target specified\n\n12\t1/A0000000\tbefore 2026-01-01\n"
	for timeline, want := range map[int32]uint64{1: 0x3000148, 12: 0x1A0000000, 2: 0, 0: 0} {
		if got := timelineEnd(history, timeline); got != want {
			t.Errorf("timeline %d: got %X, want %X", timeline, got, want)
		}
	}
}

// TestTimelines: what can be said without asking the server.
func TestTimelines(t *testing.T) {
	s, err := New("test", goodConfig(), zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		at          uint64
		stored, now int32
		lost        bool
	}{{100, 0, 3, false}, {100, 3, 3, false}, {0, 1, 3, false}, {100, 3, 2, true}} {
		err := s.checkTimeline(t.Context(), nil, tt.at, tt.stored, tt.now)
		if lost := errors.Is(err, event.ErrPositionLost); lost != tt.lost || !lost && err != nil {
			t.Errorf("%+v: got %v", tt, err)
		}
	}
}
