// Package ddl knows what a statement does to the definition of a table. It reads
// the statements of MySQL and MariaDB as they stand in the log, and applies them to
// a table as it is known; it asks no server.
//
// # Path of one statement
//
// [Parse] cuts the text of a query event into tokens (token.go) and looks at its
// beginning: what kind of statement, about which tables (statement.go). For most
// statements that is all. When one makes or changes a table that is followed, the
// rest is read: [Statement.Define] for CREATE TABLE (create.go), [Statement.Follow]
// for ALTER TABLE and what becomes one (alter.go), which work on a draft of the table
// (draft.go) and put types, defaults and keys as the catalogue would show them
// (columndef.go, writtentype.go, literal.go). What comes of it is a [Table]; where
// the catalogue has the same one, [Table.Confirmed] takes its spelling. A statement
// that has something in it that isn't known here is [ErrNotUnderstood], never a
// guess.
//
// A Table says what the schema change topic tells ([Table.Info], model.go), and by
// [ParseType] and [Type.Event] how its values are handed on. Tables are kept in the
// schema history as JSON: a field that is renamed is a history that can't be read.
//
// # Concurrency
//
// Everything is a value of its caller's. A Table that is in the history is never
// written to: Follow works on a copy.
//
// # Ownership
//
// Parse copies the text. What else is returned refers to that copy.
//
// # Testing
//
// Statements are tested by text, and fuzzed; the events that Debezium recorded of
// them, and tables that real servers made of hundreds of statements, are compared in
// the tests of package binlog, where the history is.
package ddl
