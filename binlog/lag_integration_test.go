//go:build integration

package binlog

import (
	"strings"
	"testing"
	"time"

	"cdc/internal/testdb"
)

// lagOf waits until the lag is as it should be.
func (r *running) lagOf(what string, good func(int64) bool) int64 {
	r.t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		n := r.src.Stats().LagBytes
		if good(n) {
			return n
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-deadline:
			r.t.Fatalf("the lag is %d bytes, want %s", n, what)
		}
	}
}

func watched50ms(t *testing.T, fl Flavor, c Config) *Source {
	t.Helper()
	s := newSource(t, fl, c, &memoryJournal{})
	s.lagEvery = 50 * time.Millisecond
	return s
}

func TestLag(t *testing.T) {
	eachDedicated(t, func(t *testing.T, srv *testdb.Dedicated, fl Flavor) {
		db := srv.Database(t)
		srv.Exec(t, db, "create table t (id int primary key, v longtext)", "flush binary logs", "insert into t values (1,'')")
		s := watched50ms(t, fl, configOf(srv.Server, db+".*"))
		if n := s.Stats().LagBytes; n != lagUnknown {
			t.Errorf("before the start it is %d", n)
		}
		r := start(t, s, "", all{}).connected()
		none := func(n int64) bool { return n == 0 }
		r.lagOf("0 at the end of the log", none)
		srv.Exec(t, db, "insert into t values (2,'')")
		r.rows(1)
		r.lagOf("0 again", none)
		from := r.position()

		// Nobody takes what is read, and the log goes on in other files.
		r.out.accept(false)
		const size = 1 << 20
		for range 3 {
			srv.Exec(t, db, "update t set v=concat(repeat('x',1048576),id) where id=1", "update t set v='' where id=1", "flush binary logs")
		}
		if n := r.lagOf("more than 4 MiB", func(n int64) bool { return n > 4*size }); n > 8*size {
			t.Errorf("the lag is %d bytes", n)
		}
		killWhere(t, srv.Server, "user='"+testdb.CDCUser+"' and command not like 'Binlog Dump%'") // the watch's connection, among others
		r.lagOf("more than 4 MiB again", func(n int64) bool { return n > 4*size })
		r.out.accept(true)
		r.rows(7)
		r.lagOf("0 at the end", none)
		if n := s.Stats().Reconnects; n != 0 {
			t.Errorf("the stream connected %d times again", n)
		}
		r.stop()
		if n := s.Stats().LagBytes; n != lagUnknown {
			t.Errorf("after the end it is %d", n)
		}

		// From behind by GTIDs, and without the right to ask.
		if p, err := parsePosition(fl, from); err != nil || p.gtids == nil {
			return // by files it is needed to connect
		}
		c := configOf(srv.Server, db+".*")
		c.User, c.Password = "norights", "pw"
		srv.Exec(t, "", "create user norights identified by 'pw'", "grant select, replication slave on *.* to norights")
		r = start(t, watched50ms(t, fl, c), from, all{}).connected()
		r.rows(6)
		if n := r.src.Stats().LagBytes; n != lagUnknown {
			t.Errorf("without the right it is %d", n)
		}
	})
}

// TestLagElsewhere: the end is known after transactions that we have, or that
// are none of ours.
func TestLagElsewhere(t *testing.T) {
	eachDedicated(t, func(t *testing.T, srv *testdb.Dedicated, fl Flavor) {
		db := srv.Database(t)
		srv.Exec(t, db, "create table t (id int primary key)", "create table other (id int primary key)")
		c := configOf(srv.Server, db+".t")
		c.HeartbeatInterval = time.Second
		r := start(t, watched50ms(t, fl, c), "", all{}).connected()
		srv.Exec(t, db, "insert into t values (1)")
		r.rows(1)
		from := r.position()
		r.stop()
		srv.Exec(t, db, "flush binary logs")
		r = start(t, watched50ms(t, fl, c), from, all{}).connected()
		none := func(n int64) bool { return n == 0 }
		r.lagOf("0 without a transaction", none)
		for _, statement := range []string{"insert into other values (1)", "flush binary logs", "alter table other add v int"} {
			srv.Exec(t, db, statement)
			r.lagOf("0 after "+strings.Fields(statement)[0], none)
		}
	})
}
