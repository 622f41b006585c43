package binlog

import "testing"

// TestBreakBetweenTransactions: what is complete stays when the connection
// breaks after a commit, before the rows were handed over. The server is not
// asked for them again.
func TestBreakBetweenTransactions(t *testing.T) {
	b, l := newBench(t), newLog()
	b.out.hungry = false
	b.feed(l.gtid(1), l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, 1), l.xid())
	b.feed(l.gtid(2), l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, 2), l.xid())
	b.h.resume("A")
	l = newLog()
	b.feed(l.fakeRotate(), l.gtid(3), l.query("BEGIN"), l.tableMap(71, "t"), l.insert(71, 3), l.xid())
	b.drain()
	b.want("c t {id=1 v=1}\nc t {id=2 v=2}\nc t {id=3 v=3}")
	if got := b.position().gtids.String(); got != gtidPrefix+"1-3" {
		t.Errorf("position %s", got)
	}
}
