// Package dryrun takes changes through rules and encoder without a server: what
// `cdc test`, `cdc transform` and `cdc explain` work with.
//
// # Path of one change
//
// A [Change] is a row before and after, as literals: it comes from a test in a rule
// file, from a line of text, from an INSERT statement or from a Debezium event
// ([ReadChanges]). Its table comes from a schema dump ([ReadDump]), from the schema
// that the event carries, or it is inferred from the literals of all changes
// (infer.go). [Engine.Run] then makes a row of it, asks the rules which columns they
// want, blanks the others as a decoder would, runs the rules and encodes what leaves
// into [Record]s. Clock and positions are fixed, so the same input gives the same
// output.
//
// [RunTests] runs the tests of rule files and compares.
//
// # Concurrency, ownership
//
// An Engine belongs to one goroutine. Records hold their own bytes.
//
// # Testing
//
// Golden outputs lie in testdata; events that Debezium recorded come out as they went
// in. The readers of standard input and of dumps are fuzzed.
package dryrun
