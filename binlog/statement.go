package binlog

import (
	"fmt"
	"slices"
	"strings"

	"go.uber.org/zap"

	"cdc/binlog/ddl"
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
		return h.beginQuery(q.thread)
	}
	st := ddl.Parse(q.text, string(q.database), q.mode)
	if h.lower {
		st.ToLower()
	}
	switch st.Kind { //nolint:exhaustive // the others touch tables
	case ddl.Begin:
		return h.beginQuery(q.thread)
	case ddl.XABegin: // Debezium tells neither connection nor transaction
		err := h.beginQuery(0)
		h.tx.xa, h.tx.tally.on = true, false
		return err
	case ddl.Inside:
		return nil
	case ddl.XAEnd:
		return h.decide(hd, q.text)
	case ddl.End:
		// A group that ends with ROLLBACK holds rows of tables without
		// transactions only: they stay.
		return h.commit(hd)
	}
	if st.Temporary || hd.flags&flagThreadSpecific != 0 && st.Kind != ddl.Other && st.Kind != ddl.Change && st.Kind != ddl.Drop {
		return h.statementDone(hd)
	}
	if st.Kind == ddl.Other {
		if err := h.other(hd, &q, &st); err != nil {
			return err
		}
	}
	if err := h.apply(hd, &q, &st); err != nil {
		return err
	}
	return h.statementDone(hd)
}

// beginQuery starts a transaction by a BEGIN, which names the connection.
func (h *handler) beginQuery(thread uint32) error {
	if !h.tx.open { // a server without GTID events
		if err := h.open(transaction{}); err != nil {
			return err
		}
	}
	h.tx.begun, h.tx.thread, h.tx.pos = true, thread, h.start
	h.tx.tally.on = h.capture.Transactions
	return nil
}

// statementDone ends the transaction of a statement that stands alone.
func (h *handler) statementDone(hd header) error {
	if h.tx.begun {
		return nil
	}
	return h.commit(hd)
}

// apply acts on a statement that touches captured tables.
func (h *handler) apply(hd header, q *query, st *ddl.Statement) error {
	captured := h.captured(st.Tables)
	if len(captured) == 0 {
		return h.followAside(q, st)
	}
	clear(h.maps) // the versions behind the table ids may be old from here on
	switch st.Kind {
	case ddl.Create, ddl.Alter:
		if st.MakesVersioned() {
			return refuseVersioned(captured[0])
		}
		if st.Silent {
			h.log.Warn("rows of a partition went or came without events: the topic no longer agrees with the table",
				zap.Stringer("table", captured[0]), zap.Stringer("position", h.spot()))
		}
		return h.changeTables(hd, q, st)
	case ddl.Rename, ddl.Drop:
		return h.changeTables(hd, q, st)
	case ddl.Truncate:
		return h.truncate(hd, captured[0])
	case ddl.Change:
		if st.Generated { // a MEMORY table after a restart of the server
			return h.truncate(hd, captured[0])
		}
		return fmt.Errorf("%w: a change of table %s was logged as a statement, not as rows: run SET GLOBAL binlog_format=ROW, close the sessions that have another format, and take a new snapshot, since the statement stays in the log: cdc offsets reset NAME --yes",
			event.ErrUnsupported, captured[0])
	case ddl.Unknown:
		return fmt.Errorf("%w: a %s statement in database %q that may touch a captured table can't be understood (to pass over it: cdc offsets set NAME)",
			event.ErrUnsupported, st.Keyword(), q.database)
	default:
		return nil
	}
}

func (h *handler) captured(names []ddl.Name) []ddl.Name {
	var list []ddl.Name
	for _, n := range names {
		if h.match.Match(n.Database, n.Table) {
			list = append(list, n)
		}
	}
	return list
}

// changeTables follows a statement, writes what it did to the history, and tells
// it.
func (h *handler) changeTables(hd header, q *query, st *ddl.Statement) error {
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
func (h *handler) other(hd header, q *query, st *ddl.Statement) error {
	o := st.Other()
	if o.Drop {
		name := o.Database
		if h.lower {
			name = strings.ToLower(name)
		}
		if err := h.history.droppedDatabase(h.ctx, name, h.spot()); err != nil {
			return err
		}
	}
	h.tellOther(hd, q, st, o)
	return nil
}

// truncate emits the truncation, without a thread, as Debezium does.
func (h *handler) truncate(hd header, name ddl.Name) error {
	if !h.tx.open {
		if err := h.open(transaction{}); err != nil {
			return err
		}
	}
	v, err := h.history.named(h.ctx, h.fl, name, h.spot())
	if err != nil || !v.ok {
		return err
	}
	h.tellBegin(hd)
	at := len(h.b.Rows)
	h.b.Rows = append(h.b.Rows, event.Row{
		Schema: v.schema, Before: -1, After: -1, Origin: h.origin(hd), Op: event.OpTruncate, Off: h.start, Index: h.index,
	})
	h.countFrom(at)
	return nil
}
