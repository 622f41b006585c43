//go:build integration

package binlog

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"cdc/event"
	"cdc/internal/testdb"
)

// refused checks that an error names the table and the way out.
func refused(t *testing.T, err error, table string) {
	t.Helper()
	t.Log(err)
	if !errors.Is(err, event.ErrUnsupported) || !strings.Contains(err.Error(), "system-versioned") || !strings.Contains(err.Error(), `"!`+table+`"`) {
		t.Errorf("got %v", err)
	}
}

const declared = "rs timestamp(6) generated always as row start, re timestamp(6) generated always as row end, period for system_time(rs, re)"

func TestVersionedAtStart(t *testing.T) {
	srv := testdb.MariaDB(t)
	for name, sql := range map[string]string{
		"hidden":   "create table h (id int primary key, v int) with system versioning",
		"declared": "create table h (id int primary key, v int, " + declared + ") with system versioning",
		"column":   "create table h (id int primary key, v int with system versioning)",
	} {
		t.Run(name, func(t *testing.T) {
			db := srv.Database(t)
			srv.Exec(t, db, "create table t (id int primary key)", sql)
			s := newSource(t, MariaDB, configOf(srv, db+".*"), &memoryJournal{})
			refused(t, s.Stream(t.Context(), "", all{}, newCollector()), db+".h")
			_, err := s.OpenView(t.Context(), nil, all{})
			refused(t, err, db+".h")
			i := slices.IndexFunc(s.Doctor(t.Context()), func(f event.Finding) bool {
				return f.Level == event.LevelFail && strings.Contains(f.Detail, "system-versioned") && strings.Contains(f.Fix, `"!`+db+`.h"`)
			})
			if i < 0 {
				t.Errorf("doctor doesn't find it: %+v", s.Doctor(t.Context()))
			}

			s = newSource(t, MariaDB, configOf(srv, db+".*", "!"+db+".h"), &memoryJournal{})
			r := start(t, s, "", all{}).connected()
			srv.Exec(t, db, "insert into h (id) values (1)", "update h set v=2", "insert into t values (1)")
			want(t, r.rows(1), "c t {id=1}")
		})
	}
}

func TestVersionedWhileRunning(t *testing.T) {
	srv := testdb.MariaDB(t)
	for name, statements := range map[string][]string{
		"altered":         {"alter table t add system versioning"},
		"declared":        {"create table t2 (id int primary key, v int, " + declared + ") with system versioning"},
		"like":            {"create table t2 like elsewhere", "insert into t2 values (1,1)"},
		"like, and gone":  {"create table t2 like elsewhere", "insert into t2 values (1,1)", "drop table t2"},
		"renamed to here": {"create table elsewhere2 like elsewhere", "rename table elsewhere2 to t2", "insert into t2 values (1,1)"},
	} {
		t.Run(name, func(t *testing.T) {
			db := srv.Database(t)
			srv.Exec(t, db, "create table t (id int primary key, v int)", "create table elsewhere (id int primary key, v int) with system versioning")
			s := newSource(t, MariaDB, configOf(srv, db+".t*"), &memoryJournal{})
			r := start(t, s, "", all{}).connected()
			srv.Exec(t, db, "insert into t values (1,1)")
			r.rows(1)
			from := r.position()
			r.stop()
			srv.Exec(t, db, statements...)
			table := db + ".t2"
			if name == "altered" {
				table = db + ".t"
			}
			out := newCollector()
			refused(t, s.Stream(t.Context(), from, all{}, out), table)
			rows, _ := out.take()
			want(t, rows, "")
		})
	}
}
