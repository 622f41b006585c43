//go:build integration

package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"
)

// changes prints what matters of the events of a topic, one a line.
func changes(t *testing.T, records []*kgo.Record) []string {
	t.Helper()
	var all []string
	for _, r := range records {
		key := "no key"
		if r.Key != nil {
			key = string(r.Key)
		}
		switch {
		case r.Value == nil:
			all = append(all, key+" tombstone")
		default:
			all = append(all, key+" "+shape(t, r.Value))
		}
	}
	return all
}

// shape is op, before and after of an event, as they are printed.
func shape(t *testing.T, value []byte) string {
	t.Helper()
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(value, &parts); err != nil {
		t.Fatalf("%v in %.300s", err, value)
	}
	text := strings.Trim(string(parts["op"]), `"`)
	for _, name := range []string{"before", "after"} {
		text += " " + string(parts[name])
	}
	return text
}

// ddlSteps change the table between rows; what they do to a row is said behind
// them, as events. A step without events is a change of the table alone.
var ddlSteps = []struct{ sql, mysql, postgres string }{
	{"create table t (id int primary key, a varchar(20), b int)", "", ""},
	{"insert into t values (1, 'one', 1)", `{"id":1} c null {"id":1,"a":"one","b":1}`, ""},
	{"alter table t add column c varchar(10)", "", ""},
	{"insert into t values (2, 'two', 2, 'c2')", `{"id":2} c null {"id":2,"a":"two","b":2,"c":"c2"}`, ""},
	{"alter table t drop column a", "", ""},
	{"update t set b = 20 where id = 2", `{"id":2} u {"id":2,"b":2,"c":"c2"} {"id":2,"b":20,"c":"c2"}`, `{"id":2} u null {"id":2,"b":20,"c":"c2"}`},
	{"alter table t rename column b to amount", "", ""},
	{"insert into t values (3, 3, null)", `{"id":3} c null {"id":3,"amount":3,"c":null}`, ""},
	{"<modify>", "", ""},
	{"insert into t values (4, 5000000000, 'c4')", `{"id":4} c null {"id":4,"amount":5000000000,"c":"c4"}`, ""},
	{"delete from t where id = 2", `{"id":2} d {"id":2,"amount":20,"c":"c2"} null`, `{"id":2} d {"id":2,"amount":null,"c":null} null`},
	{"", `{"id":2} tombstone`, ""},
	{"update t set id = 30 where id = 3", `{"id":3} d {"id":3,"amount":3,"c":null} null`, `{"id":3} d {"id":3,"amount":null,"c":null} null`},
	{"", `{"id":3} tombstone`, ""},
	{"", `{"id":30} c null {"id":30,"amount":3,"c":null}`, ""},
	{"truncate table t", `no key t null null`, ""},
	{"alter table t drop column amount, add column z int default 7", "", ""},
	{"insert into t (id, c) values (5, 'c5')", `{"id":5} c null {"id":5,"c":"c5","z":7}`, ""},
}

// TestTableChanges changes a table between its rows: with the program running,
// and with everything waiting in the log when it starts.
func TestTableChanges(t *testing.T) {
	onEverySource(t, func(t *testing.T, db *database) {
		for name, stopped := range map[string]bool{"running": false, "stopped": true} {
			t.Run(name, func(t *testing.T) {
				db := db
				if stopped {
					db = newDatabase(t, db.server)
				}
				checkTableChanges(t, db, stopped)
			})
		}
	})
}

func checkTableChanges(t *testing.T, db *database, stopped bool) {
	pipe := newPipe(t, db, "*")
	pipe.own = append(pipe.own, "events: {skipped_operations: [none]}")
	project := newProject(t, pipe)
	steps := ddlSteps
	if db.postgres() { // a list of tables doesn't know of new ones at once
		db.exec(t, steps[0].sql)
		steps = steps[1:]
	}
	s := project.start(t).streams(pipe.name)
	if stopped {
		s.stop()
	}
	var want []string
	for _, step := range steps {
		sql, event := step.sql, step.mysql
		if sql == "<modify>" {
			sql = "alter table t modify column amount bigint"
			if db.postgres() {
				sql = "alter table t alter column amount type bigint"
			}
		}
		if db.postgres() && step.postgres != "" {
			event = step.postgres
		}
		if sql != "" {
			db.exec(t, sql)
		}
		if event != "" {
			want = append(want, event)
		}
	}
	if stopped {
		s = project.start(t).streams(pipe.name)
	}
	db.mark(s, pipe)
	s.stop()
	if diff := cmp.Diff(want, changes(t, readAll(t, pipe.brokers, pipe.prefix)[pipe.topic("t")])); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// TestNewTable captures tables that are made while the program runs: with MySQL
// and MariaDB from the CREATE on, with PostgreSQL once the publication has it.
func TestNewTable(t *testing.T) {
	onEverySource(t, func(t *testing.T, db *database) {
		pipe := newPipe(t, db, "*")
		s := newProject(t, pipe).start(t).streams(pipe.name)
		db.exec(t, "create table born (id int primary key, v int)")
		if db.postgres() {
			s.wants("public.born")
		}
		db.exec(t, "insert into born values (1, 1)")
		db.mark(s, pipe)
		s.stop()
		got := changes(t, readAll(t, pipe.brokers, pipe.prefix)[pipe.topic("born")])
		if diff := cmp.Diff([]string{`{"id":1} c null {"id":1,"v":1}`}, got); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

// TestTransactions: tables without a key, and transactions over several tables,
// of which one is rolled back.
func TestTransactions(t *testing.T) {
	onEverySource(t, func(t *testing.T, db *database) {
		db.exec(t, "create table a (id int primary key, v int)", "create table b (v int, w varchar(9))", "create table c (id int primary key, v int)")
		if db.postgres() {
			db.exec(t, "alter table b replica identity full")
		}
		pipe := newPipe(t, db, "*", "c")
		pipe.tables = append(pipe.tables, "!"+db.space()+".c")
		s := newProject(t, pipe).start(t).streams(pipe.name)
		db.exec(t,
			"begin", "insert into a values (1, 1)", "insert into b values (1, 'x')", "insert into c values (1, 1)",
			"update a set v = 2", "delete from b", "insert into b values (2, 'y')", "commit",
			"begin", "insert into a values (2, 2)", "insert into b values (3, 'z')", "rollback",
			"begin", "insert into a values (3, 3)", "savepoint s", "insert into a values (4, 4)", "rollback to savepoint s", "commit")
		db.mark(s, pipe)
		s.stop()
		all := readAll(t, pipe.brokers, pipe.prefix)
		before := `{"id":1,"v":1}`
		if db.postgres() {
			before = "null"
		}
		want := map[string][]string{
			"a": {`{"id":1} c null {"id":1,"v":1}`, fmt.Sprintf(`{"id":1} u %s {"id":1,"v":2}`, before), `{"id":3} c null {"id":3,"v":3}`},
			"b": {`no key c null {"v":1,"w":"x"}`, `no key d {"v":1,"w":"x"} null`, "no key tombstone", `no key c null {"v":2,"w":"y"}`},
			"c": nil,
		}
		for table, want := range want {
			if diff := cmp.Diff(want, changes(t, all[pipe.topic(table)])); diff != "" {
				t.Errorf("table %s (-want +got):\n%s", table, diff)
			}
		}
	})
}
