//go:build integration

package binlog

import (
	"errors"
	"strings"
	"testing"

	"cdc/event"
	"cdc/internal/testdb"
)

// unnamedServers are servers that write no column names into the log, each as
// it is when nothing is set.
func unnamedServers(t *testing.T, f func(t *testing.T, srv *testdb.Dedicated, fl Flavor)) {
	t.Run("mysql", func(t *testing.T) { f(t, testdb.NewMySQL(t, "--binlog-row-metadata=MINIMAL"), MySQL) })
	t.Run("mariadb", func(t *testing.T) { f(t, testdb.NewMariaDB(t, "--binlog-row-metadata=NO_LOG"), MariaDB) })
}

// unnamedStatements change tables in every usual way; a row follows each.
var unnamedStatements = []string{
	"create table t (id int primary key, a varchar(10), b int default 5)",
	"insert into t values (1,'x',10)",
	"alter table t add column c int first",
	"insert into t values (7,2,'y',20)",
	"alter table t rename column a to a2",
	"update t set a2='z' where id=2",
	"alter table t drop column b, add column d varchar(5), add column big bigint unsigned",
	"insert into t values (8,3,'q','d',18446744073709551615)",
	"alter table t modify column c bigint unsigned after a2",
	"insert into t values (4,'q',18446744073709551615,null,null)",
	"alter table t convert to character set latin1",
	"insert into t values (5,'é',1,null,null)",
	"alter table t add e enum('u','v'), add s set('m','n'), add n varbinary(3), drop big",
	"insert into t values (6,'x',1,null,'v','m,n',x'41')",
	"create table later (id int primary key)",
	"insert into later values (1)",
	"rename table later to late2",
	"insert into late2 values (2)",
	"create table copy like t",
	"insert into copy select * from t where id=6",
	"create table ctas as select id from t where id<3",
	"create table _t_new like t",
	"alter table _t_new add w int default 3",
	"insert into _t_new select *, 3 from t where id=1",
	"rename table t to _t_old, _t_new to t",
	"insert into t values (9,'sw',2,null,'u',null,null,4)",
	"create table _u (x varchar(3), id int)",
	"rename table _t_old to swap, t to _t_old, swap to t",
	"insert into t values (10,'back',2,null,'u',null,null)",
	"truncate late2",
	"drop table late2",
	"create table late2 (k varchar(3) primary key, id int)",
	"insert into late2 values ('k',1)",
	"create table parts (id int primary key, v int) partition by range (id) (partition p0 values less than (10), partition p1 values less than (20))",
	"insert into parts values (1,1)",
	"alter table parts add partition (partition p2 values less than (30))",
	"insert into parts values (21,1)",
}

const unnamedRows = `
	c t {id=1 a=x b=10}
	c t {c=7 id=2 a=y b=20}
	u t [c=7 id=2 a2=y b=20] {c=7 id=2 a2=z b=20}
	c t {c=8 id=3 a2=q d=d big=18446744073709551615}
	c t {id=4 a2=q c=18446744073709551615 d=NULL big=NULL}
	c t {id=5 a2=é c=1 d=NULL big=NULL}
	c t {id=6 a2=x c=1 d=NULL e=v s=m,n n=A}
	c later {id=1}
	c late2 {id=2}
	c copy {id=6 a2=x c=1 d=NULL e=v s=m,n n=A}
	c ctas {id=1}
	c ctas {id=2}
	c _t_new {id=1 a2=x c=NULL d=NULL e=NULL s=NULL n=NULL w=3}
	c t {id=9 a2=sw c=2 d=NULL e=u s=NULL n=NULL w=4}
	c t {id=10 a2=back c=2 d=NULL e=u s=NULL n=NULL}
	t late2
	c late2 {k=k id=1}
	c parts {id=1 v=1}
	c parts {id=21 v=1}`

// TestWithoutNames: tables are followed by their statements, while running and
// after all of them.
func TestWithoutNames(t *testing.T) {
	unnamedServers(t, func(t *testing.T, srv *testdb.Dedicated, fl Flavor) {
		db := srv.Database(t)
		srv.Exec(t, db, "create table first (id int primary key)")
		journal := &memoryJournal{}
		s := newSource(t, fl, configOf(srv.Server, db+".*"), journal)
		if got := findings(t, s, "binlog_row_metadata"); !strings.Contains(got, "SET GLOBAL binlog_row_metadata='FULL'") {
			t.Errorf("doctor says %q", got)
		}
		r := start(t, s, "", all{}).connected()
		srv.Exec(t, db, "insert into first values (1)")
		r.rows(1)
		from := r.position()
		n := strings.Count(unnamedRows, "\n")
		for _, sql := range unnamedStatements {
			srv.Exec(t, db, sql)
		}
		want(t, r.rows(1 + n)[1:], unnamedRows)
		r.stop()

		journal.entries = journal.entries[:1] // what a run knew that was away for all of it
		r = start(t, s, from, all{})
		want(t, r.rows(n), unnamedRows)
		r.stop()

		// A change that isn't in the log.
		r = start(t, s, "", all{}).connected()
		srv.Exec(t, db, "set session sql_log_bin=0; alter table parts add hidden int first; set session sql_log_bin=1; insert into parts values (1,2,3)")
		err := r.ended()
		if !errors.Is(err, event.ErrUnsupported) || !strings.Contains(err.Error(), db+".parts") || !strings.Contains(err.Error(), "SET GLOBAL binlog_row_metadata=FULL") {
			t.Errorf("got %v", err)
		}
	})
}
