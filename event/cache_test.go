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
