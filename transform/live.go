package transform

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"cdc/event"
)

// Compiled is a set of rules that can be swapped: a *Program.
type Compiled interface {
	// Select is that of event.Selector.
	Select(s *event.Schema) (want []bool, ok bool, err error)
	// Run fills b.Outs from b.Rows.
	Run(b *event.Batch) error
	// Hash names the rules: what means the same has the same.
	Hash() string
	// Same reports whether others make the same of every row. It looks at what the
	// hash, which everybody may see, says nothing of: the secrets.
	Same(other Compiled) bool
	// Totals are the counts of the rules, in their order. They never sink.
	Totals() []RuleTotals
}

// Live holds the rules of a running pipeline, which can be swapped. Each set of
// rules that comes into force is a generation. A batch is run by the rules that
// chose its columns, so an old generation stays until nothing of it can be under
// way any more. It is safe for concurrent use.
type Live struct {
	current  atomic.Pointer[generation]
	swapping sync.Mutex // held by Swap, which may take long

	mu sync.Mutex
	// older are the generations that a source has taken and that aren't released,
	// in order; guarded by mu.
	older []*generation
	// tables are the table versions that rules were bound to last; guarded by mu.
	tables map[tableName]*event.Schema
	// past are the counts of the generations that were let go; guarded by mu.
	past totals
}

type tableName struct{ database, namespace, table string }

func nameOf(s *event.Schema) tableName { return tableName{s.Database, s.Namespace, s.Table} }

// generation is the selector of one set of rules.
type generation struct {
	live   *Live
	rules  Compiled
	number uint32
	since  time.Time
	taken  bool // by a source; guarded by Live.mu
}

// NewLive makes rules that hold until they are swapped. Generations count from 1.
func NewLive(rules Compiled) *Live {
	l := &Live{tables: map[tableName]*event.Schema{}}
	l.current.Store(&generation{live: l, rules: rules, number: 1, since: time.Now()})
	return l
}

// Select answers for the rules that hold now, see event.Selector.
func (l *Live) Select(s *event.Schema) (want []bool, ok bool, err error) { return l.take().Select(s) }

// Generation is that of the rules that hold now.
func (l *Live) Generation() uint32 { return l.take().number }

// Newest returns the selector of the rules that hold now; its answers stay the
// same when the rules are swapped.
func (l *Live) Newest() event.Selector { return l.take() }

// take returns the generation in force for somebody who decodes by it.
func (l *Live) take() *generation {
	l.mu.Lock()
	defer l.mu.Unlock()
	g := l.current.Load()
	g.taken = true
	return g
}

// Select implements event.Selector and notes the table, which rules that come
// later must fit.
func (g *generation) Select(s *event.Schema) (want []bool, ok bool, err error) {
	if want, ok, err = g.rules.Select(s); err != nil {
		return nil, false, err
	}
	g.live.mu.Lock()
	defer g.live.mu.Unlock()
	g.live.tables[nameOf(s)] = s
	return want, ok, nil
}

// Generation implements event.Selector.
func (g *generation) Generation() uint32 { return g.number }

// Newest implements event.Selector.
func (g *generation) Newest() event.Selector {
	if g.live.current.Load() == g {
		return g
	}
	return g.live.take()
}

// Run runs the batch by the rules of its generation.
func (l *Live) Run(b *event.Batch) error {
	g := l.find(b.Gen)
	if g == nil {
		return fmt.Errorf("a batch of generation %d of the rules, which was let go", b.Gen)
	}
	return g.rules.Run(b)
}

// Hash names the rules of a generation; empty for one that was let go.
func (l *Live) Hash(gen uint32) string {
	if g := l.find(gen); g != nil {
		return g.rules.Hash()
	}
	return ""
}

func (l *Live) find(gen uint32) *generation {
	if g := l.current.Load(); g.number == gen {
		return g
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if g := l.current.Load(); g.number == gen { // swapped meanwhile
		return g
	}
	for _, g := range l.older {
		if g.number == gen {
			return g
		}
	}
	return nil
}

// Release lets the generations before gen go.
func (l *Live) Release(gen uint32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.older = slices.DeleteFunc(l.older, func(g *generation) bool {
		if g.number >= gen {
			return false
		}
		l.settle(g)
		return true
	})
}

// Now says which rules hold, as which generation, and since when.
func (l *Live) Now() (rules Compiled, gen uint32, since time.Time) {
	g := l.current.Load()
	return g.rules, g.number, g.since
}

// Swap brings other rules into force, as the next generation: for every
// transaction that a source begins from then on. Before, they are bound to the
// table versions that the present ones are bound to; when one doesn't fit, nothing
// changes, and the error joins all that hinders. Rules that mean the same as the
// present ones, with the same secrets, change nothing either.
func (l *Live) Swap(rules Compiled) (changed bool, err error) {
	l.swapping.Lock()
	defer l.swapping.Unlock()
	now := l.current.Load()
	if rules.Same(now.rules) {
		return false, nil
	}
	var bad []error
	for _, s := range l.bound() {
		if _, _, err := rules.Select(s); err != nil {
			bad = append(bad, err)
		}
	}
	if err := errors.Join(bad...); err != nil {
		return false, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.taken {
		l.older = append(l.older, now)
	}
	l.current.Store(&generation{live: l, rules: rules, number: now.number + 1, since: time.Now()})
	return true, nil
}

// bound lists the table versions that new rules must fit, by name.
func (l *Live) bound() []*event.Schema {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := make([]*event.Schema, 0, len(l.tables))
	for _, s := range l.tables {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b *event.Schema) int {
		return cmp.Or(cmp.Compare(a.Name(), b.Name()), cmp.Compare(a.Database, b.Database))
	})
	return list
}

// Keep says which tables there are: rules that come later needn't fit others, of
// which the last version was bound before they were dropped.
func (l *Live) Keep(tables []*event.Schema) {
	there := make(map[tableName]bool, len(tables))
	for _, s := range tables {
		there[nameOf(s)] = true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for n := range l.tables {
		if !there[n] {
			delete(l.tables, n)
		}
	}
}
