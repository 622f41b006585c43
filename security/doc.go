// Package security holds what every connection of the service needs in the same
// way: secrets that don't print, and TLS settings.
//
// # Concurrency
//
// Its types are plain values, safe to copy and to share when not changed.
//
// # Testing
//
// Nothing here opens a connection; the tests of the packages that do run with
// real certificates made by [TLS]'s own tests.
package security
