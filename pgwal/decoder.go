package pgwal

import (
	"cdc/event"
)

// msgKind is the first byte of a pgoutput message.
type msgKind byte

// The messages of protocol version 1.
const (
	msgBegin    msgKind = 'B'
	msgCommit   msgKind = 'C'
	msgOrigin   msgKind = 'O'
	msgRelation msgKind = 'R'
	msgType     msgKind = 'Y'
	msgInsert   msgKind = 'I'
	msgUpdate   msgKind = 'U'
	msgDelete   msgKind = 'D'
	msgTruncate msgKind = 'T'
	msgLogical  msgKind = 'M'
)

// decoder turns the messages of one replication connection into rows. It reads
// text; the session must have client_encoding UTF8, DateStyle ISO, TimeZone
// UTC, IntervalStyle postgres, bytea_output hex and extra_float_digits 1 or
// more. It is used by one goroutine.
type decoder struct {
	database string
	sel      event.Selector
	facts    func(oid uint32) (*tableFacts, error)

	// begin and commit are those of the transaction at hand, or of the last one.
	begin  beginMsg
	commit commitMsg
	// inTx is true between BEGIN and COMMIT.
	inTx bool
	// prevCommit is where the transaction before this one ended; the source
	// sets it from the stored position, 0 for unknown.
	prevCommit uint64
}

// beginMsg is what BEGIN says.
type beginMsg struct {
	FinalLSN uint64 // of the commit record
	Micros   int64  // commit time, since the Unix epoch
	XID      uint32
}

// commitMsg is what COMMIT says.
type commitMsg struct {
	LSN    uint64 // of the commit record
	End    uint64 // the position after it: the one to store and confirm
	Micros int64  // commit time, since the Unix epoch
}

// newDecoder makes a decoder. facts answers with what the catalogue says now
// about a table, nil when it doesn't know the table (any more).
func newDecoder(database string, sel event.Selector, facts func(oid uint32) (*tableFacts, error)) *decoder {
	return &decoder{database: database, sel: sel, facts: facts}
}

// reset forgets what belongs to a connection: the relations and an open
// transaction. Schemas stay, so that a relation that comes again unchanged
// keeps its pointer.
func (d *decoder) reset() {
	d.inTx = false
}

// message walks one pgoutput message, the payload of one XLogData that starts
// at lsn, and appends its rows to b. The bytes of wal are not kept. After an
// error the decoder and b must not be used further, save reset and b.Reset.
func (d *decoder) message(wal []byte, lsn uint64, b *event.Batch) (msgKind, error) {
	return 0, nil
}
