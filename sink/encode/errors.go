package encode

import (
	"errors"
	"fmt"

	"cdc/event"
)

// TooLargeError is a record that its topic doesn't take.
type TooLargeError struct {
	Table, Topic string
	// Position is where the row stands in the source: "file:pos row n" or an
	// LSN.
	Position string
	// Snapshot: a snapshot has read the row, and Position is where the snapshot
	// stands. Its rows have no place of their own.
	Snapshot bool
	// Size is that of the record in bytes, measured as Config.Limit is; a lower
	// bound when Partial is set, since encoding ended there.
	Size    int
	Partial bool
	Limit   int
}

func (e *TooLargeError) Error() string {
	least := ""
	if e.Partial {
		least = "at least "
	}
	return fmt.Sprintf("encode: table %s: the record of %s takes %s%d bytes, topic %s takes %d: "+
		"raise max.message.bytes of the topic (kafka-configs.sh --alter --entity-type topics --entity-name %s --add-config max.message.bytes=%d) or message.max.bytes of the brokers",
		e.Table, rowAt(e.Position, e.Snapshot), least, e.Size, e.Topic, e.Limit, e.Topic, roomyLimit(e.Size))
}

// rowAt names a row in messages.
func rowAt(position string, snapshot bool) string {
	if snapshot {
		return "a row of the snapshot (which was taken at " + position + ")"
	}
	return "the row at " + position
}

// roomyLimit is a round limit that also has room for headers and the overhead
// of the format.
func roomyLimit(size int) int { return ((size+4096)>>20 + 1) << 20 }

// limitError: the broker didn't say how large a record may be.
type limitError struct {
	topic string
	err   error
}

func (e *limitError) Error() string {
	return fmt.Sprintf("encode: ask for the record limit of topic %s: %v", e.topic, e.err)
}

// Unwrap tells the engine that it isn't the row's fault.
func (e *limitError) Unwrap() []error { return []error{e.err, event.ErrDelivery} }

// What may be wrong with a value. The writer adds table, column and position.
var (
	errTooLarge    = errors.New("over the limit")
	errSkipped     = errors.New("wasn't decoded (internal error)")
	errUnavailable = errors.New("its value isn't in the log (an unchanged large value) and there is no placeholder for its type; " +
		"let the log hold whole rows: ALTER TABLE ... REPLICA IDENTITY FULL (PostgreSQL) or SET GLOBAL binlog_row_image = 'FULL' (MySQL, MariaDB)")
	errSpecialDecimal = errors.New("NaN and Infinity have no form as a decimal of fixed precision; change the value, or the column to double precision")
	errNotDecimal     = errors.New("isn't a plain decimal number (internal error)")
	errScale          = errors.New("has more fraction digits than its column (internal error)")
	errKind           = errors.New("has an unknown kind (internal error)")
)

// fail puts table and position before a reason.
func (w *writer) fail(reason error) error {
	return fmt.Errorf("encode: table %s: %s: %w", w.plan.view.Name(), w.place(), reason)
}

func (w *writer) columnError(c *column, v event.Value, reason error) error {
	if errors.Is(reason, errTooLarge) {
		return w.tooLarge(w.plan.limit+len(w.buf)+v.Len()-w.max, true)
	}
	return fmt.Errorf("encode: table %s: %s: column %q: %w", w.plan.view.Name(), w.place(), c.label, reason)
}

func (w *writer) tooLarge(size int, partial bool) error {
	return &TooLargeError{
		Table: w.plan.view.Name(), Topic: w.plan.target.Topic, Position: w.position(), Snapshot: w.row.Op == event.OpRead,
		Size: size, Partial: partial, Limit: w.plan.limit,
	}
}

// place names the row in messages.
func (w *writer) place() string { return rowAt(w.position(), w.row.Op == event.OpRead) }

// position says where the row, or the snapshot that has read it, stands in the
// source.
func (w *writer) position() string {
	if w.enc.postgres {
		return fmt.Sprintf("%X/%X", w.row.Off>>32, uint32(w.row.Off))
	}
	tx := w.tx()
	if w.row.Op == event.OpRead {
		return fmt.Sprintf("%s:%d", tx.File, w.row.Off)
	}
	return fmt.Sprintf("%s:%d row %d", tx.File, w.row.Off, w.row.Index)
}
