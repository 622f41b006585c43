package sink

import (
	"context"
	"sync"
)

// budget bounds the bytes in flight. Safe for concurrent use.
type budget struct {
	max int64

	mu      sync.Mutex
	used    int64
	waiters int
	change  chan struct{} // closed and renewed at a release while somebody waits
}

func newBudget(limit int64) *budget { return &budget{max: limit, change: make(chan struct{})} }

// take waits until n bytes fit. More than the whole budget fits when nothing
// else is in flight.
func (b *budget) take(ctx context.Context, n int64) error {
	return b.when(ctx, func() bool { return b.takeLocked(n) })
}

// try takes n bytes if they fit now.
func (b *budget) try(n int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.takeLocked(n)
}

func (b *budget) takeLocked(n int64) bool {
	if b.used > 0 && b.used+n > b.max {
		return false
	}
	b.used += n
	return true
}

// idle waits until nothing is in flight.
func (b *budget) idle(ctx context.Context) error {
	return b.when(ctx, func() bool { return b.used == 0 })
}

// when waits until try, called with the lock held, says yes.
func (b *budget) when(ctx context.Context, try func() bool) error {
	b.mu.Lock()
	for !try() {
		b.waiters++
		change := b.change
		b.mu.Unlock()
		var err error
		select {
		case <-change:
		case <-ctx.Done():
			err = context.Cause(ctx)
		}
		b.mu.Lock()
		b.waiters--
		if err != nil {
			b.mu.Unlock()
			return err
		}
	}
	b.mu.Unlock()
	return nil
}

func (b *budget) release(n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used -= n
	if b.waiters > 0 {
		close(b.change)
		b.change = make(chan struct{})
	}
}

func (b *budget) inUse() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}
