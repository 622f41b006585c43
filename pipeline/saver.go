package pipeline

import (
	"context"
	"fmt"
	"sync"
	"time"

	"cdc/event"
)

// saver stores the newest acknowledged checkpoint, at most once per interval,
// and the beginning of a snapshot. Only one goroutine at a time is in the store.
type saver struct {
	name     string
	parts    Parts
	tracker  *tracker
	stats    *Stats
	interval time.Duration
	now      func() time.Time

	mu    sync.Mutex
	last  event.Checkpoint
	begun int // snapshots
}

// run saves until ctx ends. The caller saves once more after that.
func (s *saver) run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		// First a change, then the rest of the interval: a lone transaction is
		// stored at once, a stream of them once per interval.
		select {
		case <-ctx.Done():
			return nil
		case <-s.tracker.changed:
		}
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		if err := s.save(ctx); err != nil {
			if ctx.Err() != nil {
				return nil // the last save follows
			}
			return err
		}
		timer.Reset(s.interval)
	}
}

// begin stores the plan of a snapshot, and the hash of its rules. From then on nothing else is stored until
// the end of the snapshot is acknowledged: what comes late of a stream before it
// is at a position that is lost, and in its place a restart must find the plan.
func (s *saver) begin(ctx context.Context, plan []byte, rules string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun++
	return s.parts.Offsets.Save(ctx, s.name, event.Offset{Snapshot: plan, Rules: rules})
}

// save stores the newest checkpoint, if it isn't stored yet, and tells the source.
func (s *saver) save(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, rules, ended := s.tracker.checkpoint()
	if !c.Valid || c == s.last || ended < s.begun {
		return nil
	}
	pos := c.Fixed
	if pos == "" {
		var err error
		if pos, err = s.parts.Source.Position(c.Point); err != nil {
			return fmt.Errorf("make position: %w", err)
		}
	}
	if err := s.parts.Offsets.Save(ctx, s.name, event.Offset{Position: pos, Rules: rules}); err != nil {
		return fmt.Errorf("save offset: %w", err)
	}
	s.last = c
	s.stats.saved(s.now())
	s.parts.Source.Ack(c)
	return nil
}
