package pipeline

import (
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"

	"cdc/event"
)

// rowError is an error of a rule or of the encoder: the same row would fail
// again.
type rowError struct{ err error }

func (e *rowError) Error() string { return e.err.Error() }
func (e *rowError) Unwrap() error { return e.err }

// permanent reports whether starting again can't help until a person has done
// something. This is the only place where that is decided.
func permanent(err error) bool {
	var row *rowError
	return errors.As(err, &row) || errors.Is(err, event.ErrPositionLost) ||
		errors.Is(err, event.ErrUnsupported) || errors.Is(err, event.ErrConfig) || errors.Is(err, event.ErrUnfit)
}

// settled is how long a pipeline must have run for the next failure to count as
// the first one again.
const settled = time.Minute

func newBackOff() *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval = time.Second, time.Minute
	return b
}
