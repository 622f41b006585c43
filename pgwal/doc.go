// Package pgwal reads the log of a PostgreSQL database (15 or later) as a
// logical replication client: the output of the pgoutput plug-in, from a
// replication slot, for the tables of a publication.
//
// # Path of one change
//
// The server sends each change of a committed transaction as one message.
// wire.go takes in what the socket holds and cuts it into messages; stream.go
// hands each to the decoder (decoder.go), which appends a row to the batch at
// hand: relation messages say which table and columns a change belongs to
// (relation.go), catalog.go adds what they leave out, learn.go remembers it for
// tables that are altered or dropped meanwhile, types.go says how a column is
// read, and text.go, datetime.go, array.go and their neighbours read the values,
// those of the stream and those of COPY alike. Values keep what PostgreSQL keeps
// apart (months, days and microseconds; digits and scale): what an event shows of
// them is the encoder's affair. A column of a type without a form is left out,
// with a note, unless Capture.UnknownTypes asks for its text. Logical messages
// (logical.go) and, where they are asked for, the beginning and the end of
// transactions with the numbers of their rows (txcount.go) become marks.
//
// At a commit the position moves behind the transaction. The batch leaves when
// somebody downstream is idle, when it is large (also in the middle of a
// transaction: the position then says how many of its messages have left; they
// are counted again when it comes again, so that numbers go on), and
// before a read that may have to wait.
//
// Once the position is stored, [Source.Ack] raises the mark that the next
// status update confirms to the server (status.go). Nothing else is ever
// confirmed. On an idle table the keepalives' position travels as a batch
// without rows, through the same pipeline, so that the slot moves on and the
// stored position is never behind the confirmed one: the server would answer a
// position that it has been told to forget by going on later, in silence.
// That is why a start compares the two (start.go, slot.go) and refuses.
//
// A snapshot (snapshot.go, copy.go) is exported by the slot's creation, or by
// that of a temporary one where the slot is there already; one connection takes
// it over, locks the tables against rewrites, and reads them with COPY. The
// stream of the slot begins where the snapshot ends.
//
// # Other rules
//
// At the beginning of a transaction, and of a logical message outside of one, the
// stream asks for the newest rules. When they are others, the batch leaves first;
// the relations that the connection has described stay known, since the server
// doesn't describe them again, and each is bound anew at its next row (relation.go).
// A transaction whose first rows have left keeps its rules to its end, also over a
// new connection. A snapshot keeps the rules with which it was opened.
//
// # The publication
//
// publication.go makes the publication and compares it with the catalogue
// (every minute, watch.go). Left to itself it publishes whole schemas only
// where the role may (a superuser), the patterns are nothing but whole schemas,
// and every table in them has a replica identity; otherwise it is a list of
// tables. A table without a replica identity is never added, since PostgreSQL
// would refuse the application's UPDATEs and DELETEs on it from then on; when
// one turns up in a published schema, the publication is made a list. A
// publication that others have made is left alone, and what it lacks reported.
// Ours is known by its comment.
//
// # Concurrency
//
// Stream's goroutine alone reads and writes the replication connection, waits
// for room downstream (reading nothing, but telling the server now and then
// that it is alive), and connects again when the connection has broken. Beside
// it runs one goroutine that looks after slot and publication on a connection
// of its own. Position, Ack, Stats and Close may be called from anywhere. The
// reader of a snapshot is the caller of its Read.
//
// # Ownership
//
// A message is valid until the next read; the decoder copies what it keeps into
// the batch. A batch belongs to the emitter once it has taken it. The last
// connection of a stream that was told to stop is kept until Close, which
// confirms what was stored meanwhile.
//
// # Testing
//
// The decoder is compared with recordings of real servers and of Debezium. The
// stream runs against scripted servers in virtual time (stream_test.go), and
// with the build tag integration against PostgreSQL 15 and 18: crashes, cut
// transactions, lost positions, new tables, snapshots under load.
// BenchmarkDrain measures receipt and decoding of a real backlog.
package pgwal
