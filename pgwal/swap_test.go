package pgwal

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgtype"

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

func noteRelation() msg {
	return relationOf('d', testColumn{"id", pgtype.Int4OID, -1, true}, testColumn{"note", pgtype.TextOID, -1, false})
}

func insertNote(id, note string) msg { return rowMsg('I').tuple('N', id, note) }

func wantGens(t *testing.T, sc *scripted, want ...uint32) {
	t.Helper()
	sc.mu.Lock()
	defer sc.mu.Unlock()
	sc.collector.mu.Lock()
	defer sc.collector.mu.Unlock()
	if diff := cmp.Diff(want, sc.gens); diff != "" {
		t.Errorf("generations of the rows (-want +got):\n%s", diff)
	}
}

// The rules are swapped inside a transaction: the next one is the first that is
// made by them. The server describes no relation again.
func TestSwapAtTheNextTransaction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rules := newGenerations(columns("id", "note"))
		sc := startRules(t, position{Start: 0x1000}, rules.newest())
		sc.send(wal(0x1100, beginAt(0x2000, 7)), wal(0, noteRelation()), wal(0x1100, insertNote("1", "a")))
		first := sc.st.dec.relations[testRel].schema
		var stored []uint64 // with each batch
		sc.set(func() {
			sc.onBatch = func(int) {
				p, _, err := parsePosition(sc.position)
				if err != nil {
					t.Error(err)
				}
				stored = append(stored, p.Start)
			}
		})
		rules.swap(columns("id"))
		sc.send(slices.Concat(wal(0x1200, insertNote("2", "b")), wal(0x2030, commitAt(0x2000, 0x2030)),
			wal(0x2100, beginAt(0x3000, 8)), wal(0x2100, insertNote("3", "c")), wal(0x3030, commitAt(0x3000, 0x3030))))
		sc.want(t, "c public.orders 1 a", "c public.orders 2 b", "c public.orders 3 0")
		wantGens(t, sc, 1, 1, 2)
		if sc.st.dec.relations[testRel].schema != first {
			t.Error("the table got another schema")
		}
		if diff := cmp.Diff([]uint64{0x2030, 0x3030}, stored); diff != "" {
			t.Errorf("positions (-want +got):\n%s", diff)
		}
		rules.swap(columns("note"))
		sc.send(wal(0x3100, beginAt(0x4000, 9)), wal(0x3100, insertNote("4", "d")), wal(0x4030, commitAt(0x4000, 0x4030)))
		sc.want(t, "c public.orders 1 a", "c public.orders 2 b", "c public.orders 3 0", "c public.orders 4 d")
		wantGens(t, sc, 1, 1, 2, 3)
	})
}

// A table of which no rows were wanted, and one of which none are wanted any more.
func TestSwapTakesOtherTables(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rules := newGenerations(only("another", "id"))
		sc := startRules(t, position{Start: 0x1000}, rules.newest())
		one := func(id string, at uint64) [][]byte {
			return [][]byte{wal(at+0x100, beginAt(at+0x200, 7)), wal(at+0x100, insertNote(id, "x")), wal(at+0x230, commitAt(at+0x200, at+0x230))}
		}
		sc.send(wal(0x1100, beginAt(0x1200, 7)), wal(0, noteRelation()), wal(0x1100, insertNote("1", "x")), wal(0x1230, commitAt(0x1200, 0x1230)))
		rules.swap(only("orders", "id", "note"))
		sc.send(one("2", 0x2000)...)
		rules.swap(only("another", "id"))
		sc.send(one("3", 0x3000)...)
		rules.swap(columns("id"))
		sc.send(wal(0x4100, beginAt(0x4200, 7)), wal(0x4100, msg{'T'}.u32(1).u8(0).u32(testRel)), wal(0x4230, commitAt(0x4200, 0x4230)))
		sc.want(t, "c public.orders 2 x", "t public.orders")
		wantGens(t, sc, 2, 4)
	})
}

// A transaction whose first rows have left stays with the rules that made them,
// though the connection breaks.
func TestSwapWaitsForACutTransaction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rules := newGenerations(columns("id", "note"))
		sc := startRules(t, position{Start: 0x1000}, rules.newest())
		text := strings.Repeat("x", event.MaxBatchBytes*2/5)
		sc.send(wal(0x1100, beginAt(0x2000, 7)), wal(0, noteRelation()))
		for _, id := range []string{"1", "2", "3"} {
			sc.send(wal(0x1100, insertNote(id, text)))
		}
		wantGens(t, sc, 1, 1, 1)
		sc.conn.Close()
		if err := sc.failed(); err == nil || permanent(err) {
			t.Fatalf("got %v, want a broken connection", err)
		}
		rules.swap(columns("id"))
		sc.connect()
		sc.send(wal(0x1100, beginAt(0x2000, 7)), wal(0, noteRelation()))
		for _, id := range []string{"1", "2", "3", "4"} {
			sc.send(wal(0x1100, insertNote(id, "v"+id)))
		}
		sc.send(wal(0x2030, commitAt(0x2000, 0x2030)),
			wal(0x2100, beginAt(0x3000, 8)), wal(0x2100, insertNote("5", "v5")), wal(0x3030, commitAt(0x3000, 0x3030)))
		rows := sc.all()
		if diff := cmp.Diff([]string{"c public.orders 4 v4", "c public.orders 5 0"}, rows[3:]); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
		wantGens(t, sc, 1, 1, 1, 1, 2)
	})
}

// Rules that don't fit a table stop the stream at the first row of it, not before.
func TestSwapToRulesThatDontFit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rules := newGenerations(columns("id"))
		sc := startRules(t, position{Start: 0x1000}, rules.newest())
		sc.send(wal(0x1100, beginAt(0x1200, 7)), wal(0, noteRelation()), wal(0x1100, insertNote("1", "x")), wal(0x1230, commitAt(0x1200, 0x1230)))
		rules.swap(func(*event.Schema) ([]string, error) { return nil, errors.New("there is no column x") })
		sc.send(wal(0x2100, beginAt(0x2200, 7)), wal(0x2230, commitAt(0x2200, 0x2230)), wal(0x3100, beginAt(0x3200, 8)))
		sc.put(wal(0x3100, insertNote("2", "x")))
		if err := sc.failed(); !permanent(err) || !strings.Contains(err.Error(), "table public.orders: there is no column x") {
			t.Errorf("got %v", err)
		}
		sc.want(t, "c public.orders 1 0")
	})
}

// A logical message between transactions begins a generation, too.
func TestSwapAtALogicalMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rules := newGenerations(columns("id"))
		sc := startRules(t, position{Start: 0x1000}, rules.newest())
		var gens []uint32
		sc.set(func() { sc.onBatch = func(int) { gens = append(gens, sc.st.batch.Gen) } })
		sc.send(wal(0x1100, beginAt(0x1200, 7)), wal(0, noteRelation()), wal(0x1100, insertNote("1", "x")))
		rules.swap(columns("note"))
		message := msg{'M'}.u8(0).u64(0x1300).text("p").u32(1).u8('x')
		sc.send(slices.Concat(wal(0x1230, commitAt(0x1200, 0x1230)), wal(0x1300, message)))
		if diff := cmp.Diff([]uint32{1, 2}, gens); diff != "" {
			t.Errorf("generations of the batches (-want +got):\n%s", diff)
		}
		if len(sc.marks) != 1 {
			t.Errorf("marks %q", sc.marks)
		}
	})
}

func TestOldRows(t *testing.T) {
	id, a, b := testColumn{"id", 23, -1, true}, testColumn{"a", 23, -1, false}, testColumn{"b", 23, -1, true}
	plain := testColumn{"id", 23, -1, false}
	for name, x := range map[string]struct {
		identity byte
		columns  []testColumn
		old      event.OldRows
		holds    []int
	}{
		"full":                  {'f', []testColumn{id, a}, event.OldFull, nil},
		"nothing":               {'n', []testColumn{plain, a}, event.OldNone, nil},
		"default":               {'d', []testColumn{id, a, b}, event.OldKey, []int{0, 2}},
		"default without a key": {'d', []testColumn{plain, a}, event.OldNone, nil},
		"index":                 {'i', []testColumn{plain, a, b}, event.OldKey, []int{2}},
		"dropped index":         {'i', []testColumn{plain, a}, event.OldNone, nil},
	} {
		s := schemaAfter(t, nil, relationOf(x.identity, x.columns...))
		if s.Old != x.old || !slices.Equal(s.OldColumns, x.holds) {
			t.Errorf("%s: got %d %v, want %d %v", name, s.Old, s.OldColumns, x.old, x.holds)
		}
	}
}

func BenchmarkNewest(b *testing.B) {
	st := &stream{dec: newDecoder("app", &chosen{Selector: selectAll{}}, noFacts)}
	b.ReportAllocs()
	for b.Loop() {
		if err := st.renew(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
