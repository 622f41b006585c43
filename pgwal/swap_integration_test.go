//go:build integration

package pgwal

import (
	"context"
	"slices"
	"testing"

	"cdc/event"
)

// startRules is startSource with rules.
func (b *bed) startRules(s *Source, from event.Position, c *collector, sel event.Selector) *streaming {
	b.t.Helper()
	ctx, cancel := context.WithCancel(b.t.Context())
	r := &streaming{collector: c, source: s, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		r.err = s.Stream(ctx, from, sel, c)
	}()
	b.t.Cleanup(func() { r.stop(b.t) })
	return r
}

// TestSwap takes other tables and columns while a server streams, which describes
// its relations once.
func TestSwap(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		b := newBed(t, major,
			"create table a (id int primary key, note text)", "create table b (id int primary key, note text)",
			"insert into a values (1, 'x')", "insert into b values (1, 'x')")
		rules := newGenerations(only("a", "id"))
		pinned := rules.newest()
		s := b.source()
		plan, err := s.PlanSnapshot(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		v, err := s.OpenView(t.Context(), plan, pinned)
		if err != nil {
			t.Fatal(err)
		}
		rules.swap(columns("id"))
		c := newCollector(s)
		for _, table := range v.Tables() {
			if err := v.Read(t.Context(), table, c); err != nil {
				t.Fatal(err)
			}
		}
		end(t, v)
		c.want(t, "r public.a 1 0")

		r := b.startRules(s, v.Start(), c, pinned)
		b.exec("insert into a values (2, 'x')", "insert into b values (2, 'x')")
		r.want(t, "r public.a 1 0", "c public.a 2 0", "c public.b 2 0")
		rules.swap(columns("note"))
		b.exec("insert into b values (3, 'new')", "begin; insert into a values (3, 'new'); update a set note = 'newer' where id = 3; commit")
		r.want(t, "r public.a 1 0", "c public.a 2 0", "c public.b 2 0", "c public.b 3 new", "c public.a 3 new", "u public.a 3 newer")
		rules.swap(columns("extra"))
		b.exec("alter table a add extra text", "insert into a values (4, 'x', 'more')")
		r.want(t, "r public.a 1 0", "c public.a 2 0", "c public.b 2 0", "c public.b 3 new", "c public.a 3 new", "u public.a 3 newer", "c public.a 4 0 more")
		rules.swap(only("b", "id"))
		b.exec("truncate a", "insert into a values (5, 'x', 'y')", "insert into b values (5, 'x')")
		r.want(t, "r public.a 1 0", "c public.a 2 0", "c public.b 2 0", "c public.b 3 new", "c public.a 3 new", "u public.a 3 newer",
			"c public.a 4 0 more", "c public.b 5 0")
		r.mu.Lock()
		defer r.mu.Unlock()
		if want := []uint32{1, 2, 2, 3, 3, 3, 4, 5}; !slices.Equal(r.gens, want) {
			t.Errorf("generations %v, want %v", r.gens, want)
		}
	})
}

// TestOldRowsOfServer: the snapshot and the stream tell the same about old rows.
func TestOldRowsOfServer(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		tables := []struct {
			name, make, identity string
			old                  event.OldRows
			holds                []int
		}{
			{"dflt", "(a int, id int primary key)", "default", event.OldKey, []int{1}},
			{"fll", "(a int, id int primary key)", "full", event.OldFull, nil},
			{"idx", "(id int primary key, a int not null unique)", "using index idx_a_key", event.OldKey, []int{1}},
			{"late", "(id int primary key deferrable, a int)", "full", event.OldFull, nil},
			{"two", "(b int, a int, c int, primary key (c, b))", "default", event.OldKey, []int{0, 2}},
		}
		b := newBed(t, major)
		for _, x := range tables {
			b.exec("create table "+x.name+x.make, "alter table "+x.name+" replica identity "+x.identity)
		}
		s := b.source()
		_, v := b.takeSnapshot(s, nil)
		end(t, v)
		r := b.startSource(s, v.Start(), newCollector(s))
		for _, x := range tables {
			columns := "(id, a)"
			if x.name == "two" {
				columns = "(c, b)"
			}
			b.exec("insert into " + x.name + columns + " values (1, 2)")
		}
		eventually(t, "a row of each table", func() bool { return len(r.all()) == len(tables) })
		r.mu.Lock()
		defer r.mu.Unlock()
		for i, x := range tables {
			read := v.Tables()[slices.IndexFunc(v.Tables(), func(s *event.Schema) bool { return s.Table == x.name })]
			logged := r.raw[i].Schema
			if logged.Old != x.old || !slices.Equal(logged.OldColumns, x.holds) || !logged.Equal(read) {
				t.Errorf("%s: the stream says %d %v, the snapshot %d %v, want %d %v", x.name, logged.Old, logged.OldColumns, read.Old, read.OldColumns, x.old, x.holds)
			}
		}
	})
}
