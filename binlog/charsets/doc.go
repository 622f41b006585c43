// Package charsets knows the character sets and collations of MySQL and MariaDB,
// and turns text of any of them into UTF-8 as the servers do.
//
// # Path of one text
//
// A table map names a collation by its number, the catalogue by its name: [ByID]
// and [ByCollation] give the character set. [Tables.Transcoder] makes a
// transcoder of it, once for each column of a compiled table; [Transcoder.Append]
// appends a value as UTF-8, or says that its bytes aren't text of the set, with
// U+FFFD where Debezium has it. Sets of one byte a character go by a table of 128
// characters (single.go), those of East Asia by the tables of golang.org/x/text,
// mended where the servers have another character (multi.go, runs.go), the wide
// ones by arithmetic (transcode.go).
//
// # Concurrency
//
// Tables may be shared by any number of goroutines, and so may a Transcoder: it
// isn't written to after it is made.
//
// # Ownership
//
// Append keeps neither of its slices and allocates nothing but room in the first.
//
// # Testing
//
// The tables are held to the servers: every code of every set is converted there
// and here (charsets_integration_test.go). Transcoders are fuzzed.
package charsets
