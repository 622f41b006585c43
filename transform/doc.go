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
// # Swapping rules
//
// A running pipeline holds its program in a [Live]. [Live.Swap] brings another into
// force, if it can be bound to the tables that the present one is bound to. Each is
// a generation. A source takes one at the beginning of a transaction, and a batch is
// run by the one that chose its columns, so a transaction is made by one set of
// rules. The engine tells when the old ones can go ([Live.Release]); what they have
// counted stays ([Live.Totals]). Rules that mean the same and have the same secrets
// are no other rules.
//
// # Concurrency
//
// A Program and a Live are safe for concurrent use. Plans are immutable; the pointers that
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
