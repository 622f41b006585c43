//go:build integration

package binlog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cdc/event"
	"cdc/internal/testdb"
)

// killDump ends the connection that a source reads through.
func killDump(t *testing.T, srv *testdb.Server) {
	t.Helper()
	killWhere(t, srv, "command like 'Binlog Dump%'")
}

func killWhere(t *testing.T, srv *testdb.Server, condition string) {
	t.Helper()
	db := srv.DB(t, "")
	rows, err := db.QueryContext(t.Context(), "select id from information_schema.processlist where "+condition)
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Fatal(err)
	}
	if len(ids) == 0 {
		t.Fatal("no connection to kill")
	}
	for _, id := range ids {
		if _, err := db.ExecContext(t.Context(), fmt.Sprintf("kill %d", id)); err != nil {
			t.Fatal(err)
		}
	}
}

func eachDedicated(t *testing.T, f func(t *testing.T, srv *testdb.Dedicated, fl Flavor)) {
	t.Run("mysql", func(t *testing.T) { f(t, testdb.NewMySQL(t), MySQL) })
	t.Run("mysql without gtid", func(t *testing.T) {
		f(t, testdb.NewMySQL(t, "--gtid-mode=OFF", "--enforce-gtid-consistency=OFF"), MySQL)
	})
	t.Run("mariadb", func(t *testing.T) { f(t, testdb.NewMariaDB(t), MariaDB) })
}

func TestRestart(t *testing.T) {
	eachDedicated(t, func(t *testing.T, srv *testdb.Dedicated, fl Flavor) {
		db := srv.Database(t)
		srv.Exec(t, db, "create table t (id int primary key, v varchar(20))")
		journal := &memoryJournal{}
		s := newSource(t, fl, configOf(srv.Server, db+".*"), journal)
		r := start(t, s, "", all{}).connected()
		srv.Exec(t, db, "insert into t values (1,'a')")
		r.rows(1)
		from := r.position()
		r.stop()
		srv.Exec(t, db, "insert into t values (2,'b')", "alter table t add column w int default 7", "flush logs", "insert into t values (3,'c',8)")
		r = start(t, s, from, all{})
		want(t, r.rows(2), `
			c t {id=2 v=b}
			c t {id=3 v=c w=8}`)

		killDump(t, srv.Server)
		srv.Exec(t, db, "insert into t values (4,'d',null)")
		r.rows(3)
		srv.Kill(t)
		srv.Start(t)
		srv.Exec(t, db, "insert into t values (5,'e',9)")
		want(t, r.rows(4), `
			c t {id=2 v=b}
			c t {id=3 v=c w=8}
			c t {id=4 v=d w=NULL}
			c t {id=5 v=e w=9}`)
	})
}

// bigTransaction fills several batches.
func bigTransaction(t *testing.T, srv *testdb.Server, db string, rows int) {
	t.Helper()
	conn := srv.DB(t, db)
	tx, err := conn.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for from := 0; from < rows; from += 1000 {
		var b strings.Builder
		b.WriteString("insert into t values ")
		for i := from; i < from+1000; i++ {
			if i > from {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "(%d,'%s')", i, strings.Repeat("x", 100))
		}
		if _, err := tx.ExecContext(t.Context(), b.String()); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// exactly checks that ids 0 to n-1 came once each and in order.
func exactly(t *testing.T, rows []row, n int) {
	t.Helper()
	if len(rows) != n {
		t.Fatalf("%d rows, want %d", len(rows), n)
	}
	for i := range rows {
		if !strings.HasPrefix(rows[i].After, fmt.Sprintf("id=%d ", i)) {
			t.Fatalf("row %d is %s", i, rows[i].After)
		}
	}
}

func TestCutTransaction(t *testing.T) {
	eachDedicated(t, func(t *testing.T, srv *testdb.Dedicated, fl Flavor) {
		for _, setup := range []string{"plain", "compressed"} {
			t.Run(setup, func(t *testing.T) {
				const n = 30_000
				db := srv.Database(t)
				srv.Exec(t, db, "create table t (id int primary key, v varchar(200))")
				if setup == "compressed" {
					compress(t, srv.Server, fl)
				}
				s := newSource(t, fl, configOf(srv.Server, db+".*"), &memoryJournal{})
				r := start(t, s, "", all{}).connected()
				bigTransaction(t, srv.Server, db, n)
				rows := r.rows(n)
				exactly(t, rows, n)
				cuts := cutPoints(r)
				if len(cuts) < 3 {
					t.Fatalf("the transaction was cut %d times", len(cuts))
				}
				// What was handed over up to the second cut isn't delivered again.
				_ = cuts
				from, err := s.Position(cuts[1].point)
				if err != nil {
					t.Fatal(err)
				}
				r.stop()
				t.Logf("%s", from)
				r = start(t, s, from, all{})
				rest := r.rows(n - cuts[1].rows)
				exactly(t, append(rows[:cuts[1].rows:cuts[1].rows], rest...), n)
			})
		}
	})
}

func compress(t *testing.T, srv *testdb.Server, fl Flavor) {
	t.Helper()
	set, reset := "set global binlog_transaction_compression=on", "set global binlog_transaction_compression=off"
	if fl == MariaDB {
		set, reset = "set global log_bin_compress=on", "set global log_bin_compress=off"
	}
	srv.Exec(t, "", set)
	t.Cleanup(func() {
		if _, err := srv.DB(t, "").ExecContext(context.WithoutCancel(t.Context()), reset); err != nil {
			t.Error(err)
		}
	})
}

type cutPoint struct {
	point event.Point
	rows  int // handed over up to there
}

// cutPoints are the checkpoints inside of transactions.
func cutPoints(r *running) []cutPoint {
	r.out.mu.Lock()
	defer r.out.mu.Unlock()
	var list []cutPoint
	n := 0
	for i, p := range r.out.points {
		n += r.out.sizes[i]
		if p.Point.Skip > 0 {
			list = append(list, cutPoint{p.Point, n})
		}
	}
	return list
}

// TestBackPressure: nothing is read while nobody takes it; the server gives the
// connection up, and nothing is lost or doubled.
func TestBackPressure(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		const n = 60_000
		db := srv.Database(t)
		srv.Exec(t, db, "create table t (id int primary key, v varchar(200))")
		c := configOf(srv, db+".*")
		c.WriteTimeout = time.Second
		r := start(t, newSource(t, fl, c, &memoryJournal{}), "", all{}).connected()
		r.out.accept(false)
		bigTransaction(t, srv, db, n)
		<-time.After(3 * time.Second) // longer than the server waits for us
		r.out.accept(true)
		exactly(t, r.rows(n), n)
	})
}

func TestPositionLost(t *testing.T) {
	eachDedicated(t, func(t *testing.T, srv *testdb.Dedicated, fl Flavor) {
		db := srv.Database(t)
		srv.Exec(t, db, "create table t (id int primary key, v varchar(20))")
		s := newSource(t, fl, configOf(srv.Server, db+".*"), &memoryJournal{})
		r := start(t, s, "", all{}).connected()
		srv.Exec(t, db, "insert into t values (1,'a')")
		r.rows(1)
		from := r.position()
		r.stop()
		srv.Exec(t, db, "insert into t values (2,'b')", "flush logs", "insert into t values (3,'c')", "flush logs")
		purge(t, srv.DB(t, ""))
		err := s.Stream(t.Context(), from, all{}, newCollector())
		t.Log(err)
		if !errors.Is(err, event.ErrPositionLost) {
			t.Errorf("got %v, want a lost position", err)
		}
	})
}

// purge removes every binlog file but the last.
func purge(t *testing.T, db *sql.DB) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "show binary logs")
	if err != nil {
		t.Fatal(err)
	}
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	last := ""
	values := make([]any, len(columns))
	for i := range values {
		values[i] = new(sql.NullString)
	}
	for rows.Next() {
		if err := rows.Scan(values...); err != nil {
			t.Fatal(err)
		}
		last = values[0].(*sql.NullString).String
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "purge binary logs to '"+last+"'"); err != nil {
		t.Fatal(err)
	}
}

// TestAnotherServer: a position is refused by a server that it isn't of.
func TestAnotherServer(t *testing.T) {
	eachDedicated(t, func(t *testing.T, srv *testdb.Dedicated, fl Flavor) {
		db := srv.Database(t)
		srv.Exec(t, db, "create table t (id int primary key)", "insert into t values (1)", "insert into t values (2)")
		s := newSource(t, fl, configOf(srv.Server, db+".*"), &memoryJournal{})
		r := start(t, s, "", all{}).connected()
		srv.Exec(t, db, "insert into t values (3)")
		r.rows(1)
		from := r.position()
		r.stop()
		reset := "reset master"
		if fl == MySQL {
			reset = "reset binary logs and gtids"
		}
		srv.Exec(t, db, reset)
		err := s.Stream(t.Context(), from, all{}, newCollector())
		t.Log(err)
		if !errors.Is(err, event.ErrPositionLost) {
			t.Errorf("got %v, want a lost position", err)
		}
	})
}
