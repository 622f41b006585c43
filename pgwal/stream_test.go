package pgwal

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
	"go.uber.org/zap"

	"cdc/event"
)

// scripted is a stream whose server is the test.
type scripted struct {
	*collector
	t      *testing.T
	source *Source
	st     *stream
	conn   net.Conn // the server's end
	end    context.CancelFunc
	result chan error

	mu       sync.Mutex
	statuses []status
}

type status struct {
	written, flush, apply uint64
	answer                bool
	at                    time.Time
}

// startScript begins a stream at a position. Call it in a synctest bubble.
func startScript(t *testing.T, from position) *scripted {
	t.Helper()
	return startCapture(t, from, event.Capture{})
}

// startRules is startScript with rules.
func startRules(t *testing.T, from position, sel event.Selector) *scripted {
	t.Helper()
	return startWith(t, from, event.Capture{}, sel)
}

// startCapture is startScript with something beside rows.
func startCapture(t *testing.T, from position, capture event.Capture) *scripted {
	t.Helper()
	return startWith(t, from, capture, selectAll{})
}

func startWith(t *testing.T, from position, capture event.Capture, sel event.Selector) *scripted {
	t.Helper()
	c := goodConfig()
	c.Capture = capture
	s, err := New("test", c, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	text, err := from.text(identity{Messages: true})
	if err != nil {
		t.Fatal(err)
	}
	sc := &scripted{collector: newCollector(s), t: t, source: s, result: make(chan error, 1)}
	if sc.st, err = s.newStream(t.Context(), text, sel, sc.collector); err != nil {
		t.Fatal(err)
	}
	sc.st.dec = newDecoder(c.Database, &chosen{s.tables, sel}, noFacts)
	sc.st.dec.capture = capture
	sc.connect()
	return sc
}

// connect gives the stream a connection.
func (sc *scripted) connect() {
	client, server := net.Pipe()
	sc.conn = server
	w := newWire(client)
	sc.st.begin(w, client, pace{look: time.Second, status: sc.source.cfg.StatusInterval})
	ctx, cancel := context.WithCancel(sc.t.Context())
	sc.end = cancel
	go sc.listen(sc.conn)
	go func() {
		defer interruptReads(ctx, client)()
		sc.result <- sc.st.run(ctx)
		client.Close()
	}()
	sc.t.Cleanup(func() {
		cancel()
		server.Close()
	})
}

// listen reads what the client says.
func (sc *scripted) listen(conn net.Conn) {
	buf := make([]byte, statusSize)
	for {
		if _, err := io.ReadFull(conn, buf); err != nil {
			return
		}
		u := func(at int) uint64 { return binary.BigEndian.Uint64(buf[at:]) }
		sc.mu.Lock()
		sc.statuses = append(sc.statuses, status{u(6), u(14), u(22), buf[38] != 0, time.Now()})
		sc.mu.Unlock()
	}
}

func (sc *scripted) said() []status {
	synctest.Wait()
	sc.mu.Lock()
	defer sc.mu.Unlock()
	return sc.statuses
}

func (sc *scripted) send(frames ...[]byte) {
	sc.t.Helper()
	for _, p := range frames {
		if _, err := sc.conn.Write(p); err != nil {
			sc.t.Fatal(err)
		}
	}
	synctest.Wait()
}

func (sc *scripted) failed() error {
	sc.t.Helper()
	select {
	case err := <-sc.result:
		return err
	case <-time.After(time.Hour): // in the bubble
		sc.t.Fatal("the stream goes on")
		return nil
	}
}

// pass lets time pass, in the bubble.
func pass(d time.Duration) { <-time.After(d) }

// put sends what ends the stream, so that nobody may read all of it.
func (sc *scripted) put(p []byte) {
	_, _ = sc.conn.Write(p)
}

func wal(at uint64, m msg) []byte {
	return frame('d', append(msg{'w'}.u64(at).u64(at).u64(0), m...))
}

func alive(end uint64, answer byte) []byte {
	return frame('d', msg{'k'}.u64(end).u64(0).u8(answer))
}

func beginAt(final uint64, xid uint32) msg { return msg{'B'}.u64(final).u64(1_000_000).u32(xid) }
func commitAt(at, end uint64) msg          { return msg{'C'}.u8(0).u64(at).u64(end).u64(1_000_000) }
func idRelation() msg {
	return relationOf('d', testColumn{name: "id", oid: 23, mod: -1, key: true})
}
func insertID(id string) msg { return rowMsg('I').tuple('N', id) }

func TestStreamEmitsAtCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := startScript(t, position{Start: 0x1000})
		sc.send(wal(0x1100, beginAt(0x2000, 7)), wal(0, idRelation()), wal(0x1100, insertID("1")))
		if got := sc.all(); len(got) != 0 {
			t.Errorf("rows left before their commit: %q", got)
		}
		sc.send(wal(0x2030, commitAt(0x2000, 0x2030)))
		sc.want(t, "c public.orders 1")
		if p, _, err := parsePosition(sc.stored()); err != nil || p.Start != 0x2030 || p.PrevCommit != 0x2030 || p.XID != 7 {
			t.Errorf("stored %s, %v", sc.stored(), err)
		}
		pass(2 * time.Second)
		last := sc.said()[len(sc.said())-1]
		if last.flush != 0x2030 || last.apply != 0x2030 || last.written < 0x2030 {
			t.Errorf("the server was told %+v", last)
		}
	})
}

func TestStreamConfirmsOnlyWhatIsStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := startScript(t, position{Start: 0x1000})
		sc.set(func() { sc.keep = true })
		sc.send(wal(0x1100, beginAt(0x2000, 7)), wal(0, idRelation()), wal(0x1100, insertID("1")), wal(0x2030, commitAt(0x2000, 0x2030)),
			alive(0x9000, 1))
		pass(time.Minute)
		for _, s := range sc.said() {
			if s.flush != 0x1000 || s.apply != 0x1000 {
				t.Errorf("told %+v though nothing was stored", s)
			}
		}
		if len(sc.said()) < 5 {
			t.Errorf("only %d status updates in a minute", len(sc.said()))
		}
	})
}

// TestStreamIdle: a keepalive's position may be stored outside of a
// transaction only.
func TestStreamIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := startScript(t, position{Start: 0x1000, PrevCommit: 0x1000})
		sc.send(alive(0x3000, 0))
		pass(15 * time.Second)
		if p, _, err := parsePosition(sc.stored()); err != nil || p.Start != 0x3000 || p.PrevCommit != 0x1000 {
			t.Errorf("stored %s, %v", sc.stored(), err)
		}
		sc.send(wal(0x3100, beginAt(0x5000, 7)), alive(0x4000, 1))
		pass(30 * time.Second)
		if p, _, err := parsePosition(sc.stored()); err != nil || p.Start != 0x3000 {
			t.Errorf("stored %s inside a transaction, %v", sc.stored(), err)
		}
		for _, s := range sc.said() {
			if s.flush > 0x3000 {
				t.Errorf("told %+v inside a transaction", s)
			}
		}
	})
}

func TestStreamAnswersAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := startScript(t, position{Start: 0x1000})
		sc.send(alive(0x1000, 0))
		before := len(sc.said())
		sc.send(alive(0x1000, 1))
		if got := len(sc.said()); got != before+1 {
			t.Errorf("%d answers at once, want 1", got-before)
		}
	})
}

// TestStreamHoldsStill: without room nothing is read, but the server hears
// from us.
func TestStreamHoldsStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := startScript(t, position{Start: 0x1000})
		sc.set(func() { sc.shut = true })
		sc.send(wal(0x1100, beginAt(0x2000, 7)), wal(0, idRelation()), wal(0x1100, insertID("1")), wal(0x2030, commitAt(0x2000, 0x2030)))
		wrote := make(chan struct{})
		go func() {
			sc.put(alive(0x3000, 1))
			close(wrote)
		}()
		before := len(sc.said())
		pass(time.Minute)
		select {
		case <-wrote:
			t.Error("the client went on reading")
		default:
		}
		if got := len(sc.said()) - before; got < 5 {
			t.Errorf("%d status updates in a minute, want one every 10 s", got)
		}
		sc.set(func() { sc.shut = false })
		<-wrote
		sc.want(t, "c public.orders 1")
	})
}

func TestStreamGivesUpASilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := startScript(t, position{Start: 0x1000})
		start := time.Now()
		err := sc.failed()
		if took := time.Since(start); permanent(err) || took < time.Minute || took > 63*time.Second {
			t.Errorf("gave up after %s with %v", took, err)
		}
		asked := 0
		for _, s := range sc.said() {
			if s.answer {
				asked++
			}
		}
		if asked != 1 {
			t.Errorf("asked the server %d times for an answer, want once", asked)
		}
	})
}

func TestStreamCutsLargeTransactions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := startScript(t, position{Start: 0x1000})
		text := strings.Repeat("x", event.MaxBatchBytes*2/5)
		relation := relationOf('d', testColumn{name: "id", oid: 23, mod: -1, key: true}, testColumn{name: "v", oid: 25, mod: -1})
		sc.send(wal(0x1100, beginAt(0x2000, 7)), wal(0, relation))
		for _, id := range []string{"1", "2", "3", "4"} {
			sc.send(wal(0x1100, rowMsg('I').tuple('N', id, text)))
		}
		if sc.batches != 1 || len(sc.all()) != 3 {
			t.Fatalf("%d batches with %d rows left, want 1 with 3", sc.batches, len(sc.all()))
		}
		p, _, err := parsePosition(sc.stored())
		if err != nil || p.Start != 0x1000 || p.Commit != 0x2000 || p.Skip != 3 {
			t.Fatalf("stored %s, %v", sc.stored(), err)
		}

		next := startScript(t, p)
		next.send(wal(0x1080, beginAt(0x1500, 6)), wal(0, relation), wal(0x1080, rowMsg('I').tuple('N', "0", "before")), wal(0x1530, commitAt(0x1500, 0x1530)))
		next.send(wal(0x1100, beginAt(0x2000, 7)), wal(0, relation))
		for _, id := range []string{"1", "2", "3", "4"} {
			next.send(wal(0x1100, rowMsg('I').tuple('N', id, "v"+id)))
		}
		next.send(wal(0x2030, commitAt(0x2000, 0x2030)))
		next.want(t, "c public.orders 0 before", "c public.orders 4 v4")
	})
}

func TestStreamMissesTheCutTransaction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := startScript(t, position{Start: 0x1000, Commit: 0x2000, Skip: 3})
		sc.put(wal(0x2100, beginAt(0x3000, 8)))
		if err := sc.failed(); !errors.Is(err, event.ErrPositionLost) || !strings.Contains(err.Error(), "0/2000") {
			t.Errorf("got %v, want position lost", err)
		}
	})
}

func TestStreamErrors(t *testing.T) {
	refused, err := (&pgproto3.ErrorResponse{Severity: "ERROR", Code: "XX000", Message: "out of order"}).Encode(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		send      []byte
		want      string
		permanent bool
	}{
		"error of the server":   {refused, "out of order", false},
		"end of the stream":     {frame('c', nil), "ended the stream", false},
		"unknown wire message":  {frame('?', nil), "'?'", false},
		"empty replication":     {frame('d', nil), "empty", false},
		"unknown replication":   {frame('d', []byte{'z', 1}), "'z'", false},
		"short keepalive":       {frame('d', []byte{'k', 1}), "'k'", false},
		"unknown plugin output": {wal(0x1100, msg{'?'}), "0/1100", true},
		"row without relation":  {wal(0x1100, insertID("1")), "0/1100", true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sc := startScript(t, position{Start: 0x1000})
				sc.put(test.send)
				if err := sc.failed(); !strings.Contains(err.Error(), test.want) || permanent(err) != test.permanent {
					t.Errorf("got %v, want %q, permanent %v", err, test.want, test.permanent)
				}
			})
		})
	}
}

func TestStreamEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := startScript(t, position{Start: 0x1000})
		synctest.Wait()
		start := time.Now()
		sc.end()
		if err := sc.failed(); !errors.Is(err, context.Canceled) || time.Since(start) != 0 {
			t.Errorf("ended after %s with %v", time.Since(start), err)
		}
	})
}

func TestStatusNeverConfirmsZero(t *testing.T) {
	if err := sendStatus(nil, 5, 0, false); !errors.Is(err, errNoFlush) {
		t.Errorf("got %v, want it refused", err)
	}
	p := appendStatus(nil, 5, 9, time.UnixMicro(pgEpoch+1), true)
	if len(p) != statusSize || binary.BigEndian.Uint64(p[6:]) != 9 || binary.BigEndian.Uint64(p[30:]) != 1 || p[38] != 1 {
		t.Errorf("status %x", p)
	}
}

// TestPartingSaysGoodbye: the last position goes out, then the end, and what
// the server still sends is read.
func TestPartingSaysGoodbye(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		var p parting
		p.keep(client)
		heard := make(chan []byte, 1)
		go func() {
			buf := make([]byte, statusSize+5)
			defer server.Close()
			if _, err := io.ReadFull(server, buf); err != nil {
				t.Error(err)
			}
			if _, err := server.Write(make([]byte, 100_000)); err != nil { // what was under way
				t.Error(err)
			}
			heard <- buf
		}()
		if err := p.end(t.Context(), 0x77); err != nil {
			t.Fatal(err)
		}
		buf := <-heard
		if binary.BigEndian.Uint64(buf[14:]) != 0x77 || buf[statusSize] != 'X' {
			t.Errorf("the server heard %x", buf)
		}
		if err := p.end(t.Context(), 0x78); err != nil {
			t.Errorf("a second end: %v", err)
		}
	})
}
