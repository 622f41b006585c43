// Package rowbench measures what a row costs from the bytes of the log to those
// of its record, for the sources' benchmarks: they decode, it encodes, or runs rules.
//
// # Path of one row
//
// [Run] has a source fill a batch, sends each row of it to one topic and encodes
// the batch: once for each format, and once not at all. Beside them it measures a
// plain copy of the bytes that json_schema adds: for each row one piece for the
// key and one for the value. [Rules] runs the example rule for orders over a batch:
// it measures the decode with and without the rule, and what becomes of the rows.
//
// # Concurrency, ownership
//
// A benchmark uses one goroutine. The batch belongs to Run or Rules; the source fills it
// anew whenever it is asked.
//
// # Testing
//
// It is used by benchmarks only. bench/run.sh check judges what they print.
package rowbench
