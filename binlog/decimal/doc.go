// Package decimal reads decimal numbers as a row image and binary JSON hold them.
//
// A DECIMAL is a run of groups of up to nine digits, each in the least number of
// bytes, big-endian. The first bit is flipped, and all bits of a negative number.
// https://dev.mysql.com/doc/dev/mysql-server/latest/group__DECIMAL__IMPL.html
//
// # Path of one number
//
// [New] lays out the groups for a precision and a scale, once for a column.
// [Layout.Value] reads a number of it into a batch: as an integer and a scale while
// an int64 holds it, else as text. [Layout.Append] prints any.
//
// # Concurrency
//
// A Layout isn't written to after it is made.
//
// # Ownership
//
// A Layout lies in the Room that it was given. Nothing keeps the bytes.
//
// # Testing
//
// By bytes that servers wrote, here and in the recordings that package binlog
// decodes; fuzzed, integer against text.
package decimal
