package event

import (
	"context"
	"errors"
)

// Position is where a source can go on: a flat JSON object in the shape that
// Debezium stores for that connector, minted and parsed by its source only.
// What the source needs beyond Debezium's fields rides in one more field
// "cdc", a string that holds a JSON object.
type Position string

// Point is a position of fixed size, as it travels with every batch. Only the
// source that made it can turn it into a Position; so a source that was never
// asked for one never pays for its text.
type Point struct {
	// Seq counts the transactions (or log positions) that the source has
	// finished since it was started; Off and Skip are the source's own.
	Seq, Off uint64
	Skip     uint32
}

// Checkpoint is what may be stored once everything before it is acknowledged.
type Checkpoint struct {
	Point Point
	// Fixed, when set, is the position itself and Point is not used: the place
	// where streaming starts after a snapshot.
	Fixed Position
	// Valid is false when this batch brings no new position (a snapshot that is
	// still running).
	Valid bool
}

// IsZero reports whether there is nothing to store.
func (c Checkpoint) IsZero() bool { return !c.Valid }

// Offset is what a store holds for a pipeline.
type Offset struct {
	Position Position
	// Snapshot is the plan of a snapshot that has begun and not finished; nil
	// otherwise.
	Snapshot []byte
	// Rules is the hash of the rule set that produced everything up to here.
	Rules string
}

// Emitter takes batches from a source. One goroutine uses it at a time.
type Emitter interface {
	// Batch returns an empty batch to start with.
	Batch() *Batch
	// Hungry reports whether somebody downstream waits for work: emit at this
	// commit and don't wait for more.
	Hungry() bool
	// TryEmit hands full over and returns an empty batch for it. It never
	// blocks: ok is false when there is no room, and full stays the caller's.
	TryEmit(full *Batch) (empty *Batch, ok bool)
	// Room is signalled when a TryEmit that was refused may succeed.
	Room() <-chan struct{}
}

// Emit hands b over, waiting for room, and returns an empty batch. It returns
// b itself and the context's error when ctx ends first.
func Emit(ctx context.Context, out Emitter, b *Batch) (*Batch, error) {
	for {
		if empty, ok := out.TryEmit(b); ok {
			return empty, nil
		}
		select {
		case <-out.Room():
		case <-ctx.Done():
			return b, context.Cause(ctx)
		}
	}
}

// Selector says which tables and columns are wanted. A source asks once per
// schema version. It is safe for concurrent use.
type Selector interface {
	// Select reports whether rows of s are wanted at all (ok), and which values
	// of the image (want, indexed by Column.Ord). An error (a rule that can't
	// be bound to this table version) stops the pipeline before the first row.
	Select(s *Schema) (want []bool, ok bool, err error)
	// Generation numbers the rules that Select answers by. A source puts it into
	// every batch whose columns it chose by these answers (Batch.Gen).
	Generation() uint32
	// Newest returns the selector of the rules that hold now: itself, until the
	// rules are swapped. A source asks at the beginning of every transaction; when
	// the answer is another, it hands over what it has, forgets what it chose, and
	// goes on with the new one. It takes a few nanoseconds.
	Newest() Selector
}

// ErrPositionLost says that the server no longer has the log at the stored position, or
// is another server. Permanent: the pipeline stops and says so.
var ErrPositionLost = errors.New("position lost")

// ErrUnsupported says that there is something in the log or the catalogue that can't be handled.
// Permanent: the pipeline stops and says so.
var ErrUnsupported = errors.New("not supported")

// ErrConfig says that the server's settings, grants or the configuration make capture
// impossible. Permanent until somebody mends it.
var ErrConfig = errors.New("configuration")

// ErrDelivery says that something went wrong on the way out, and not with a row, although it
// was met while a row was encoded. By itself it isn't permanent.
var ErrDelivery = errors.New("delivery")
