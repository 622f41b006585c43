//go:build integration

package binlog

import (
	"errors"
	"strings"
	"testing"

	"cdc/event"
	"cdc/internal/testdb"
)

// TestAlteredTwiceWhileAway: the catalogue knows only the last version of a
// table without a primary key.
func TestAlteredTwiceWhileAway(t *testing.T) {
	tests := map[string]struct {
		statements []string
		want       string // empty: refused
	}{
		"never an index": {[]string{
			"alter table t add b int", "insert into t values (2,2)", "alter table t drop b, add c int", "insert into t values (3,3)",
		}, "c t {a=2 b=2}\nc t {a=3 c=3}"},
		"an index for a while": {[]string{
			"alter table t add b int, add unique (a)", "insert into t values (2,2)", "alter table t drop b, drop index a",
		}, "c t {a=2 b=2}"},
		"a primary key": {[]string{
			"alter table t add b int not null primary key", "insert into t values (2,2)", "alter table t add c int unique",
		}, "c t {a=2 b=2}"},
		"made and gone": {[]string{
			"create table t2 (x int)", "insert into t2 values (1)", "drop table t2",
			"create table t3 as select a from t", "drop table t3",
		}, "c t2 {x=1}\nc t3 {a=1}"},
		"made, altered and gone": {[]string{
			"create table t2 (x int)", "alter table t2 add y int", "insert into t2 values (1,1)", "drop table t2",
		}, "c t2 {x=1 y=1}"},
		"made with an index, and gone": {[]string{
			"create table t2 (x int unique)", "insert into t2 values (1)", "drop table t2",
		}, "c t2 {x=1}"},
		"made like one that isn't known, and gone": {[]string{
			"create table elsewhere.x like elsewhere.y", "create table t2 like elsewhere.x", "insert into t2 values (1)", "drop table t2",
		}, ""},
	}
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				db := srv.Database(t)
				other := srv.Database(t)
				srv.Exec(t, db, "create table t (a int)", "create table "+other+".y (x int)")
				s := newSource(t, fl, configOf(srv, db+".*"), &memoryJournal{})
				r := start(t, s, "", all{}).connected()
				srv.Exec(t, db, "insert into t values (1)")
				r.rows(1)
				from := r.position()
				r.stop()
				for _, sql := range tt.statements {
					srv.Exec(t, db, strings.ReplaceAll(sql, "elsewhere", other))
				}
				if tt.want != "" {
					r = start(t, s, from, all{})
					want(t, r.rows(strings.Count(tt.want, "\n")+1), tt.want)
					return
				}
				out := newCollector()
				err := s.Stream(t.Context(), from, all{}, out)
				t.Log(err)
				if !errors.Is(err, event.ErrUnsupported) || !strings.Contains(err.Error(), "can't be known") {
					t.Errorf("got %v", err)
				}
				rows, _ := out.take()
				want(t, rows, "")
			})
		}
	})
}
