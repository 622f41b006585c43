package event

import (
	"sync"
	"testing"
)

func TestCacheReset(t *testing.T) {
	compiled := 0
	c := Cache[int, int]{Compile: func(k int) (int, error) { compiled++; return 2 * k, nil }}
	for _, k := range []int{1, 1, 2} {
		if v, err := c.Get(k); v != 2*k || err != nil {
			t.Fatalf("%d: got %d, %v", k, v, err)
		}
	}
	c.Reset()
	if v, err := c.Get(1); v != 2 || err != nil || compiled != 3 {
		t.Errorf("after reset: got %d, %v; compiled %d times, want 3", v, err, compiled)
	}
}

func TestCacheResetIsConcurrent(t *testing.T) {
	c := Cache[int, int]{Compile: func(k int) (int, error) { return k, nil }}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 1000 {
				if v, err := c.Get(i % 7); v != i%7 || err != nil {
					t.Errorf("got %d, %v", v, err)
				}
			}
		})
	}
	for range 100 {
		c.Reset()
	}
	wg.Wait()
}

// A cache of many entries costs what its entries cost, whether they are asked for again
// or not, and Get takes no lock for those that are.
func TestCacheOfMany(t *testing.T) {
	for _, again := range []bool{false, true} {
		compiled := 0
		c := Cache[int, int]{Compile: func(k int) (int, error) { compiled++; return -k, nil }}
		const n = 20_000
		copied, before := 0, c.entries.Load()
		get := func(k int) {
			if v, err := c.Get(k); v != -k || err != nil {
				t.Fatalf("%d: %d, %v", k, v, err)
			}
			if now := c.entries.Load(); now != before {
				before, copied = now, copied+len(*now)
			}
		}
		for k := range n {
			get(k)
			if again {
				get(k)
			}
		}
		if compiled != n || copied > 8*n {
			t.Errorf("asked again %t: %d entries were compiled and %d copied", again, compiled, copied)
		}
		for range n {
			get(n - 1)
		}
		c.mu.Lock()
		if _, err := c.Get(n - 1); err != nil { // would wait for the lock
			t.Error(err)
		}
		c.mu.Unlock()
	}
}
