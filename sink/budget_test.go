package sink

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
)

func TestBudgetWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(100)
		if !b.try(80) || b.try(30) {
			t.Fatal("the budget doesn't count")
		}
		taken := false
		go func() {
			if err := b.take(t.Context(), 30); err != nil {
				t.Error(err)
			}
			taken = true
		}()
		synctest.Wait()
		if taken {
			t.Fatal("took more than there is")
		}
		b.release(80)
		synctest.Wait()
		if !taken || b.inUse() != 30 {
			t.Fatalf("taken %v, %d in use", taken, b.inUse())
		}
		b.release(30)
		if !b.try(1000) {
			t.Error("something larger than the whole must fit alone")
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		stop := errors.New("stop")
		cancel(stop)
		if err := b.idle(ctx); !errors.Is(err, stop) {
			t.Errorf("idle returned %v, want %v", err, stop)
		}
	})
}

func TestBudgetMany(t *testing.T) {
	b := newBudget(10)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				if err := b.take(t.Context(), 7); err != nil {
					t.Error(err)
				}
				b.release(7)
			}
		})
	}
	wg.Wait()
	if err := b.idle(t.Context()); err != nil || b.inUse() != 0 {
		t.Errorf("%d in use, error %v", b.inUse(), err)
	}
}
