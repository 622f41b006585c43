package binlog

import (
	"context"
	"encoding/binary"
	"hash/crc32"
	"testing"
	"time"

	"go.uber.org/zap"

	"cdc/binlog/ddl"
	"cdc/binlog/gtid"
	"cdc/event"
)

// log writes events as a server would, one after the other.
type log struct {
	file   string
	at     uint64
	sums   bool
	server uint32
}

func newLog() *log { return &log{file: "bin.000001", at: 4, server: 9} }

// event makes an event that takes its place in the file.
func (l *log) event(kind byte, body []byte) []byte { return l.flagged(kind, 0, body) }

func (l *log) flagged(kind byte, flags uint16, body []byte) []byte {
	size := headerSize + len(body)
	if l.sums {
		size += checksumSize
	}
	l.at += uint64(size)
	raw := rawOf(kind, flags, uint32(l.at), l.server, size, body)
	if l.sums {
		raw = binary.LittleEndian.AppendUint32(raw, crc32.ChecksumIEEE(raw))
	}
	return raw
}

func rawOf(kind byte, flags uint16, end, server uint32, size int, body []byte) []byte {
	raw := make([]byte, headerSize, size)
	binary.LittleEndian.PutUint32(raw, 1700000000)
	raw[4] = kind
	binary.LittleEndian.PutUint32(raw[5:], server)
	binary.LittleEndian.PutUint32(raw[9:], uint32(size))
	binary.LittleEndian.PutUint32(raw[13:], end)
	binary.LittleEndian.PutUint16(raw[17:], flags)
	return append(raw, body...)
}

// fakeRotate is what the server sends first: it has no place in the file.
func (l *log) fakeRotate() []byte {
	body := append(binary.LittleEndian.AppendUint64(nil, l.at), l.file...)
	return rawOf(evRotate, flagArtificial, 0, l.server, headerSize+len(body), body)
}

func (l *log) format(checksums bool) []byte {
	body := make([]byte, 2+50+4+1+40+1+4)
	body[0], body[56] = 4, headerSize
	if checksums {
		body[len(body)-5] = 1
	}
	return rawOf(evFormat, 0, 0, l.server, headerSize+len(body), body)
}

func (l *log) gtid(seq uint64) []byte {
	body := make([]byte, 25+17+7)
	copy(body[1:], "0123456789abcdef")
	binary.LittleEndian.PutUint64(body[17:], seq)
	body[25] = 2
	binary.LittleEndian.PutUint32(body[42:], 5_000_000)
	return l.event(evGTID, body)
}

const gtidPrefix = "30313233-3435-3637-3839-616263646566:"

func (l *log) query(text string) []byte { return l.event(evQuery, queryBody(text)) }

func queryBody(text string) []byte {
	body := make([]byte, 13)
	body[0], body[8] = 77, 4
	body = append(body, "shop\x00"...)
	return append(body, text...)
}

func (l *log) xid() []byte { return l.event(evXID, make([]byte, 8)) }

// mapBody is the table map of shop.<name>(id int primary key, v int).
func mapBody(id uint64, name string) []byte {
	b := binary.LittleEndian.AppendUint64(nil, id)[:6]
	b = append(b, 1, 0, 4)
	b = append(b, "shop\x00"...)
	b = append(b, byte(len(name)))
	b = append(append(b, name...), 0)
	b = append(b, 2, 3, 3, 0, 2)     // two INTs without metadata, the second nullable
	b = append(b, 1, 1, 0)           // signedness
	b = append(b, 4, 5, 2, 'i', 'd') // names
	b = append(b, 1, 'v')
	return append(b, 8, 1, 0) // primary key
}

func (l *log) tableMap(id uint64, name string) []byte { return l.event(evTableMap, mapBody(id, name)) }

// rowsBody holds rows (n, n) of a write rows event.
func rowsBody(id uint64, values ...uint32) []byte {
	b := binary.LittleEndian.AppendUint64(nil, id)[:6]
	b = append(b, 1, 0, 2, 0, 2, 0xff)
	for _, v := range values {
		b = append(b, 0xfc)
		b = binary.LittleEndian.AppendUint32(b, v)
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

func (l *log) insert(id uint64, values ...uint32) []byte { return l.event(30, rowsBody(id, values...)) }

func many(n int) []uint32 {
	v := make([]uint32, n)
	for i := range v {
		v[i] = uint32(i)
	}
	return v
}

// bench is a handler with everything around it.
type bench struct {
	t       *testing.T
	h       *handler
	out     *collector
	journal *memoryJournal
	looks   int
	clock   time.Time
}

func newBench(t *testing.T, tables ...string) *bench {
	t.Helper()
	if len(tables) == 0 {
		tables = []string{"shop.*"}
	}
	match, err := event.ParseTables(tables)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, out: newCollector(), journal: &memoryJournal{}, clock: time.Unix(1000, 0)}
	look := func(_ context.Context, n ddl.Name) (*ddl.Table, error) {
		b.looks++
		return &ddl.Table{Database: n.Database, Table: n.Table, Primary: true, Key: []string{"id"}, Columns: []ddl.Column{
			{Name: "id", Type: "int"}, {Name: "v", Type: "int", Nullable: true},
		}}, nil
	}
	p := newProgress(gtid.NewSet(MySQL))
	b.h = &handler{
		ctx: t.Context(), fl: MySQL, log: zap.NewNop(), match: match, history: newHistory(b.journal, look, all{}, zap.NewNop()),
		progress: p, decoding: new(decoding), lag: &lag{}, capture: &event.Capture{}, databases: databasesIn(tables), out: b.out, now: func() time.Time { return b.clock }, b: b.out.Batch(), server: "A", maps: map[uint64]*mapped{},
	}
	b.h.tx.at = -1
	b.feed(newLog().fakeRotate())
	return b
}

func (b *bench) feed(events ...[]byte) {
	b.t.Helper()
	for _, raw := range events {
		if err := b.h.event(raw); err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *bench) drain() {
	b.t.Helper()
	if err := b.h.drained(); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) want(text string) {
	b.t.Helper()
	rows, _ := b.out.take()
	want(b.t, rows, text)
}

// position is that of the last checkpoint.
func (b *bench) position() *position {
	b.t.Helper()
	_, last := b.out.take()
	text, err := b.h.progress.position(last.Point)
	if err != nil {
		b.t.Fatal(err)
	}
	p, err := parsePosition(MySQL, text)
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}
