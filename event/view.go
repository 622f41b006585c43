package event

import "context"

// View is a consistent view of a database, for a snapshot.
type View interface {
	// Start is where streaming starts after this view.
	Start() Position
	// Tables are those to read, in order.
	Tables() []*Schema
	// Estimate is the server's guess of the number of rows, -1 for unknown.
	Estimate(s *Schema) int64
	// Read emits every row of the table as OpRead, in bounded batches without a
	// checkpoint. The rows carry no snapshot marks: the engine sets them.
	Read(ctx context.Context, s *Schema, out Emitter) error
	// Close ends the view and its connections.
	Close(ctx context.Context) error
}

// Announcer is a View that has marks to hand over before its tables are read:
// the statements that make the tables, for the schema change topic.
type Announcer interface {
	View
	// Announce emits batches with nothing but marks in them, and without a
	// checkpoint.
	Announce(ctx context.Context, out Emitter) error
}
