//go:build integration

package pgwal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"cdc/event"
)

// takeSnapshot does what the engine does, up to the view.
func (b *bed) takeSnapshot(s *Source, previous []byte) (plan []byte, v event.View) {
	b.t.Helper()
	plan, err := s.PlanSnapshot(b.t.Context(), previous)
	if err != nil {
		b.t.Fatal(err)
	}
	v, err = s.OpenView(b.t.Context(), plan, selectAll{})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { end(b.t, v) })
	return plan, v
}

func readAll(t *testing.T, v event.View, c *collector) {
	t.Helper()
	for _, s := range v.Tables() {
		if err := v.Read(t.Context(), s, c); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSnapshotReadsEveryValue(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		b := newBed(t, major,
			"create table a (id int primary key, v text)",
			`insert into a values (1, E'tab\tnew\nline\\back\b\f\r\x0b'), (2, null), (3, ''), (4, '\N')`,
			`create table "B ""x" (id int primary key, "odd ""name" text, g int generated always as (id * 2) stored)`,
			`insert into "B ""x" values (7, 'q')`,
			"create table c (id int primary key) partition by range (id)",
			"create table c1 partition of c for values from (0) to (10)",
			"insert into c values (5)",
			"create table base (id int primary key, v text)", "create table child (primary key (id)) inherits (base)",
			"insert into base values (1, 'b')", "insert into child values (2, 'c')",
			"create table nokey (v text)", "insert into nokey values ('never')",
			"create table empty (id int primary key)")
		s := b.source()
		defer end(t, s)
		_, v := b.takeSnapshot(s, nil)
		c := newCollector(s)
		readAll(t, v, c)
		want := []string{
			`r public.B "x 7 q`,
			"r public.a 1 tab\tnew\nline\\back\b\f\r\v", "r public.a 2 null", "r public.a 3 ", `r public.a 4 \N`,
			"r public.base 1 b", "r public.c1 5", "r public.child 2 c",
		}
		if got := c.all(); !slices.Equal(got, want) {
			t.Errorf("got\n%q\nwant\n%q", got, want)
		}
		at, _, err := parsePosition(v.Start())
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range c.raw {
			if r.Off != at.Start || c.txs[i].XID == 0 || c.micros[i] == 0 {
				t.Errorf("row %d: position %d, transaction %d, time %d; want the snapshot's", i, r.Off, c.txs[i].XID, c.micros[i])
			}
		}
	})
}

// TestSnapshotHandsOver lets writers run all the time: every row must come
// exactly once, from the snapshot or from the stream.
func TestSnapshotHandsOver(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		b := newBed(t, major, "create table t (id int primary key, v text)")
		stop := b.write(3, func(writer, n int) string {
			return fmt.Sprintf("insert into t values (%d, 'w')", n*3+writer)
		})
		s := b.source()
		_, v := b.takeSnapshot(s, nil)
		c := newCollector(s)
		readAll(t, v, c)
		from := v.Start()
		end(t, v)
		r := b.startSource(s, from, c)
		r.wait(t, "streamed rows", func() bool { return len(c.rows) > 0 && strings.HasPrefix(c.rows[len(c.rows)-1], "c ") })
		stop()
		b.compareKeys(r, "t")
	})
}

// write runs writers until the function that it returns is called, each with
// an own connection and autocommit.
func (b *bed) write(writers int, statement func(writer, n int) string) (stop func()) {
	ctx, cancel := context.WithCancel(b.t.Context())
	done := make(chan error, writers)
	for w := range writers {
		c := b.connect()
		go func() {
			for n := 1; ctx.Err() == nil; n++ {
				if _, err := c.Exec(b.t.Context(), statement(w, n)); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	return func() {
		b.t.Helper()
		cancel()
		for range writers {
			if err := <-done; err != nil {
				b.t.Errorf("writer: %v", err)
			}
		}
	}
}

// compareKeys waits until as many rows came as the table holds, and compares
// their first columns with the table, each exactly once.
func (b *bed) compareKeys(r *streaming, table string) {
	b.t.Helper()
	rows, err := b.admin.Query(b.t.Context(), "select id::text from "+table+" order by id")
	if err != nil {
		b.t.Fatal(err)
	}
	want := map[string]int{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			b.t.Fatal(err)
		}
		want[id] = 1
	}
	if err := rows.Err(); err != nil {
		b.t.Fatal(err)
	}
	r.wait(b.t, "all rows", func() bool { return len(r.rows) >= len(want) })
	got := map[string]int{}
	for _, row := range r.all() {
		got[strings.Fields(row)[2]]++
	}
	for id := range want {
		if got[id] != 1 {
			b.t.Errorf("row %s came %d times", id, got[id])
		}
	}
	if len(got) != len(want) {
		b.t.Errorf("%d keys came, the table has %d", len(got), len(want))
	}
}

// TestInterruptedSnapshotStartsOver dies between the slot's creation and the
// first row, and in the middle of a table.
func TestInterruptedSnapshotStartsOver(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		b := newBed(t, major, "create table t (id int primary key, v text)",
			"insert into t select i, repeat('x', 2000) from generate_series(1, 2000) i")
		stop := b.write(2, func(writer, n int) string {
			return fmt.Sprintf("insert into t values (%d, 'w')", 10_000+n*2+writer)
		})
		plan, v := b.takeSnapshot(b.source(), nil)
		first := v.Start()
		end(t, v)

		confirmed := b.confirmed()
		b.exec("insert into t values (3000, 'y')")
		plan, v = b.takeSnapshot(b.source(), plan)
		if v.Start() == first || b.confirmed() == confirmed {
			t.Errorf("snapshot at %s after %s, slot at %s after %s; want the slot made anew", v.Start(), first, b.confirmed(), confirmed)
		}
		s := b.source()
		c := newCollector(s)
		ctx, cancel := context.WithCancel(t.Context())
		c.onBatch = func(int) { cancel() }
		if err := v.Read(ctx, v.Tables()[0], c); err == nil {
			t.Fatal("read the whole table though it was interrupted")
		}
		end(t, v)

		b.exec("insert into t values (3001, 'z')")
		_, v = b.takeSnapshot(s, plan)
		c = newCollector(s)
		readAll(t, v, c)
		from := v.Start()
		end(t, v)
		b.exec("insert into t values (3002, 'after')")
		r := b.startSource(s, from, c)
		r.wait(t, "streamed rows", func() bool { return strings.HasPrefix(c.rows[len(c.rows)-1], "c ") })
		stop()
		b.compareKeys(r, "t")
	})
}

func TestSnapshotKeepsASlotThatIsNotOurs(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		b := newBed(t, major, "create table t (id int primary key, v text)")
		s := b.source()
		if err := s.keepPublication(t.Context(), b.admin); err != nil {
			t.Fatal(err)
		}
		b.exec("select pg_create_logical_replication_slot('"+b.config.Slot+"', 'pgoutput')",
			"insert into t values (1, 'before')")
		confirmed := b.confirmed()
		plan, v := b.takeSnapshot(s, nil)
		if !strings.Contains(string(plan), slotKept) {
			t.Errorf("plan %s, want the slot kept", plan)
		}
		if got := b.confirmed(); got != confirmed {
			t.Errorf("slot moved from %s to %s", confirmed, got)
		}
		c := newCollector(s)
		b.exec("insert into t values (2, 'after')")
		readAll(t, v, c)
		end(t, v)
		r := b.startSource(s, v.Start(), c)
		r.want(t, "r public.t 1 before", "c public.t 2 after")
	})
}

// TestSnapshotKeepsASlotMadeAfterThePlan: that the plan is to make a slot is no
// proof that the one that is there is ours.
func TestSnapshotKeepsASlotMadeAfterThePlan(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		b := newBed(t, major, "create table t (id int primary key, v text)")
		s := b.source()
		text, err := s.PlanSnapshot(t.Context(), nil)
		if err != nil || !strings.Contains(string(text), slotOurs) {
			t.Fatalf("plan %s, %v", text, err)
		}
		b.exec("select pg_create_logical_replication_slot('"+b.config.Slot+"', 'pgoutput')", "insert into t values (1, 'before')")
		confirmed := b.confirmed()
		v, err := s.OpenView(t.Context(), text, selectAll{})
		if err != nil {
			t.Fatal(err)
		}
		if got := b.confirmed(); got != confirmed {
			t.Errorf("slot moved from %s to %s", confirmed, got)
		}
		c := newCollector(s)
		b.exec("insert into t values (2, 'after')")
		readAll(t, v, c)
		end(t, v)
		b.startSource(s, v.Start(), c).want(t, "r public.t 1 before", "c public.t 2 after")
	})
}

// TestSnapshotDropsNoForeignSlot: neither one of another plugin nor one that
// somebody reads.
func TestSnapshotDropsNoForeignSlot(t *testing.T) {
	b := newBed(t, 18, "create table t (id int primary key)")
	s := b.source()
	defer end(t, s)
	text, err := s.PlanSnapshot(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	b.exec("select pg_create_logical_replication_slot('" + b.config.Slot + "', 'test_decoding')")
	if _, err := s.OpenView(t.Context(), text, selectAll{}); !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), "test_decoding") {
		t.Errorf("got %v, want a refusal that names the plugin", err)
	}
	if got := b.confirmed(); got == "null" {
		t.Error("the slot is gone")
	}
}

func TestSnapshotRefusesAKeptSlotThatIsAhead(t *testing.T) {
	b := newBed(t, 18, "create table t (id int primary key, v text)")
	s := b.source()
	defer end(t, s)
	b.exec("select pg_create_logical_replication_slot('" + b.config.Slot + "', 'pgoutput')")
	plan, err := s.PlanSnapshot(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	repl, _, err := s.connectReplication(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer repl.Close(t.Context())
	if err := s.keepPublication(t.Context(), b.admin); err != nil {
		t.Fatal(err)
	}
	made, err := s.createSlot(t.Context(), repl, b.admin, b.config.Slot+"_t", true, true)
	if err != nil {
		t.Fatal(err)
	}
	b.exec("insert into t values (1, 'x')",
		"select pg_replication_slot_advance('"+b.config.Slot+"', pg_current_wal_lsn())")
	p, err := parsePlan(plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.checkKept(t.Context(), b.admin, made); !errors.Is(err, event.ErrConfig) || p.Slot != slotKept {
		t.Errorf("got %v, want a refusal", err)
	}
}

func TestSnapshotSeesARewrittenTable(t *testing.T) {
	for name, change := range map[string]string{
		"rewritten": "alter table t alter v type varchar(10)",
		"truncated": "truncate t",
		"dropped":   "drop table t",
	} {
		t.Run(name, func(t *testing.T) {
			b := newBed(t, 18, "create table t (id int primary key, v varchar(20))", "create table u (id int primary key)",
				"insert into t values (1, 'x')")
			s := b.source()
			defer end(t, s)
			if err := s.keepPublication(t.Context(), b.admin); err != nil {
				t.Fatal(err)
			}
			// The change happens when the rules are asked: after the snapshot was
			// exported and before the table is locked.
			once := &between{do: func() { b.exec(change) }}
			_, err := s.tryView(t.Context(), b.admin, plan{Slot: slotOurs, Name: b.config.Slot}, once)
			if !errors.Is(err, errChanged) {
				t.Fatalf("got %v, want %v", err, errChanged)
			}
			text, err := s.PlanSnapshot(t.Context(), []byte(`{"slot":"ours","name":"`+b.config.Slot+`"}`))
			if err != nil {
				t.Fatal(err)
			}
			v, err := s.OpenView(t.Context(), text, selectAll{})
			if err != nil {
				t.Fatal(err)
			}
			end(t, v)
		})
	}
}

// between is a selector that does something the first time it is asked.
type between struct {
	selectAll
	do func()
}

func (s *between) Select(sc *event.Schema) ([]bool, bool, error) {
	if s.do != nil {
		s.do()
		s.do = nil
	}
	return s.selectAll.Select(sc)
}

func TestSnapshotRefusesRowLevelSecurity(t *testing.T) {
	b := newBed(t, 18, "create table t (id int primary key)", "insert into t values (1)",
		"alter table t enable row level security")
	s := b.source()
	if err := s.keepPublication(t.Context(), b.admin); err != nil {
		t.Fatal(err)
	}
	end(t, s)
	b.config.User, b.config.Password = "cdc", "cdc"
	s = b.source()
	defer end(t, s)
	_, v := b.takeSnapshot(s, nil)
	err := v.Read(t.Context(), v.Tables()[0], newCollector(s))
	if !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), "BYPASSRLS") {
		t.Errorf("got %v, want a refusal that names BYPASSRLS", err)
	}
}

func (*between) Generation() uint32 { return 0 }

func (s *between) Newest() event.Selector { return s }
