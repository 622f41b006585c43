package binlog

import (
	"fmt"
	"slices"
	"strings"

	"go.uber.org/zap"

	"cdc/event"
)

// queryEvent takes a statement: the begin or end of a transaction, DDL, or DML
// in statement format.
func (h *handler) queryEvent(hd header, body []byte, extra int) error {
	q, err := parseQuery(body, extra)
	if err != nil {
		return err
	}
	if string(q.text) == "BEGIN" { // the usual case
		h.beginQuery(q.thread)
		return nil
	}
	st := parseStatement(q.text, string(q.database), q.mode)
	if h.lower {
		st.toLower()
	}
	switch st.kind { //nolint:exhaustive // the others touch tables
	case stmtBegin:
		h.beginQuery(q.thread)
		return nil
	case stmtXABegin: // Debezium tells neither connection nor transaction
		h.beginQuery(0)
		h.tx.xa, h.tx.tally.on = true, false
		return nil
	case stmtInside:
		return nil
	case stmtXAEnd:
		return h.decide(hd, q.text)
	case stmtEnd:
		// A group that ends with ROLLBACK holds rows of tables without
		// transactions only: they stay.
		return h.commit(hd)
	}
	if st.temporary || hd.flags&flagThreadSpecific != 0 && st.kind != stmtOther && st.kind != stmtChange && st.kind != stmtDrop {
		return h.statementDone(hd)
	}
	if st.kind == stmtOther {
		if err := h.other(hd, &q); err != nil {
			return err
		}
	}
	if err := h.apply(hd, &q, &st); err != nil {
		return err
	}
	return h.statementDone(hd)
}

// beginQuery starts a transaction by a BEGIN, which names the connection.
func (h *handler) beginQuery(thread uint32) {
	if !h.tx.open { // a server without GTID events
		h.open(transaction{})
	}
	h.tx.begun, h.tx.thread, h.tx.pos = true, thread, h.start
	h.tx.tally.on = h.capture.Transactions
}

// statementDone ends the transaction of a statement that stands alone.
func (h *handler) statementDone(hd header) error {
	if h.tx.begun {
		return nil
	}
	return h.commit(hd)
}

// apply acts on a statement that touches captured tables.
func (h *handler) apply(hd header, q *query, st *statement) error {
	captured := h.captured(st.tables)
	if len(captured) == 0 {
		return h.followAside(q, st)
	}
	clear(h.maps) // the versions behind the table ids may be old from here on
	switch st.kind {
	case stmtCreate, stmtAlter:
		if makesVersioned(q.text, q.mode) {
			return refuseVersioned(captured[0])
		}
		if st.silent {
			h.log.Warn("rows of a partition went or came without events: the topic no longer agrees with the table",
				zap.Stringer("table", captured[0]), zap.Stringer("position", h.spot()))
		}
		return h.changeTables(hd, q, st)
	case stmtRename, stmtDrop:
		return h.changeTables(hd, q, st)
	case stmtTruncate:
		return h.truncate(hd, captured[0])
	case stmtChange:
		if st.generated { // a MEMORY table after a restart of the server
			return h.truncate(hd, captured[0])
		}
		return fmt.Errorf("%w: a change of table %s was logged as a statement, not as rows: run SET GLOBAL binlog_format=ROW, close the sessions that have another format, and take a new snapshot, since the statement stays in the log: cdc offsets reset NAME --yes",
			event.ErrUnsupported, captured[0])
	case stmtUnknown:
		return fmt.Errorf("%w: a %s statement in database %q that may touch a captured table can't be understood (to pass over it: cdc offsets set NAME)",
			event.ErrUnsupported, keyword(q.text), q.database)
	default:
		return nil
	}
}

// keyword is the word that a statement begins with.
func keyword(text []byte) string {
	l := lexer{s: toUTF8(text)}
	return strings.ToUpper(l.next().text)
}

func (h *handler) captured(names []tableName) []tableName {
	var list []tableName
	for _, n := range names {
		if h.match.Match(n.database, n.table) {
			list = append(list, n)
		}
	}
	return list
}

// changeTables follows a statement, writes what it did to the history, and tells
// it.
func (h *handler) changeTables(hd header, q *query, st *statement) error {
	list, err := h.evolve(q, st)
	if err != nil {
		return err
	}
	if err := h.record(list); err != nil {
		return err
	}
	h.tellChanges(hd, q, st, slices.DeleteFunc(list, func(c change) bool { return !h.told(&c) }))
	return nil
}

// other takes a statement that isn't about tables. One drops them all the same.
func (h *handler) other(hd header, q *query) error {
	o := otherStatement(q.text, q.mode)
	if o.drop {
		name := o.database
		if h.lower {
			name = strings.ToLower(name)
		}
		if err := h.history.droppedDatabase(h.ctx, name, h.spot()); err != nil {
			return err
		}
	}
	h.tellOther(hd, q, o)
	return nil
}

// truncate emits the truncation, without a thread, as Debezium does.
func (h *handler) truncate(hd header, name tableName) error {
	v, err := h.history.named(h.ctx, h.fl, name, h.spot())
	if err != nil || !v.ok {
		return err
	}
	if !h.tx.open {
		h.open(transaction{})
	}
	h.tellBegin(hd)
	at := len(h.b.Rows)
	h.b.Rows = append(h.b.Rows, event.Row{
		Schema: v.schema, Before: -1, After: -1, Origin: h.origin(hd), Op: event.OpTruncate, Off: h.start, Index: h.index,
	})
	h.countFrom(at)
	return nil
}
