package binlog

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"go.uber.org/zap"

	"cdc/binlog/ddl"
	"cdc/binlog/gtid"
	"cdc/event"
)

// The rows of an XA transaction in two phases stand in the log where it was
// prepared, and whether they hold is told later, by a statement of its own. They
// are kept as they came until then, and leave where the transaction commits; what
// is rolled back never leaves.
//
// A stored position must not pass them before they are decided, or a restart
// would lose them. Where a position is a set of GTIDs that may have holes
// (MySQL), that of the prepared transaction is left out of it, and the server
// sends it again. Elsewhere the position stays before it, so that a restart
// reads what follows once more.

// heldXA are the captured rows of an XA transaction that isn't decided.
type heldXA struct {
	gtid   gtid.ID
	micros int64
	pos    uint64
	file   string
	events []heldEvent
	bytes  int
	// hole: its GTID is left out of the position. before is the place in front of
	// it, for where that can't be.
	hole   bool
	before mark
}

// heldEvent is a table map, a rows event or the text of a statement.
type heldEvent struct {
	hd    header
	start uint64
	body  []byte
}

const (
	// maxXABytes bounds one XA transaction, maxHeldBytes all that aren't decided.
	maxXABytes   = 32 << 20
	maxHeldBytes = 128 << 20
	// maxForeignXA bounds the undecided transactions of other tables to remember.
	maxForeignXA = 1 << 12
)

// undecidedXA are the XA transactions that were prepared.
type undecidedXA struct {
	held  map[string]*heldXA
	order []string // of held
	bytes int
	// foreign have no rows for us.
	foreign map[string]bool
}

// keepXA keeps an event of the XA transaction in hand, whose fate isn't known yet.
func (h *handler) keepXA(hd header, body []byte) error {
	x := h.tx.held
	if x == nil {
		x = &heldXA{gtid: h.tx.gtid, micros: h.tx.micros, pos: h.tx.pos, file: h.file}
		h.tx.held = x
	}
	x.bytes += len(body)
	if x.bytes > maxXABytes || h.undecided.bytes+x.bytes > maxHeldBytes {
		return fmt.Errorf("%w: XA transactions that aren't decided hold more than %d bytes (one of them %d): commit them or roll them back (XA RECOVER lists them), and make them smaller",
			event.ErrUnsupported, min(maxXABytes, maxHeldBytes), x.bytes)
	}
	x.events = append(x.events, heldEvent{hd, h.start, bytes.Clone(body)})
	return nil
}

// undecidedRows reports whether rows that come now must be kept.
func (h *handler) undecidedRows() bool { return h.tx.xa && !h.replaying }

// xaPrepare ends the first phase of an XA transaction, or its only one.
func (h *handler) xaPrepare(hd header, body []byte) error {
	xid, onePhase, err := parseXAPrepare(body)
	if err != nil {
		return err
	}
	x := h.tx.held
	switch {
	case onePhase && x != nil:
		if err := h.replay(x); err != nil {
			return err
		}
	case onePhase:
	case x == nil:
		h.undecided.pass(xid)
	default:
		h.hold(xid, x)
	}
	h.tx.held = nil
	return h.commit(hd)
}

// hold puts a prepared transaction aside.
func (h *handler) hold(xid string, x *heldXA) {
	u := &h.undecided
	if old := u.held[xid]; old != nil { // sent again
		u.drop(xid)
	}
	if u.held == nil {
		u.held = map[string]*heldXA{}
	}
	u.held[xid] = x
	u.order = append(u.order, xid)
	u.bytes += x.bytes
	x.before = mark{server: h.done.server, file: h.done.file, seconds: int64(h.seconds), serverID: h.writer}
	x.before.point = event.Point{Seq: h.progress.finished(), Off: h.done.pos}
	if x.hole = h.fl == MySQL && x.gtid.Seq != 0 && h.progress.hasSet(); x.hole {
		h.tx.gtid = gtid.ID{} // the position goes on without it
	}
}

// pass notes a prepared transaction without rows for us.
func (u *undecidedXA) pass(xid string) {
	if u.foreign == nil || len(u.foreign) >= maxForeignXA {
		u.foreign = map[string]bool{}
	}
	u.foreign[xid] = true
}

func (u *undecidedXA) drop(xid string) {
	if x := u.held[xid]; x != nil {
		u.bytes -= x.bytes
	}
	delete(u.held, xid)
	delete(u.foreign, xid)
	u.order = slices.DeleteFunc(u.order, func(o string) bool { return o == xid })
}

// anchor is the place that a position must not pass; nil for none.
func (u *undecidedXA) anchor() *mark {
	for _, xid := range u.order {
		if x := u.held[xid]; !x.hole {
			return &x.before
		}
	}
	return nil
}

// kept adds the GTIDs of what is held here to the set of a position from which
// this process goes on.
func (u *undecidedXA) kept(set *gtid.Set) {
	for _, x := range u.held {
		if set != nil && x.hole {
			set.Add(x.gtid)
		}
	}
}

// decide takes XA COMMIT or XA ROLLBACK.
func (h *handler) decide(hd header, text []byte) error {
	xid, commit := parseXADecision(text)
	x := h.undecided.held[xid]
	if x == nil {
		if commit && !h.undecided.foreign[xid] {
			h.log.Warn("an XA transaction was committed that had been prepared before this process began to read: if it changed captured tables, and a snapshot was taken in between, its rows are missing",
				zap.String("xid", xid), zap.Stringer("position", h.spot()))
		}
		h.undecided.drop(xid)
		return h.commit(hd)
	}
	if commit {
		h.tx.begun = true // also where a statement alone is all of the transaction
		if err := h.replay(x); err != nil {
			return err
		}
	}
	h.undecided.drop(xid)
	if x.hole {
		h.progress.complete(x.gtid)
	}
	return h.commit(hd)
}

// replay takes the events of an XA transaction as if they came now. Its rows
// keep the place, the time and, on MySQL, the GTID under which they stand in the
// log.
func (h *handler) replay(x *heldXA) error {
	if !h.tx.open { // a server without GTID events
		if err := h.open(transaction{}); err != nil {
			return err
		}
	}
	file, start, query := h.file, h.start, h.query
	h.replaying, h.file, h.tx.as = true, x.file, x
	defer func() {
		h.replaying, h.file, h.start, h.query, h.tx.as = false, file, start, query, nil
	}()
	for i := range x.events {
		e := &x.events[i]
		h.start = e.start
		if err := h.dispatch(e.hd, e.body); err != nil {
			return err
		}
	}
	h.tx.at = -1 // what else comes isn't of that transaction
	return nil
}

// parseXAPrepare reads the event that ends a phase. The id is spelled as in
// statements.
func parseXAPrepare(body []byte) (xid string, onePhase bool, err error) {
	const fixed = 1 + 4 + 4 + 4
	if len(body) < fixed {
		return "", false, errShort
	}
	format := binary.LittleEndian.Uint32(body[1:])
	global, branch := binary.LittleEndian.Uint32(body[5:]), binary.LittleEndian.Uint32(body[9:])
	data := body[fixed:]
	if uint64(global)+uint64(branch) > uint64(len(data)) {
		return "", false, errShort
	}
	return spelledXID(hex.EncodeToString(data[:global]), hex.EncodeToString(data[global:global+branch]), fmt.Sprint(format)), body[0] != 0, nil
}

func spelledXID(global, branch, format string) string {
	return strings.ToLower(fmt.Sprintf("X'%s',X'%s',%s", global, branch, format))
}

// parseXADecision reads XA COMMIT or XA ROLLBACK X'global',X'branch',format.
func parseXADecision(text []byte) (xid string, commit bool) {
	global, branch, format, commit := ddl.XADecision(text)
	return spelledXID(global, branch, format), commit
}
