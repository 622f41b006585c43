package pipeline

import "sync/atomic"

// budget counts the bytes between source and acknowledgement.
type budget struct {
	limit int64
	used  *atomic.Int64
	room  chan struct{} // capacity 1: a signal, not a count
}

func newBudget(limit int64, used *atomic.Int64) *budget {
	used.Store(0)
	return &budget{limit: limit, used: used, room: make(chan struct{}, 1)}
}

// tryTake takes n bytes unless the budget is used up. What is larger than what
// is left still goes through, else a single row larger than the budget would
// wait for ever; so use stays below limit plus one batch.
func (b *budget) tryTake(n int) bool {
	if b.used.Load() >= b.limit {
		return false
	}
	b.used.Add(int64(n))
	return true
}

// add changes use by n bytes, without regard to the limit.
func (b *budget) add(n int) {
	b.used.Add(int64(n))
	if n < 0 {
		b.signal()
	}
}

// signal wakes a source that waits for room.
func (b *budget) signal() {
	select {
	case b.room <- struct{}{}:
	default:
	}
}
