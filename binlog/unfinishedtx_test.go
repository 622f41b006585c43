package binlog

import "testing"

// TestUnfinishedTransaction: a server that dies while it writes a
// transaction may leave the beginning of it in the log. The next file says that
// nothing more comes; the server has rolled it back, as a replica would.
func TestUnfinishedTransaction(t *testing.T) {
	b, l := newBench(t), newLog()
	b.out.hungry = false
	b.feed(l.gtid(1), l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, 1), l.xid())
	b.feed(l.gtid(2), l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, 2))
	next := &log{file: "bin.000002", at: 4, server: 9}
	b.feed(next.fakeRotate(), next.format(false))
	b.feed(next.gtid(2), next.query("BEGIN"), next.tableMap(70, "t"), next.insert(70, 3), next.xid())
	b.drain()
	b.want("c t {id=1 v=1}\nc t {id=3 v=3}")

	// What was to be passed over of it doesn't hold for the next one.
	b, l = newBench(t), newLog()
	b.h.resumeSkip = 1
	b.feed(l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, 1), l.insert(70, 2))
	b.feed(next.fakeRotate(), next.format(false), next.query("BEGIN"), next.tableMap(70, "t"), next.insert(70, 3), next.xid())
	b.drain()
	b.want("c t {id=3 v=3}")
}
