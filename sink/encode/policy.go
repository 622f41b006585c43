package encode

import (
	"errors"
	"fmt"
	"strings"

	"cdc/event"
)

// policy decides what stands for a value that couldn't be appended because of
// reason: nothing (the error), or what instead says. lenient: null, or the
// default of the column, may stand there.
func (w *writer) policy(column string, key, lenient bool, v event.Value, reason error) (instead, error) {
	if errors.Is(reason, errTooLarge) {
		return 0, w.tooLarge(w.plan.limit+len(w.buf)+v.Len()-w.max, true)
	}
	u, ok := reason.(*unfit) //nolint:errorlint // they are never wrapped
	if !ok {
		return 0, w.columnError(column, reason)
	}
	if u.then != thenKept && (key || u.then == thenStop || u.then == thenNull && !lenient) {
		// Debezium stops here, too.
		return 0, w.columnError(column, fmt.Errorf("%w: %w", event.ErrUnfit, u))
	}
	if err := w.enc.conf.Unfit.Take(w.plan.view, column, u.reason); err != nil {
		return 0, fmt.Errorf("encode: %s%s: %w", w.place(), w.keyNames(), err)
	}
	return u.then, nil
}

// lacking says what stands for a value that its row lacks and that has no
// placeholder: rows of MySQL and MariaDB may be in part.
type lacking struct {
	sparse bool   // the source may have such rows
	null   []byte // nil where there must be a value
}

// lacks returns what stands there: in the row before the change what stands for
// a null, as it does where PostgreSQL's log has the key alone; in the row after
// it a null, and never a value that looks like one of the row.
func (w *writer) lacks(column string, l *lacking, before []byte) ([]byte, error) {
	switch {
	case w.at == w.record.before:
		return before, nil
	case l.null == nil:
		return nil, w.columnError(column, fmt.Errorf("%w: %w", event.ErrUnfit, errLacking))
	}
	if err := w.enc.conf.Unfit.Take(w.plan.view, column, errUnavailable.reason); err != nil {
		return nil, fmt.Errorf("encode: %s%s: %w", w.place(), w.keyNames(), err)
	}
	return l.null, nil
}

// keyNames names the columns of the key, by which a person finds the row.
func (w *writer) keyNames() string {
	key := w.plan.view.Key
	if len(key) == 0 {
		return ", of a table without a key"
	}
	names := make([]string, len(key))
	for i := range key {
		names[i] = key[i].Name
	}
	return fmt.Sprintf(" (key: %s)", strings.Join(names, ", "))
}
