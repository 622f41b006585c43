//go:build integration

package binlog

import (
	"errors"
	"strings"
	"testing"

	"cdc/event"
	"cdc/internal/testdb"
)

func TestAlterBetweenRows(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		db := srv.Database(t)
		statements := []string{
			"create table t (id int primary key, a varchar(10), b int default 5)",
			"insert into t values (1,'x',10)",
			"alter table t add column c int first",
			"insert into t values (7,2,'y',20)",
			"alter table t rename column a to a2",
			"update t set a2='z' where id=2",
			"alter table t drop column b, add column d varchar(5)",
			"insert into t values (8,3,'q','d')",
			"alter table t modify column c bigint unsigned",
			"insert into t values (18446744073709551615,4,'q',null)",
			"create table later (id int primary key)",
			"insert into later values (1)",
			"rename table later to late2",
			"insert into late2 values (2)",
			"create table copy like t",
			"insert into copy select * from t where id=3",
			"create table ctas as select id from t where id<3",
			"truncate table late2",
			"drop table late2",
			"create table late2 (k varchar(3) primary key, id int)",
			"insert into late2 values ('k',1)",
			"create temporary table tmp (id int); insert into tmp values (1); drop temporary table tmp",
			"create or replace view v as select 1",
			"analyze table t",
		}
		expected := `
			c t {id=1 a=x b=10}
			c t {c=7 id=2 a=y b=20}
			u t [c=7 id=2 a2=y b=20] {c=7 id=2 a2=z b=20}
			c t {c=8 id=3 a2=q d=d}
			c t {c=18446744073709551615 id=4 a2=q d=NULL}
			c later {id=1}
			c late2 {id=2}
			c copy {c=8 id=3 a2=q d=d}
			c ctas {id=1}
			c ctas {id=2}
			t late2
			c late2 {k=k id=1}`
		journal := &memoryJournal{}
		s := newSource(t, fl, configOf(srv, db+".*"), journal)
		r := start(t, s, "", all{}).connected()
		srv.Exec(t, db, "create table first (id int primary key)", "insert into first values (1)")
		r.rows(1)
		from := r.position()
		srv.Exec(t, db, statements...)
		n := strings.Count(expected, "\n")
		want(t, r.rows(1 + n)[1:], expected)
		entries := len(journal.entries)
		r.stop()

		// The same again, now from behind: the history says what held where, and
		// grows no more.
		r = start(t, s, from, all{})
		want(t, r.rows(n), expected)
		if got := len(journal.entries); got != entries {
			t.Errorf("the history grew from %d to %d entries", entries, got)
		}
		r.stop()

		// Without the history, the live catalogue is of no use for most rows.
		s = newSource(t, fl, configOf(srv, db+".*"), &memoryJournal{})
		r = start(t, s, from, all{})
		want(t, r.rows(n), expected)
	})
}

func TestOnlineSchemaChangeSwap(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		db := srv.Database(t)
		srv.Exec(t, db, "create table t (id int primary key, v int)")
		c := configOf(srv, db+".t")
		r := start(t, newSource(t, fl, c, &memoryJournal{}), "", all{}).connected()
		srv.Exec(t, db, "insert into t values (1,1)",
			"create table _t_gho (id int primary key, v int, w int default 3)",
			"insert into _t_gho (id,v) select * from t",
			"rename table t to _t_del, _t_gho to t",
			"insert into t values (2,2,2)", "update _t_del set v=9")
		want(t, r.rows(2), `
			c t {id=1 v=1}
			c t {id=2 v=2 w=2}`)
	})
}

func TestTransactions(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		db := srv.Database(t)
		srv.Exec(t, db, "create table a (id int primary key)", "create table b (id int primary key)", "create table other (id int primary key)",
			"create table m (id int primary key) engine=MyISAM")
		c := configOf(srv, db+".*", "!"+db+".other")
		r := start(t, newSource(t, fl, c, &memoryJournal{}), "", all{}).connected()
		srv.Exec(t, db,
			"begin", "insert into a values (1)", "insert into other values (1)", "insert into b values (1)", "savepoint s", "insert into a values (2)",
			"rollback to s", "insert into b values (2)", "commit",
			"begin", "insert into a values (3)", "rollback",
			"insert into m values (1),(2)",
			"insert into other values (2)",
			"update a set id=10 where id=1")
		rows := r.rows(6)
		want(t, rows, `
			c a {id=1}
			c b {id=1}
			c b {id=2}
			c m {id=1}
			c m {id=2}
			u a [id=1] {id=10}`)
		if rows[0].GTID != rows[2].GTID || rows[0].GTID == rows[3].GTID {
			t.Errorf("GTIDs %s %s %s", rows[0].GTID, rows[2].GTID, rows[3].GTID)
		}
		if rows[4].Index != 1 {
			t.Errorf("second row of its event has index %d", rows[4].Index)
		}
	})
}

func TestStops(t *testing.T) {
	tests := []struct {
		name       string
		statements []string
		names      string // part of the message
		flavors    string
	}{
		{"statement format", []string{"set session binlog_format='STATEMENT'", "update t set v=2 where id=1"}, "SET GLOBAL binlog_format=ROW", "mysql mariadb"},
		{"minimal image", []string{"set session binlog_row_image='MINIMAL'", "update t set v=3 where id=1"}, "", "mysql mariadb"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
				if !strings.Contains(tt.flavors, fl.String()) {
					return
				}
				db := srv.Database(t)
				srv.Exec(t, db, "create table t (id int primary key, v int)", "create table j (id int primary key, d json)")
				s := newSource(t, fl, configOf(srv, db+".*"), &memoryJournal{})
				r := start(t, s, "", all{}).connected()
				srv.Exec(t, db, "insert into t values (1,1)", `insert into j values (1,'{"a": 1, "b": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}')`)
				r.rows(2)
				from := r.position()
				r.stop()
				srv.Exec(t, db, tt.statements...)
				err := s.Stream(t.Context(), from, all{}, newCollector())
				t.Log(err)
				if !errors.Is(err, event.ErrUnsupported) || !strings.Contains(err.Error(), tt.names) || !strings.Contains(err.Error(), "bin.0") {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

// TestForeignDDL: statements on other tables never stop the stream.
func TestForeignStatements(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		db := srv.Database(t)
		srv.Exec(t, db, "create table t (id int primary key)", "create table other (id int primary key, v int)")
		r := start(t, newSource(t, fl, configOf(srv, db+".t"), &memoryJournal{}), "", all{}).connected()
		srv.Exec(t, db,
			"set session binlog_format='STATEMENT'; insert into other values (1,1); update other set v=2; delete from other where v=2; set session binlog_format='ROW'",
			"create procedure p() begin declare t int; select 1; end",
			"create trigger tr before insert on other for each row set new.v=1",
			"alter table other add column `t` int, comment='alter table t drop column id'",
			"xa start 'x'; insert into other (id) values (5); xa end 'x'; xa prepare 'x'; xa rollback 'x'",
			"drop trigger tr", "drop procedure p", "truncate other", "drop table other",
			"insert into t values (1)")
		want(t, r.rows(1), "c t {id=1}")
	})
}
