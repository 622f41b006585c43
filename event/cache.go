package event

import (
	"maps"
	"sync"
	"sync/atomic"
)

// Cache holds what was compiled for a key, usually a *Schema. Get takes no lock
// when the entry is there, but for those of a large cache that are new. The number of
// entries is bounded: a cache that has grown to maxEntries starts over, which only costs
// compiling again.
type Cache[K comparable, T any] struct {
	// Compile makes the entry for a key. An error is returned to the caller and
	// not kept.
	Compile func(K) (T, error)

	entries atomic.Pointer[map[K]T]
	mu      sync.Mutex // held while an entry is made
	fresh   map[K]T    // entries that aren't among the others yet; guarded by mu
	late    int        // how often one of those was asked for; guarded by mu
}

const (
	maxEntries = 1 << 16
	// fewEntries are copied for each new one. To copy many each time would make a
	// cache of n entries cost n*n.
	fewEntries = 64
)

// Get returns the entry for k, compiling it when it is missing.
func (c *Cache[K, T]) Get(k K) (T, error) {
	if m := c.entries.Load(); m != nil {
		if t, ok := (*m)[k]; ok {
			return t, nil
		}
	}
	return c.make(k)
}

// Reset forgets all entries, which only costs compiling again. Those that somebody
// has got stay good.
func (c *Cache[K, T]) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget()
}

func (c *Cache[K, T]) forget() {
	c.entries.Store(nil)
	c.fresh, c.late = nil, 0
}

func (c *Cache[K, T]) make(k K) (T, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var old map[K]T
	if m := c.entries.Load(); m != nil {
		old = *m
	}
	if t, ok := old[k]; ok {
		return t, nil
	}
	if t, ok := c.fresh[k]; ok {
		if c.late++; c.late >= len(old)+len(c.fresh) { // they were asked for as often as they cost to copy
			c.merge(old)
		}
		return t, nil
	}
	t, err := c.Compile(k)
	if err != nil {
		var zero T
		return zero, err
	}
	if len(old)+len(c.fresh) >= maxEntries {
		c.forget()
		old = nil
	}
	if c.fresh == nil {
		c.fresh = map[K]T{}
	}
	c.fresh[k] = t
	if len(old)+len(c.fresh) <= fewEntries {
		c.merge(old)
	}
	return t, nil
}

// merge puts the new entries where Get finds them without the lock.
func (c *Cache[K, T]) merge(old map[K]T) {
	grown := make(map[K]T, len(old)+len(c.fresh))
	maps.Copy(grown, old)
	maps.Copy(grown, c.fresh)
	c.entries.Store(&grown)
	c.fresh, c.late = nil, 0
}
