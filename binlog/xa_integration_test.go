//go:build integration

package binlog

import (
	"testing"

	"cdc/internal/testdb"
)

// TestXATransactions: on real servers rows come where their transaction commits,
// also when the process was away in between, and never when it rolls back.
func TestXATransactions(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		db := srv.Database(t)
		srv.Exec(t, db, "create table t (id int primary key, v int)")
		s := newSource(t, fl, configOf(srv, db+".*"), &memoryJournal{})
		r := start(t, s, "", all{}).connected()
		xid := func(n string) string { return "'" + db[len(db)-8:] + n + "'" }
		prepare := func(n, row string) {
			srv.Exec(t, db, "xa start "+xid(n)+"; insert into t values "+row+"; xa end "+xid(n)+"; xa prepare "+xid(n))
		}
		prepare("a", "(1,1)")
		prepare("b", "(2,2)")
		srv.Exec(t, db, "insert into t values (3,3)", "xa rollback "+xid("b"), "xa commit "+xid("a"),
			"xa start "+xid("c")+"; insert into t values (4,4); xa end "+xid("c")+"; xa commit "+xid("c")+" one phase")
		want(t, r.rows(3), "c t {id=3 v=3}\nc t {id=1 v=1}\nc t {id=4 v=4}")

		prepare("d", "(5,5)")
		srv.Exec(t, db, "insert into t values (6,6)")
		r.rows(4)
		from := r.position()
		r.stop()
		srv.Exec(t, db, "xa commit "+xid("d"))
		r = start(t, s, from, all{})
		again := "c t {id=5 v=5}"
		if fl == MariaDB { // whose positions have no holes
			again = "c t {id=6 v=6}\n" + again
		}
		want(t, r.rows(len(again)/14), again)
	})
}
