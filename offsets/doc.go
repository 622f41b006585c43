// Package offsets keeps where each pipeline goes on, and the history of table
// versions that belongs to it: in files, or in Kafka topics.
//
// # Path of one offset
//
// The engine hands over an event.Offset; [Encode] makes one JSON document of it,
// the same for every store: the flat fields that Debezium's connector stores for
// that source, and one more string field "cdc" with what Debezium has no field
// for. Kafka Connect accepts only primitive values in an offset and otherwise
// drops the whole offset, hence the string.
//
// # Concurrency
//
// A store and a journal are used by one goroutine at a time. Two processes can't
// open the same file: it is locked.
//
// # Ownership
//
// Slices that are handed in are not kept; those handed to a callback are valid
// until it returns.
//
// # Testing
//
// One conformance suite runs on every store, one on every journal; Kafka's run on
// kfake here and on a real broker in the integration tests, where Kafka Connect's
// own reader is asked too what it makes of our documents (testdata).
package offsets
