// Package transform holds the rules: which changes leave, in what shape and to
// which topic.
//
// # Path of one row
//
// [Load] reads rule files, checks all that can be known without a database, and
// gives a [Program]. When a table version is first seen, the source asks
// [Program.Select]: the rules that name the table are bound to it, columns
// become indexes, conditions become closures (or, for the rarer forms, CEL
// programs), and the result, a plan, is kept by the schema's pointer. The same
// call says which columns anybody needs. [Program.Run] then takes each row
// through the plan of its table version and its operation: the first rule whose
// condition holds appends one [event.Out], or the row is left out.
//
// A condition is compiled for each operation by itself. `op == "c"` is a
// constant then, and so is the fact that an insert has no before image; what is
// left of the condition is usually one comparison.
//
// # Concurrency
//
// A Program is safe for concurrent use. Plans are immutable; the pointers that
// a plan hands out ([event.Target], projected [event.Schema]) are shared.
//
// # Ownership
//
// Run writes nothing of the batch but its Outs, and keeps no reference to it.
//
// # Testing
//
// The closures are held against the CEL interpreter on random rows, the error
// texts against testdata/errors, and FuzzRules feeds the parser with noise.
package transform
