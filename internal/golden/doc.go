// Package golden reads what was recorded from Debezium, says it in our own
// configuration, and compares records with it. Only tests import it: those of
// internal/e2e replay every case of testdata/golden through the program.
//
// # Path of one case
//
// [Load] finds the cases below a folder. [Case.Translate] turns the properties
// of the connector into [Settings]: keys of our configuration, and what has no
// counterpart yet. Its transforms become a rule file: for each table they are
// applied, in their order, to what the rules say so far. [Case.Steps] cuts the
// statements at the directions to the recorder. When the statements have run,
// [Case.Compare] puts the records that came beside those that were recorded,
// topic by topic, byte by byte: only the paths that the case lists as volatile
// are masked, and only the values on the list of argued differences may be other
// than Debezium's. The [Tally] of all cases counts what was compared.
//
// # What decides
//
// Nothing here knows the name of a case. A difference is argued from the
// properties, the statements and the record itself.
//
// # Concurrency
//
// A Case is read only. A Tally is safe for concurrent use.
//
// # Ownership
//
// Nothing is opened for longer than a call.
//
// # Testing
//
// The parts are tested with texts made by hand, the reading and the translation
// with testdata/golden too.
package golden
