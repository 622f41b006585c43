package encode

import (
	"errors"
	"fmt"

	"cdc/event"
)

// TooLargeError is a record that its topic doesn't take.
type TooLargeError struct {
	// Table is empty for a record that isn't a row of one.
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
	where := "table " + e.Table + ": the record of " + rowAt(e.Position, e.Snapshot)
	if e.Table == "" {
		where = "the record of what stands at " + e.Position
	}
	return fmt.Sprintf("encode: %s takes %s%d bytes, topic %s takes %d: "+
		"raise max.message.bytes of the topic (kafka-configs.sh --alter --entity-type topics --entity-name %s --add-config max.message.bytes=%d) or message.max.bytes of the brokers",
		where, least, e.Size, e.Topic, e.Limit, e.Topic, roomyLimit(e.Size))
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
	errTooLarge   = errors.New("over the limit")
	errSkipped    = errors.New("wasn't decoded (internal error)")
	errNotDecimal = errors.New("isn't a plain decimal number (internal error)")
	errScale      = errors.New("has more fraction digits than its column (internal error)")
	errKind       = errors.New("has another kind than its type (internal error)")
	errInt32      = errors.New("is a number of more bits than its type (internal error)")
	errNoOtherKey = errors.New("the image of the other key is missing (internal error)")
)

// lackingReason is that of errUnavailable for MySQL and MariaDB.
const lackingReason = "its value isn't in the log (binlog_row_image other than FULL) and there is no placeholder for its type; " +
	"let the log hold whole rows: SET GLOBAL binlog_row_image=FULL, close the sessions that were open before, " +
	"and take a new snapshot, since the event stays in the log: cdc offsets reset NAME --yes"

// Why a value may have no form.
var (
	errUnavailable = &unfit{reason: "its value isn't in the log (an unchanged large value) and there is no placeholder for its type; " +
		"let the log hold whole rows: ALTER TABLE ... REPLICA IDENTITY FULL"}
	errSpecialDecimal = &unfit{reason: "NaN and Infinity have no form as a decimal of fixed precision; take decimals as string or double (events.decimal_handling_mode), change the value, or the column to double precision"}
	errNanos          = &unfit{reason: "lies outside of the years 1677 to 2262, which nanoseconds can tell; use another events.time_precision_mode"}
	errTimeOfDay      = &unfit{reason: "isn't a time of day, which events.time_precision_mode connect and isostring need; use adaptive_time_microseconds"}
	errBadText        = &unfit{reason: "holds bytes that are no text in its character set", then: thenKept}
	errDimensions     = &unfit{reason: "is an array of more dimensions than its schema has"}
	errNullElement    = &unfit{reason: "is an array with a NULL among elements that may not be null"}
	errSparse         = &unfit{reason: "is a sparse vector of more than 32767 dimensions"}

	errInfiniteInterval = &unfit{reason: "is an infinite interval", then: thenZero}
)

// fail puts table and position before a reason.
func (w *writer) fail(reason error) error {
	return fmt.Errorf("encode: table %s: %s: %w", w.plan.view.Name(), w.place(), reason)
}

func (w *writer) columnError(column string, reason error) error {
	return fmt.Errorf("encode: table %s: %s: column %q: %w", w.plan.view.Name(), w.place(), column, reason)
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
