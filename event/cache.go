package event

import (
	"maps"
	"sync"
	"sync/atomic"
)

// Cache holds what was compiled for a key, usually a *Schema. Get takes no lock
// when the entry is there. The number of entries is bounded: a cache that has
// grown to maxEntries starts over, which only costs compiling again.
type Cache[K comparable, T any] struct {
	// Compile makes the entry for a key. An error is returned to the caller and
	// not kept.
	Compile func(K) (T, error)

	entries atomic.Pointer[map[K]T]
	mu      sync.Mutex // held while an entry is made
}

const maxEntries = 1 << 16

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
	c.entries.Store(nil)
}

func (c *Cache[K, T]) make(k K) (T, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	old := map[K]T{}
	if m := c.entries.Load(); m != nil {
		old = *m
	}
	if t, ok := old[k]; ok {
		return t, nil
	}
	t, err := c.Compile(k)
	if err != nil {
		var zero T
		return zero, err
	}
	if len(old) >= maxEntries {
		old = nil
	}
	grown := make(map[K]T, len(old)+1)
	maps.Copy(grown, old)
	grown[k] = t
	c.entries.Store(&grown)
	return t, nil
}
