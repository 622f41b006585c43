// Package jsonb prints the JSON documents of MySQL as Debezium prints them: those
// of the log, which are binary, those that are logged as what changed in them, and
// the text that a query returns.
//
// # Path of one document
//
// [Printer.Append] walks over the binary form (document.go) and prints as it goes; values of
// SQL types that JSON doesn't have stand in it as bytes of their own (value.go). With
// binlog_row_value_options=PARTIAL_JSON an update holds paths and values instead, and
// [AppendPatched] takes the document before apart as far as the paths reach, changes
// it and prints the rest from its bytes (patch.go). A snapshot has the server's own
// text, which [Reader.Append] brings into the same form (text.go), so that a document is
// the same however it came.
//
// Bytes may be anything: what is printed is paid for by the bytes that are there, and
// depth has a limit.
//
// # Concurrency
//
// A Printer and a Reader are one goroutine's at a time; AppendPatched is anybody's.
//
// # Ownership
//
// What is appended to is the caller's, and is as it was after an error. A Printer and
// a Reader keep nothing of it, and allocate nothing beside room in it.
//
// # Testing
//
// By documents that servers wrote (testdata), text by text; all three are fuzzed.
// That the text of a table and the bytes of the log print the same is compared in
// package binlog, on recordings and on servers.
package jsonb
