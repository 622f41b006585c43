package pipeline

import (
	"sync"

	"cdc/event"
)

// maxPooled bounds the number of empty batches, and of frames, that are kept. The
// buffer holds fewer of them than this at a time, so that a busy pipeline makes
// none anew.
const maxPooled = 64

// pool keeps empty batches or frames for their next use.
type pool[T any, P interface {
	*T
	Reset()
}] struct {
	mu   sync.Mutex
	free []P // guarded by mu
}

// get returns an empty one.
func (p *pool[T, P]) get() P {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.free); n > 0 {
		x := p.free[n-1]
		p.free = p.free[:n-1]
		return x
	}
	return new(T)
}

// put empties x and keeps it.
func (p *pool[T, P]) put(x P) {
	x.Reset()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.free) < maxPooled {
		p.free = append(p.free, x)
	}
}

type (
	batchPool = pool[event.Batch, *event.Batch]
	framePool = pool[event.Frame, *event.Frame]
)
