// Package expr knows what the expressions of rules mean.
//
// # Path of one condition
//
// [Language.Check] parses it as CEL, turns every look at the row into a field of
// one of a few variables, and checks types, offline or for a [Table]. A condition
// is compiled for each operation by itself ([Checked.Compile]): `op == "c"` is a
// constant then, and so is the fact that an insert has no image before; what is
// left is usually one comparison, and becomes a closure over column indexes. The
// rarer forms become CEL programs over a lazy row.
//
// # Path of one output expression
//
// [Language.CheckValue] does the same, and the type of the expression becomes the
// type of a field ([CheckedValue.Type]). Columns, constants, their concatenations,
// choices and hashes are closures that put text into the arena of the batch;
// everything else runs in the interpreter, and what it gives is put there.
//
// # What can go wrong
//
// Before a row is seen: a read of an image that rows of an operation lack
// ([Checked.Fails], [Checked.MayFail]), and one of an old value that the log surely
// doesn't hold ([Checked.Unlogged]). With a row: an [Error], which holds no value of
// it. What an expression may cost is estimated when it is checked; what depends on
// the values of a row (JSON, lists, texts that grow) is counted when it runs.
//
// # Concurrency
//
// A Language and what it checks and compiles are safe for concurrent use. Compiled
// closures write to the arena of the batch that they are given.
//
// # Ownership
//
// Text that a condition makes is taken back from the arena before it answers. Text
// of an output expression stays there.
//
// # Testing
//
// The closures are held against the CEL interpreter on random rows.
package expr
