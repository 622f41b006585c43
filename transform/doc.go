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
// condition holds, and those behind it as long as they continue, append an
// [event.Out] each, or the row is left out.
//
// A condition is compiled for each operation by itself. `op == "c"` is a
// constant then, and so is the fact that an insert has no before image; what is
// left of the condition is usually one comparison.
//
// # Images
//
// A rule that changes nothing leaves the row's own images. Any other gives all its
// outputs a layout: first the values of the table, at their places, then those that
// the rule makes. An image of an output is a copy in the batch's slab of the values
// that this output needs; value verbs (mask, hash, truncate, redact) change them in
// place, before anything else sees them; then come the steps that make the others
// (casts, computed values, members of JSON, metadata, headers). So everything that
// leaves is a column of a view, and the raw row is out of reach.
//
// What an operation becomes is compiled for each by itself, and a change of the key as
// a row that goes and one that comes: a tombstone needs no value, so none is made. Both
// are one Out where they look alike.
//
// # Failures
//
// A condition or a step that fails for a row does what "on_error" says. A dead letter is
// the whole row as the rule hides it. No error, note or header holds a value of a row.
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
// Of a batch Run writes the Outs, appends images to the slab and texts to the arena, and
// leaves what was there. It keeps no reference to the batch. Nothing is allocated once
// slab and arena have grown, but by expressions that the interpreter runs.
//
// # Testing
//
// Each verb runs over every operation; a random rule that hides a text must show it
// nowhere; allocations are pinned; partitions are those that the real Debezium chose.
// The error texts are held against testdata, and FuzzRules takes any text as a rule
// file and runs what is taken.
package transform
