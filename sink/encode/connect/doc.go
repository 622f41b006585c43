// Package connect describes data as Kafka Connect does: a tree of schemas with
// types, semantic names, versions, parameters and defaults.
//
// The encoder makes one tree for the key and one for the value of each table
// version. [Schema.AppendJSON] renders a tree as Kafka's JsonConverter does when
// it is told to write schemas; another file renders the same tree as an Avro
// schema.
//
// # Path of one item
//
// A tree is built once per table version from event.Type and the encoder's
// options, rendered once into a text, and the text is copied into every record.
// Nothing here is touched per row, except [AppendString], which writes the
// strings of all JSON.
//
// # Concurrency
//
// A tree is immutable once it is built and may then be read by everybody.
//
// # Ownership
//
// A tree owns its texts. Trees may share branches: the envelope holds the row's
// schema twice.
//
// # Testing
//
// The renderings are compared with schemas that the real Debezium wrote.
package connect
