// Package values holds what the verbs of rules make of one value: masks, hashes,
// casts, constants, texts, and the hash by which PartitionRouting chooses partitions.
//
// A [Change] is compiled once for a column and called for every row. It gets a value
// that is neither NULL nor missing, and puts what it makes into the arena of the batch
// that the value lies in. It knows no rows, rules or tables, and allocates nothing but
// for decimals of more than 18 digits. What can't be done is a [Fault], which is made
// beforehand and never holds a value.
//
// # Concurrency
//
// Changes are safe for concurrent use.
package values
