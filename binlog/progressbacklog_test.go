package binlog

import (
	"encoding/binary"
	"testing"
)

// TestBacklogIsBounded: GTIDs that don't follow each other are remembered
// one by one until a place behind them is stored. When they are many, each
// commit hands over a place, so that the budget of the engine holds the source
// up while nothing can be stored.
func TestBacklogIsBounded(t *testing.T) {
	b, l := newBench(t, "shop.t"), newLog()
	commit := func(n int) {
		for i := range n {
			raw := l.gtid(uint64(2*len(b.h.progress.runs) + 1)) // leaves a gap
			binary.LittleEndian.PutUint32(raw[headerSize+1:], uint32(i%2))
			b.feed(raw, l.query("BEGIN"), l.xid())
		}
	}
	commit(maxBacklog + 1<<10)
	before := len(b.out.points)
	commit(100)
	if after := len(b.out.points); after-before < 100 {
		t.Errorf("%d places were handed over at 100 commits with %d GTIDs in memory", after-before, b.h.progress.backlog())
	}
	b.position()
	commit(1 << 10)
	before = len(b.out.points)
	commit(100)
	if after := len(b.out.points); after != before {
		t.Errorf("%d places were handed over after one was stored", after-before)
	}
}
