package binlog

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"cdc/binlog/ddl"
	"cdc/binlog/gtid"
	"cdc/event"
)

// handler turns the events of the log, one by one, into batches. It does no
// I/O of its own: what it needs from outside are the functions and interfaces
// in its fields. It belongs to one goroutine.
type handler struct {
	ctx      context.Context //nolint:containedctx // the events come through a callback that has none
	fl       Flavor
	log      *zap.Logger
	match    *event.Tables
	history  *history
	decoding *decoding
	progress *progress
	lag      *lag
	out      event.Emitter
	now      func() time.Time
	capture  *event.Capture
	// databases are those whose statements are told; aside are tables in them that
	// aren't captured.
	databases databases
	aside     map[ddl.Name]*ddl.Table

	b     *event.Batch
	tx    txState
	query statementText
	// index is that of the last row that leaves: Debezium shows it as the number of
	// a truncation.
	index uint32
	// undecided are XA transactions that were prepared; replaying is set while the
	// events of one are taken again.
	undecided undecidedXA
	replaying bool

	// Where the log is read.
	server    string
	file      string
	end       uint64 // after the last event
	start     uint64 // of the event in hand
	checksums bool   // of the stream, as its format description says
	stripped  uint64 // bytes of checksum in the file that the server doesn't send
	unsent    uint64 // what stripped is probably, in a stream without checksums
	until     uint64 // events that end before this place are passed over
	lower     bool   // tables are named in lower case, whatever statements say

	// done is the place after the last complete transaction.
	done    spot
	seconds uint32 // of its last event
	writer  uint32 // its server_id
	pending bool   // done is not handed over yet
	commits uint64
	crowded bool // too many GTIDs wait for their place to be stored
	emitted time.Time

	// resumeSkip rows events of the transaction resumeInside (its GTID, empty
	// for none) were delivered before a restart.
	resumeSkip   uint32
	resumeInside string

	maps     map[uint64]*mapped
	scratch  tableMap
	inflater inflater
}

// mapped is what a table id stands for at present.
type mapped struct {
	body []byte // of the table map
	// captured: the configuration takes the table, whether the rules do or not.
	captured bool
	v        *version
	plan     *plan // nil: nobody wants the rows
}

// txState is the transaction in hand.
type txState struct {
	open bool
	// begun: a COMMIT or XID will end it. Otherwise one statement is all.
	begun  bool
	xa     bool
	gtid   gtid.ID
	micros int64
	thread uint32
	pos    uint64 // where it begins
	tally  tally
	// held are the rows of an XA transaction; as is the one that is replayed.
	held, as *heldXA
	// events counts its rows events, of whatever table; the last with rows for
	// us was number ours. The first skip of them were delivered before a restart;
	// the first sent are handed over.
	events, ours, skip, sent uint32
	// at is its index in b.Txs, -1 when it has no rows there.
	at int32
	// from is where its rows begin in b.
	from sizes
}

// sizes remembers how full a batch was.
type sizes struct{ rows, values, arena, origins, txs, marks, counts int }

func sizesOf(b *event.Batch) sizes {
	return sizes{len(b.Rows), len(b.Values), len(b.Arena), len(b.Origins), len(b.Txs), len(b.Marks), len(b.Counts)}
}

// empty reports that nothing came before.
func (s sizes) empty() bool { return s.rows == 0 && s.marks == 0 }

// cutBack takes out what came after.
func (s sizes) cutBack(b *event.Batch) {
	b.Rows, b.Values, b.Arena = b.Rows[:s.rows], b.Values[:s.values], b.Arena[:s.arena]
	b.Origins, b.Txs = b.Origins[:s.origins], b.Txs[:s.txs]
	b.Marks, b.Counts = b.Marks[:s.marks], b.Counts[:s.counts]
}

const (
	maxMaps    = 1 << 12 // table ids to remember
	maxBacklog = 1 << 16 // runs of GTIDs to wait with
	// rowlessEvery is how often a place is handed over that no row led to.
	rowlessEvery = time.Second
)

// event takes one event as it came, with its header.
func (h *handler) event(raw []byte) error {
	hd, err := parseHeader(raw)
	if err != nil {
		return h.fail(hd, err)
	}
	if h.checksums && hd.kind != evFormat {
		if raw, err = checkSum(raw); err != nil {
			return h.fail(hd, err)
		}
	}
	if h.locate(hd) && h.end <= h.until && hd.kind != evFormat && hd.kind != evRotate {
		return nil
	}
	if err := h.dispatch(hd, raw[headerSize:]); err != nil {
		return h.fail(hd, err)
	}
	return nil
}

// locate works out where the event lies. Positions are 64 bit here and 32 bit
// in the header, where MariaDB may leave them out. It reports whether the event
// has a place in the file at all.
func (h *handler) locate(hd header) bool {
	size := uint64(hd.size)
	if hd.flags&flagArtificial != 0 || hd.kind == evHeartbeat || hd.kind == evHeartbeat2 {
		return false
	}
	if hd.end == 0 {
		if hd.kind == evFormat || hd.kind == evPreviousGTIDs || hd.kind == evMariaGTIDList {
			return false // sent again, for a start in the middle of the file
		}
		h.start = h.end
		h.end += size + h.stripped
		return true
	}
	end := h.end&^0xffffffff | uint64(hd.end)
	if end < h.end {
		end += 1 << 32
	}
	switch end - h.end {
	case size:
		h.stripped = 0
	case size + checksumSize:
		h.stripped = checksumSize
	}
	h.start, h.end = end-min(end, size+h.stripped), end
	return true
}

// fail adds to an error where it happened. What the log holds doesn't change by
// trying again, so the error is permanent, unless it came from elsewhere.
func (h *handler) fail(hd header, err error) error {
	if h.ctx.Err() != nil {
		return context.Cause(h.ctx)
	}
	if !isPermanent(err) && !isTemporary(err) {
		err = fmt.Errorf("%w: %w", event.ErrUnsupported, err)
	}
	return fmt.Errorf("%s at %s: %w", eventName(hd.kind), place(h.file, h.start), err)
}

// dispatch takes one event that stands in the log or in a compressed payload.
func (h *handler) dispatch(hd header, body []byte) error {
	if kind, ok := rowsKindOf(hd.kind); ok {
		return h.rows(hd, kind, body)
	}
	switch hd.kind {
	case evTableMap:
		return h.tableMap(hd, body)
	case evXID:
		return h.commit(hd)
	case evQuery:
		return h.queryEvent(hd, body, 0)
	case evGTID, evAnonymousGTID:
		t, err := parseMySQLGTID(body, hd.kind == evAnonymousGTID)
		return h.begin(t, err)
	case evTaggedGTID:
		t, err := parseTaggedGTID(body)
		return h.begin(t, err)
	case evMariaGTID:
		t, err := parseMariaGTID(body, hd.serverID)
		if err := h.begin(t, err); err != nil {
			return err
		}
		h.tx.begun, h.tx.xa = !t.alone, t.prepared
		h.tx.tally.on = h.capture.Transactions && !t.prepared
		return nil
	case evPayload:
		return h.payload(hd, body)
	case evRotate:
		return h.rotate(hd, body)
	case evFormat:
		h.rollBack()
		checksums, err := parseFormat(body)
		h.checksums, h.stripped = checksums, 0
		if !checksums {
			h.stripped = h.unsent
		}
		return err
	default:
		return h.rare(hd, body)
	}
}

func (h *handler) rare(hd header, body []byte) error {
	switch hd.kind {
	case evMariaQueryCompressed:
		plain, err := h.inflateQuery(body)
		if err != nil {
			return err
		}
		return h.queryEvent(hd, plain, 0)
	case evExecuteLoadQuery:
		return h.queryEvent(hd, body, 13)
	case evXAPrepare:
		return h.xaPrepare(hd, body)
	case evIncident:
		return fmt.Errorf("%w: the server reports that it lost changes: take a new snapshot", event.ErrPositionLost)
	case evHeartbeat:
		h.heartbeat(hd, body)
		return nil
	case evRowsQuery:
		return h.rowsQuery(hd, body, 1)
	case evMariaAnnotate:
		return h.rowsQuery(hd, body, 0)
	case evStop, evIntvar, evAppendBlock, evDeleteFile, evRand, evUserVar, evBeginLoadQuery, evHeartbeat2,
		evIgnorable, evPreviousGTIDs, evTransactionCtx, evViewChange,
		evMariaCheckpoint, evMariaGTIDList, evMariaStartEncryption:
		return nil
	}
	if hd.flags&flagIgnorable != 0 {
		return nil
	}
	return fmt.Errorf("%w: an event that this version doesn't know and that must not be ignored", event.ErrUnsupported)
}

func (h *handler) rotate(hd header, body []byte) error {
	file, pos, err := parseRotate(body)
	if err != nil {
		return err
	}
	artificial := hd.flags&flagArtificial != 0 || hd.end == 0
	if h.file != file {
		h.until = 0
	}
	h.file, h.end, h.start = file, pos, pos
	h.lag.advance(file, pos)
	if !artificial && !h.tx.open {
		h.done = spot{h.server, file, pos} // the old file may be purged from here on
		h.pending = true
	}
	if h.done.file == "" {
		h.done = spot{h.server, file, pos}
	}
	return nil
}

// commit ends a transaction.
func (h *handler) commit(hd header) error {
	h.tellEnd(hd)
	h.forgetQuery()
	h.progress.complete(h.tx.gtid)
	h.lag.advance(h.file, h.end)
	h.done = spot{h.server, h.file, h.end}
	h.seconds, h.writer, h.pending = hd.seconds, hd.serverID, true
	if h.tx.skip > 0 {
		h.resumeSkip, h.resumeInside = 0, ""
	}
	h.closeTx() // what is complete stays, see resume
	if h.holds() && (h.out.Hungry() || h.b.Size() >= event.MaxBatchBytes) {
		return h.emit()
	}
	return h.foreign()
}

// closeTx leaves the transaction in hand.
func (h *handler) closeTx() {
	h.tx = txState{at: -1, from: sizesOf(h.b), tally: tally{tables: h.tx.tally.tables[:0]}}
}

// foreign now and then hands over the place after transactions of other tables,
// which would otherwise pile up while the log never runs dry.
func (h *handler) foreign() error {
	const every = 1 << 10
	if h.commits++; h.commits%every != 0 && !h.crowded {
		return nil
	}
	// Then at each commit: the engine's budget is what holds us up.
	if h.crowded = h.progress.backlog() > maxBacklog; h.crowded {
		return h.emit()
	}
	return h.offer()
}

// tableMap notes what a table id stands for. The same bytes as before mean the
// same table.
func (h *handler) tableMap(hd header, body []byte) error {
	id, database, table, err := tableMapHead(body)
	if err != nil {
		return err
	}
	m := h.maps[id]
	if m == nil || !bytes.Equal(m.body, body) {
		m = &mapped{body: bytes.Clone(body)}
		if h.match.Match(string(database), string(table)) {
			if err := h.bind(m); err != nil {
				return err
			}
		}
		h.maps[id] = m
	}
	if m.captured && h.undecidedRows() {
		return h.keepXA(hd, body)
	}
	return nil
}

// bind finds the version that a table map belongs to and compiles its plan.
func (h *handler) bind(m *mapped) error {
	if err := parseTableMap(m.body, h.fl, &h.scratch); err != nil {
		return err
	}
	if isSequence(&h.scratch) {
		return nil
	}
	v, err := h.history.resolve(h.ctx, &h.scratch, h.spot())
	if err != nil || isSequenceOf(h.fl, v.schema) {
		return err
	}
	if m.v, m.captured = v, true; !v.ok {
		return nil
	}
	m.plan, err = h.decoding.compilePlan(&h.scratch, v.schema, v.want)
	return err
}

// isSequence recognizes MariaDB's SEQUENCE objects, which are logged like
// tables, by the columns that all of them have.
func isSequence(m *tableMap) bool {
	n := len(m.columns)
	return m.flavor == MariaDB && m.hasMetadata() && n == 8 && m.columns[0].name == sequenceFirst && m.columns[n-1].name == sequenceLast
}

// The first and the last column of a sequence.
const sequenceFirst, sequenceLast = "next_not_cached_value", "cycle_count"

// isSequenceOf is isSequence where only the catalogue knows the columns.
func isSequenceOf(fl Flavor, s *event.Schema) bool {
	n := len(s.Columns)
	return fl == MariaDB && n == 8 && s.Columns[0].Name == sequenceFirst && s.Columns[n-1].Name == sequenceLast
}

func (h *handler) spot() spot { return spot{h.server, h.file, h.start} }

// dummyTable is the id of rows events that only end a statement.
const dummyTable = 0xffffff

func (h *handler) rows(hd header, kind rowsKind, body []byte) error {
	keep := h.undecidedRows()
	if !keep {
		h.tx.events++
	}
	again := h.tx.events <= h.tx.skip
	if again && !keep && !h.tx.tally.on {
		return nil
	}
	id, flags, err := rowsTableID(body)
	if err != nil {
		return err
	}
	m := h.maps[id]
	if m == nil {
		if id == dummyTable && flags&rowsStatementEnd != 0 {
			return nil
		}
		return fmt.Errorf("table id %d has no table map", id)
	}
	switch {
	case keep && m.captured: // by which rules they leave is known when they do
		return h.keepXA(hd, body)
	case m.plan == nil:
		return nil
	case again:
		return h.recount(m, kind, body)
	}
	h.tellBegin(hd)
	at := len(h.b.Rows)
	if _, err := m.plan.decodeRows(kind, body, 0, h.b, h.origin(hd), h.start); err != nil {
		return err
	}
	h.countFrom(at)
	h.tx.ours = h.tx.events
	if h.b.Size() >= event.MaxBatchBytes {
		return h.cut()
	}
	return nil
}

// origin returns the index of the origin of rows that an event holds.
func (h *handler) origin(hd header) int32 {
	b, t := h.b, &h.tx
	if t.at < 0 {
		t.at = int32(len(b.Txs))
		tx := event.Tx{GTID: event.Null, File: h.file, Pos: t.pos, Thread: t.thread, Server: hd.serverID}
		name := t.gtid
		if t.as != nil {
			tx.Pos = t.as.pos
			if h.fl == MySQL {
				name = t.as.gtid
			}
		}
		if name.Seq != 0 {
			at := len(b.Arena)
			b.Arena = name.AppendText(b.Arena, h.fl)
			tx.GTID = event.Text(event.KindString, at, len(b.Arena)-at)
		}
		b.Txs = append(b.Txs, tx)
	}
	micros := t.micros
	if t.as != nil {
		micros = t.as.micros
	}
	if micros == 0 {
		micros = int64(hd.seconds) * 1_000_000
	}
	o := event.Origin{Tx: t.at, Micros: micros, Query: h.queryValue()}
	if n := len(b.Origins); n > 0 && b.Origins[n-1] == o {
		return int32(n - 1)
	}
	b.Origins = append(b.Origins, o)
	return int32(len(b.Origins) - 1)
}
