// Package event says what a change is. It is the vocabulary that sources,
// rules, encoders and the engine share, and it imports only the standard
// library.
//
// # Life of a row
//
// A source decodes row images straight into a [Batch]: every value of every
// row lies in one slab of 16-byte [Value]s, every text in one arena of bytes.
// A [Row] is an operation, a pointer to its [Schema] and two indexes into the
// slab. The rules turn Rows into Outs (what leaves, perhaps as a projection,
// perhaps not at all), an encoder turns Outs into the Records of a [Frame],
// and the batch goes back to its pool. A frame holds no reference to the batch
// that it was made from.
//
// # Schemas
//
// The same *Schema pointer means the same shape. Whatever can be known about a
// table version is compiled once and found again by that pointer (see [Cache]).
// A projection is another Schema over the same image: its columns list other
// ordinals ([Column.Ord]).
//
// # Ownership
//
// A batch or a frame has one owner. Handing it on (Emitter.TryEmit) ends the
// right to touch it. Bytes returned by [Batch.Bytes] are valid until
// [Batch.Reset].
//
// # Concurrency
//
// Schema, Target and Cache are safe for concurrent use; Batch and Frame are
// not, and need not be, since they have one owner at a time.
//
// # Testing
//
// Package internal/cdctest builds batches for tests of rules and encoders.
package event
