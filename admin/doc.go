// Package admin is the service's only HTTP server: health, readiness and
// metrics.
//
// # Path of one request
//
// Every handler reads one snapshot of the manager's status and turns it into
// text; nothing here changes a pipeline.
//
// # Concurrency
//
// Handlers may run at the same time; they only read.
//
// # Testing
//
// Tests call the handler of [New] with a fixed list of statuses.
package admin
