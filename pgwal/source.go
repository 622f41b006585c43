package pgwal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"go.uber.org/zap"

	"cdc/event"
)

// Source is a logical replication client of one PostgreSQL database.
type Source struct {
	pipeline string
	cfg      Config
	tables   captured
	prefixes *prefixes
	log      *zap.Logger

	trail    trail
	acked    confirmed
	counters counters
	reported reports
	parting  parting
	enums    enums

	closeOnce sync.Once
	closed    chan struct{}
	running   sync.WaitGroup // of Stream, whose end Close waits for
}

// New makes the source of a pipeline. It connects to nothing yet.
func New(pipeline string, c Config, log *zap.Logger) (*Source, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", event.ErrConfig, err)
	}
	tables, err := parseTables(c.Tables)
	if err != nil {
		return nil, fmt.Errorf("%w: tables: %w", event.ErrConfig, err)
	}
	wanted, err := parsePrefixes(c.MessagePrefixInclude, c.MessagePrefixExclude)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", event.ErrConfig, err)
	}
	s := &Source{
		pipeline: pipeline, cfg: c.named(pipeline), tables: tables, prefixes: wanted, log: log.Named("pgwal"), closed: make(chan struct{}),
	}
	s.counters.lag.Store(-1)
	return s, nil
}

var errClosed = errors.New("source is closed")

// Stream reads the log from a position on, until ctx ends, see
// pipeline.Source. An empty position means where the slot is, or now, when
// there is no slot yet.
func (s *Source) Stream(ctx context.Context, from event.Position, sel event.Selector, out event.Emitter) error {
	s.running.Add(1)
	defer s.running.Done()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-s.closed:
			cancel(errClosed)
		case <-ctx.Done():
		}
	}()
	s.parting.drop()
	st, err := s.newStream(ctx, from, sel, out)
	if err != nil {
		return err
	}
	return s.keepStreaming(ctx, st)
}

// keepStreaming makes one connection after the other until something permanent
// happens.
func (s *Source) keepStreaming(ctx context.Context, st *stream) error {
	retry := newBackoff()
	for {
		err := s.streamOnce(ctx, st)
		s.counters.connected.Store(false)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case permanent(err):
			return err
		}
		if st.progressed {
			retry.Reset()
			st.progressed = false
		}
		wait := retry.NextBackOff()
		s.counters.reconnects.Add(1)
		s.log.Warn("the stream is interrupted, trying again", zap.Error(err), zap.Duration("in", wait), zap.String("position", lsn(st.left.Start)))
		if sleep(ctx, wait) != nil {
			return context.Cause(ctx)
		}
	}
}

func permanent(err error) bool {
	return errors.Is(err, event.ErrPositionLost) || errors.Is(err, event.ErrUnsupported) || errors.Is(err, event.ErrConfig)
}

// Position prints a point of the stream for the store, see pipeline.Source.
func (s *Source) Position(p event.Point) (event.Position, error) { return s.trail.text(p) }

// Ack says that a checkpoint is stored, so that the server may throw away its
// log up to there. It never blocks.
func (s *Source) Ack(c event.Checkpoint) {
	if c.Fixed == "" { // the end of a snapshot is known to Stream, which begins there
		s.acked.raise(c.Point)
	}
}

// Stats returns the counters.
func (s *Source) Stats() event.SourceStats {
	st := event.SourceStats{
		Connected:  s.counters.connected.Load(),
		Reconnects: s.counters.reconnects.Load(),
		Bytes:      s.counters.bytes.Load(),
		LagBytes:   s.counters.lag.Load(),
		Notes:      s.reported.notes(),
	}
	if at := s.counters.heard.Load(); at != 0 {
		st.LastReceived = time.Unix(0, at)
	}
	return st
}

// Close tells the server the last position that is stored and ends the
// connection. It waits for a running Stream. That the server can't be told is
// only logged: what counts is stored.
func (s *Source) Close(ctx context.Context) error {
	s.closeOnce.Do(func() { close(s.closed) })
	s.running.Wait()
	if err := s.parting.end(ctx, s.acked.load()); err != nil {
		s.log.Warn("could not confirm the last position to the server; it will hear of it at the next start", zap.Error(err))
	}
	return nil
}

// mark is an LSN that only rises.
type mark struct{ v atomic.Uint64 }

func (m *mark) load() uint64 { return m.v.Load() }

func (m *mark) raise(to uint64) {
	for {
		now := m.v.Load()
		if to <= now || m.v.CompareAndSwap(now, to) {
			return
		}
	}
}

// confirmed is what the server may forget: what is stored. It belongs to one
// stream at a time.
type confirmed struct {
	mu    sync.Mutex
	lsn   uint64
	after uint64 // points up to this one are of an earlier stream
}

func (c *confirmed) load() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lsn
}

// begin says where a stream starts. What is stored late of an earlier stream
// doesn't count any more: that one may have read another server.
func (c *confirmed) begin(at, points uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lsn, c.after = at, points
}

func (c *confirmed) raise(p event.Point) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.Seq > c.after && p.Off > c.lsn {
		c.lsn = p.Off
	}
}

// counters are written by the stream and read by anybody.
type counters struct {
	connected  atomic.Bool
	reconnects atomic.Uint64
	bytes      atomic.Uint64
	lag        atomic.Int64
	heard      atomic.Int64 // unix nanoseconds
	received   mark         // the furthest position of the log that came
}

// reports remembers what was said already, and what the last look found.
type reports struct {
	mu   sync.Mutex
	said map[string]bool
	last []string // never changed in place
	next []string // of the look that is under way
	kept []string // what stays; never changed in place
}

// look begins and ends a look at the publication.
func (r *reports) look() (end func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next = nil
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.last = r.next
	}
}

// note adds to what the look under way found.
func (r *reports) note(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next = append(r.next, text)
}

// notes returns what stays and what the last look found.
func (r *reports) notes() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.kept) == 0 {
		return r.last
	}
	return slices.Concat(r.kept, r.last)
}

// maxNotes bounds the notes that stay.
const maxNotes = 1000

// keep adds a note that stays.
func (r *reports) keep(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.kept) < maxNotes {
		r.kept = append(slices.Clip(r.kept), text)
	}
}

// add reports whether the text is new.
func (r *reports) add(text string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.said[text] {
		return false
	}
	if r.said == nil || len(r.said) > 10_000 {
		r.said = map[string]bool{}
	}
	r.said[text] = true
	return true
}

func newBackoff() *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval = 200*time.Millisecond, 30*time.Second
	return b
}

// note warns, once, of something about a captured table, and keeps it among the
// source's notes.
func (s *Source) note(text string) {
	if s.reported.add(text) {
		s.reported.keep(text)
		s.log.Warn(text)
	}
}

// sleep waits, or returns the cause for which ctx ended.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// chosen takes the tables of the configuration before it asks the rules.
type chosen struct {
	tables captured
	event.Selector
}

// Select implements event.Selector.
func (c *chosen) Select(sc *event.Schema) (want []bool, ok bool, err error) {
	if !c.tables.Match(sc.Namespace, sc.Table) {
		return nil, false, nil
	}
	return c.Selector.Select(sc)
}

// Newest implements event.Selector.
func (c *chosen) Newest() event.Selector {
	newest := c.Selector.Newest()
	if newest.Generation() == c.Selector.Generation() {
		return c
	}
	return &chosen{c.tables, newest}
}
