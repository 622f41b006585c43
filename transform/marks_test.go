package transform

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cdc/event"
)

// Marks aren't rows: no rule takes them, and they keep their places.
func TestRunLeavesMarks(t *testing.T) {
	marks := []event.Mark{
		{Kind: event.MarkBegin, Off: 7}, {Kind: event.MarkEnd, Events: 3, CountsEnd: 1}, {Kind: event.MarkHeartbeat, Origin: -1},
	}
	counts := []event.TableCount{{Table: "shop.orders", Events: 3}}
	b := &event.Batch{Marks: append([]event.Mark(nil), marks...), Counts: append([]event.TableCount(nil), counts...)}
	if got := outs(t, ruled(t), b); len(got) != 0 {
		t.Errorf("marks make outs: %v", got)
	}
	if diff := cmp.Diff(marks, b.Marks, cmpopts.EquateComparable(event.Value{})); diff != "" {
		t.Errorf("marks (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(counts, b.Counts); diff != "" {
		t.Errorf("counts (-before +after):\n%s", diff)
	}
}
