package encode

import (
	"errors"
	"fmt"

	"cdc/event"
)

// standIn is what may stand for the value of a column, in the bytes of the
// format. In Avro each begins with the branch of the union, where there is one.
type standIn struct {
	label string // of the column, for errors
	null  []byte // what a null is
	zero  []byte // what stands for a value that there must be
	// lenient: a value without a form may become null.
	lenient bool
	// sparse: rows may lack the column.
	sparse bool
}

// unfit makes of buf[from:] what stands for a value that couldn't be appended,
// or returns the error.
func (w *writer) unfit(c *standIn, key bool, buf []byte, from int, v event.Value, reason error) ([]byte, error) {
	if w.lacksBefore(c.sparse, key, reason) {
		return append(buf[:from], c.null...), nil
	}
	then, err := w.policy(c.label, key, c.lenient, v, reason)
	if err != nil {
		return buf, err
	}
	switch then {
	case thenKept:
		return buf, nil
	case thenZero:
		return append(buf[:from], c.zero...), nil
	default:
		return append(buf[:from], c.null...), nil
	}
}

// policy decides what stands for a value that couldn't be appended because of
// reason: nothing (the error), or what instead says. lenient: null, or the
// default of the column, may stand there.
func (w *writer) policy(column string, key, lenient bool, v event.Value, reason error) (instead, error) {
	if errors.Is(reason, errTooLarge) {
		return 0, w.tooLarge(w.plan.limit+len(w.buf)+v.Len()-w.max, true)
	}
	if reason == errUnavailable && !w.enc.postgres { //nolint:errorlint // never wrapped
		return 0, w.stop(column, lackingReason, key)
	}
	u, ok := reason.(*unfit) //nolint:errorlint // they are never wrapped
	if !ok {
		return 0, w.columnError(column, reason)
	}
	if u.then != thenKept && (key || u.then == thenStop || u.then == thenNull && !lenient) {
		return 0, w.stop(column, u.reason, key) // Debezium stops here, too
	}
	if err := w.enc.conf.Unfit.Take(w.plan.view, column, u.reason); err != nil {
		return 0, w.rowError(err)
	}
	return u.then, nil
}

// lacksBefore reports whether the value is missing from the row before a change
// in a source whose rows may be in part (MySQL, MariaDB). What a null becomes
// stands there, as where PostgreSQL's log has the key alone. In the row after a
// change it would look like a value of the row.
func (w *writer) lacksBefore(sparse, key bool, reason error) bool {
	return sparse && !key && w.at == w.record.before && reason == errUnavailable //nolint:errorlint // never wrapped
}

// stop is the error of a value that no policy takes, told as [event.Unfit.Take]
// tells one.
func (w *writer) stop(column, reason string, key bool) error {
	mend := "leave the column out (events.column_exclude_list)"
	if key {
		mend = "choose other columns for the key (events.message_key_columns, or key and partition_by of the rule)"
	}
	return w.rowError(fmt.Errorf("table %s, column %q: %s: %w, under every policy; change the value, or %s",
		w.plan.view.Name(), column, reason, event.ErrUnfit, mend))
}

// rowError puts before an error where the row stands and what its key is.
func (w *writer) rowError(err error) error {
	return fmt.Errorf("encode: %s%s: %w", w.place(), w.keyNames(), err)
}

// keyNames names the columns of the key, by which a person finds the row.
func (w *writer) keyNames() string {
	if len(w.plan.view.Key) == 0 {
		return ", of a table without a key"
	}
	return fmt.Sprintf(" (key: %s)", w.plan.view.KeyNames())
}
