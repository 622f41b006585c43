//go:build integration

package binlog

import (
	"slices"
	"testing"

	"cdc/internal/testdb"
)

// TestSwap takes other tables and columns of real servers while it streams.
func TestSwap(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *testdb.Server, fl Flavor) {
		db := srv.Database(t)
		srv.Exec(t, db, "create table a (id int primary key, note text)", "create table b (id int primary key, note text)",
			"insert into a values (1,'x')", "insert into b values (1,'x')")
		rules := newGenerations(only("a", "id"))
		pinned := rules.newest()
		s := newSource(t, fl, configOf(srv, db+".*"), &memoryJournal{})
		v, err := s.OpenView(t.Context(), nil, pinned)
		if err != nil {
			t.Fatal(err)
		}
		rules.swap(columns("id"))
		out := newCollector()
		for _, table := range v.Tables() {
			if err := v.Read(t.Context(), table, out); err != nil {
				t.Fatal(err)
			}
		}
		closeView(t, v)
		want(t, out.rows, "r a {id=1}")
		if !slices.Equal(out.gens, []uint32{1}) {
			t.Errorf("the snapshot is of the generations %v, want 1", out.gens)
		}

		r := start(t, s, v.Start(), pinned)
		srv.Exec(t, db, "insert into a values (2,'x')", "insert into b values (2,'x')")
		r.rows(2)
		rules.swap(columns("note"))
		srv.Exec(t, db, "begin", "insert into b values (3,'new')", "insert into a values (3,'new')", "commit")
		r.rows(4)
		rules.swap(columns("extra"))
		srv.Exec(t, db, "alter table a add extra varchar(9)", "insert into a values (4,'x','more')")
		r.rows(5)
		rules.swap(only("b", "id"))
		srv.Exec(t, db, "truncate a", "insert into a values (5,'x','y')", "insert into b values (5,'x')", "truncate b")
		want(t, r.rows(7), `
			c a {id=2}
			c b {id=2}
			c b {id=3 note=new}
			c a {id=3 note=new}
			c a {id=4 extra=more}
			c b {id=5}
			t b`)
		r.out.mu.Lock()
		defer r.out.mu.Unlock()
		if got := slices.Compact(slices.Clone(r.out.gens)); !slices.Equal(got, []uint32{2, 3, 4, 5}) {
			t.Errorf("generations %v, want 2 to 5", got)
		}
	})
}
