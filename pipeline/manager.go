package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"cdc/event"
)

// Build makes a pipeline anew for each start. The counters are those of the
// pipeline's whole life; o comes with Stats and Log set, and the caller adds the
// rest.
type Build func(ctx context.Context, o Options) (*Pipeline, error)

// Manager runs several pipelines side by side and starts each again after an
// error that may pass. Its methods are safe for concurrent use.
type Manager struct {
	log     *zap.Logger
	runners []*runner // fixed once Run is called
}

// NewManager makes a manager without pipelines.
func NewManager(log *zap.Logger) *Manager { return &Manager{log: log} }

// Add gives the manager one more pipeline. Call it before Run.
func (m *Manager) Add(name string, build Build) {
	r := &runner{name: name, build: build, stats: &Stats{}, log: m.log.With(zap.String("pipeline", name))}
	r.stats.lagBytes.Store(-1)
	r.phase = PhaseStarting
	m.runners = append(m.runners, r)
}

// Run runs all pipelines until ctx ends or none is left. A failed one leaves the
// others running. The error names every pipeline that failed.
func (m *Manager) Run(ctx context.Context) error {
	errs := make([]error, len(m.runners))
	var wg sync.WaitGroup
	for i, r := range m.runners {
		wg.Go(func() {
			if err := r.run(ctx); err != nil {
				errs[i] = fmt.Errorf("pipeline %s: %w", r.name, err)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// Status describes all pipelines, in name order.
func (m *Manager) Status() []Status {
	all := make([]Status, 0, len(m.runners))
	for _, r := range m.runners {
		all = append(all, r.status())
	}
	slices.SortFunc(all, func(a, b Status) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return all
}

// Status is what can be said of a pipeline at one moment.
type Status struct {
	Name   string
	Phase  Phase
	Err    error // why it failed or is retried; nil otherwise
	Sink   error // why a running pipeline's sink can't deliver; nil otherwise
	Source event.SourceStats
	Stats  *Stats // live counters
}

// Ready reports whether changes flow, or would if there were any, or why not.
func (s Status) Ready() (bool, string) {
	switch s.Phase {
	case PhaseCompleted:
		return true, ""
	case PhaseSnapshot, PhaseStreaming:
		if s.Phase == PhaseStreaming && !s.Source.Connected {
			return false, "connecting to the source"
		}
		if s.Sink != nil {
			return false, fmt.Sprintf("sink: %v", s.Sink)
		}
		return true, ""
	default:
		if s.Err != nil {
			return false, fmt.Sprintf("%s: %v", s.Phase, s.Err)
		}
		return false, string(s.Phase)
	}
}

// runner keeps one pipeline going.
type runner struct {
	name  string
	build Build
	stats *Stats
	log   *zap.Logger

	mu      sync.Mutex
	current *Pipeline
	phase   Phase // used while current is nil
	err     error
}

func (r *runner) run(ctx context.Context) error {
	wait := newBackOff()
	for {
		began := time.Now()
		phase, err := r.once(ctx)
		switch {
		case err == nil:
			r.set(phase, nil)
			return nil
		case ctx.Err() != nil:
			r.set(PhaseStopped, err)
			r.log.Error("pipeline failed while it stopped", zap.Error(err))
			return err
		case permanent(err):
			r.set(PhaseFailed, err)
			r.log.Error("pipeline stopped; it needs somebody to mend the cause", zap.Error(err))
			return err
		}
		if time.Since(began) > settled {
			wait.Reset()
		}
		next := wait.NextBackOff()
		r.set(PhaseRetrying, err)
		r.stats.Restarts.Add(1)
		r.log.Warn("pipeline failed; starting again", zap.Error(err), zap.Duration("in", next.Round(time.Millisecond)))
		select {
		case <-time.After(next):
		case <-ctx.Done():
			r.set(PhaseStopped, err)
			return nil
		}
	}
}

// once builds the pipeline and runs it.
func (r *runner) once(ctx context.Context) (Phase, error) {
	p, err := r.build(ctx, Options{Stats: r.stats, Log: r.log})
	switch {
	case err != nil && ctx.Err() != nil:
		return PhaseStopped, nil //nolint:nilerr // asked to stop while starting, which is all that the error says
	case err != nil:
		return PhaseFailed, err
	}
	r.mu.Lock()
	r.current = p
	r.mu.Unlock()
	if err := p.Run(ctx); err != nil {
		return PhaseFailed, err
	}
	if p.Phase() == PhaseCompleted {
		return PhaseCompleted, nil
	}
	return PhaseStopped, nil
}

func (r *runner) set(phase Phase, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.phase, r.err, r.current = phase, err, nil
}

func (r *runner) status() Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := Status{Name: r.name, Phase: r.phase, Err: r.err, Stats: r.stats}
	if r.current != nil {
		s.Phase, s.Err = r.current.Phase(), nil
		s.Source = r.current.parts.Source.Stats()
		s.Sink = r.current.healthy()
	}
	return s
}
