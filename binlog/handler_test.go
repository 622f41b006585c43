package binlog

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"cdc/binlog/gtid"
	"cdc/event"
)

func TestHandlerTransaction(t *testing.T) {
	for _, sums := range []bool{false, true} {
		b, l := newBench(t), newLog()
		l.sums = sums
		b.feed(l.format(sums), l.gtid(5), l.query("BEGIN"), l.tableMap(70, "t"))
		start := l.at
		b.feed(l.insert(70, 1, 2), l.xid())
		b.want("c t {id=1 v=1}\nc t {id=2 v=2}")
		rows, _ := b.out.take()
		expected := row{
			Op: "c", Table: "shop.t", After: "id=2 v=2", GTID: gtidPrefix + "5", File: "bin.000001", Off: start, Index: 1,
			Thread: 77, Server: 9, Micros: 5_000_000,
		}
		if rows[1] != expected {
			t.Errorf("got  %+v\nwant %+v", rows[1], expected)
		}
		p := b.position()
		if p.gtids.String() != gtidPrefix+"5" || p.file != "bin.000001" || p.pos != l.at || p.skip != 0 || p.server != "A" || p.serverID != 9 || p.seconds != 1700000000 {
			t.Errorf("position %+v", p)
		}
	}
}

// TestHandlerWaits: nothing leaves before its transaction is complete, and
// batches fill while nobody is hungry.
func TestHandlerWaits(t *testing.T) {
	b, l := newBench(t), newLog()
	b.out.hungry = false
	b.feed(l.gtid(1), l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, 1))
	b.drain()
	b.want("")
	b.feed(l.xid(), l.gtid(2), l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, 2), l.xid())
	b.want("")
	b.drain()
	b.want("c t {id=1 v=1}\nc t {id=2 v=2}")
	if got := b.position().gtids.String(); got != gtidPrefix+"1-2" {
		t.Errorf("position %s", got)
	}
}

func TestHandlerCut(t *testing.T) {
	b, l := newBench(t), newLog()
	const n = event.MaxBatchBytes / 80 * 3 / 4 // two events fill a batch
	first := [][]byte{l.gtid(1), l.query("BEGIN"), l.tableMap(70, "t")}
	b.feed(first...)
	for range 3 {
		b.feed(l.insert(70, many(n)...))
	}
	rows, last := b.out.take()
	if len(rows) != 2*n || last.Point.Skip != 2 {
		t.Fatalf("%d rows out, point %+v", len(rows), last.Point)
	}
	p := b.position()
	if p.skip != 2 || p.inside != gtidPrefix+"1" || p.gtids.String() != "" || p.pos != 4 {
		t.Errorf("position %+v", p)
	}

	// The connection breaks; on the same server the two events are passed over,
	// on another everything comes again.
	for server, want := range map[string]int{"A": 3 * n, "B": 5 * n} {
		c, l := newBench(t), newLog()
		c.feed(l.gtid(1), l.query("BEGIN"), l.tableMap(70, "t"))
		for range 3 {
			c.feed(l.insert(70, many(n)...))
		}
		c.h.resume(server)
		l = newLog()
		c.feed(l.fakeRotate(), l.gtid(1), l.query("BEGIN"), l.tableMap(70, "t"))
		for range 3 {
			c.feed(l.insert(70, many(n)...))
		}
		c.feed(l.xid())
		rows, last := c.out.take()
		if len(rows) != want || last.Point.Skip != 0 {
			t.Errorf("server %s: %d rows, want %d; point %+v", server, len(rows), want, last.Point)
		}
		if got := c.position().gtids.String(); got != gtidPrefix+"1" {
			t.Errorf("server %s: position %s", server, got)
		}
	}
}

// TestHandlerResumeFromStore starts inside of a transaction.
func TestHandlerResumeFromStore(t *testing.T) {
	b, l := newBench(t), newLog()
	b.h.resumeSkip, b.h.resumeInside = 1, gtidPrefix+"7"
	b.feed(l.gtid(7), l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, 1), l.insert(70, 2), l.xid())
	b.feed(l.gtid(8), l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, 3), l.xid())
	b.want("c t {id=2 v=2}\nc t {id=3 v=3}")

	// A place is never handed over that forgets what is to be passed over.
	b, l = newBench(t), newLog()
	b.h.resumeSkip, b.h.resumeInside = 1, gtidPrefix+"7"
	b.feed(l.gtid(7), l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, 1))
	b.h.resume("A")
	l = newLog()
	b.feed(l.fakeRotate(), l.gtid(7), l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, 1), l.insert(70, 2), l.xid())
	b.want("c t {id=2 v=2}")
}

// TestHandlerReconnect: rows of a transaction that wasn't complete when the
// connection broke come once.
func TestHandlerReconnect(t *testing.T) {
	b, l := newBench(t), newLog()
	b.out.hungry = false
	b.feed(l.gtid(1), l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, 1), l.xid())
	b.feed(l.gtid(2), l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, 2))
	b.h.resume("A")
	l = newLog()
	b.feed(l.fakeRotate(), l.gtid(2), l.query("BEGIN"), l.tableMap(71, "t"), l.insert(71, 2), l.insert(71, 3), l.xid())
	b.drain()
	b.want("c t {id=1 v=1}\nc t {id=2 v=2}\nc t {id=3 v=3}")
	if b.looks != 1 {
		t.Errorf("the catalogue was asked %d times", b.looks)
	}
}

func TestHandlerRotate(t *testing.T) {
	b, l := newBench(t), newLog()
	b.feed(l.gtid(1), l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, 1), l.xid())
	b.feed(l.event(evRotate, append(binary.LittleEndian.AppendUint64(nil, 4), "bin.000002"...)))
	next := &log{file: "bin.000002", at: 4, server: 9}
	b.feed(next.fakeRotate(), next.format(false))
	b.clock = b.clock.Add(time.Minute)
	b.drain() // a place without rows, since the old file may go
	if p := b.position(); p.file != "bin.000002" || p.pos != 4 || p.gtids.String() != gtidPrefix+"1" {
		t.Errorf("position %+v", p)
	}
	b.feed(next.gtid(2), next.query("BEGIN"), next.tableMap(70, "t"), next.insert(70, 2), next.xid())
	b.want("c t {id=1 v=1}\nc t {id=2 v=2}")
	rows, _ := b.out.take()
	if rows[1].File != "bin.000002" {
		t.Errorf("file %s", rows[1].File)
	}
}

// TestHandlerForeignRows: transactions of other tables move the place, but not
// at every commit, and their rows aren't decoded.
func TestHandlerForeignRows(t *testing.T) {
	b, l := newBench(t, "shop.t"), newLog()
	for i := range 50 {
		b.feed(l.gtid(uint64(i+1)), l.query("BEGIN"), l.tableMap(70, "other"), l.event(30, append(rowsBody(70)[:8], 1, 2, 3)), l.xid())
		b.drain()
	}
	b.clock = b.clock.Add(2 * rowlessEvery)
	b.drain()
	if n := len(b.out.points); n > 2 {
		t.Errorf("%d places were handed over", n)
	}
	if got := b.position().gtids.String(); got != gtidPrefix+"1-50" {
		t.Errorf("position %s", got)
	}
	if b.looks != 0 || len(b.journal.entries) != 0 {
		t.Errorf("the catalogue was asked %d times", b.looks)
	}
}

func TestHandlerStatements(t *testing.T) {
	b, l := newBench(t), newLog()
	b.feed(l.gtid(1), l.query("create table t (id int primary key, v int)"))
	if b.looks != 1 || len(b.journal.entries) != 1 {
		t.Errorf("%d looks, %d entries", b.looks, len(b.journal.entries))
	}
	b.feed(l.gtid(2), l.query("truncate table t"))
	b.want("t t")
	b.feed(l.gtid(3), l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, 1), l.query("ROLLBACK"))
	b.want("t t\nc t {id=1 v=1}")
	b.feed(l.gtid(4), l.query("drop view v"), l.gtid(5), l.query("gr\xffant nonsense 'x"))
	b.feed(l.gtid(6), l.flagged(evQuery, flagThreadSpecific, queryBody("create temporary table t (x int)")))
	b.feed(l.gtid(7), l.query("XA START 'x'"), l.tableMap(70, "t"), l.insert(70, 2), l.query("XA END 'x'"), l.xaPrepare(true, "x"))
	b.want("t t\nc t {id=1 v=1}\nc t {id=2 v=2}")
	if got := b.position().gtids.String(); got != gtidPrefix+"1-7" {
		t.Errorf("position %s", got)
	}
}

func TestHandlerStops(t *testing.T) {
	short := func(l *log) [][]byte { return [][]byte{l.event(evTableMap, []byte{1, 2})} }
	tests := map[string]struct {
		events func(l *log) [][]byte
		kind   error
		text   string
	}{
		"unknown event":  {func(l *log) [][]byte { return [][]byte{l.event(200, nil)} }, event.ErrUnsupported, "type 200"},
		"incident":       {func(l *log) [][]byte { return [][]byte{l.event(evIncident, []byte{1, 0, 0})} }, event.ErrPositionLost, "INCIDENT"},
		"dml as text":    {func(l *log) [][]byte { return [][]byte{l.query("BEGIN"), l.query("update t set v=1")} }, event.ErrUnsupported, "binlog_format=ROW"},
		"unclear ddl":    {func(l *log) [][]byte { return [][]byte{l.query("drop table t,")} }, event.ErrUnsupported, "DROP statement in database"},
		"short xa":       {func(l *log) [][]byte { return [][]byte{l.event(evXAPrepare, []byte{0, 1})} }, event.ErrUnsupported, "XA_PREPARE"},
		"no map":         {func(l *log) [][]byte { return [][]byte{l.insert(7, 1)} }, event.ErrUnsupported, "table id 7"},
		"short map":      {short, event.ErrUnsupported, "TABLE_MAP"},
		"short query":    {func(l *log) [][]byte { return [][]byte{l.event(evQuery, []byte{1})} }, event.ErrUnsupported, "QUERY"},
		"short gtid":     {func(l *log) [][]byte { return [][]byte{l.event(evGTID, []byte{1})} }, event.ErrUnsupported, "GTID"},
		"damaged":        {func(l *log) [][]byte { l.sums = true; e := l.xid(); e[20] ^= 1; return [][]byte{l.format(true), e} }, event.ErrUnsupported, "checksum"},
		"nothing":        {func(*log) [][]byte { return [][]byte{{1, 2, 3}} }, event.ErrUnsupported, "shorter"},
		"broken payload": {func(l *log) [][]byte { return [][]byte{l.event(evPayload, []byte{1, 1, 9})} }, event.ErrUnsupported, "PAYLOAD"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b, l := newBench(t), newLog()
			b.feed(l.gtid(1))
			var err error
			for _, raw := range tt.events(l) {
				if err = b.h.event(raw); err != nil {
					break
				}
			}
			if !errors.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.text) || !strings.Contains(err.Error(), "bin.000001:") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestHandlerIgnorable(t *testing.T) {
	b, l := newBench(t), newLog()
	b.feed(l.flagged(200, flagIgnorable, []byte("anything")), l.event(evRowsQuery, []byte("x")), l.gtid(1), l.query("BEGIN"), l.tableMap(70, "t"),
		l.event(30, append(binary.LittleEndian.AppendUint64(nil, dummyTable)[:6], 1, 0, 2, 0, 0, 0)), l.insert(70, 1), l.xid())
	b.want("c t {id=1 v=1}")
}

// payloadBody packs events into a compressed transaction.
func payloadBody(t *testing.T, compressed bool, events ...[]byte) []byte {
	t.Helper()
	data := slices.Concat(events...)
	algorithm := []byte{2, 1, 0} // zstd
	if compressed {
		w, err := zstd.NewWriter(nil)
		if err != nil {
			t.Fatal(err)
		}
		data = w.EncodeAll(data, nil)
	} else {
		algorithm = []byte{2, 3, 0xfc, 255, 0}
	}
	size := append([]byte{1, 3, 0xfc}, byte(len(data)), byte(len(data)>>8))
	return append(append(append(size, algorithm...), 0), data...)
}

func TestHandlerPayload(t *testing.T) {
	for _, compressed := range []bool{true, false} {
		b, l := newBench(t), newLog()
		inner := newLog()
		b.feed(l.gtid(4))
		start := l.at
		b.feed(l.event(evPayload, payloadBody(t, compressed, inner.query("BEGIN"), inner.tableMap(70, "t"), inner.insert(70, 1), inner.insert(70, 2), inner.xid())))
		b.want("c t {id=1 v=1}\nc t {id=2 v=2}")
		rows, _ := b.out.take()
		if rows[1].Off != start || rows[1].GTID != gtidPrefix+"4" {
			t.Errorf("row %+v, want offset %d", rows[1], start)
		}
		if p := b.position(); p.pos != l.at || p.gtids.String() != gtidPrefix+"4" {
			t.Errorf("position %+v", p)
		}
	}
}

func TestHandlerMariaDB(t *testing.T) {
	b := newBench(t)
	b.h.fl, b.h.progress = MariaDB, newProgress(gtid.NewSet(MariaDB))
	l := newLog()
	gtidEvent := func(seq uint64, flags byte) []byte {
		body := binary.LittleEndian.AppendUint64(nil, seq)
		return l.event(evMariaGTID, append(binary.LittleEndian.AppendUint32(body, 3), flags, 0, 0, 0, 0, 0, 0))
	}
	// Events in the transaction's cache have no position (11.4 and later).
	hidden := func(raw []byte) []byte {
		binary.LittleEndian.PutUint32(raw[13:], 0)
		return raw
	}
	b.feed(gtidEvent(5, 0), hidden(l.event(evMariaAnnotate, []byte("insert"))), hidden(l.tableMap(70, "t")))
	start := l.at
	b.feed(hidden(l.event(23, slices.Delete(rowsBody(70, 1), 8, 10))), l.xid())
	b.want("c t {id=1 v=1}")
	rows, _ := b.out.take()
	if rows[0].Off != start || rows[0].GTID != "3-9-5" || rows[0].Thread != 0 || rows[0].Micros != 1700000000_000000 {
		t.Errorf("row %+v, want offset %d", rows[0], start)
	}
	b.feed(gtidEvent(6, 1), l.query("truncate table t"))
	b.want("c t {id=1 v=1}\nt t")
	_, last := b.out.take()
	text, err := b.h.progress.position(last.Point)
	if err != nil || !strings.Contains(string(text), `"gtids":"3-9-6"`) || b.h.done.pos != l.at {
		t.Errorf("position %s, %v", text, err)
	}
}

// TestHandlerLongFile: positions beyond 4 GiB, which the header can't hold.
func TestHandlerLongFile(t *testing.T) {
	b, l := newBench(t), newLog()
	l.at = 1<<32 - 60
	b.feed(l.fakeRotate(), l.gtid(1), l.query("BEGIN"), l.tableMap(70, "t"))
	start := l.at
	b.feed(l.insert(70, 1), l.xid())
	rows, _ := b.out.take()
	if rows[0].Off != start || start < 1<<32 {
		t.Errorf("offset %d, want %d", rows[0].Off, start)
	}
	if p := b.position(); p.pos != l.at {
		t.Errorf("position %d, want %d", p.pos, l.at)
	}
}

// TestHandlerUntil: a start beyond 32 bits reads the file from its beginning.
func TestHandlerUntil(t *testing.T) {
	b, l := newBench(t), newLog()
	first := [][]byte{l.gtid(1), l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, 1), l.xid()}
	b.h.until = l.at
	b.feed(first...)
	b.feed(l.gtid(2), l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, 2), l.xid())
	b.want("c t {id=2 v=2}")
}

func TestHandlerNoRoom(t *testing.T) {
	b, l := newBench(t), newLog()
	ctx, cancel := context.WithCancelCause(t.Context())
	b.h.ctx = ctx
	b.out.accept(false)
	b.feed(l.gtid(1), l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, 1))
	done := make(chan error)
	go func() { done <- b.h.event(l.xid()) }()
	stop := errors.New("stop")
	cancel(stop)
	if err := <-done; !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
}

func FuzzHandler(f *testing.F) {
	l := newLog()
	for _, events := range [][][]byte{
		{l.format(true)},
		{l.gtid(1), l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, 1, 2), l.xid()},
		{l.query("truncate table t")},
		{l.event(evRotate, append(make([]byte, 8), "bin.000002"...))},
	} {
		var b []byte
		for _, e := range events {
			b = append(binary.LittleEndian.AppendUint32(b, uint32(len(e))), e...)
		}
		f.Add(b, false)
		f.Add(b, true)
	}
	f.Fuzz(func(t *testing.T, in []byte, maria bool) {
		b := newBench(t)
		if maria {
			b.h.fl, b.h.progress = MariaDB, newProgress(gtid.NewSet(MariaDB))
		}
		for len(in) >= 4 {
			n := min(int(binary.LittleEndian.Uint32(in)), len(in)-4)
			if n < 0 || b.h.event(in[4:4+n]) != nil {
				return
			}
			in = in[4+n:]
		}
		if err := b.h.drained(); err != nil {
			t.Error(err)
		}
	})
}
