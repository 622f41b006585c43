package pipeline

import (
	"sync"

	"cdc/event"
)

// maxPooled bounds the number of empty batches and frames that are kept.
const maxPooled = 16

// batchPool keeps empty batches.
type batchPool struct {
	mu   sync.Mutex
	free []*event.Batch
}

func (p *batchPool) get() *event.Batch {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.free); n > 0 {
		b := p.free[n-1]
		p.free = p.free[:n-1]
		return b
	}
	return &event.Batch{}
}

func (p *batchPool) put(b *event.Batch) {
	b.Reset()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.free) < maxPooled {
		p.free = append(p.free, b)
	}
}

// framePool keeps empty frames.
type framePool struct {
	mu   sync.Mutex
	free []*event.Frame
}

func (p *framePool) get() *event.Frame {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.free); n > 0 {
		f := p.free[n-1]
		p.free = p.free[:n-1]
		return f
	}
	return &event.Frame{}
}

func (p *framePool) put(f *event.Frame) {
	f.Reset()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.free) < maxPooled {
		p.free = append(p.free, f)
	}
}
