//go:build integration

package binlog

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cdc/event"
	"cdc/internal/testdb"
)

// snapshot reads all tables of a view.
func snapshot(t *testing.T, s *Source, out *collector) event.Position {
	t.Helper()
	plan, err := s.PlanSnapshot(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.OpenView(t.Context(), plan, all{})
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range v.Tables() {
		if err := v.Read(t.Context(), table, out); err != nil {
			t.Fatal(err)
		}
		if n := v.Estimate(table); n < 0 {
			t.Errorf("no estimate of %s", table.Name())
		}
	}
	if err := v.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return v.Start()
}

func closeView(t *testing.T, v event.View) {
	t.Helper()
	if err := v.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// users are the grants with which a snapshot is possible.
func users(t *testing.T, srv *testdb.Server, fl Flavor, db string) map[string]string {
	t.Helper()
	grants := map[string]string{
		"lock": "lock tables, replication slave, replication client on *.*",
		"ftwr": "reload, replication slave, replication client on *.*",
	}
	names := map[string]string{}
	for kind, grant := range grants {
		user := testdb.UniqueName(t)[:20] + kind
		srv.Exec(t, "", "create user "+user+" identified by 'pw'", "grant "+grant+" to "+user, "grant select on "+db+".* to "+user)
		t.Cleanup(func() {
			if _, err := srv.DB(t, "").ExecContext(context.WithoutCancel(t.Context()), "drop user "+user); err != nil {
				t.Error(err)
			}
		})
		names[kind] = user
	}
	return names
}

// TestSnapshotHandOver takes snapshots while writers run, streams on from
// there, and replays everything: no version of a row may be missing or come
// twice, and the end must be what the table holds.
func TestSnapshotHandOver(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		db := srv.Database(t)
		srv.Exec(t, db, "create table t (id int primary key, n int)", "create table u (id int primary key, n int)")
		for kind, user := range users(t, srv, fl, db) {
			t.Run(kind, func(t *testing.T) {
				stop := write(t, srv, db, 4)
				c := configOf(srv, db+".*")
				c.User, c.Password = user, "pw"
				s := newSource(t, fl, c, &memoryJournal{})
				for range 10 {
					out := newCollector()
					from := snapshot(t, s, out)
					rows, _ := out.take()
					state := replay(t, map[string]string{}, rows)
					r := start(t, s, from, all{})
					streamed := r.rows(200)
					replay(t, state, streamed)
					r.stop()
				}
				stop()
				out := newCollector()
				from := snapshot(t, s, out)
				rows, _ := out.take()
				state := replay(t, map[string]string{}, rows)
				srv.Exec(t, db, "insert into t values ("+kindID(kind)+",1)", "insert into u values ("+kindID(kind)+",1)")
				r := start(t, s, from, all{}).connected()
				replay(t, state, r.rows(2))
				if got, want := state, tableState(t, srv, db); !maps.Equal(got, want) {
					t.Errorf("state differs: %d rows, want %d", len(got), len(want))
				}
			})
		}
	})
}

// kindID is an id that the writers don't use.
func kindID(kind string) string {
	if kind == "lock" {
		return "1001"
	}
	return "1002"
}

// replay applies rows to a state, and fails when a row's before image isn't
// what the state holds: then a change was lost or came twice.
func replay(t *testing.T, state map[string]string, rows []row) map[string]string {
	t.Helper()
	for i, r := range rows {
		key := func(image string) string {
			id, _, _ := strings.Cut(image, " ")
			return r.Table + " " + id
		}
		if r.Before != "" {
			if have := state[key(r.Before)]; have != r.Before {
				t.Fatalf("row %d: %s has %q, but its before image is %q (at %s:%d)", i, key(r.Before), have, r.Before, r.File, r.Off)
			}
			delete(state, key(r.Before))
		}
		if r.After != "" {
			if have, found := state[key(r.After)]; found {
				t.Fatalf("row %d: %s is there already as %q, now %q (%s at %s:%d)", i, key(r.After), have, r.After, r.Op, r.File, r.Off)
			}
			state[key(r.After)] = r.After
		}
	}
	return state
}

func tableState(t *testing.T, srv *testdb.Server, db string) map[string]string {
	t.Helper()
	state := map[string]string{}
	for _, table := range []string{"t", "u"} {
		rows, err := srv.DB(t, db).QueryContext(t.Context(), "select id, n from "+table)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var id, n int
			if err := rows.Scan(&id, &n); err != nil {
				t.Fatal(err)
			}
			state[fmt.Sprintf("%s.%s id=%d", db, table, id)] = fmt.Sprintf("id=%d n=%d", id, n)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return state
}

// write changes both tables from several connections until stop is called.
func write(t *testing.T, srv *testdb.Server, db string, writers int) (stop func()) {
	t.Helper()
	conn := srv.DB(t, db)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for ctx.Err() == nil {
				tx, err := conn.BeginTx(t.Context(), nil)
				if err != nil {
					t.Error(err)
					return
				}
				for _, table := range []string{"t", "u"} {
					id := rand.IntN(300)
					statement := fmt.Sprintf("insert into %s values (%d,1) on duplicate key update n=n+1", table, id)
					if rand.IntN(10) == 0 {
						statement = fmt.Sprintf("delete from %s where id=%d", table, id)
					}
					if _, err := tx.ExecContext(t.Context(), statement); err != nil {
						break // a deadlock; the commit below says so
					}
				}
				if err := tx.Commit(); err != nil && ctx.Err() == nil {
					continue
				}
			}
		})
	}
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			wg.Wait()
		})
	}
	t.Cleanup(stop)
	return stop
}

func TestSnapshotRows(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		db := srv.Database(t)
		srv.Exec(t, db, "create table a (id int primary key, v varchar(10), `ev il``name` int)", "insert into a values (1,'x',null),(2,null,5)", "create table nothing (id int primary key)",
			"create view w as select * from a")
		journal := &memoryJournal{}
		s := newSource(t, fl, configOf(srv, db+".*"), journal)
		out := newCollector()
		before := time.Now().Unix()
		from := snapshot(t, s, out)
		rows, _ := out.take()
		want(t, rows, "r a {id=1 v=x ev il`name=NULL}\nr a {id=2 v=NULL ev il`name=5}")
		p, err := parsePosition(fl, from)
		if err != nil {
			t.Fatal(err)
		}
		r := rows[0]
		if r.File != p.file || r.Off != p.pos || r.GTID != "" || r.Thread != 0 || r.Server != 0 || r.Micros%1_000_000 != 0 || r.Micros/1_000_000 < before {
			t.Errorf("row %+v at %+v", r, p)
		}
		if len(journal.entries) != 2 {
			t.Errorf("%d entries in the history, want 2", len(journal.entries))
		}
	})
}

// TestSnapshotLarge: a table of many batches comes whole, in the order of its
// key, in bounded pieces.
func TestSnapshotLarge(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		const n = 30_000
		db := srv.Database(t)
		srv.Exec(t, db, "create table t (id int primary key, v varchar(200))")
		bigTransaction(t, srv, db, n)
		out := newCollector()
		out.hungry = false
		snapshot(t, newSource(t, fl, configOf(srv, db+".*"), &memoryJournal{}), out)
		rows, _ := out.take()
		exactly(t, rows, n)
		if len(out.sizes) < 5 {
			t.Errorf("%d batches", len(out.sizes))
		}
	})
}

// TestSnapshotCancelled: a read ends with its context.
func TestSnapshotCancelled(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		db := srv.Database(t)
		srv.Exec(t, db, "create table t (id int primary key, v varchar(200))")
		bigTransaction(t, srv, db, 20_000)
		s := newSource(t, fl, configOf(srv, db+".*"), &memoryJournal{})
		v, err := s.OpenView(t.Context(), nil, all{})
		if err != nil {
			t.Fatal(err)
		}
		defer closeView(t, v)
		out := newCollector()
		out.accept(false)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- v.Read(ctx, v.Tables()[0], out) }()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Read ended with %v", err)
		}
	})
}

// TestSnapshotAltered: a table that is altered while the view is open makes the
// snapshot fail, or is read as it was (MariaDB); it never gives rows of the wrong
// shape.
func TestSnapshotAltered(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		db := srv.Database(t)
		srv.Exec(t, db, "create table t (id int primary key, v int)", "insert into t values (1,2)", "create table u (id int primary key)")
		s := newSource(t, fl, configOf(srv, db+".*"), &memoryJournal{})
		v, err := s.OpenView(t.Context(), nil, all{})
		if err != nil {
			t.Fatal(err)
		}
		defer closeView(t, v)
		srv.Exec(t, db, "alter table t add column w int default 5 first")
		out := newCollector()
		if err := v.Read(t.Context(), v.Tables()[1], out); err != nil {
			t.Error(err)
		}
		if fl == MySQL {
			srv.Exec(t, db, "alter table u add column w int") // done already, so free
		}
		if err := v.Read(t.Context(), v.Tables()[0], out); err == nil {
			rows, _ := out.take()
			want(t, rows, "r t {id=1 v=2}")
		} else if !strings.Contains(err.Error(), "start over") {
			t.Error(err)
		}
	})
}

func TestNoGrants(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		db := srv.Database(t)
		srv.Exec(t, db, "create table t (id int primary key)", "insert into t values (1)")
		user := testdb.UniqueName(t)[:28]
		srv.Exec(t, "", "create user "+user+" identified by 'pw'", "grant select on "+db+".* to "+user)
		c := configOf(srv, db+".*")
		c.User, c.Password = user, "pw"
		s := newSource(t, fl, c, &memoryJournal{})
		_, err := s.OpenView(t.Context(), nil, all{})
		t.Log(err)
		if !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), "GRANT") {
			t.Errorf("got %v", err)
		}
		findings := s.Doctor(t.Context())
		if !slices.ContainsFunc(findings, func(f event.Finding) bool { return strings.Contains(f.Fix, "GRANT REPLICATION SLAVE") }) {
			t.Errorf("doctor finds %+v", findings)
		}
		err = s.Stream(t.Context(), "", all{}, newCollector())
		t.Log(err)
		if !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), "GRANT") {
			t.Errorf("got %v", err)
		}
	})
}

func TestWrongPassword(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		c := configOf(srv, "a.*")
		c.Password = "s3cret-text"
		s := newSource(t, fl, c, &memoryJournal{})
		for _, err := range []error{
			s.Stream(t.Context(), "", all{}, newCollector()),
			func() error { _, err := s.OpenView(t.Context(), nil, all{}); return err }(),
		} {
			t.Log(err)
			if !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), c.User) || strings.Contains(fmt.Sprintf("%+v", err), "s3cret") {
				t.Errorf("got %+v", err)
			}
		}
	})
}

func TestTLS(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		db := srv.Database(t)
		srv.Exec(t, db, "create table t (id int primary key)", "insert into t values (1)")
		for _, mode := range []string{"prefer", "require", "verify-ca", "verify-full"} {
			t.Run(mode, func(t *testing.T) {
				c := configOf(srv, db+".*")
				c.TLS.Mode = mode
				if strings.HasPrefix(mode, "verify") {
					c.TLS.CA = srv.CAFile
				}
				s := newSource(t, fl, c, &memoryJournal{})
				out := newCollector()
				from := snapshot(t, s, out)
				r := start(t, s, from, all{}).connected()
				srv.Exec(t, db, "insert into t values (2)", "delete from t where id=2")
				r.rows(2)
			})
		}
	})
}

func TestSettings(t *testing.T) {
	t.Run("mysql", func(t *testing.T) {
		testSettings(t, testdb.NewMySQL(t, "--binlog-format=MIXED", "--binlog-row-image=MINIMAL", "--binlog-row-metadata=MINIMAL"), MySQL)
	})
	t.Run("mariadb", func(t *testing.T) {
		testSettings(t, testdb.NewMariaDB(t, "--binlog-format=MIXED", "--binlog-row-image=MINIMAL", "--binlog-row-metadata=NO_LOG"), MariaDB)
	})
}

func testSettings(t *testing.T, srv *testdb.Dedicated, fl Flavor) {
	s := newSource(t, fl, configOf(srv.Server, "a.*"), &memoryJournal{})
	_, viewErr := s.OpenView(t.Context(), nil, all{})
	for _, err := range []error{viewErr, s.Stream(t.Context(), "", all{}, newCollector())} {
		t.Log(err)
		if !errors.Is(err, event.ErrConfig) {
			t.Errorf("got %v", err)
		}
		for _, statement := range []string{"SET GLOBAL binlog_format='ROW'", "SET GLOBAL binlog_row_image='FULL'"} {
			if err == nil || !strings.Contains(err.Error(), statement) {
				t.Errorf("%s isn't in the error", statement)
			}
		}
	}
	for _, f := range s.Doctor(t.Context()) {
		t.Logf("%+v", f)
	}
}
