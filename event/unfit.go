package event

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// Policy says what becomes of a value that has no form in an event: NaN in a
// decimal of fixed precision, a zero date, text in a damaged encoding.
type Policy string

// The policies.
const (
	// PolicyDebezium puts there what Debezium puts there.
	PolicyDebezium Policy = "debezium"
	// PolicyFail stops the pipeline.
	PolicyFail Policy = "fail"
)

// ErrUnfit says that a value has no form and that the policy is to fail.
// Permanent.
var ErrUnfit = errors.New("value without a form")

// Unfit acts on values that have no form, for one pipeline. It is safe for
// concurrent use; a nil *Unfit takes every value.
type Unfit struct {
	// Policy is PolicyDebezium when empty.
	Policy Policy
	// Log is told of the first such value of each column; nil tells nobody.
	Log func(table, column, reason string)

	count atomic.Uint64
	mu    sync.Mutex
	seen  map[[2]string]bool
}

// maxUnfitColumns bounds the columns that are remembered as logged.
const maxUnfitColumns = 1 << 12

// Take reports a value of the column. Under PolicyDebezium the value is counted
// and the caller prints what Debezium prints; under PolicyFail the error, to
// which the caller adds key and position, wraps ErrUnfit.
func (u *Unfit) Take(s *Schema, column, reason string) error {
	if u == nil {
		return nil
	}
	if u.Policy == PolicyFail {
		return fmt.Errorf("table %s, column %q: %s: %w; change the value, or let the pipeline take it as Debezium does (events.unrepresentable_values: debezium)",
			s.Name(), column, reason, ErrUnfit)
	}
	u.count.Add(1)
	if u.Log != nil && u.first(s.Name(), column) {
		u.Log(s.Name(), column, reason)
	}
	return nil
}

// Count returns how many values were taken.
func (u *Unfit) Count() uint64 {
	if u == nil {
		return 0
	}
	return u.count.Load()
}

func (u *Unfit) first(table, column string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	key := [2]string{table, column}
	if u.seen[key] || len(u.seen) >= maxUnfitColumns {
		return false
	}
	if u.seen == nil {
		u.seen = map[[2]string]bool{}
	}
	u.seen[key] = true
	return true
}
