package pgwal

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"go.uber.org/zap"

	"cdc/event"
)

// stream is the state of Stream, over all its connections. One goroutine uses
// it, and it alone reads and writes the replication connection.
type stream struct {
	s   *Source
	out event.Emitter
	dec *decoder
	id  identity // of the stored position; empty parts aren't checked

	batch *event.Batch
	// left is after what was emitted: where the next connection goes on. here is
	// after the last complete transaction in batch.
	left, here position
	// cut is a transaction whose first rows have left before this connection;
	// commit is 0 when there is none.
	cut struct {
		commit uint64
		skip   uint32
	}
	rows uint32 // messages of the open transaction so far that hold something to hand over
	skip uint32 // of those, the first ones that have left already
	// passed takes what has left already, where it must be counted again.
	passed event.Batch

	wire       *wire
	conn       net.Conn
	pace       pace
	late       bool // the last read brought nothing in its time
	nextLook   time.Time
	sentStatus time.Time
	sentFlush  uint64
	sentIdle   time.Time // when a position left without rows
	heard      time.Time
	came       bool // bytes, since the last look
	asked      bool // for a sign of life
	answer     bool // the server waits for one of ours
	fresh      bool // no position is stored yet
	progressed bool // this connection got as far as a message

	facts *catalog
}

func (s *Source) newStream(ctx context.Context, from event.Position, sel event.Selector, out event.Emitter) (*stream, error) {
	st := &stream{s: s, out: out, batch: out.Batch(), facts: &catalog{s: s}}
	if from != "" {
		var err error
		if st.left, st.id, err = parsePosition(from); err != nil {
			return nil, err
		}
		s.acked.begin(st.left.Start, s.trail.last())
		s.recount(st)
	}
	st.dec = newDecoder(s.cfg.Database, &chosen{s.tables, sel}, func(oid uint32) (*tableFacts, error) {
		return st.facts.table(ctx, oid)
	})
	st.dec.capture, st.dec.prefixes, st.dec.note = s.cfg.Capture, s.prefixes, s.note
	st.dec.lookUpTypes = func(oids []uint32) (map[uint32]columnFact, error) { return st.facts.types(ctx, oids) }
	return st, nil
}

// recount lets a cut transaction come again as a whole when it was cut under
// another publication, which made other changes of it, or before logical
// messages were counted.
func (s *Source) recount(st *stream) {
	if st.left.Skip == 0 {
		return
	}
	same := st.id.Publication == "" || st.id.Publication == s.cfg.Publication
	if same && st.id.Messages {
		return
	}
	s.log.Info("the changes of a transaction are counted otherwise now: the one that was being delivered comes again",
		zap.String("before", st.id.Publication), zap.String("now", s.cfg.Publication))
	st.left.Commit, st.left.Skip = 0, 0
}

// streamOnce runs one connection, from the last position that has left.
func (s *Source) streamOnce(ctx context.Context, st *stream) error {
	defer st.facts.close(ctx)
	if err := s.openStream(ctx, st); err != nil {
		return err
	}
	stop := interruptReads(ctx, st.conn)
	ended := s.watch(ctx)
	err := st.run(ctx)
	ended()
	stop()
	if ctx.Err() != nil {
		s.parting.keep(st.conn)
		return err
	}
	st.conn.Close()
	return s.streamError(err)
}

// begin readies the state for a new connection.
func (st *stream) begin(w *wire, conn net.Conn, p pace) {
	w.conn = conn
	st.wire, st.conn, st.pace = w, conn, p
	st.dec.reset()
	st.dec.prevCommit = st.left.PrevCommit
	st.batch.Reset()
	st.here = st.left
	st.cut.commit, st.cut.skip = st.left.Commit, st.left.Skip
	st.here.Commit, st.here.Skip = 0, 0
	st.rows, st.skip = 0, 0
	st.heard, st.nextLook, st.sentStatus, st.sentFlush = time.Now(), time.Time{}, time.Time{}, 0
	st.came, st.asked, st.answer = false, false, false
}

// run handles what comes until the connection breaks or ctx ends. What is
// complete leaves before a read that may have to wait.
func (st *stream) run(ctx context.Context) error {
	for {
		for {
			kind, body, ok, err := st.wire.next()
			if err != nil {
				return err
			}
			if !ok {
				break
			}
			if err := st.message(ctx, kind, body); err != nil {
				return err
			}
		}
		if st.wire.drained() {
			if err := st.emitComplete(ctx); err != nil {
				return err
			}
		}
		if err := st.look(ctx); err != nil {
			return err
		}
		if err := st.read(ctx); err != nil {
			return err
		}
	}
}

const (
	// bulkRows is the number of rows after which a transaction counts as bulk.
	bulkRows = 64
	// gatherBytes and gatherTime say how much of a bulk transaction may pile up
	// between two reads, and for how long.
	gatherBytes = 32 << 10
	gatherTime  = 2 * time.Millisecond
)

// gather says when the next read is to return. The server sends each row by
// itself, and waking up for each would cost more than everything else that is
// done with it: so the rows of a bulk transaction pile up for a moment. Nothing
// that is complete waits for that, and small transactions never do.
func (st *stream) gather() error {
	deadline, least := st.nextLook, 1
	if st.dec.inTx && st.rows >= bulkRows && !st.late {
		deadline, least = time.Now().Add(gatherTime), gatherBytes
	}
	st.late = false
	if err := st.wire.atLeast(least); err != nil {
		return err
	}
	return st.wire.arm(deadline)
}

func (st *stream) read(ctx context.Context) error {
	if err := st.gather(); err != nil {
		return err
	}
	if ctx.Err() != nil { // after gather, which would undo the deadline that ends a read
		return context.Cause(ctx)
	}
	n, err := st.wire.fill()
	st.late = n == 0
	st.came = st.came || n > 0
	st.s.counters.bytes.Add(uint64(n))
	return err
}

// look does what is due: tells the server where we are, emits a position that
// moved without rows, and notices a server that is silent for too long.
func (st *stream) look(ctx context.Context) error {
	now := time.Now()
	if st.came {
		st.came, st.asked, st.progressed, st.heard = false, false, true, now
		st.s.counters.heard.Store(now.UnixNano())
	}
	if !st.answer && now.Before(st.nextLook) {
		return nil
	}
	st.nextLook = now.Add(st.pace.look)
	if st.idleDue(now) {
		st.sentIdle, st.fresh = now, false
		if err := st.emit(ctx, st.here); err != nil {
			return err
		}
	}
	if err := st.tell(now); err != nil {
		return err
	}
	return st.checkSilence(now)
}

// idleDue reports whether the position has moved on without rows for long
// enough, or is wanted now: a server that shuts down waits until everything
// that it has sent is confirmed.
func (st *stream) idleDue(now time.Time) bool {
	if st.dec.inTx || st.holds() {
		return false
	}
	return st.fresh || st.here.Start > st.left.Start && (st.answer || now.Sub(st.sentIdle) >= st.s.cfg.StatusInterval)
}

// tell sends a status update when it is due.
func (st *stream) tell(now time.Time) error {
	flush := st.s.acked.load()
	if !st.answer && flush == st.sentFlush && now.Sub(st.sentStatus) < st.pace.status {
		return nil
	}
	st.answer, st.sentFlush, st.sentStatus = false, flush, now
	return sendStatus(st.conn, st.s.counters.received.load(), flush, false)
}

// checkSilence asks a silent server for an answer and gives it up when none
// comes: the connection is half open.
func (st *stream) checkSilence(now time.Time) error {
	silent := now.Sub(st.heard)
	switch {
	case silent > st.s.cfg.ReceiveTimeout:
		return fmt.Errorf("no word from the server for %s", silent.Round(time.Second))
	case silent > st.s.cfg.ReceiveTimeout/2 && !st.asked:
		st.asked = true
		return sendStatus(st.conn, st.s.counters.received.load(), st.s.acked.load(), true)
	}
	return nil
}

// message handles one message of the wire protocol.
func (st *stream) message(ctx context.Context, kind byte, body []byte) error {
	switch kind {
	case 'd':
		return st.copyData(ctx, body)
	case 'E':
		return serverError(body)
	case 'N', 'S': // notices and changed settings
		return nil
	case 'c', 'C', 'Z':
		return errors.New("the server ended the stream")
	default:
		return fmt.Errorf("the server sent message %q in the middle of the stream", kind)
	}
}

func serverError(body []byte) error {
	var e pgproto3.ErrorResponse
	if err := e.Decode(body); err != nil {
		return fmt.Errorf("decode error of the server: %w", err)
	}
	return pgconn.ErrorResponseToPgError(&e)
}

const (
	xlogHeader    = 1 + 8 + 8 + 8 // kind, position, end of the log, time
	keepaliveSize = 1 + 8 + 8 + 1 // kind, end of the log, time, answer wanted
)

func (st *stream) copyData(ctx context.Context, body []byte) error {
	switch {
	case len(body) > xlogHeader && body[0] == 'w':
		return st.wal(ctx, binary.BigEndian.Uint64(body[1:]), body[xlogHeader:])
	case len(body) == keepaliveSize && body[0] == 'k':
		st.keepalive(binary.BigEndian.Uint64(body[1:]), body[keepaliveSize-1] != 0)
		return nil
	case len(body) == 0:
		return errors.New("the server sent an empty replication message")
	default:
		return fmt.Errorf("the server sent a replication message %q of %d bytes", body[0], len(body))
	}
}

// keepalive: the server has sent us everything up to end. Outside of a
// transaction that is a place to go on from.
func (st *stream) keepalive(end uint64, answer bool) {
	st.s.counters.received.raise(end)
	if !st.dec.inTx {
		st.here.Start = max(st.here.Start, end)
	}
	st.answer = st.answer || answer
}

// holds reports whether the batch has something to hand over.
func (st *stream) holds() bool { return len(st.batch.Rows) > 0 || len(st.batch.Marks) > 0 }

// wal handles one message of the output plugin.
func (st *stream) wal(ctx context.Context, at uint64, msg []byte) error {
	kind := msgKind(msg[0])
	content := kind == msgInsert || kind == msgUpdate || kind == msgDelete || kind == msgTruncate || kind == msgLogical && st.dec.inTx
	if content {
		if st.rows++; st.rows <= st.skip {
			return st.pass(at, msg)
		}
	}
	if kind == msgLogical && !st.dec.inTx {
		if err := st.renew(ctx); err != nil {
			return err
		}
	}
	if _, err := st.dec.message(msg, at, st.batch); err != nil {
		return st.decodeError(at, err)
	}
	switch {
	case content:
		st.here.Last, st.here.Op = at, kind
		if st.batch.Size() >= event.MaxBatchBytes {
			return st.emit(ctx, st.inside())
		}
	case kind == msgBegin:
		return st.began(ctx)
	case kind == msgCommit:
		return st.committed(ctx)
	case kind == msgLogical:
		return st.messaged(ctx, at)
	}
	return nil
}

// pass takes a message of a cut transaction that has left already. It counts
// where numbers go on behind it.
func (st *stream) pass(at uint64, msg []byte) error {
	if !st.dec.capture.Transactions {
		return nil
	}
	_, err := st.dec.message(msg, at, &st.passed)
	st.passed.Reset()
	if err != nil {
		return st.decodeError(at, err)
	}
	return nil
}

// messaged: a logical message outside of a transaction is a place to go on from,
// as the end of a transaction is.
func (st *stream) messaged(ctx context.Context, at uint64) error {
	st.here.Start = max(st.here.Start, at)
	st.here.PrevCommit = st.dec.prevCommit
	st.s.counters.received.raise(at)
	if st.batch.Size() >= event.MaxBatchBytes {
		return st.emit(ctx, st.here)
	}
	return nil
}

// decodeError sorts the decoder's errors: bytes that can't be understood stay
// so, but the catalogue may answer the next time.
func (st *stream) decodeError(at uint64, err error) error {
	if permanent(err) || st.facts.failed {
		return err
	}
	return fmt.Errorf("%w: log at %s: %w", event.ErrUnsupported, lsn(at), err)
}

// began takes the newest rules, unless the first rows of the transaction have left
// already, by the ones at hand.
func (st *stream) began(ctx context.Context) error {
	st.rows, st.skip = 0, 0
	final := st.dec.begin.FinalLSN
	switch {
	case st.cut.commit == 0 || final < st.cut.commit:
		return st.renew(ctx)
	case final == st.cut.commit:
		st.skip = st.cut.skip
		st.cut.commit, st.cut.skip = 0, 0
	default:
		return fmt.Errorf("%w: the transaction committed at %s, of which %d changes were delivered, is no longer in the log; the next one is at %s",
			event.ErrPositionLost, lsn(st.cut.commit), st.cut.skip, lsn(final))
	}
	return nil
}

// renew goes on by the newest rules. It is called where no transaction has rows in
// the batch that isn't complete; what the batch holds leaves by the old rules. As
// long as a cut transaction is to come again, they stay.
func (st *stream) renew(ctx context.Context) error {
	newest := st.dec.sel.Newest()
	if newest.Generation() == st.dec.gen || st.cut.commit != 0 {
		return nil
	}
	if st.holds() {
		if err := st.emit(ctx, st.here); err != nil {
			return err
		}
	}
	st.dec.follow(newest)
	return nil
}

func (st *stream) committed(ctx context.Context) error {
	c := &st.dec.commit
	st.here.Start, st.here.PrevCommit = c.End, c.End
	st.here.XID, st.here.Micros, st.here.Op = st.dec.begin.XID, c.Micros, msgCommit
	st.dec.prevCommit = c.End
	st.s.counters.received.raise(c.End)
	st.rows, st.skip = 0, 0
	if st.holds() && (st.batch.Size() >= event.MaxBatchBytes || st.out.Hungry()) {
		return st.emit(ctx, st.here)
	}
	return nil
}

// inside is the position behind the last row of the open transaction.
func (st *stream) inside() position {
	p := st.here
	p.Commit, p.Skip = st.dec.begin.FinalLSN, st.rows
	p.XID, p.Micros = st.dec.begin.XID, st.dec.begin.Micros
	return p
}

// emitComplete emits the batch if a transaction that it holds is complete.
func (st *stream) emitComplete(ctx context.Context) error {
	switch {
	case !st.holds():
		return nil
	case !st.dec.inTx:
		return st.emit(ctx, st.here)
	case st.here.Start != st.left.Start && st.rows > 0:
		return st.emit(ctx, st.inside())
	}
	return nil
}

// emit hands the batch over. While nobody takes it nothing is read, but the
// server goes on hearing from us.
func (st *stream) emit(ctx context.Context, at position) error {
	st.batch.Gen = st.dec.gen
	st.batch.Next = event.Checkpoint{Point: st.s.trail.add(at), Valid: true}
	st.batch.Lag = event.Lag{CommitMicros: at.Micros, Bytes: st.s.counters.lag.Load()}
	for {
		if empty, ok := st.out.TryEmit(st.batch); ok {
			st.batch, st.left = empty, at
			return nil
		}
		if err := st.waitRoom(ctx); err != nil {
			return err
		}
	}
}

func (st *stream) waitRoom(ctx context.Context) error {
	tick := time.NewTicker(st.pace.look)
	defer tick.Stop()
	for {
		select {
		case <-st.out.Room():
			st.heard = time.Now() // what came meanwhile wasn't read
			return nil
		case now := <-tick.C:
			st.heard = now
			if err := st.tell(now); err != nil {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
