//go:build integration

package pgwal

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cdc/event"
	"cdc/internal/testdb"
)

// TestResumesAfterACrash kills the source in the middle of the stream, again
// and again: nothing may be missing, and only what wasn't stored may come twice.
func TestResumesAfterACrash(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		b := newBed(t, major, "create table t (id int primary key, v text)")
		r := b.start("")
		r.wait(t, "the first position", func() bool { return r.position != "" })
		r.stop(t)
		from := r.stored()
		b.exec("insert into t select i, repeat('x', 100) from generate_series(1, 20000) i") // cut into several batches
		for i := range 300 {
			b.exec(fmt.Sprintf("insert into t values (%d, 'single')", 20001+i))
		}
		var got []string
		for kill := 1; len(got) < 20300; kill++ {
			s := b.source()
			c := newCollector(s)
			limit := 3000 * kill
			full := make(chan struct{})
			c.onBatch = func(n int) {
				if n >= limit || len(got)+n >= 20300 {
					c.shut = true // what comes after is not delivered
					select {
					case <-full:
					default:
						close(full)
					}
				}
			}
			r := b.startSource(s, from, c)
			<-full
			r.halt()
			from = r.stored()
			got = append(got, r.all()...)
		}
		if len(got) != 20300 {
			t.Errorf("%d rows came, want exactly 20300: every position was stored", len(got))
		}
		for i, row := range got {
			if !strings.HasPrefix(row, fmt.Sprintf("c public.t %d ", i+1)) {
				t.Fatalf("row %d is %.40q", i, row)
			}
		}
	})
}

// TestReconnectsInsideATransaction cuts the server's side while a large
// transaction is on its way.
func TestReconnectsInsideATransaction(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		b := newBed(t, major, "create table t (id int primary key, v text)")
		s := b.source()
		c := newCollector(s)
		cut := make(chan struct{}, 100)
		c.onBatch = func(n int) {
			if n > 0 {
				c.shut = true // hold still until the connection is cut
				select {
				case cut <- struct{}{}:
				default:
				}
			}
		}
		r := b.startSource(s, "", c)
		r.wait(t, "the first position", func() bool { return r.position != "" })
		b.exec("insert into t select i, repeat('x', 100) from generate_series(1, 10000) i")
		for range 3 {
			<-cut
			b.exec("select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = '" + b.config.Slot + "'")
			eventually(t, "the walsender is gone", func() bool {
				return b.text("select count(*)::text from pg_replication_slots where active and slot_name = $1", b.config.Slot) == "0"
			})
			c.set(func() { c.shut = false })
		}
		r.wait(t, "all rows", func() bool {
			c.onBatch = nil
			if c.shut {
				c.shut = false
				select {
				case c.room <- struct{}{}:
				default:
				}
			}
			return len(c.rows) >= 10000
		})
		for i, row := range r.all() {
			if !strings.HasPrefix(row, fmt.Sprintf("c public.t %d ", i+1)) {
				t.Fatalf("row %d is %.40q", i, row)
			}
		}
		if s.Stats().Reconnects == 0 {
			t.Error("the connection was never made again")
		}
	})
}

func TestServerCrashAndRestart(t *testing.T) {
	server := testdb.NewPostgres(t, 18)
	b := newBedOn(t, server.Server, "create table t (id int primary key, v text)")
	r := b.start("")
	r.wait(t, "the first position", func() bool { return r.position != "" })
	b.exec("insert into t values (1, 'a')")
	r.want(t, "c public.t 1 a")
	server.Kill(t)
	server.Start(t)
	b.admin = b.connect()
	b.exec("insert into t values (2, 'b')")
	r.want(t, "c public.t 1 a", "c public.t 2 b")
	r.stop(t)
}

// TestWaitsForRoom holds still for longer than the server waits for a sign of
// life: the connection must live, and nothing may be confirmed.
func TestWaitsForRoom(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		server := testdb.NewPostgres(t, major, "-c", "wal_sender_timeout=1s")
		b := newBedOn(t, server.Server, "create table t (id int primary key, v text)")
		b.config.StatusInterval = 10 * time.Second // slower than the server's patience
		r := b.start("")
		r.wait(t, "the first position", func() bool { return r.position != "" })
		r.set(func() { r.shut = true })
		confirmed := b.confirmed()
		b.exec("insert into t select i, repeat('x', 1000) from generate_series(1, 20000) i") // more than all buffers
		r.wait(t, "a refused batch", func() bool { return r.refused > 0 })
		held := time.NewTimer(3 * time.Second)
		<-held.C
		if got := b.confirmed(); got != confirmed {
			t.Errorf("confirmed moved from %s to %s though nothing was stored", confirmed, got)
		}
		r.set(func() { r.shut = false })
		r.wait(t, "all rows", func() bool { return len(r.rows) == 20000 })
		if n := r.source.Stats().Reconnects; n != 0 {
			t.Errorf("%d reconnects, want none", n)
		}
		r.stop(t)
	})
}

// TestIdleSlotAdvances writes only what isn't captured.
func TestIdleSlotAdvances(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		b := newBed(t, major, "create table t (id int primary key)", "create schema other", "create table other.o (id int primary key, v text)")
		r := b.start("")
		r.wait(t, "the first position", func() bool { return r.position != "" })
		b.exec("insert into other.o select i, repeat('x', 1000) from generate_series(1, 1000) i")
		target := b.text("select pg_current_wal_lsn()::text")
		eventually(t, "the slot advances", func() bool {
			return b.text("select (confirmed_flush_lsn >= $2::pg_lsn)::text from pg_replication_slots where slot_name = $1", b.config.Slot, target) == "true"
		})
		if len(r.all()) != 0 {
			t.Errorf("rows came: %v", r.all())
		}
		from := r.stop(t)
		b.exec("insert into t values (1)")
		b.start(from).want(t, "c public.t 1")
	})
}

// TestConfirmsOnlyWhatIsStored: the idle position must wait for rows that are
// still on their way.
func TestConfirmsOnlyWhatIsStored(t *testing.T) {
	b := newBed(t, 18, "create table t (id int primary key)", "create schema other", "create table other.o (id int primary key, v text)")
	r := b.start("")
	r.wait(t, "the first position", func() bool { return r.position != "" })
	eventually(t, "all is confirmed", func() bool {
		p, _, err := parsePosition(r.stored())
		return err == nil && b.confirmed() == lsn(p.Start)
	})
	r.set(func() { r.keep = true })
	before := b.text("select pg_current_wal_lsn()::text")
	b.exec("insert into t values (1)")
	r.want(t, "c public.t 1")
	b.exec("insert into other.o select i, repeat('x', 1000) from generate_series(1, 1000) i")
	batches := r.batches
	r.wait(t, "an idle position", func() bool { return r.batches > batches })
	if got := b.text("select (confirmed_flush_lsn <= $2::pg_lsn)::text from pg_replication_slots where slot_name = $1", b.config.Slot, before); got != "true" {
		t.Errorf("the slot is at %s, beyond %s, though the row isn't stored", b.confirmed(), before)
	}
	r.stop(t)
}

func TestServerShutsDownInPeace(t *testing.T) {
	server := testdb.NewPostgres(t, 18)
	b := newBedOn(t, server.Server, "create table t (id int primary key, v text)")
	r := b.start("")
	r.wait(t, "the first position", func() bool { return r.position != "" })
	b.exec("insert into t select i, 'x' from generate_series(1, 1000) i")
	r.wait(t, "all rows", func() bool { return len(r.rows) == 1000 })
	start := time.Now()
	server.Stop(t)
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("the server took %s to stop", took)
	}
	server.Start(t)
	b.admin = b.connect()
	b.exec("insert into t values (1001, 'y')")
	r.wait(t, "the row after", func() bool { return len(r.rows) == 1001 })
	r.stop(t)
}

func TestRefusesALostPosition(t *testing.T) {
	drop := func(b *bed) { b.exec("select pg_drop_replication_slot('" + b.config.Slot + "')") }
	remake := func(b *bed) {
		drop(b)
		b.exec("insert into t values (100)", "select pg_create_logical_replication_slot('"+b.config.Slot+"', 'pgoutput')")
	}
	advance := func(b *bed) {
		b.exec("insert into t values (100)", "select pg_replication_slot_advance('"+b.config.Slot+"', pg_current_wal_lsn())")
	}
	for _, test := range []struct {
		name   string
		spoil  func(b *bed)
		change func(event.Position) event.Position
		want   string
	}{
		{"slot dropped", drop, nil, "doesn't exist"},
		{"slot made anew", remake, nil, "beyond the stored position"},
		{"slot advanced", advance, nil, "beyond the stored position"},
		{"publication dropped", func(b *bed) { b.exec("drop publication cdc_test") }, nil, "publication"},
		{"other server", nil, func(p event.Position) event.Position {
			return event.Position(strings.Replace(string(p), `\"system\":\"`, `\"system\":\"1`, 1))
		}, "system identifier"},
		{"other database", nil, func(p event.Position) event.Position {
			return event.Position(strings.Replace(string(p), `\"database\":\"`, `\"database\":\"x`, 1))
		}, "belongs to the database"},
		{"ahead of the server", nil, func(event.Position) event.Position { return `{"lsn":9000000000000000000}` }, "beyond the end"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBed(t, 18, "create table t (id int primary key)")
			r := b.start("")
			r.wait(t, "the first position", func() bool { return r.position != "" })
			from := r.stop(t)
			if test.spoil != nil {
				test.spoil(b)
			}
			if test.change != nil {
				from = test.change(from)
			}
			err := b.start(from).failed(t)
			if !errors.Is(err, event.ErrPositionLost) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want position lost with %q", err, test.want)
			}
		})
	}
}

func TestRefusesALostSlot(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		server := testdb.NewPostgres(t, major, "-c", "max_slot_wal_keep_size=1MB", "-c", "max_wal_size=32MB", "-c", "min_wal_size=32MB")
		b := newBedOn(t, server.Server, "create table t (id int primary key, v text)")
		r := b.start("")
		r.wait(t, "the first position", func() bool { return r.position != "" })
		from := r.stop(t)
		for range 4 {
			b.exec("insert into t select i, repeat('x', 2000) from generate_series(1, 10000) i", "truncate t", "select pg_switch_wal()", "checkpoint")
		}
		err := b.start(from).failed(t)
		if !errors.Is(err, event.ErrPositionLost) || !strings.Contains(err.Error(), "pg_drop_replication_slot") {
			t.Errorf("got %v, want position lost with the statement that drops the slot", err)
		}
		// A new snapshot may replace the slot: it is of no use to anybody.
		b.exec("insert into t values (1, 'still there')")
		s := b.source()
		plan, v := b.takeSnapshot(s, nil)
		if !strings.Contains(string(plan), slotOurs) {
			t.Errorf("plan %s, want the slot made anew", plan)
		}
		c := newCollector(s)
		readAll(t, v, c)
		end(t, v)
		b.exec("insert into t values (2, 'after')")
		b.startSource(s, v.Start(), c).want(t, "r public.t 1 still there", "c public.t 2 after")
	})
}

// TestTakesOverFromDebezium starts from a position as Debezium stores it.
func TestTakesOverFromDebezium(t *testing.T) {
	b := newBed(t, 18, "create table t (id int primary key)")
	r := b.start("")
	r.wait(t, "the first position", func() bool { return r.position != "" })
	b.exec("insert into t values (1)")
	r.want(t, "c public.t 1")
	r.wait(t, "its position", func() bool { p, _, err := parsePosition(r.position); return err == nil && p.Op == msgCommit })
	p, _, err := parsePosition(r.stop(t))
	if err != nil {
		t.Fatal(err)
	}
	b.exec("insert into t values (2)")
	from := fmt.Sprintf(`{"lsn_proc":%d,"messageType":"INSERT","lsn_commit":%d,"lsn":%d,"txId":%d,"ts_usec":%d}`, p.Last, p.PrevCommit, p.Last, p.XID, p.Micros)
	r = b.start(event.Position(from))
	r.want(t, "c public.t 2")
	if got, want := r.txs[0].PrevCommit, p.PrevCommit; got != want {
		t.Errorf("previous commit %s, want %s", lsn(got), lsn(want))
	}
}

func TestDebeziumFields(t *testing.T) {
	b := newBed(t, 18, "create table t (id int primary key)")
	r := b.start("")
	r.wait(t, "the first position", func() bool { return r.position != "" })
	for i := range 3 {
		b.exec(fmt.Sprintf("insert into t values (%d)", i))
	}
	r.want(t, "c public.t 0", "c public.t 1", "c public.t 2")
	xids := b.text("select string_agg(xmin::text, ' ' order by id) from t")
	var got []string
	for i := range r.txs {
		got = append(got, fmt.Sprint(r.txs[i].XID))
	}
	if strings.Join(got, " ") != xids {
		t.Errorf("transactions %v, want %s", got, xids)
	}
	if r.txs[0].PrevCommit != 0 || r.txs[2].PrevCommit == 0 || r.txs[2].PrevCommit > r.raw[2].Off {
		t.Errorf("previous commits %d %d before %d", r.txs[0].PrevCommit, r.txs[2].PrevCommit, r.raw[2].Off)
	}
	offs := []uint64{r.raw[0].Off, r.raw[1].Off, r.raw[2].Off}
	if !slices.IsSorted(offs) || offs[0] == 0 {
		t.Errorf("positions of the rows: %v", offs)
	}
}
