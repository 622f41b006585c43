//go:build integration

package binlog

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"

	"cdc/event"
	"cdc/internal/testdb"
	"cdc/security"
)

// eachServer runs a test against both flavors.
func eachServer(t *testing.T, f func(t *testing.T, srv *testdb.Server, fl Flavor)) {
	t.Run("mysql", func(t *testing.T) { f(t, testdb.MySQL(t), MySQL) })
	t.Run("mariadb", func(t *testing.T) { f(t, testdb.MariaDB(t), MariaDB) })
}

func configOf(srv *testdb.Server, tables ...string) Config {
	c := Default()
	c.Host, c.Port = srv.Host, srv.Port
	c.User, c.Password = testdb.CDCUser, security.Secret(testdb.CDCPassword)
	c.Tables = tables
	return c
}

func newSource(t *testing.T, fl Flavor, c Config, j Journal) *Source {
	t.Helper()
	s, err := New(t.Name(), fl, c, j, zaptest.NewLogger(t, zaptest.Level(zap.WarnLevel)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// running is a Stream in the background.
type running struct {
	t   *testing.T
	src *Source
	out *collector
	end func() error
	err chan error
}

// ended waits for the stream to end by itself.
func (r *running) ended() error {
	r.t.Helper()
	select {
	case err := <-r.err:
		r.err <- context.Canceled // stop wants nothing more
		return err
	case <-time.After(30 * time.Second):
		r.t.Fatal("the stream doesn't end")
		return nil
	}
}

// stop ends the stream, as far as it hasn't ended.
func (r *running) stop() {
	r.t.Helper()
	if err := r.end(); !errors.Is(err, context.Canceled) {
		r.t.Errorf("Stream ended with %v", err)
	}
}

func start(t *testing.T, s *Source, from event.Position, sel event.Selector) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r := &running{t: t, src: s, out: newCollector()}
	done := make(chan error, 1)
	r.err = done
	go func() { done <- s.Stream(ctx, from, sel, r.out) }()
	r.end = func() error {
		cancel()
		select {
		case err := <-done:
			done <- err
			return err
		case <-time.After(20 * time.Second):
			t.Error("Stream doesn't end")
			return nil
		}
	}
	t.Cleanup(r.stop)
	return r
}

// connected waits until the stream reads.
func (r *running) connected() *running {
	r.t.Helper()
	deadline := time.After(20 * time.Second)
	for !r.src.Stats().Connected {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-deadline:
			r.t.Fatal("the stream doesn't connect")
		}
	}
	return r
}

// rows waits for n rows.
func (r *running) rows(n int) []row {
	r.t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		rows, _ := r.out.take()
		if len(rows) >= n {
			return rows
		}
		select {
		case <-r.out.more:
		case <-deadline:
			r.t.Fatalf("%d rows came, want %d: %v", len(rows), n, rows)
		}
	}
}

// position is that of the last checkpoint.
func (r *running) position() event.Position {
	r.t.Helper()
	_, last := r.out.take()
	p, err := r.src.Position(last.Point)
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

func TestStream(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		db := srv.Database(t)
		srv.Exec(t, db, "create table orders (id int primary key, status varchar(20))")
		r := start(t, newSource(t, fl, configOf(srv, db+".*"), &memoryJournal{}), "", all{}).connected()
		srv.Exec(t, db, "insert into orders values (1,'new'),(2,'new')", "update orders set status='shipping' where id=1", "delete from orders where id=2")
		rows := r.rows(4)
		want(t, rows, `
			c orders {id=1 status=new}
			c orders {id=2 status=new}
			u orders [id=1 status=new] {id=1 status=shipping}
			d orders [id=2 status=new]`)
		t.Logf("%+v", rows[0])
		t.Logf("%s", r.position())
	})
}

// TestPositions compares the places of the events with what the server says.
func TestPositions(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		db := srv.Database(t)
		srv.Exec(t, db, "create table t (id int primary key, v varchar(20))")
		r := start(t, newSource(t, fl, configOf(srv, db+".*"), &memoryJournal{}), "", all{}).connected()
		srv.Exec(t, db, "insert into t values (1,'a')", "begin", "insert into t values (2,'b')", "update t set v='c' where id=1", "commit")
		rows := r.rows(3)
		p, err := parsePosition(fl, r.position())
		if err != nil {
			t.Fatal(err)
		}
		starts, end := logEvents(t, srv, rows[0].File)
		for i := range rows {
			if kind := starts[rows[i].Off]; !strings.Contains(kind, "rows") {
				t.Errorf("row %s says %d, where the server has %q", brief(rows[i:i+1]), rows[i].Off, kind)
			}
		}
		if p.pos != end {
			t.Errorf("position %d, want %d", p.pos, end)
		}
	})
}

// logEvents returns what begins where in a binlog file, and the end of the
// transaction that is last there.
func logEvents(t *testing.T, srv *testdb.Server, file string) (map[uint64]string, uint64) {
	t.Helper()
	rows, err := srv.DB(t, "").QueryContext(t.Context(), "show binlog events in '"+file+"'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	starts, end := map[uint64]string{}, uint64(0)
	for rows.Next() {
		var log, kind, info string
		var pos, server, next uint64
		if err := rows.Scan(&log, &pos, &kind, &server, &next, &info); err != nil {
			t.Fatal(err)
		}
		starts[pos] = strings.ToLower(kind)
		if strings.Contains(strings.ToLower(kind), "xid") {
			end = next
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return starts, end
}
