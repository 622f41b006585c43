// Package expr knows what the expressions of rules mean.
//
// # Path of one condition
//
// [Language.Check] parses it as CEL, turns every look at the row into a field of
// one of a few variables, and checks types, offline or for a table. A condition is
// compiled for each operation by itself ([Checked.Compile]): `op == "c"` is a
// constant then, and so is the fact that an insert has no image before; what is
// left is usually one comparison, and becomes a closure over column indexes. The
// rarer forms become CEL programs over a lazy row.
//
// # Concurrency
//
// A Language and what it checks and compiles are safe for concurrent use.
//
// # Testing
//
// The closures are held against the CEL interpreter on random rows.
package expr
