package binlog

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
)

// choice says which columns of a table are wanted; nil for no rows at all.
type choice func(s *event.Schema) ([]string, error)

// generations are rules that can be swapped.
type generations struct {
	mu   sync.Mutex
	list []choice
}

// generation is one of them, counted from 1.
type generation struct {
	of     *generations
	number int
	choice choice
}

func newGenerations(first choice) *generations { return &generations{list: []choice{first}} }

func (g *generations) swap(c choice) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.list = append(g.list, c)
}

func (g *generations) newest() event.Selector {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := len(g.list)
	return &generation{g, n, g.list[n-1]}
}

func (g *generation) Generation() uint32     { return uint32(g.number) }
func (g *generation) Newest() event.Selector { return g.of.newest() }
func (g *generation) Select(s *event.Schema) ([]bool, bool, error) {
	names, err := g.choice(s)
	if names == nil || err != nil {
		return nil, false, err
	}
	want := make([]bool, s.Width)
	for i := range s.Columns {
		want[s.Columns[i].Ord] = slices.Contains(names, s.Columns[i].Name)
	}
	return want, true, nil
}

// columns wants these of every table.
func columns(names ...string) choice {
	return func(*event.Schema) ([]string, error) { return names, nil }
}

// only wants rows of one table.
func only(table string, names ...string) choice {
	return func(s *event.Schema) ([]string, error) {
		if s.Table != table {
			return nil, nil
		}
		return names, nil
	}
}

func newSwapBench(t *testing.T, first choice) (*bench, *generations) {
	t.Helper()
	b, rules := newBench(t), newGenerations(first)
	b.h.history.follow(rules.newest())
	return b, rules
}

func (b *bench) wantGens(gens ...uint32) {
	b.t.Helper()
	if diff := cmp.Diff(gens, b.out.gens); diff != "" {
		b.t.Errorf("generations of the batches (-want +got):\n%s", diff)
	}
}

// The rules are swapped inside a transaction: the next one is the first that is
// made by them.
func TestSwapAtTheNextTransaction(t *testing.T) {
	b, rules := newSwapBench(t, columns("id", "v"))
	l := newLog()
	b.out.hungry = false
	b.feed(l.inserted(1, 1)...)
	b.feed(l.gtid(2), l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, 2))
	rules.swap(columns("id"))
	b.feed(l.tableMap(70, "t"), l.insert(70, 3), l.xid())
	if len(b.out.gens) != 0 {
		t.Error("a batch left before it had to")
	}
	b.feed(l.gtid(3))
	if got := b.position(); got.gtids.String() != gtidPrefix+"1-2" || got.skip != 0 {
		t.Errorf("with the old rules leaves position %+v", got)
	}
	b.feed(l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, 4), l.xid())
	schema := b.h.maps[70].v.schema
	rules.swap(columns("v"))
	b.feed(l.inserted(4, 5)...)
	b.drain()
	b.want("c t {id=1 v=1}\nc t {id=2 v=2}\nc t {id=3 v=3}\nc t {id=4}\nc t {id=5 v=5}")
	b.wantGens(1, 2, 3)
	if b.h.maps[70].v.schema != schema || schema.Version != 1 || len(b.journal.entries) != 1 {
		t.Errorf("the version changed to %d, the journal has %d entries", schema.Version, len(b.journal.entries))
	}
}

func TestSwapTakesOtherTables(t *testing.T) {
	b, rules := newSwapBench(t, only("u", "id"))
	l := newLog()
	both := func(seq uint64, value uint32) {
		b.feed(l.gtid(seq), l.query("BEGIN"), l.tableMap(70, "t"), l.tableMap(71, "u"), l.insert(70, value), l.insert(71, value), l.xid())
	}
	both(1, 1)
	rules.swap(only("t", "v"))
	both(2, 2)
	rules.swap(columns("id"))
	both(3, 3)
	rules.swap(only("u"))
	b.feed(l.gtid(4), l.query("TRUNCATE t"), l.gtid(5), l.query("TRUNCATE u"))
	b.want("c u {id=1}\nc t {id=2 v=2}\nc t {id=3}\nc u {id=3}")
	rules.swap(only("t", "id"))
	b.feed(l.gtid(6), l.query("TRUNCATE t"), l.gtid(7), l.query("TRUNCATE u"))
	b.want("c u {id=1}\nc t {id=2 v=2}\nc t {id=3}\nc u {id=3}\nt t")
}

// A transaction whose first rows have left stays with the rules that made them,
// though the connection breaks.
func TestSwapWaitsForACutTransaction(t *testing.T) {
	b, rules := newSwapBench(t, columns("id", "v"))
	l := newLog()
	n := event.MaxBatchBytes / 80
	b.feed(l.gtid(1), l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, many(n)...))
	for len(b.out.gens) == 0 {
		b.feed(l.insert(70, many(n)...))
	}
	rules.swap(columns("id"))
	b.h.resume("A")
	rows, _ := b.out.take()
	sent := len(rows)
	l = newLog()
	b.feed(l.fakeRotate(), l.gtid(1), l.query("BEGIN"), l.tableMap(70, "t"))
	for range sent / n {
		b.feed(l.insert(70, many(n)...))
	}
	b.feed(l.insert(70, 7), l.xid())
	b.feed(l.inserted(2, 8)...)
	b.drain()
	rows, _ = b.out.take()
	want(t, rows[sent:], "c t {id=7 v=7}\nc t {id=8}")
	b.wantGens(1, 1, 2)
}

// What an XA transaction has changed is known when it is prepared, what leaves of
// it when it commits.
func TestSwapBetweenPrepareAndCommit(t *testing.T) {
	b, rules := newSwapBench(t, only("u", "id"))
	l := newLog()
	b.feed(l.prepared(1, "a", 1)...)
	rules.swap(columns("id", "v"))
	b.feed(l.decided(2, "COMMIT", "a")...)
	b.feed(l.prepared(3, "b", 2)...)
	rules.swap(only("u", "id"))
	b.feed(l.decided(4, "COMMIT", "b")...)
	b.drain()
	b.want("c t {id=1 v=1}")
	if len(b.h.undecided.order) != 0 {
		t.Errorf("kept %+v", b.h.undecided)
	}
}

func TestSwapToRulesThatDontFit(t *testing.T) {
	b, rules := newSwapBench(t, columns("id"))
	l := newLog()
	b.feed(l.inserted(1, 1)...)
	rules.swap(func(s *event.Schema) ([]string, error) {
		return nil, fmt.Errorf("there is no column x in %s", s.Name())
	})
	b.feed(l.gtid(2), l.query("BEGIN"))
	err := b.h.event(l.tableMap(70, "t"))
	if !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), "table shop.t: configuration: there is no column x") {
		t.Errorf("got %v", err)
	}
	b.want("c t {id=1}")
}

// Without room for what the old rules made, the transaction waits.
func TestSwapWithoutRoom(t *testing.T) {
	b, rules := newSwapBench(t, columns("id", "v"))
	l := newLog()
	b.out.hungry = false
	b.feed(l.inserted(1, 1)...)
	rules.swap(columns("id"))
	b.out.accept(false)
	done := make(chan error, 1)
	go func() { done <- b.h.event(l.gtid(2)) }()
	b.out.accept(true)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	b.feed(l.query("BEGIN"), l.tableMap(70, "t"), l.insert(70, 2), l.xid())
	b.drain()
	b.want("c t {id=1 v=1}\nc t {id=2}")
	b.wantGens(1, 2)
}

func TestOldRows(t *testing.T) {
	for accept, want := range map[bool]event.OldRows{false: event.OldFull, true: event.OldUnknown} {
		c := Config{AcceptPartialRowImages: accept}
		b, l := newBench(t), newLog()
		b.h.history.old = c.oldRows()
		b.feed(l.inserted(1, 1)...)
		if got := b.h.maps[70].v.schema.Old; got != want {
			t.Errorf("accept_partial_row_images %v: got %d, want %d", accept, got, want)
		}
	}
}

func BenchmarkNewest(b *testing.B) {
	h := &handler{history: newHistory(nil, nil, all{}, nil)}
	b.ReportAllocs()
	for b.Loop() {
		if err := h.renew(); err != nil {
			b.Fatal(err)
		}
	}
}
