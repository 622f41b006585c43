// Package admin is the service's only HTTP server: health, readiness, metrics,
// and the rules of the pipelines, which it has loaded anew when it is asked to.
//
// # Path of one request
//
// Every handler reads one snapshot of the manager's status and turns it into
// text. The one that changes something hands the request on to the [Reload] that
// it was given and tells what became of it.
//
// # Concurrency
//
// Handlers may run at the same time; so may calls of [Reload].
//
// # Testing
//
// Tests call the handler of [New] with a fixed list of statuses.
package admin
