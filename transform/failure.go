package transform

import (
	"errors"
	"fmt"

	"cdc/event"
	"cdc/transform/rulefile"
	"cdc/transform/values"
)

// failure is where a rule failed for a row.
type failure struct {
	rule *rule
	step string
	at   rulefile.Place
	err  error
}

func (f *failure) Error() string { return f.origin() + ": " + f.err.Error() }

// origin says what failed and where that stands.
func (f *failure) origin() string {
	if f.step == "when" {
		return fmt.Sprintf("rule %q (%s)", f.rule.Name, f.at)
	}
	return fmt.Sprintf("rule %q, %s (%s)", f.rule.Name, f.step, f.at)
}

func (f *failure) Unwrap() error { return f.err }

// rule is the rule that is at work.
func (x *exec) rule() *rule { return x.failure.rule }

// spare takes note of what failed; it is no error where the row leaves without that.
func (x *exec) spare(step string, at rulefile.Place, err error) error {
	failed := x.fails(step, at, err)
	if x.rule().OnError != rulefile.OnErrorKeep {
		return failed
	}
	x.count(x.rule()).Errors++
	x.note(x.rule(), true, failed)
	return nil
}

// fails notes what failed, for what the rule says that shall become of the row.
func (x *exec) fails(step string, at rulefile.Place, err error) error {
	x.failure.step, x.failure.at, x.failure.err = step, at, err
	return &x.failure
}

// settle does with a row what its rule says of one for which it fails, and returns
// an error when that is to stop. What an outbox calls fatal stops whatever the rule says.
func (x *exec) settle(o *output, err error) error {
	c := x.count(o.rule)
	c.Errors++
	if errors.Is(err, errUpdated) {
		return x.stop(err)
	}
	switch o.rule.OnError {
	case rulefile.OnErrorDrop:
	case rulefile.OnErrorDeadLetter:
		c.DeadLetters++
		if bad := x.bury(o, err); bad != nil {
			return bad
		}
	default:
		return x.stop(err)
	}
	x.note(o.rule, true, err)
	return nil
}

// stop is the error that stops the pipeline: it names rule, table, key columns and
// position.
func (x *exec) stop(err error) error {
	r := x.r
	at := fmt.Sprintf("table %s, key (%s), %s", r.Schema.Name(), r.Schema.KeyNames(), where(x.b, r))
	if f, ok := err.(*failure); ok { //nolint:errorlint // it is what was just made
		return fmt.Errorf("%s: %s: %w", f.origin(), at, f.err)
	}
	return fmt.Errorf("%s: %w", at, err)
}

// Values that a step needs and the log doesn't hold.
var (
	errPartitionMissing = missing("a column that chooses the partition", "on_error: keep, which lets the key choose")
	errKeyMissing       = missing("a column of the key", "take another key")
	errTopicMissing     = missing("the column that says the topic", "on_error: keep, which takes the table's own")
	errTimeMissing      = missing("the column that is the time of the record", "on_error: keep, which takes the time at which it is sent")
	errHeaderMissing    = missing("the column of a header", "on_error: keep, which sends NULL")
	errCastMissing      = missing("a value to cast", "cast it to string or bytes, which have a placeholder; or on_error: keep, which puts NULL there")
	errMemberMissing    = missing("the JSON of which members become fields", "give them the type string, which has a placeholder; or on_error: keep, which puts NULL there")
)

// missing is the failure of a step whose value isn't in the log.
func missing(what, instead string) *values.Fault {
	return values.NewFault(what+" isn't in the log: this change left it alone",
		"let the log hold whole rows, by ALTER TABLE ... REPLICA IDENTITY FULL in PostgreSQL or binlog_row_image=FULL in MySQL; or "+instead)
}

// gone reports whether the value isn't in the log although there is a row after the
// change. What a row before it lacks is NULL, as it is in values.
func (x *exec) gone(v event.Value) bool { return v.Kind() == event.KindUnavailable && x.row.After >= 0 }

// where says where the row stands in the log.
func where(b *event.Batch, r *event.Row) string {
	if r.Op == event.OpRead {
		return "snapshot"
	}
	if int(r.Origin) < len(b.Origins) {
		if tx := int(b.Origins[r.Origin].Tx); tx < len(b.Txs) && b.Txs[tx].File != "" {
			return fmt.Sprintf("%s:%d", b.Txs[tx].File, r.Off)
		}
	}
	return fmt.Sprintf("LSN %X/%X", r.Off>>32, uint32(r.Off))
}
