// Package check finds what a run that was killed did wrong: it reads the topic
// and compares it with the table.
//
// The table has a number for each key and a version that each change of a key
// raises by one, so that the topic must hold the versions 1, 2, ... of each key
// in this order. Deliveries that repeat one already made are taken out and
// counted; what is left must have no hole and no exchange, and the very last
// record of a key, repeated or not, must be its last version.
//
// # Path of one record
//
// [Decode] takes what matters out of a record, [Checker.Add] compares it with
// what came before. At the place of a kill, [Checker.Since] says how many
// deliveries the position that was stored at that moment doesn't cover, and
// [ParseMark] reads that position.
//
// # Concurrency
//
// A Checker is used by one goroutine.
//
// # Ownership
//
// Nothing is kept of the records' bytes.
//
// # Testing
//
// Tests lose, exchange and double records of a made-up topic, one at a time.
package check
