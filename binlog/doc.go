// Package binlog reads MySQL and MariaDB: the binlog as a replica does, and the
// tables for a snapshot.
//
// # Path of one change
//
// The library go-mysql keeps the protocol of the replication connection and
// hands over each event as raw bytes ([Source.Stream], session.go). The handler
// walks them: a GTID or BEGIN opens a transaction, a TABLE_MAP names the table,
// the history finds the version of the table that holds there (history.go), a
// plan compiled for that version decodes the wanted columns of a rows event into
// the batch (plan.go, cell.go), and XID or COMMIT ends the transaction. Batches
// leave when somebody waits for work, when they are full, and before a read that
// would have to wait; a transaction larger than a batch is cut.
//
// # Positions
//
// A point names a number of finished transactions, and how many rows events of
// the next one are out. The queue in progress.go turns it into text when
// something is stored: file, offset and GTID set in Debezium's fields, what only
// we need in the field "cdc". A restart asks the server for everything after the
// GTID set (or the file and offset, where there are no GTIDs) and passes over the
// rows events that are out.
//
// The rows of an XA transaction in two phases are kept until it is decided, and
// no stored position passes them before (xa.go).
//
// # Versions of tables
//
// A version begins with a statement. The statement is followed on the table as
// it is known (evolve.go, package ddl), so the version is that of its own time, and
// is written to a [Journal] before a row of it leaves; the catalogue confirms it,
// and helps out where the statement can't be followed. After a restart the
// journal counts, not the live catalogue, which may be newer than the rows.
//
// A table map with full metadata is the truth about names and types. Where it and
// the history differ, older and newer versions are tried, then the catalogue; when
// none fits, the map alone must do, but only if its record key is certain
// (keyless.go). A table map without names must be that of the version that holds,
// or the source stops.
//
// # Other rules
//
// Where a transaction begins the newest rules are asked for (open.go). When they are
// others, the batch leaves first; the versions of tables stay, and which of their
// columns are wanted is asked anew when a table map comes, which it does with each
// statement. A transaction whose first rows have left keeps its rules to its end,
// also over a new connection, and the rows of an XA transaction leave by those that
// hold when it commits, so all of its captured tables are kept until then. A
// snapshot keeps the rules with which it was opened.
//
// # Marks
//
// Where the program asks for them ([Config].Capture), the batches carry marks:
// the beginning and the end of every transaction of the server (txmark.go), and
// each statement that makes or changes a captured table, with what the table is
// then (ddlmark.go); a snapshot begins with the statements that make its tables
// (announce.go).
//
// # Values
//
// A value is the same whether it was read from the log or from the table: a
// snapshot asks for text as it is stored (character_set_results), for every
// digit of a FLOAT, and prints JSON as the log's binary form is printed
// (package jsonb). A value that has no form in an event (a zero date, bytes that
// aren't text) goes to the policy of the pipeline (decoding.go); where Debezium
// has no form for it either, it is an error. A document that is logged as what
// changed in it comes out whole (package jsonb), rows that lack columns are taken
// if the configuration says so (sparse.go).
//
// # What stands apart
//
// What needs nothing of the source has packages of its own: what a statement does
// to a table (ddl), names of transactions (gtid), text in the servers' character
// sets (charsets), JSON documents (jsonb), decimal numbers (decimal), and which of
// the two servers it is (flavor).
//
// # Concurrency
//
// One call of Stream at a time. Position, Ack and Stats may be called from any
// goroutine. Inside of a call, everything that touches a batch runs in the one
// goroutine that reads the connection. Beside it, a watch asks the server now
// and then where its log ends (lag.go), over a connection of its own; nothing
// waits for it but the end of the session.
//
// # Ownership
//
// A batch is the handler's until it is handed over. Bytes of an event are the
// library's and are never kept. Every connection ends with the call that opened
// it.
//
// # Testing
//
// Handler and positions are tested with bytes made by hand, decoders with
// recordings of real servers in testdata, and all of it together against real
// servers in the files *_integration_test.go.
package binlog
