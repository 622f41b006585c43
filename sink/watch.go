package sink

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
)

const (
	watchEvery = 5 * time.Second // how often the brokers are asked
	answerIn   = 30 * time.Second
	remindAt   = time.Minute // how often it's said that they are still out of reach
)

// watch knows whether the brokers answer. An idle producer doesn't ask them
// anything, and its hooks tell of single brokers, not of the cluster.
type watch struct {
	every time.Duration
	mu    sync.Mutex
	asked bool
	err   error     // why none answered, nil when one did
	since time.Time // of the first err in a row
}

// Watch implements the engine's Watched: it asks the brokers for an answer, at
// once and then from time to time, until ctx or the sink ends, and logs when
// none gives one.
func (k *Kafka) Watch(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(k.life, cancel)()
	tick := time.NewTicker(k.watch.every)
	defer tick.Stop()
	var reminded time.Time
	for {
		err := k.ask(ctx)
		if ctx.Err() != nil || k.life.Err() != nil {
			return
		}
		recovered := k.watch.set(err, time.Now())
		switch {
		case recovered:
			k.log.Info("the brokers answer again")
			reminded = time.Time{}
		case err != nil && time.Since(reminded) >= remindAt:
			k.log.Warn("can't reach the brokers", zap.Strings("brokers", k.config.Brokers), zap.Error(err))
			reminded = time.Now()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// ask is Ping with a limit, explained.
func (k *Kafka) ask(ctx context.Context) error {
	limit := min(k.config.RequestTimeout, answerIn)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no answer within %s", limit))
	defer cancel()
	err := k.Ping(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = context.Cause(ctx)
	}
	return k.config.Explain(err)
}

// Healthy implements the engine's Watched: nil when a broker gave the last answer
// that Watch has asked for, else since when none does and why.
func (k *Kafka) Healthy() error {
	k.watch.mu.Lock()
	defer k.watch.mu.Unlock()
	switch w := &k.watch; {
	case !w.asked:
		return fmt.Errorf("no answer yet from the brokers %s", strings.Join(k.config.Brokers, ", "))
	case w.err != nil:
		return fmt.Errorf("can't reach the brokers %s since %s: %w",
			strings.Join(k.config.Brokers, ", "), w.since.UTC().Format(time.RFC3339), w.err)
	default:
		return nil
	}
}

// set keeps what came of asking; recovered is that an answer came after none.
func (w *watch) set(err error, now time.Time) (recovered bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	recovered = w.err != nil && err == nil
	if err != nil && w.err == nil {
		w.since = now
	}
	w.asked, w.err = true, err
	return recovered
}
