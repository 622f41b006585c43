// Package e2e tests the program as its users meet it: the real binary, real
// MySQL, MariaDB, PostgreSQL and Kafka, and nothing of ours in between. It has
// no code of its own; all files but this one are tests with the build tag
// integration.
//
// # Path of one test
//
// A test takes a [database] on a server of internal/testdb, with a user that
// has just the grants that README.md names and a password that must never be
// printed. A project is a folder with cdc.yaml, rules and offsets; start runs
// the binary in it and gives a service. The test changes rows, puts a mark
// behind them, waits for the mark in Kafka, stops the service (which delivers
// all that was read), and only then reads the topics to their end. So no test
// waits for time to pass.
//
// # Concurrency
//
// Tests run in parallel; names of databases, slots, pipelines and topics are
// unique. A service's output is collected by the goroutines of os/exec.
//
// # Ownership
//
// The binary is built once for the test binary and removed by TestMain. A
// service that a test leaves running is killed when the test ends; then its
// output is searched for secrets and for reports of the race detector.
//
// # Testing
//
// The checks that could pass by accident have tests of their own, which hand
// them wrong topics.
package e2e
