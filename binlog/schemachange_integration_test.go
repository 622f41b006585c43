//go:build integration

package binlog

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
	"cdc/internal/testdb"
)

// told prints schema changes, without the parts that differ between servers.
func told(list []*event.SchemaChange, db string) []string {
	var out []string
	for _, c := range list {
		ddl, _, _ := strings.Cut(c.DDL, "\n")
		text := fmt.Sprintf("%s|%s|%s", c.Database, c.Table, ddl)
		for _, change := range c.Changes {
			text += "|" + change.Type + " " + change.ID
			if change.Table != nil {
				text += fmt.Sprintf(" %d %v", len(change.Table.Columns), change.Table.Key)
			}
		}
		out = append(out, strings.ReplaceAll(text, db, "db"))
	}
	return out
}

// waitFor polls until enough schema changes came.
func (r *running) changes(n int) []*event.SchemaChange {
	r.t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		r.out.mu.Lock()
		list := r.out.changes
		r.out.mu.Unlock()
		if len(list) >= n {
			return list
		}
		select {
		case <-r.out.more:
		case <-deadline:
			r.t.Fatalf("%d schema changes came, want %d: %q", len(list), n, told(list, "-"))
		}
	}
}

func TestSchemaChanges(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		db := srv.Database(t)
		srv.Exec(t, db, "create table b (id int primary key)", "create table a (x int not null, y varchar(3), unique (x))")
		c := configOf(srv, db+".*")
		c.Capture = event.Capture{SchemaChanges: true, Transactions: true}
		s := newSource(t, fl, c, &memoryJournal{})
		v, err := s.OpenView(t.Context(), nil, all{})
		if err != nil {
			t.Fatal(err)
		}
		out := newCollector()
		if err := v.(event.Announcer).Announce(t.Context(), out); err != nil {
			t.Fatal(err)
		}
		set := out.changes[0]
		if !strings.HasPrefix(set.DDL, "SET character_set_server=") || !strings.Contains(set.DDL, ", collation_server=") || !set.Snapshot || set.Database != "" {
			t.Errorf("got %+v", set)
		}
		if got := out.changes[4].DDL; !strings.HasPrefix(got, "CREATE DATABASE `"+db+"` CHARSET ") || !strings.Contains(got, " COLLATE ") {
			t.Errorf("got %s", got)
		}
		got := told(append(out.changes[1:4:4], out.changes[5]), db)
		if diff := cmp.Diff([]string{
			"db|a|DROP TABLE IF EXISTS `db`.`a`|DROP \"db\".\"a\"",
			"db|b|DROP TABLE IF EXISTS `db`.`b`|DROP \"db\".\"b\"",
			"db||DROP DATABASE IF EXISTS `db`",
			"db||USE `db`",
		}, got); diff != "" {
			t.Error(diff)
		}
		creates := told(out.changes[6:], db)
		if text := strings.Join(creates, "\n"); len(creates) != 2 || !strings.Contains(text, "|CREATE \"db\".\"a\" 2 [x]") || !strings.Contains(text, "db|b|CREATE TABLE `b` (|CREATE \"db\".\"b\" 1 [id]") {
			t.Errorf("got %q", creates)
		}
		from := v.Start()
		if err := v.Close(t.Context()); err != nil {
			t.Fatal(err)
		}

		foreign := srv.Database(t)
		srv.Exec(t, db,
			"alter table a add z int /* more */",
			"create table c like a; create index i on c (y); create unique index u on c (y)",
			"insert into b values (1)",
			"rename table c to c2, b to b2",
			"create table "+foreign+".f (id int); drop table "+foreign+".f",
			"create view vw as select 1; drop view vw",
			"drop table a, c2",
			"create table d (id int primary key) /* d */; truncate table d; create table if not exists d (id int)",
		)
		want := []string{
			"db|a|alter table a add z int|ALTER \"db\".\"a\" 3 [x]",
			"db|c|create table c like a|CREATE \"db\".\"c\" 3 [x]",
			"db||create index i on c (y)",
			"db||create unique index u on c (y)",
			"db|c2,b2|rename table c to c2|ALTER \"db\".\"c2\" 3 [x]",
			"db|c2,b2|rename table b to b2|ALTER \"db\".\"b2\" 1 [id]",
			"db|a,c2|DROP TABLE `db`.`a`|DROP \"db\".\"a\"",
			"db|a,c2|DROP TABLE `db`.`c2`|DROP \"db\".\"c2\"",
			"db|d|create table d (id int primary key)|CREATE \"db\".\"d\" 1 [id]",
			"db||create table if not exists d (id int)",
		}
		if fl == MariaDB { // which doesn't log what did nothing
			want = want[:len(want)-1]
		}
		r := start(t, s, from, all{})
		list := told(r.changes(len(want)), db)
		for i := range list { // the order of several tables hangs on the name of the database
			list[i] = strings.NewReplacer("b2,c2", "c2,b2", "|c2,a|", "|a,c2|").Replace(list[i])
		}
		if diff := cmp.Diff(want, list); diff != "" {
			t.Error(diff)
		}
		r.stop()
		if r = start(t, s, r.position(), all{}).connected(); len(r.out.changes) != 0 {
			t.Errorf("told again: %q", told(r.out.changes, db))
		}
	})
}

// TestTransactionMarksOfTheServer: every transaction has them, the numbers count
// what is captured, and the statement comes along.
func TestTransactionMarksOfTheServer(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		db := srv.Database(t)
		srv.Exec(t, db, "create table a (id int primary key, v int)", "create table b (id int primary key)", "create table other (id int primary key)")
		c := configOf(srv, db+".*", "!"+db+".other")
		c.Capture = event.Capture{Transactions: true, Query: true}
		r := start(t, newSource(t, fl, c, &memoryJournal{}), "", all{}).connected()
		on := "set session binlog_rows_query_log_events=ON"
		if fl == MariaDB {
			on = "set session binlog_annotate_row_events=ON"
		}
		srv.Exec(t, db, on,
			"begin", "insert into a values (1,1),(2,2)", "insert into other values (1)", "insert into b values (1)",
			"update a, b set a.v=7, b.id=5 where a.id=1 and b.id=1", "commit",
			"insert into other values (2)",
			"insert into b values (9)")
		var got []string
		for _, row := range r.rows(6) {
			got = append(got, row.Order+" "+strings.TrimPrefix(row.Table, db+".")+" "+row.Query)
		}
		if diff := cmp.Diff([]string{
			"1/1 a insert into a values (1,1),(2,2)", "2/2 a insert into a values (1,1),(2,2)", "3/1 b insert into b values (1)",
			"4/3 a update a, b set a.v=7, b.id=5 where a.id=1 and b.id=1", "5/2 b update a, b set a.v=7, b.id=5 where a.id=1 and b.id=1",
			"1/1 b insert into b values (9)",
		}, got); diff != "" {
			t.Error(diff)
		}
		r.out.mu.Lock()
		defer r.out.mu.Unlock()
		text := strings.ReplaceAll(strings.Join(r.out.marks, "\n"), db+".", "")
		for _, part := range []string{"BEGIN", "END 6 a=3 b=3", "END 0", "END 1 b=1"} {
			if !strings.Contains(text, part) && !(part == "END 6 a=3 b=3" && strings.Contains(text, "END 6 b=3 a=3")) {
				t.Errorf("no %s in\n%s", part, text)
			}
		}
	})
}
