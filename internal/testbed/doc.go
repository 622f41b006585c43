// Package testbed runs real MySQL, MariaDB, PostgreSQL and Kafka servers and a
// schema registry from the files that scripts/testbed.sh fetched. It is used by tests only, through
// internal/testdb, and by the launcher internal/testbed/withservers, which
// starts one of each for a whole "make test".
//
// # Path of one server
//
// [Find] names the folder .testbed. [Open] makes a [Home]: a folder for data
// that lives as long as this process. [Home.New] prepares the data of one
// server there (a copy of a ready template where that is faster than making
// one), and [Server.Start] starts the program on a free port of 127.0.0.1 and
// waits until it answers.
//
// # Nothing is left behind
//
// A test binary has no hook at its end, and any process may be killed. So a
// Home has a watchdog: a shell that waits for the end of a pipe whose other
// end only this process holds, then ends the servers that were started and
// removes the folder. It works after os.Exit, a panic and kill -9 alike.
//
// # Concurrency
//
// A Home is safe for concurrent use; a Server is not. No goroutine is started.
//
// # Ownership
//
// The Home owns the processes and their data; nothing outlives it.
//
// # Testing
//
// The integration tests of internal/testdb start every kind of server; the
// watchdog is tested here with a process of its own.
package testbed
