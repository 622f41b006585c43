// Package encode turns batches into the bytes of Kafka records.
//
// An [Encoder] prints what Kafka Connect's converters print for the events of
// Debezium, byte for byte: consumers and key partitioning must not notice which
// of the two wrote a topic. Where Debezium itself prints something wrong (an ENUM
// label with a stray backslash, a TIMESTAMP whose digits depend on the phase), the
// right value is printed instead. [Options] are Debezium's modes, [Format] what the
// converters decide.
//
// # Path of one row
//
// An [event.Out] names a view of a table and a target. The pair is compiled
// once into a plan. First, whatever the format: each column's type and the
// options give a form (the Connect schema, and the way in which a value becomes
// what that schema holds), a filter (mask, hash, truncation) and a layout; the
// layouts give the schemas of key, row and envelope. Then each format compiles a
// body from them, for JSON pre-quoted names, the text of a null, of a placeholder
// and of the schema.
//
// [Encoder.Encode] walks the outs of a batch, appends key, value and key header of
// each record to the one buffer of the frame and notes where they lie. The parts
// of the source block that the rows of one statement share are printed once per
// statement and copied from the record before. A value that has no form goes to
// the pipeline's policy. Everything is taken from the images of the out, the key and
// the headers too, since a rule may have put copies in the place of the row's; of a
// change of the key, and of a row that goes, the target says what is left.
//
// # What rules may add
//
// Columns may become headers, whose values lie behind the record ([event.Record]);
// or choose the partition, by the hash of what would be written were they the key,
// without its schema. JSON text may be expanded into what it describes: then each
// record has a schema of its own, which is rare, and may allocate. Members of an
// object in the place of its column, and fields that are left out when they are
// null, are for JSON without schemas.
//
// # Path of one mark
//
// What isn't a row (a transaction's begin and end, a statement, a logical message,
// a heartbeat) becomes a record at its place among the outs. Such records are
// rare: a tree of values is made and written along its schema by one
// writer for each format.
//
// # Avro
//
// The tree of schemas is also written as an Avro schema and registered when the
// plan is compiled; its id stands before every record. A worker whose plan needs
// an id that the registry doesn't give waits: memory stays bounded, since a
// batch is held and no more are taken, and no offset advances (package registry).
// Both formats are compiled from the same forms, so that they hold the same values.
//
// # Concurrency
//
// An Encoder may be used by any number of goroutines. It holds no state of a batch.
//
// # Ownership
//
// A frame holds no reference to the batch that it was made from. The batch is
// only read.
//
// # Testing
//
// The tests build batches by hand and compare with the recordings of the real
// Debezium in testdata/golden; what is written in Avro is read by hamba/avro and
// compared with JSON. A row takes no allocation; a test pins that.
package encode
