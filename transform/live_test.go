package transform

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"cdc/event"
)

// marked are rules that leave their name behind, and want the column of that
// number. They refuse the tables in bad.
type marked struct {
	name   string
	secret string
	totals []RuleTotals
	want   int
	bad    map[string]bool
	size   []byte
}

func (m *marked) Select(s *event.Schema) ([]bool, bool, error) {
	if m.bad[s.Table] {
		return nil, false, fmt.Errorf("%s: no column in %s, version %d", m.name, s.Table, s.Version)
	}
	want := make([]bool, s.Width)
	want[m.want] = true
	return want, true, nil
}

func (m *marked) Run(b *event.Batch) error {
	b.Outs = append(b.Outs, event.Out{Row: int32(m.want)})
	return nil
}

func (m *marked) Hash() string { return m.name }

func (m *marked) Same(other Compiled) bool {
	o, ok := other.(*marked)
	return ok && o.name == m.name && o.secret == m.secret
}

func (m *marked) Totals() []RuleTotals { return m.totals }

func liveTable(name string, version uint64) *event.Schema {
	return &event.Schema{Database: "shop", Table: name, Version: version, Width: 2}
}

// runs reports which column the rules of a generation want, -1 for none there.
func runs(l *Live, gen uint32) int {
	b := event.Batch{Gen: gen}
	if err := l.Run(&b); err != nil {
		return -1
	}
	return int(b.Outs[0].Row)
}

func TestLiveSwap(t *testing.T) {
	l := NewLive(&marked{name: "a", want: 0})
	first := l.Newest()
	if first.Newest() != first || first.Generation() != 1 {
		t.Errorf("generation %d, or another is newer", first.Generation())
	}
	if changed, err := l.Swap(&marked{name: "b", want: 1}); !changed || err != nil {
		t.Fatalf("swap: %v, %v", changed, err)
	}
	if want, _, _ := first.Select(liveTable("t", 1)); !want[0] {
		t.Error("the answers of a generation changed")
	}
	second := first.Newest()
	if want, _, _ := second.Select(liveTable("t", 1)); second.Generation() != 2 || !want[1] {
		t.Error("the second generation isn't the new rules")
	}
	if a, b := runs(l, 1), runs(l, 2); a != 0 || b != 1 {
		t.Errorf("batches were run by %d and %d, want 0 and 1", a, b)
	}
	if a, b := l.Hash(1), l.Hash(2); a != "a" || b != "b" {
		t.Errorf("hashes %s, %s", a, b)
	}
	if changed, err := l.Swap(&marked{name: "b"}); changed || err != nil || l.Generation() != 2 {
		t.Errorf("equal rules were swapped: %v, %v", changed, err)
	}
	l.Release(2)
	if runs(l, 1) >= 0 || l.Hash(1) != "" || runs(l, 2) != 1 {
		t.Error("release let go of the wrong ones")
	}
}

func TestLiveRefusesWhatDoesntFit(t *testing.T) {
	l := NewLive(&marked{name: "a"})
	sel := l.Newest()
	for _, s := range []*event.Schema{liveTable("x", 1), liveTable("y", 1), liveTable("x", 2), liveTable("gone", 1)} {
		if _, _, err := sel.Select(s); err != nil {
			t.Fatal(err)
		}
	}
	bad := &marked{name: "b", bad: map[string]bool{"x": true, "y": true, "gone": true}}
	changed, err := l.Swap(bad)
	if changed || err == nil || sel.Newest() != sel {
		t.Fatalf("swap: %v, %v", changed, err)
	}
	if text := err.Error(); !strings.Contains(text, "in x, version 2") || strings.Contains(text, "in x, version 1") || !strings.Contains(text, "in y") {
		t.Errorf("error %q, want one for the last version of each table", text)
	}
	if _, _, err := sel.Select(liveTable("z", 1)); err != nil {
		t.Errorf("the rules in force stopped answering: %v", err)
	}
	l.Keep([]*event.Schema{liveTable("x", 2), liveTable("y", 1), liveTable("z", 1)})
	bad.bad = map[string]bool{"gone": true}
	if changed, err := l.Swap(bad); !changed || err != nil {
		t.Errorf("rules that don't fit a dropped table: %v, %v", changed, err)
	}
}

// A table version that the rules in force refuse is none that later ones must fit.
func TestLiveForgetsARefusedTable(t *testing.T) {
	l := NewLive(&marked{name: "a", bad: map[string]bool{"t": true}})
	if _, _, err := l.Select(liveTable("t", 1)); err == nil {
		t.Fatal("not refused")
	}
	if changed, err := l.Swap(&marked{name: "b", bad: map[string]bool{"t": true}}); !changed || err != nil {
		t.Errorf("swap: %v, %v", changed, err)
	}
}

func TestLiveKeepsNoMoreThanIsUnderWay(t *testing.T) {
	l := NewLive(&marked{name: "first"})
	pinned := l.Newest() // by a snapshot that lasts
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	swap := func(i int) {
		if _, err := l.Swap(&marked{name: fmt.Sprint(i), size: make([]byte, 64<<10)}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 5000 {
		swap(i)
	}
	if n := len(l.older); n != 1 || runs(l, 1) != 0 {
		t.Errorf("%d old generations are kept of those that nobody took, want the one that somebody did", n)
	}
	sel := pinned
	for i := range 5000 {
		swap(10000 + i)
		sel = sel.Newest()
		l.Release(sel.Generation() - 1) // one is always under way
	}
	if n := len(l.older); n > 2 {
		t.Errorf("%d old generations are kept, want those under way", n)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 8<<20 {
		t.Errorf("the heap has grown by %d bytes", grown)
	}
	runtime.KeepAlive(pinned)
}

func TestLiveIsConcurrent(t *testing.T) {
	l := NewLive(&marked{name: "0"})
	var wg sync.WaitGroup
	var bad sync.Map
	wg.Go(func() {
		for i := range 500 {
			if _, err := l.Swap(&marked{name: fmt.Sprint(i + 1)}); err != nil {
				bad.Store("swap", err)
			}
		}
	})
	wg.Go(func() {
		sel, last := l.Newest(), uint32(0)
		for range 2000 {
			sel = sel.Newest()
			if g := sel.Generation(); g < last {
				bad.Store("order", errors.New("an older generation came later"))
			} else {
				last = g
			}
			if _, _, err := sel.Select(liveTable("t", 1)); err != nil {
				bad.Store("select", err)
			}
			if runs(l, last) < 0 {
				bad.Store("run", fmt.Errorf("generation %d is gone", last))
			}
			l.Release(last)
		}
	})
	wg.Wait()
	bad.Range(func(_, err any) bool { t.Error(err); return true })
}

func BenchmarkLiveNewest(b *testing.B) {
	sel := NewLive(&marked{name: "a"}).Newest()
	for b.Loop() {
		if sel.Newest().Generation() != 1 {
			b.Fatal("swapped")
		}
	}
}
