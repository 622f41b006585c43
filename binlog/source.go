package binlog

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"go.uber.org/zap"

	"cdc/event"
)

// Source reads the binlog of one server as a replica would.
type Source struct {
	config   Config
	pipeline string
	flavor   Flavor
	match    *event.Tables
	journal  Journal
	log      *zap.Logger
	counters counters
	lag      lag
	lagEvery time.Duration
	progress atomic.Pointer[progress]
	warned   atomic.Bool // of patterns that take no table
}

// counters are read while the stream writes them.
type counters struct {
	connected  atomic.Bool
	reconnects atomic.Uint64
	bytes      atomic.Uint64
	received   atomic.Int64 // Unix nanoseconds
}

// New returns a source for a pipeline. It opens no connection; the config must
// have passed Validate.
func New(pipeline string, fl Flavor, c Config, j Journal, log *zap.Logger) (*Source, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", event.ErrConfig, err)
	}
	match, err := event.ParseTables(c.Tables)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", event.ErrConfig, err)
	}
	return &Source{config: c, pipeline: pipeline, flavor: fl, match: match, journal: j, log: log, lagEvery: lagEvery}, nil
}

// Stats returns the counters. LagBytes is unknown while there is no connection,
// and for a user who may not ask where the log ends.
func (s *Source) Stats() event.SourceStats {
	st := event.SourceStats{
		Connected: s.counters.connected.Load(), Reconnects: s.counters.reconnects.Load(),
		Bytes: s.counters.bytes.Load(), LagBytes: s.lag.bytes(),
	}
	if at := s.counters.received.Load(); at != 0 {
		st.LastReceived = time.Unix(0, at)
	}
	return st
}

// Position prints the place of a point of the last call of Stream.
func (s *Source) Position(p event.Point) (event.Position, error) {
	pr := s.progress.Load()
	if pr == nil {
		return "", errPointGone
	}
	return pr.position(p)
}

// Ack does nothing: the server keeps its log by time and size, whoever reads it.
func (s *Source) Ack(event.Checkpoint) {}

// Close does nothing: every connection ends with the call that opened it.
func (s *Source) Close(context.Context) error { return nil }

// Stream reads the log from a position until ctx ends or something permanent
// happens.
func (s *Source) Stream(ctx context.Context, from event.Position, sel event.Selector, out event.Emitter) error {
	err := s.stream(ctx, from, sel, out)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

func (s *Source) stream(ctx context.Context, from event.Position, sel event.Selector, out event.Emitter) error {
	e, err := newEndpoint(&s.config)
	if err != nil {
		return err
	}
	var start *position
	if from != "" {
		if start, err = parsePosition(s.flavor, from); errors.Is(err, event.ErrConfig) {
			return err
		}
		if err != nil {
			return fmt.Errorf("%w: %w", event.ErrPositionLost, err)
		}
	}
	look := &looker{endpoint: e, flavor: s.flavor, log: s.log}
	defer look.close()
	st := &stream{Source: s, endpoint: e, history: newHistory(s.journal, look.facts, sel, s.log), out: out}
	st.history.keys, st.history.charsets, st.history.old = s.config.Capture.Keys, look.charset, s.config.oldRows()
	if err := st.history.load(ctx); err != nil {
		return err
	}
	return st.run(ctx, start)
}

// stream is one call of Stream.
type stream struct {
	*Source
	endpoint *endpoint
	history  *history
	out      event.Emitter
	h        *handler
	status   string // the statement that shows where the log ends
}

// run connects, reads until the connection breaks, and connects again.
func (st *stream) run(ctx context.Context, start *position) error {
	retry := newRetry()
	same := 0 // attempts that broke without progress and not by the network
	for {
		before := st.transactions()
		err := st.session(ctx, start)
		st.counters.connected.Store(false)
		refusedLater := st.h != nil && errors.Is(err, errRefused)
		if ctx.Err() != nil || isPermanent(err) && !refusedLater {
			return err
		}
		if st.transactions() != before {
			retry.Reset()
			same = 0
		}
		if errors.Is(err, errBroken) {
			if same++; same >= 5 {
				return fmt.Errorf("%w: the log can't be read on, tried %d times: %w", event.ErrUnsupported, same, err)
			}
		}
		wait := retry.NextBackOff()
		st.counters.reconnects.Add(1)
		st.log.Warn("connection to the server lost, connecting again", zap.String("server", st.endpoint.addr), zap.String("cause", err.Error()), zap.Duration("wait", wait))
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// transactions counts those that this call has finished.
func (st *stream) transactions() uint64 {
	if st.h == nil {
		return 0
	}
	return st.h.progress.finished()
}

func newRetry() *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval = 200*time.Millisecond, 30*time.Second
	return b
}

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
