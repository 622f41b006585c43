// Package demo holds what `cdc demo` needs beside the service itself: a real
// PostgreSQL that is fetched and started, a Kafka broker inside the process, a
// small shop with a live order workload, and a consumer that prints what
// arrives. The pipeline in between is the one of `cdc run`.
//
// # Path of one order
//
// [Shop.Play] writes it with SQL; the pipeline under test carries it; [Show]
// reads it from the broker as any consumer would.
//
// # PostgreSQL and root
//
// PostgreSQL refuses to run as root, and the library that fetches it can't
// change the user. So a child process (this same program, see [ServePostgres])
// holds the server, under another user when we are root, and stops it as soon as
// its standard input ends: no server is left behind, however the parent dies.
//
// # Concurrency
//
// Each type is used by one goroutine, but for Close, which may come from any.
//
// # Testing
//
// The integration test of cmd/cdc runs the whole demo twice over one folder.
package demo
