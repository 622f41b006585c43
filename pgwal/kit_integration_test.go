//go:build integration

package pgwal

import (
	"context"
	"fmt"
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
	end(t, r.source)
	return r.stored()
}

// end closes a source or a view.
func end(t *testing.T, c interface{ Close(context.Context) error }) {
	t.Helper()
	if err := c.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Errorf("close: %v", err)
	}
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
