// Package security holds what every connection of the service needs in the same
// way: secrets that don't print, TLS settings, and the way out when one side
// doesn't trust the other ([Mend]).
//
// # Concurrency
//
// Its types are plain values, safe to copy and to share when not changed.
//
// # Testing
//
// Nothing here opens a connection. The tests shake hands over a pipe, with
// certificates that they make; internal/e2e does so with real servers.
package security
