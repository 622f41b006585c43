package pipeline

import (
	"context"

	"cdc/event"
)

// Source reads a database's log.
type Source interface {
	// Stream reads from position from until ctx ends or something permanent
	// happens, and emits batches in commit order. A broken connection is its own
	// affair: it connects again and goes on where it was. An empty position
	// means "from now on". Errors that are permanent wrap event.ErrPositionLost,
	// event.ErrUnsupported or event.ErrConfig. It blocks; one call at a time.
	Stream(ctx context.Context, from event.Position, sel event.Selector, out event.Emitter) error
	// Position turns a point of this source's stream into text for the store.
	// Points come in the order in which they were emitted, some left out. Called
	// from another goroutine than Stream's.
	Position(p event.Point) (event.Position, error)
	// Ack says that this checkpoint is in the store. It never blocks.
	Ack(c event.Checkpoint)
	// Stats returns the counters, at any time.
	Stats() event.SourceStats
	// Close ends every connection.
	Close(ctx context.Context) error
}

// Snapshotter is a Source that can read the tables as they are now.
type Snapshotter interface {
	Source
	// PlanSnapshot says what OpenView will make on the server and leave there if
	// the process dies. The plan is stored before OpenView is called. previous
	// is the plan of an interrupted snapshot, nil for none.
	PlanSnapshot(ctx context.Context, previous []byte) (plan []byte, err error)
	// OpenView opens one consistent view of all tables that sel takes, and
	// fixes the position at which streaming goes on without a gap or an overlap.
	OpenView(ctx context.Context, plan []byte, sel event.Selector) (View, error)
}

// View is a consistent view of a database. It stands in package event, since
// sources return it and don't import this package.
type View = event.View

// Rules decide what leaves. They may be swapped while the pipeline runs: each
// generation of them has a number that only rises. Safe for concurrent use.
type Rules interface {
	event.Selector
	// Run fills b.Outs from b.Rows, by the rules of the generation b.Gen.
	Run(b *event.Batch) error
	// Hash names the rules of a generation.
	Hash(gen uint32) string
	// Release says that no batch of a generation before gen comes any more. It
	// doesn't block.
	Release(gen uint32)
}

// Encoder turns what leaves into records. Safe for concurrent use; CPU only.
type Encoder interface {
	// Encode appends the records of b.Outs to f, which is empty. An error names
	// table, position and reason.
	Encode(f *event.Frame, b *event.Batch) error
}

// Forgetter is an Encoder that keeps what it has compiled for views and targets.
// Rules that are swapped bring others; the engine calls Forget when the old ones are
// let go. What is needed is compiled again.
type Forgetter interface {
	Encoder
	Forget()
}

// Sink delivers frames.
type Sink interface {
	// Write takes a frame, in order. It may block for room in its own buffers
	// until ctx ends. done is called exactly once, when every record of the
	// frame is acknowledged or one has failed for good; calls of done may come
	// out of order and from any goroutine, and done must not block. When Write
	// returns an error, done is not called.
	Write(ctx context.Context, f *event.Frame, done func(*event.Frame, error)) error
	// Flush waits until everything written so far is done.
	Flush(ctx context.Context) error
	// Close gives up what is not delivered yet.
	Close(ctx context.Context) error
}

// Watched is a Sink that looks after its connection also while there is nothing
// to write. The engine calls Watch once, for as long as the pipeline runs.
type Watched interface {
	Sink
	// Watch finds out whether records could be delivered now, and again from time
	// to time, and logs it when they couldn't. It returns when ctx or the sink
	// ends.
	Watch(ctx context.Context)
	// Healthy returns why records can't be delivered, as far as is known; nil
	// when they can. It never blocks on the network, and may be called at any
	// time.
	Healthy() error
}

// Offsets keeps one offset per pipeline.
type Offsets interface {
	// Load returns the offset; found is false when there is none. A damaged one
	// is an error, never "none".
	Load(ctx context.Context, pipeline string) (o event.Offset, found bool, err error)
	// Save stores the offset durably before it returns.
	Save(ctx context.Context, pipeline string, o event.Offset) error
	// Delete removes it.
	Delete(ctx context.Context, pipeline string) error
	Close() error
}
