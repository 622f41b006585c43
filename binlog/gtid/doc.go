// Package gtid knows the names that MySQL and MariaDB give to transactions, and
// sets of them: what a replica has seen, what a server has thrown away.
//
// # Path of one transaction
//
// The event that begins it becomes an [ID]. When a position that lies behind it is
// stored, the ID goes into a [Set] ([Set.AddRange], for a run of them), which
// prints as the server prints it, and is read back by [ParseSet] at the next start
// to be compared with what the server has ([Set.Minus], [Set.Contains]).
//
// # Concurrency
//
// None: a Set belongs to who made it, or is guarded there.
//
// # Ownership
//
// Minus and Clone return sets of their own.
//
// # Testing
//
// Sets are compared with plain maps and with go-mysql's reading of their text, over
// random sets; the reader of texts is fuzzed.
package gtid
