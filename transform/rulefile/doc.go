// Package rulefile reads rule files: what stands in them, and where.
//
// [Parse] turns the text of a file into a [File]: rules with typed keys and the
// tests beside them, each with its [Place], so that whatever is found wrong later,
// when a rule meets a table, can be told at file:line:col. What is wrong in the file
// itself is collected in a [Report]; [Print] shows errors with their lines.
// Expressions are kept as text ([Expr]); package transform/expr knows what they mean.
//
// # Path of one file
//
// The text must be plain UTF-8 with lines of bounded length; YAML makes a tree of
// it, which must be of a bounded depth and hold neither aliases nor merge keys,
// foreign tags or keys that stand twice. Then each mapping of the language is read by
// its table of keys, as ruleKeys: name, form, meaning, and the function that reads
// the value. What a rule's keys can't say together is refused at the end, in shape.go.
// The same tables make the hints of errors and the JSON Schema for editors
// ([JSONSchema]), so that a key which is added to one of them is known everywhere.
//
// Options of Debezium's transforms have their names, with underscores for dots. Its
// regular expressions are RE2 here; [Router] replaces as Java's Matcher does.
//
// # Concurrency
//
// What Parse returns is immutable.
//
// # Ownership
//
// The file and its errors keep the text of their source.
//
// # Testing
//
// The texts of errors lie in testdata/errors, each beside the file that is refused;
// -update writes them. testdata/every-key.yaml shows every key. Files that mean harm
// are in nasty_test.go.
package rulefile
