package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"
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

	mu     sync.Mutex
	ctx    context.Context //nolint:containedctx // of Run, for pipelines that are started again
	active int             // runners at work; guarded by mu
	wg     sync.WaitGroup
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

// Rules has the status of a pipeline that was added say which rules hold. Call it
// before Run.
func (m *Manager) Rules(name string, status func() RulesStatus) {
	if r := m.find(name); r != nil {
		r.rules = status
	}
}

func (m *Manager) find(name string) *runner {
	i := slices.IndexFunc(m.runners, func(r *runner) bool { return r.name == name })
	if i < 0 {
		return nil
	}
	return m.runners[i]
}

// Run runs all pipelines until ctx ends or none is left. A failed one leaves the
// others running. The error names every pipeline that failed.
func (m *Manager) Run(ctx context.Context) error {
	m.mu.Lock()
	m.ctx = ctx
	for _, r := range m.runners {
		m.start(r)
	}
	m.mu.Unlock()
	m.wg.Wait()
	errs := make([]error, 0, len(m.runners))
	for _, r := range m.runners {
		if r.ended != nil {
			errs = append(errs, fmt.Errorf("pipeline %s: %w", r.name, r.ended))
		}
	}
	return errors.Join(errs...)
}

// start has a runner work in a goroutine of its own. mu is held.
func (m *Manager) start(r *runner) {
	m.active++
	r.running, r.ended = true, nil
	m.wg.Go(func() {
		err := r.run(m.ctx)
		m.mu.Lock()
		defer m.mu.Unlock()
		r.running, r.ended = false, err
		m.active--
	})
}

// Restart starts a pipeline again that has failed for good, now that somebody has
// mended the cause, and reports whether it did. It doesn't when no pipeline is
// left: Run is over then.
func (m *Manager) Restart(name string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.find(name)
	if r == nil || r.running || r.ended == nil || m.active == 0 || m.ctx.Err() != nil {
		return false
	}
	r.set(PhaseStarting, nil)
	m.start(r)
	return true
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

// runner keeps one pipeline going.
type runner struct {
	name  string
	build Build
	stats *Stats
	log   *zap.Logger
	rules func() RulesStatus // nil where nobody says

	running bool  // guarded by Manager.mu
	ended   error // guarded by Manager.mu: of the last run

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
	if r.rules != nil {
		s.Rules = r.rules()
	}
	return s
}
