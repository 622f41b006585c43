package pipeline

import (
	"fmt"
	"io"
	"sync"
	"time"

	"go.uber.org/zap"

	"cdc/event"
)

const (
	logEvery  = 10 * time.Second
	drawEvery = 200 * time.Millisecond
)

// progress tells how a snapshot goes on: a line per table on a terminal, a log
// line every 10 s elsewhere.
type progress struct {
	log      *zap.Logger
	terminal io.Writer
	marker   *marker
	quit     chan struct{}
	ended    sync.WaitGroup

	mu       sync.Mutex
	name     string // of the table that is read; empty for none
	estimate int64
	before   uint64 // rows of the tables before this one
	since    time.Time
}

func startProgress(log *zap.Logger, terminal io.Writer, m *marker) *progress {
	p := &progress{log: log, terminal: terminal, marker: m, quit: make(chan struct{})}
	every := logEvery
	if terminal != nil {
		every = drawEvery
	}
	p.ended.Go(func() { p.tick(every) })
	return p
}

func (p *progress) tick(every time.Duration) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-p.quit:
			return
		case <-t.C:
			p.mu.Lock()
			p.report("reading", "\r")
			p.mu.Unlock()
		}
	}
}

func (p *progress) table(s *event.Schema, estimate int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.name, p.estimate, p.before, p.since = s.Name(), estimate, p.marker.rows.Load(), time.Now()
}

func (p *progress) tableDone() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.report("done", "\n")
	p.name = ""
}

// report prints or logs the table's line; the lock is held.
func (p *progress) report(verb, end string) {
	if p.name == "" {
		return
	}
	rows := p.marker.rows.Load() - p.before
	took := time.Since(p.since)
	if p.terminal == nil {
		p.log.Info("snapshot: "+verb, zap.String("table", p.name), zap.Uint64("rows", rows),
			zap.Int64("estimate", p.estimate), zap.Duration("took", took.Round(time.Millisecond)))
		return
	}
	of := ""
	if p.estimate > 0 && verb != "done" {
		of = fmt.Sprintf(" of about %d", p.estimate)
	}
	fmt.Fprintf(p.terminal, "\r\x1b[Ksnapshot %s: %s, %d rows%s, %.1f s%s", p.name, verb, rows, of, took.Seconds(), end)
}

func (p *progress) stop() {
	close(p.quit)
	p.ended.Wait()
}
