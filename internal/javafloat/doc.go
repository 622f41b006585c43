// Package javafloat prints floating-point numbers as Java does, since consumers of
// Debezium's events compare texts: 1.0E10, 0.1, 1.5E-7, NaN, Infinity.
//
// The path of one number: Append looks at its size; from 0.001 to 10,000,000 it is
// printed plainly (float.go), else with one digit before the point and an exponent,
// with the digits that Java before 19 has (digits.go).
//
// # Concurrency
//
// Functions of their arguments, safe for concurrent use.
//
// # Ownership
//
// Append writes behind the slice that it is given and keeps nothing.
//
// # Testing
//
// A table of texts that Java prints, and a fuzz target for what holds of all of them;
// the encoder's golden files have more.
package javafloat
