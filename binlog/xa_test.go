package binlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"cdc/event"
)

func (l *log) xaPrepare(onePhase bool, xid string) []byte {
	body := []byte{bit(onePhase)}
	body = binary.LittleEndian.AppendUint32(body, 1)
	body = binary.LittleEndian.AppendUint32(body, uint32(len(xid)))
	body = binary.LittleEndian.AppendUint32(body, 0)
	return l.event(evXAPrepare, append(body, xid...))
}

// prepared are the events of an XA transaction that inserts a row.
func (l *log) prepared(seq uint64, xid string, values ...uint32) [][]byte {
	start := fmt.Sprintf("XA START X'%x',X'',1", xid)
	return [][]byte{l.gtid(seq), l.query(start), l.tableMap(70, "t"), l.insert(70, values...), l.query("XA END"), l.xaPrepare(false, xid)}
}

func (l *log) decided(seq uint64, verb, xid string) [][]byte {
	return [][]byte{l.gtid(seq), l.query(fmt.Sprintf("XA %s X'%x',X'',1", verb, xid))}
}

func (l *log) inserted(seq uint64, value uint32) [][]byte {
	return [][]byte{l.gtid(seq), l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, value), l.xid()}
}

// TestXA: rows leave where their transaction commits, with the place and the
// GTID that they have in the log, or not at all.
func TestXA(t *testing.T) {
	b, l := newBench(t), newLog()
	b.feed(l.prepared(1, "a", 1)...)
	b.feed(l.prepared(2, "b", 2)...)
	b.feed(l.inserted(3, 3)...)
	b.want("c t {id=3 v=3}")
	if got := b.position().gtids.String(); got != gtidPrefix+"3" {
		t.Errorf("position %s", got)
	}
	b.feed(l.decided(4, "ROLLBACK", "b")...)
	b.feed(l.decided(5, "COMMIT", "a")...)
	b.feed(l.decided(6, "COMMIT", "of another table")...)
	b.feed(l.inserted(7, 7)...)
	b.want("c t {id=3 v=3}\nc t {id=1 v=1}\nc t {id=7 v=7}")
	if got := b.position().gtids.String(); got != gtidPrefix+"1-7" {
		t.Errorf("position %s", got)
	}
	if r := b.out.rows[1]; r.GTID != gtidPrefix+"1" || r.Off > b.out.rows[0].Off || r.Thread != 0 {
		t.Errorf("got %+v", r)
	}
	if b.h.undecided.bytes != 0 || len(b.h.undecided.order) != 0 {
		t.Errorf("kept %+v", b.h.undecided)
	}
}

// TestXARestart: what isn't decided is sent again and lost nowhere.
func TestXARestart(t *testing.T) {
	b, l := newBench(t), newLog()
	first := l.prepared(1, "a", 1)
	b.feed(first...)
	b.feed(l.inserted(2, 2)...)
	at := b.position()

	n := newBench(t)
	n.h.progress, n.h.done = newProgress(at.gtids), spot{at.server, at.file, at.pos}
	n.h.resume("A")
	n.feed(first...) // the server sends what isn't in the set
	n.feed(l.decided(3, "COMMIT", "a")...)
	n.want("c t {id=1 v=1}")
	if got := n.position().gtids.String(); got != gtidPrefix+"1-3" {
		t.Errorf("position %s", got)
	}

	// The connection alone: it isn't sent again.
	set := b.h.progress.current()
	b.h.undecided.kept(set)
	if got := set.String(); got != gtidPrefix+"1-2" {
		t.Errorf("goes on after %s", got)
	}
	b.h.resume("A")
	b.feed(l.decided(3, "COMMIT", "a")...)
	b.want("c t {id=2 v=2}\nc t {id=1 v=1}")
}

// TestXAAcrossBatches: a large one is cut where it commits, and read on there.
func TestXAAcrossBatches(t *testing.T) {
	b, l := newBench(t), newLog()
	first := l.prepared(1, "a", many(3000)...)
	first = append(first[:4:4], append([][]byte{l.insert(70, 1)}, first[4:]...)...)
	b.feed(first...)
	if len(b.out.rows) != 0 {
		t.Fatalf("%d rows came", len(b.out.rows))
	}
	last := l.decided(2, "COMMIT", "a")
	b.feed(last...)
	if len(b.out.sizes) != 2 || len(b.out.rows) != 3001 {
		t.Fatalf("batches of %d", b.out.sizes)
	}
	text, err := b.h.progress.position(b.out.points[0].Point)
	if err != nil {
		t.Fatal(err)
	}
	at, err := parsePosition(MySQL, text)
	if err != nil {
		t.Fatal(err)
	}
	n := newBench(t)
	n.h.progress, n.h.resumeSkip, n.h.resumeInside = newProgress(at.gtids), at.skip, at.inside
	n.feed(first...)
	n.feed(last...)
	n.want("c t {id=1 v=1}")
}

// TestXAWithoutHoles: where a position can't leave a transaction out it waits.
func TestXAWithoutHoles(t *testing.T) {
	b, l := newBench(t), newLog()
	b.h.progress = newProgress(nil)
	b.feed(l.inserted(1, 1)...)
	before := b.position()
	b.feed(l.prepared(2, "a", 2)...)
	b.feed(l.inserted(3, 3)...)
	if at := b.position(); at.pos != before.pos || at.skip != 0 {
		t.Errorf("position %+v, want %+v", at, before)
	}
	b.feed(l.decided(4, "COMMIT", "a")...)
	if at := b.position(); at.pos != l.at {
		t.Errorf("position %+v, the end is %d", at, l.at)
	}
	b.want("c t {id=1 v=1}\nc t {id=3 v=3}\nc t {id=2 v=2}")
}

// TestXATooLarge: what waits is bounded.
func TestXATooLarge(t *testing.T) {
	b, l := newBench(t), newLog()
	b.feed(l.prepared(1, "a", 1)...)
	b.h.undecided.bytes = maxHeldBytes
	var err error
	for _, raw := range l.prepared(2, "b", 2) {
		if err = b.h.event(raw); err != nil {
			break
		}
	}
	if !errors.Is(err, event.ErrUnsupported) {
		t.Errorf("got %v", err)
	}
}
