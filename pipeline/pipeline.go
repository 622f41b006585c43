package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"cdc/event"
)

// Parts are what a pipeline is made of. It owns them: Run closes all of them.
type Parts struct {
	Source  Snapshotter
	Rules   Rules
	Encoder Encoder
	Sink    Sink
	Offsets Offsets
}

// SnapshotMode says when the tables are read as they are, before the log. The
// names are Debezium's.
type SnapshotMode string

// The modes.
const (
	// SnapshotInitial: when there is no offset yet.
	SnapshotInitial SnapshotMode = "initial"
	// SnapshotNoData: never; streaming starts at the position found at the first
	// start.
	SnapshotNoData SnapshotMode = "no_data"
	// SnapshotWhenNeeded: as initial, and again when the stored position is lost.
	SnapshotWhenNeeded SnapshotMode = "when_needed"
	// SnapshotInitialOnly: as initial, and the pipeline ends after it.
	SnapshotInitialOnly SnapshotMode = "initial_only"
)

// Options tune a pipeline. Every zero field has a default.
type Options struct {
	Snapshot    SnapshotMode
	BufferBytes int64         // between source and acknowledgement; 8 MiB
	Workers     int           // that run rules and encode; one per CPU, at most 8
	SaveEvery   time.Duration // how often the offset is stored at most; 1 s
	StopTimeout time.Duration // for delivering what is under way at the end; 20 s
	// HeartbeatInterval is the time between heartbeats while the log is streamed;
	// 0 for none.
	HeartbeatInterval time.Duration
	// Unfit counts the values of this pipeline that have no form; nil when nobody
	// counts them.
	Unfit *event.Unfit
	Stats *Stats
	Log   *zap.Logger // says which pipeline it is
	// Terminal gets a progress line per table of a snapshot; nil where nobody
	// looks: then the log gets a line every 10 s.
	Terminal io.Writer

	now func() time.Time
}

func (o Options) withDefaults() Options {
	if o.Snapshot == "" {
		o.Snapshot = SnapshotInitial
	}
	if o.BufferBytes == 0 {
		o.BufferBytes = 8 << 20
	}
	if o.Workers == 0 {
		o.Workers = min(runtime.GOMAXPROCS(0), 8)
	}
	if o.SaveEvery == 0 {
		o.SaveEvery = time.Second
	}
	if o.StopTimeout == 0 {
		o.StopTimeout = 20 * time.Second
	}
	if o.Stats == nil {
		o.Stats = &Stats{}
	}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	if o.now == nil {
		o.now = time.Now
	}
	return o
}

// Phase is what a pipeline is doing.
type Phase string

// The phases.
const (
	PhaseStarting  Phase = "starting"
	PhaseSnapshot  Phase = "snapshot"
	PhaseStreaming Phase = "streaming"
	PhaseRetrying  Phase = "retrying" // after an error, before the next start
	PhaseStopped   Phase = "stopped"
	PhaseCompleted Phase = "completed" // snapshot mode initial_only
	PhaseFailed    Phase = "failed"
)

// Pipeline carries the changes of one source to one sink, once.
type Pipeline struct {
	name  string
	parts Parts
	opt   Options
	log   *zap.Logger
	phase atomic.Value // Phase
	saver *saver
}

// New makes a pipeline. It starts nothing.
func New(name string, parts Parts, o Options) *Pipeline {
	o = o.withDefaults()
	o.Stats.count(o.Unfit)
	p := &Pipeline{name: name, parts: parts, opt: o, log: o.Log}
	p.phase.Store(PhaseStarting)
	return p
}

// Phase returns what the pipeline is doing.
func (p *Pipeline) Phase() Phase { return p.phase.Load().(Phase) }

// Run works until ctx ends (then everything emitted is delivered, the offset is
// stored, and nil is returned), until a snapshot that was all that was asked for
// is done (nil), or until an error. It closes the parts. Call it once.
func (p *Pipeline) Run(ctx context.Context) error {
	soft, cancel := context.WithCancel(ctx)
	defer cancel()
	hard, stopHard := hardStop(soft, p.opt.StopTimeout)
	defer stopHard()
	first := &firstError{cancel: cancel}
	// A worker may wait for the sink, too, for a topic's limit; only closing it
	// ends that.
	defer context.AfterFunc(hard, func() {
		first.set(context.Cause(hard))
		p.parts.Sink.Close(hard) //nolint:errcheck // it is closed again, and asked then, at the end
	})()

	f := newFlow(p.parts, p.opt, first.set)
	s := &saver{
		name: p.name, parts: p.parts, tracker: f.tracker, stats: p.opt.Stats,
		interval: p.opt.SaveEvery, now: p.opt.now,
	}
	p.saver = s
	saving, endSaving := context.WithCancel(hard)
	var flowing, saves sync.WaitGroup
	defer p.watch(hard)()
	flowing.Go(func() { f.run(hard, p.opt.Workers) })
	saves.Go(func() { first.set(s.run(saving)) })

	if err := p.feed(soft, f); ctx.Err() == nil {
		first.set(err)
	}
	f.close()
	flowing.Wait()
	flushErr := p.parts.Sink.Flush(hard)
	endSaving()
	saves.Wait()
	// What is acknowledged is stored even after a failure.
	err := errors.Join(first.get(), flushErr, s.save(hard))
	return errors.Join(err, p.close(hard))
}

// watch has the sink watch its connection, if it can; the function that is
// returned ends that.
func (p *Pipeline) watch(ctx context.Context) (stop func()) {
	w, ok := p.parts.Sink.(Watched)
	if !ok {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() { w.Watch(ctx) })
	return func() {
		cancel()
		watching.Wait()
	}
}

// healthy returns why the sink can't deliver, as far as it knows.
func (p *Pipeline) healthy() error {
	if w, ok := p.parts.Sink.(Watched); ok {
		return w.Healthy()
	}
	return nil
}

// firstError keeps the first error of several goroutines and stops the source.
type firstError struct {
	cancel context.CancelFunc
	mu     sync.Mutex
	err    error
}

func (e *firstError) set(err error) {
	if err == nil {
		return
	}
	e.mu.Lock()
	if e.err == nil {
		e.err = err
	}
	e.mu.Unlock()
	e.cancel()
}

func (e *firstError) get() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.err
}

// hardStop returns a context that ends limit after soft does.
func hardStop(soft context.Context, limit time.Duration) (context.Context, func()) {
	hard, cancel := context.WithCancelCause(context.WithoutCancel(soft))
	var timer *time.Timer
	armed := make(chan struct{})
	stop := context.AfterFunc(soft, func() {
		timer = time.AfterFunc(limit, func() {
			cancel(fmt.Errorf("not delivered within %s of the request to stop", limit))
		})
		close(armed)
	})
	return hard, func() {
		if !stop() {
			<-armed
			timer.Stop()
		}
		cancel(nil)
	}
}

func (p *Pipeline) close(ctx context.Context) error {
	return errors.Join(p.parts.Source.Close(ctx), p.parts.Sink.Close(ctx), p.parts.Offsets.Close())
}

// feed is the source's goroutine: snapshot if one is due, then the log.
func (p *Pipeline) feed(ctx context.Context, out *flow) error {
	offset, found, err := p.parts.Offsets.Load(ctx, p.name)
	if err != nil {
		return fmt.Errorf("load offset: %w", err)
	}
	if found && offset.Snapshot == nil {
		p.warnRules(offset.Rules)
		return p.stream(ctx, offset.Position, out)
	}
	return p.begin(ctx, offset.Snapshot, out)
}

func (p *Pipeline) warnRules(stored string) {
	if now := p.parts.Rules.Hash(p.parts.Rules.Newest().Generation()); stored != "" && stored != now {
		p.log.Info("rules have changed since the stored offset", zap.String("stored", stored), zap.String("now", now))
	}
}

// begin takes a snapshot (or, in mode no_data, only its position) and streams
// from there.
func (p *Pipeline) begin(ctx context.Context, previous []byte, out *flow) error {
	start, err := p.snapshot(ctx, previous, out)
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	if p.opt.Snapshot == SnapshotInitialOnly {
		p.phase.Store(PhaseCompleted)
		return nil
	}
	return p.stream(ctx, start, out)
}

func (p *Pipeline) stream(ctx context.Context, from event.Position, out *flow) error {
	if p.opt.Snapshot == SnapshotInitialOnly {
		p.log.Info("the snapshot was already taken; nothing to do in mode initial_only")
		p.phase.Store(PhaseCompleted)
		return nil
	}
	p.phase.Store(PhaseStreaming)
	sel := p.parts.Rules.Newest()
	out.begin(sel)
	endBeats := out.beat(from != "")
	err := p.parts.Source.Stream(ctx, from, sel, out)
	endBeats()
	if errors.Is(err, event.ErrPositionLost) && p.opt.Snapshot == SnapshotWhenNeeded {
		p.log.Warn("position lost: taking a new snapshot", zap.Error(err))
		return p.begin(ctx, nil, out)
	}
	if err == nil && ctx.Err() == nil {
		return errors.New("the source ended its stream")
	}
	return err
}
