package pgwal

import (
	"testing"

	"cdc/event"
)

// TestLateAcksOfAnEarlierStream: after a server was restored from an older
// state, a new stream begins at a lower position, and what is stored late of the
// earlier one must not be confirmed to it.
func TestLateAcksOfAnEarlierStream(t *testing.T) {
	var c confirmed
	c.begin(100, 0)
	c.raise(event.Point{Seq: 1, Off: 900})
	if got := c.load(); got != 900 {
		t.Errorf("confirmed %d, want 900", got)
	}
	c.raise(event.Point{Seq: 2, Off: 800})
	if got := c.load(); got != 900 {
		t.Errorf("confirmed went back to %d", got)
	}
	c.begin(500, 3)
	c.raise(event.Point{Seq: 3, Off: 950})
	if got := c.load(); got != 500 {
		t.Errorf("confirmed %d by a point of the earlier stream", got)
	}
	c.raise(event.Point{Seq: 4, Off: 510})
	if got := c.load(); got != 510 {
		t.Errorf("confirmed %d, want 510", got)
	}
}
