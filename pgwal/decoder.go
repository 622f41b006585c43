package pgwal

import (
	"errors"
	"fmt"

	"github.com/jackc/pglogrepl"

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

// String names the message as the protocol's documentation does.
func (k msgKind) String() string {
	switch k {
	case msgBegin:
		return "begin"
	case msgCommit:
		return "commit"
	case msgOrigin:
		return "origin"
	case msgRelation:
		return "relation"
	case msgType:
		return "type"
	case msgInsert:
		return "insert"
	case msgUpdate:
		return "update"
	case msgDelete:
		return "delete"
	case msgTruncate:
		return "truncate"
	case msgLogical:
		return "logical decoding"
	default:
		return fmt.Sprintf("unknown (0x%02x)", byte(k))
	}
}

// decoder turns the messages of one replication connection into rows. It reads
// protocol version 1 with values as text; the session must have client_encoding
// UTF8, DateStyle ISO, TimeZone UTC, IntervalStyle postgres, bytea_output hex,
// lc_monetary C and extra_float_digits 1 or more. It is used by one goroutine.
type decoder struct {
	database string
	sel      event.Selector
	gen      uint32 // of sel
	facts    func(oid uint32) (*tableFacts, error)
	// What may stay at its zero value: what is asked for, which logical messages
	// are wanted (nil: all), how types are looked up when their table is gone,
	// and who is told of what a person should know.
	capture     event.Capture
	prefixes    *prefixes
	lookUpTypes func(oids []uint32) (map[uint32]columnFact, error)
	note        func(text string)

	// begin and commit are those of the transaction at hand, or of the last one.
	begin  beginMsg
	commit commitMsg
	// inTx is true between BEGIN and COMMIT.
	inTx bool
	// prevCommit is where the transaction before this one ended; the source
	// sets it from the stored position, 0 for unknown.
	prevCommit uint64

	// relations are those that this connection has described, known all that
	// were ever bound; tables and types are what was learnt about tables and
	// types of users, and named what the connection has said about them.
	relations map[uint32]*relation
	known     map[uint32]*binding
	tables    map[uint32]*table
	types     map[uint32]columnFact
	named     map[uint32]typeName
	// moneyDigits is what the catalogue last said about money; nil for nothing.
	moneyDigits *int16

	// last is the relation of the last row, lastOID its OID.
	last    *relation
	lastOID uint32

	// origin is the index in batch of the Origin of the transaction at hand.
	batch  *event.Batch
	origin int32
	// lastOrigin is the origin that was told last: transactions of one come in
	// runs, and share its text.
	lastOrigin string
	// counts are kept of the transaction at hand where Capture.Transactions asks
	// for them.
	counts txCounts
}

// beginMsg is what BEGIN says.
type beginMsg struct {
	FinalLSN uint64 // of the commit record
	Micros   int64  // commit time, since the Unix epoch
	XID      uint32
	// origin and originLSN are what an origin message behind it says.
	origin    string
	originLSN uint64
}

// commitMsg is what COMMIT says.
type commitMsg struct {
	LSN    uint64 // of the commit record
	End    uint64 // the position after it: the one to store and confirm
	Micros int64  // commit time, since the Unix epoch
}

// typeName is what a type message says: of a domain, its base type.
type typeName struct{ namespace, name string }

// newDecoder makes a decoder. facts answers with what the catalogue says now
// about a table, nil when it doesn't know the table (any more).
func newDecoder(database string, sel event.Selector, facts func(oid uint32) (*tableFacts, error)) *decoder {
	d := &decoder{
		database: database, sel: sel, gen: sel.Generation(), facts: facts,
		known: map[uint32]*binding{}, tables: map[uint32]*table{}, types: map[uint32]columnFact{},
	}
	d.reset()
	return d
}

// reset forgets what belongs to a connection: the relations and an open
// transaction. Schemas stay, so that a relation that comes again unchanged
// keeps its pointer.
func (d *decoder) reset() {
	d.relations, d.named = map[uint32]*relation{}, map[uint32]typeName{}
	d.last, d.batch = nil, nil
	d.inTx = false
}

// follow goes on by other rules. The server doesn't describe a relation again, so
// those that are known stay, and each is bound anew when a row of it comes.
func (d *decoder) follow(sel event.Selector) {
	d.sel, d.gen = sel, sel.Generation()
	d.last = nil
}

// logError says that a message can't be handled. Reading it again would give
// the same, so it is permanent: errors.Is finds event.ErrUnsupported in it.
type logError struct {
	kind msgKind
	lsn  uint64
	err  error
}

func (e *logError) Error() string {
	return fmt.Sprintf("%s message at %s: %v", e.kind, pglogrepl.LSN(e.lsn), e.err)
}

func (e *logError) Unwrap() []error { return []error{e.err, event.ErrUnsupported} }

// catalogueError says that the catalogue couldn't be asked: worth another try.
type catalogueError struct{ err error }

func (e *catalogueError) Error() string { return "read the catalogue: " + e.err.Error() }

func (e *catalogueError) Unwrap() error { return e.err }

// message walks one pgoutput message, the payload of one XLogData that starts
// at lsn, and appends its rows to b. The bytes of wal are not kept. After an
// error b and the transaction at hand are as they were before. An error is
// permanent (event.ErrUnsupported), unless the catalogue couldn't be
// asked.
func (d *decoder) message(wal []byte, lsn uint64, b *event.Batch) (msgKind, error) {
	if len(wal) == 0 {
		return 0, &logError{lsn: lsn, err: errShort}
	}
	kind := msgKind(wal[0])
	err := d.dispatch(kind, wal[1:], lsn, b)
	if err == nil {
		return kind, nil
	}
	if _, passing := errors.AsType[*catalogueError](err); passing {
		return kind, fmt.Errorf("%s message at %s: %w", kind, pglogrepl.LSN(lsn), err)
	}
	return kind, &logError{kind: kind, lsn: lsn, err: err}
}

func (d *decoder) dispatch(kind msgKind, p []byte, lsn uint64, b *event.Batch) error {
	switch kind {
	case msgInsert:
		return d.insert(p, lsn, b)
	case msgUpdate:
		return d.update(p, lsn, b)
	case msgDelete:
		return d.delete(p, lsn, b)
	case msgTruncate:
		return d.truncate(p, lsn, b)
	case msgBegin:
		return d.readBegin(p, lsn)
	case msgCommit:
		return d.readCommit(p, lsn, b)
	case msgRelation:
		return d.readRelation(p)
	case msgType:
		return d.readType(p)
	case msgOrigin:
		return d.readOrigin(p)
	case msgLogical:
		return d.readLogical(p, lsn, b)
	default:
		return errors.New("this kind of message is not part of protocol version 1")
	}
}

// openTx puts the transaction at hand into b, once, and returns the index of its
// Origin. A batch that comes back from its pool is empty, so the index is then
// beyond its end.
func (d *decoder) openTx(b *event.Batch) int32 {
	if d.batch == b && int(d.origin) < len(b.Origins) {
		return d.origin
	}
	d.batch, d.origin = b, int32(len(b.Origins))
	b.Origins = append(b.Origins, event.Origin{Tx: int32(len(b.Txs)), Micros: d.begin.Micros})
	b.Txs = append(b.Txs, event.Tx{
		GTID: event.Null, XID: uint64(d.begin.XID), PrevCommit: d.prevCommit,
		ReplicationOrigin: d.begin.origin, OriginLSN: d.begin.originLSN,
	})
	return d.origin
}
