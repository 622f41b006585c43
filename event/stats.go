package event

import "time"

// SourceStats is a snapshot of a source's counters.
type SourceStats struct {
	// Connected: the stream from the server is open.
	Connected bool
	// Reconnects counts the connections that were made again.
	Reconnects uint64
	// Bytes counts what was received from the server.
	Bytes uint64
	// LagBytes are known to wait on the server; -1 for unknown.
	LagBytes int64
	// Notes say what a person should know though changes flow, each with what
	// mends it: a table that isn't captured. Nothing of them is secret.
	Notes []string
	// LastReceived is when the server was last heard of.
	LastReceived time.Time
}
