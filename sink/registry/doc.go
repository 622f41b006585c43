// Package registry asks a schema registry (Confluent's, or one with the same API) for
// the ids of schemas.
//
// # Path of one schema
//
// An encoder that has compiled a schema asks for its id under a subject
// ([Client.ID]), which [Client.Subject] names after the topic or the record. The first
// question registers the schema, or looks it up where registering isn't allowed; the
// answer is remembered. While the registry can't be reached the question waits,
// with back-off, and [Client.Healthy] says since when; [Client.Close] ends the wait. What
// the registry refuses is an [Error] that says what mends it (errors.go).
//
// # Concurrency
//
// A Client may be used by any number of goroutines. Two that ask for the same schema
// share one question.
//
// # Ownership
//
// The Client owns its connections until Close.
//
// # Testing
//
// Against franz-go's registry in memory, with refusals, outages, passwords and
// certificates.
package registry
