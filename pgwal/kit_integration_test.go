//go:build integration

package pgwal

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"

	"cdc/event"
	"cdc/internal/testdb"
)

// versions are the servers that every test of the source runs against.
var versions = []int{15, 18}

func everyVersion(t *testing.T, test func(t *testing.T, major int)) {
	for _, major := range versions {
		t.Run(fmt.Sprintf("pg%d", major), func(t *testing.T) {
			t.Parallel()
			test(t, major)
		})
	}
}

// patience is how long a test waits for what should happen at once.
const patience = 30 * time.Second

// bed is a database of a real server and a source for it.
type bed struct {
	t      *testing.T
	server *testdb.Server
	db     string
	admin  *pgx.Conn
	config Config
}

func newBed(t *testing.T, major int, statements ...string) *bed {
	t.Helper()
	return newBedOn(t, testdb.Postgres(t, major), statements...)
}

func newBedOn(t *testing.T, server *testdb.Server, statements ...string) *bed {
	t.Helper()
	b := &bed{t: t, server: server, db: server.Database(t)}
	b.admin = b.connect()
	b.config = Default()
	b.config.Host, b.config.Port, b.config.User, b.config.Database = server.Host, server.Port, server.User, b.db
	b.config.Slot = testdb.UniqueName(t)
	b.config.Tables = []string{"public.*"}
	b.config.StatusInterval = 200 * time.Millisecond
	b.exec(statements...)
	return b
}

func (b *bed) connect() *pgx.Conn {
	b.t.Helper()
	c, err := pgx.Connect(b.t.Context(), b.server.DSN(b.db))
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { c.Close(context.WithoutCancel(b.t.Context())) })
	return c
}

func (b *bed) exec(statements ...string) {
	b.t.Helper()
	for _, sql := range statements {
		if _, err := b.admin.Exec(b.t.Context(), sql); err != nil {
			b.t.Fatalf("%s: %v", sql, err)
		}
	}
}

func (b *bed) text(sql string, args ...any) string {
	b.t.Helper()
	var text *string
	if err := b.admin.QueryRow(b.t.Context(), sql, args...).Scan(&text); err != nil {
		b.t.Fatalf("%s: %v", sql, err)
	}
	if text == nil {
		return "null"
	}
	return *text
}

func (b *bed) confirmed() string {
	b.t.Helper()
	return b.text("select confirmed_flush_lsn::text from pg_replication_slots where slot_name = $1", b.config.Slot)
}

func (b *bed) source() *Source {
	b.t.Helper()
	s, err := New("test", b.config, testLog(b.t))
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

func testLog(t *testing.T) *zap.Logger { return zaptest.NewLogger(t, zaptest.Level(zap.InfoLevel)) }

// streaming is a source that streams into a collector.
type streaming struct {
	*collector
	source *Source
	cancel context.CancelFunc
	done   chan struct{}
	err    error // of Stream; read it after done
}

// start streams from a position. Everything that arrives is stored at once.
func (b *bed) start(from event.Position) *streaming {
	b.t.Helper()
	s := b.source()
	return b.startSource(s, from, newCollector(s))
}

func (b *bed) startSource(s *Source, from event.Position, c *collector) *streaming {
	b.t.Helper()
	ctx, cancel := context.WithCancel(b.t.Context())
	r := &streaming{collector: c, source: s, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		r.err = s.Stream(ctx, from, selectAll{}, c)
	}()
	b.t.Cleanup(func() { r.stop(b.t) })
	return r
}

// stop ends the stream in good order and returns the position that is stored.
func (r *streaming) stop(t *testing.T) event.Position {
	t.Helper()
	r.cancel()
	<-r.done
	if err := r.source.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Errorf("close: %v", err)
	}
	return r.stored()
}

// halt ends the stream as a crash of the process would: nothing is confirmed.
func (r *streaming) halt() {
	r.cancel()
	<-r.done
	r.source.parting.drop()
}

// failed waits for the stream to end with an error.
func (r *streaming) failed(t *testing.T) error {
	t.Helper()
	select {
	case <-r.done:
		return r.err
	case <-time.After(patience):
		t.Fatalf("the stream goes on; rows so far: %v", r.all())
		return nil
	}
}

// collector takes batches and remembers their rows as text.
type collector struct {
	source *Source
	room   chan struct{}

	mu       sync.Mutex
	shut     bool // refuses batches
	keep     bool // acknowledges nothing
	batches  int
	rows     []string
	raw      []event.Row
	txs      []event.Tx // of each row
	micros   []int64
	position event.Position
	refused  int
	changed  chan struct{}
	onBatch  func(n int)
}

func newCollector(s *Source) *collector {
	return &collector{source: s, room: make(chan struct{}, 1), changed: make(chan struct{}, 1)}
}

func (c *collector) Batch() *event.Batch   { return &event.Batch{} }
func (c *collector) Hungry() bool          { return false }
func (c *collector) Room() <-chan struct{} { return c.room }

func (c *collector) TryEmit(b *event.Batch) (*event.Batch, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shut {
		c.refused++
		c.signal()
		return nil, false
	}
	c.batches++
	for i := range b.Rows {
		r := &b.Rows[i]
		c.rows = append(c.rows, rowText(b, r))
		c.raw = append(c.raw, *r)
		c.txs = append(c.txs, b.Txs[b.Origins[r.Origin].Tx])
		c.micros = append(c.micros, b.Origins[r.Origin].Micros)
	}
	if b.Next.Valid && !c.keep {
		c.store(b.Next)
	}
	if c.onBatch != nil {
		c.onBatch(len(c.rows))
	}
	c.signal()
	b.Reset()
	return b, true
}

func (c *collector) store(next event.Checkpoint) {
	p, err := c.source.Position(next.Point)
	if err != nil {
		panic(err)
	}
	c.position = p
	c.source.Ack(next)
}

func (c *collector) signal() {
	select {
	case c.changed <- struct{}{}:
	default:
	}
}

func (c *collector) set(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
	select {
	case c.room <- struct{}{}:
	default:
	}
}

func (c *collector) all() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.rows)
}

func (c *collector) stored() event.Position {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.position
}

// wait waits until the collector is as ok wants it.
func (c *collector) wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	limit := time.After(patience)
	for {
		c.mu.Lock()
		is := ok()
		c.mu.Unlock()
		if is {
			return
		}
		select {
		case <-c.changed:
		case <-limit:
			t.Fatalf("%s: not within %s; rows: %v", what, patience, c.all())
		}
	}
}

// want waits for rows and fails unless they are those.
func (c *collector) want(t *testing.T, rows ...string) {
	t.Helper()
	c.wait(t, fmt.Sprintf("%d rows", len(rows)), func() bool { return len(c.rows) >= len(rows) })
	if got := c.all(); !slices.Equal(got, rows) {
		t.Fatalf("got rows %q, want %q", got, rows)
	}
}

// eventually polls a condition on the server.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	limit, tick := time.After(patience), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("%s: not within %s", what, patience)
		}
	}
}

// rowText prints a row: "c public.t 1 x", of an update both images.
func rowText(b *event.Batch, r *event.Row) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%c %s", r.Op, r.Schema.Name())
	for _, at := range []int32{r.Before, r.After} {
		if at < 0 {
			continue
		}
		if at == r.After && r.Before >= 0 {
			out.WriteString(" ->")
		}
		for _, v := range b.Image(at, r.Schema) {
			out.WriteByte(' ')
			switch {
			case v.HasText():
				out.Write(b.Bytes(v))
			case v.IsNull():
				out.WriteString("null")
			case v.Kind() == event.KindUnavailable:
				out.WriteString("?")
			default:
				fmt.Fprint(&out, v.Int())
			}
		}
	}
	return out.String()
}
