// Package rulefile reads rule files: what stands in them, and where.
//
// [Parse] turns the text of a file into a [File]: rules with typed keys, each with
// its [Place], so that whatever is found wrong later, when a rule meets a table,
// can be told at file:line:col. What is wrong in the file itself is collected in
// a [Report]. Expressions are kept as text ([Expr]); package transform/expr knows
// what they mean.
//
// A file can't hurt: its size, depth and number of rules are bounded, aliases and
// keys that stand twice are refused.
//
// # Concurrency
//
// What Parse returns is immutable.
//
// # Testing
//
// The texts of errors lie in testdata/errors of package transform.
package rulefile
