package binlog

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"cdc/binlog/gtid"
)

// modelLog is a log made at random: small and large transactions, of our
// table, of another one, and of both.
type modelLog struct {
	fl     Flavor
	gtids  bool
	events []modelEvent
	rows   int // of our table; they are numbered from 1 on
}

type modelEvent struct {
	raw  []byte
	name gtid.ID // of its transaction
	end  uint64  // of its transaction, in the file
}

func newModelLog(r *rand.Rand, fl Flavor, gtids bool, n int) *modelLog {
	m, l := &modelLog{fl: fl, gtids: gtids}, newLog()
	for i := range n {
		first := len(m.events)
		name := gtid.ID{Source: gtid.Source{SID: [16]byte([]byte("0123456789abcdef"))}, Seq: uint64(i + 1)}
		var raws [][]byte
		switch {
		case fl == MariaDB:
			name.Source, name.Server = gtid.Source{Domain: 3}, l.server
			body := binary.LittleEndian.AppendUint64(nil, name.Seq)
			raws = append(raws, l.event(evMariaGTID, append(binary.LittleEndian.AppendUint32(body, 3), 0, 0, 0, 0, 0, 0, 0)))
		case gtids:
			raws = append(raws, l.gtid(name.Seq))
		default:
			name = gtid.ID{}
		}
		if fl == MySQL {
			raws = append(raws, l.query("BEGIN"))
		}
		raws = append(raws, l.tableMap(70, "t"), l.tableMap(71, "other"))
		for range 1 + r.IntN(5) {
			raws = append(raws, m.rowsEvent(l, r, i%9 == 4))
		}
		for _, raw := range append(raws, l.xid()) {
			m.events = append(m.events, modelEvent{raw: raw, name: name})
		}
		for j := first; j < len(m.events); j++ {
			m.events[j].end = l.at
		}
	}
	return m
}

// rowsEvent makes one of our table or of the other. Two large ones fill a batch.
func (m *modelLog) rowsEvent(l *log, r *rand.Rand, large bool) []byte {
	n := 1 + r.IntN(3)
	if large {
		n = 900
	}
	if r.IntN(3) == 0 {
		return l.insert(71, make([]uint32, n)...)
	}
	values := make([]uint32, n)
	for i := range values {
		m.rows++
		values[i] = uint32(m.rows)
	}
	return l.insert(70, values...)
}

// after returns the events that a server sends to somebody at a place.
func (m *modelLog) after(at spot, done *gtid.Set) []modelEvent {
	for i := range m.events {
		one := gtid.NewSet(m.fl)
		one.Add(m.events[i].name)
		if done == nil && m.events[i].end > at.pos || done != nil && !done.Contains(one) {
			return m.events[i:]
		}
	}
	return nil
}

// modelLife is one life of the program.
type modelLife struct {
	*bench
	r   *rand.Rand
	log *modelLog
}

func newModelLife(t *testing.T, r *rand.Rand, log *modelLog, from *position) *modelLife {
	l := &modelLife{bench: newBench(t, "shop.t"), r: r, log: log}
	h := l.h
	h.fl, h.progress = log.fl, newProgress(from.gtids)
	h.server, h.done = from.server, spot{from.server, from.file, from.pos}
	h.resumeSkip, h.resumeInside = from.skip, from.inside
	return l
}

// connect reads the log from where the handler is, until the connection breaks
// after so many events or all is read.
func (l *modelLife) connect(events int) {
	h := l.h
	h.resume("A")
	start := newLog()
	start.at = h.done.pos
	l.feed(start.fakeRotate(), start.format(false))
	for _, e := range l.log.after(h.done, h.progress.current()) {
		if events--; events < 0 {
			return
		}
		l.out.hungry = l.r.IntN(2) == 0
		l.feed(e.raw)
		if l.r.IntN(4) == 0 {
			l.clock = l.clock.Add(rowlessEvery)
			l.drain()
		}
	}
}

// kill ends the life and returns which rows of it the store covers, and the
// position in the store.
func (l *modelLife) kill(stored *position) (covered int, at *position) {
	for i, p := range l.out.points {
		if l.r.IntN(3) > 0 {
			continue
		}
		if i > len(l.out.points)*3/4 {
			break // not acknowledged any more
		}
		text, err := l.h.progress.position(p.Point)
		if err != nil {
			l.t.Fatal(err)
		}
		if stored, err = parsePosition(l.log.fl, text); err != nil {
			l.t.Fatal(err)
		}
		covered = 0
		for _, n := range l.out.sizes[:i+1] {
			covered += n
		}
	}
	return covered, stored
}

// TestRestartModel kills the program at random moments. From the position that
// is stored then, exactly the rows come that it doesn't cover.
func TestRestartModel(t *testing.T) {
	for seed := range uint64(20) {
		for name, kind := range map[string]modelLog{"mysql": {fl: MySQL, gtids: true}, "files": {fl: MySQL}, "mariadb": {fl: MariaDB, gtids: true}} {
			t.Run(fmt.Sprintf("%s/%d", name, seed), func(t *testing.T) {
				restartModel(t, rand.New(rand.NewPCG(seed, 1)), kind)
			})
		}
	}
}

func restartModel(t *testing.T, r *rand.Rand, kind modelLog) {
	log := newModelLog(r, kind.fl, kind.gtids, 40)
	at := &position{file: "bin.000001", pos: 4, server: "A"}
	if kind.gtids {
		at.gtids = gtid.NewSet(kind.fl)
	}
	var topic []row // without what came twice
	for lives := 0; ; lives++ {
		l := newModelLife(t, r, log, at)
		for range r.IntN(3) {
			l.connect(r.IntN(60))
		}
		last := lives == 8
		if last {
			l.connect(len(log.events))
		} else {
			l.connect(r.IntN(150))
		}
		for i, got := range l.out.rows {
			if want := fmt.Sprintf("id=%d v=%[1]d", len(topic)+i+1); got.After != want {
				t.Fatalf("life %d, from %+v: row %d is %s, want %s", lives, at, i, got.After, want)
			}
		}
		if last {
			l.drain()
			if got := len(topic) + len(l.out.rows); got != log.rows {
				t.Errorf("%d rows, want %d", got, log.rows)
			}
			return
		}
		var covered int
		covered, at = l.kill(at)
		topic = append(topic, l.out.rows[:covered]...)
		// A place in a transaction lies behind a row of it.
		if n := len(topic); at.skip > 0 && (n == 0 || topic[n-1].Off < at.pos || topic[n-1].GTID != at.inside) {
			t.Fatalf("life %d: position %+v is inside a transaction of which no row was delivered", lives, at)
		}
	}
}
