package encode

import (
	"cdc/event"
)

// tableSource is what the source block says about a table. The block is made
// of: head of the encoder, time, mark, place, times, table, and what follows
// in the layout of the connector.
type tableSource struct {
	place []byte // from the end of the mark to what follows "sequence"
	table []byte // from the end of the times to the first value of the connector
}

func sourceHead(c Config) []byte {
	b := appendString([]byte(`,"source":{"version":`), []byte(c.Version))
	b = appendString(append(b, `,"connector":`...), []byte(c.Connector))
	b = appendString(append(b, `,"name":`...), []byte(c.Name))
	return append(b, `,"ts_ms":`...)
}

func (e *Encoder) tableSource(s *event.Schema) tableSource {
	place := appendString([]byte(`,"db":`), []byte(s.Database))
	if !e.postgres {
		table := appendString([]byte(`,"table":`), []byte(s.Table))
		return tableSource{
			place: append(place, `,"sequence":null,"ts_us":`...),
			table: append(table, `,"server_id":`...),
		}
	}
	table := appendString([]byte(`,"schema":`), []byte(s.Namespace))
	table = appendString(append(table, `,"table":`...), []byte(s.Table))
	return tableSource{
		place: append(place, `,"sequence":"[`...),
		table: append(table, `,"txId":`...),
	}
}

// snapshotMarks are the flags that the source block shows.
const snapshotMarks = event.SnapshotFirst | event.SnapshotFirstInTable | event.SnapshotLastInTable | event.SnapshotLast

func mark(r *event.Row) string {
	if r.Op != event.OpRead {
		return "false"
	}
	switch r.Flags & snapshotMarks {
	case event.SnapshotFirst:
		return "first"
	case event.SnapshotFirstInTable:
		return "first_in_data_collection"
	case event.SnapshotLastInTable:
		return "last_in_data_collection"
	case event.SnapshotLast:
		return "last"
	default:
		return "true"
	}
}

// sourceMemo remembers where in the buffer the shared parts of the last source
// block lie. In the MySQL layout they surround the row's index, in that of
// PostgreSQL they lie before and between the two places of the LSN.
type sourceMemo struct {
	plan       *plan
	origin     int32
	off        uint64
	mark       string
	first, end int // buf[first:end] before the row's own value
	next, last int // buf[next:last] after it
	// replicated: the server has the transaction from another one.
	replicated bool
}

// rest is what follows the source block of a row outside of transactions.
const rest = `,"transaction":null,"op":"`

// sourceBlock appends everything from the images to the value of "op".
func (w *writer) sourceBlock() {
	m := mark(w.row)
	if w.memo.plan != w.plan || w.memo.origin != w.row.Origin || w.memo.mark != m {
		w.memo = sourceMemo{plan: w.plan, origin: w.row.Origin, mark: m, first: -1}
	}
	if w.enc.postgres {
		w.postgresBlock()
	} else {
		w.mysqlBlock()
	}
}

// statement is what the source block tells of the statement that made the row.
func (w *writer) statement() event.Value {
	if w.plan.target.NoStatement {
		return event.Null
	}
	return w.b.Origins[w.row.Origin].Query
}

// tx returns the transaction of the row.
func (w *writer) tx() *event.Tx { return &w.b.Txs[w.b.Origins[w.row.Origin].Tx] }

// sourceStart appends the block up to "sequence", for both layouts.
func (w *writer) sourceStart(micros int64) {
	w.buf = append(w.buf, w.enc.source...)
	w.buf = appendInt(w.buf, event.FloorDiv(micros, 1000))
	w.buf = append(w.buf, `,"snapshot":`...)
	if w.memo.mark == "false" {
		w.buf = append(w.buf, w.enc.streamed...)
	} else {
		w.buf = append(append(append(w.buf, '"'), w.memo.mark...), '"')
	}
	w.buf = append(w.buf, w.plan.source.place...)
}

// sourceTimes appends the time in microseconds and nanoseconds, and the table.
func (w *writer) sourceTimes(micros int64) {
	w.buf = appendInt(w.buf, micros)
	w.buf = append(w.buf, `,"ts_ns":`...)
	w.buf = appendInt(w.buf, micros)
	if micros != 0 {
		w.buf = append(w.buf, "000"...)
	}
	w.buf = append(w.buf, w.plan.source.table...)
}

func (w *writer) mysqlBlock() {
	m := &w.memo
	if m.first >= 0 && m.off == w.row.Off {
		w.buf = append(w.buf, w.buf[m.first:m.end]...)
		w.buf = appendUint(w.buf, uint64(w.row.Index))
		w.buf = append(w.buf, w.buf[m.next:m.last]...)
		if w.row.Order != 0 {
			w.orders()
		}
		return
	}
	tx, micros := w.tx(), w.b.Origins[w.row.Origin].Micros
	m.off, m.first = w.row.Off, len(w.buf)
	w.sourceStart(micros)
	w.sourceTimes(micros)
	w.buf = appendUint(w.buf, uint64(tx.Server))
	w.buf = append(w.buf, `,"gtid":`...)
	w.buf = w.appendText(w.buf, tx.GTID)
	w.buf = appendString(append(w.buf, `,"file":`...), []byte(tx.File))
	w.buf = append(w.buf, `,"pos":`...)
	w.buf = appendUint(w.buf, w.row.Off)
	w.buf = append(w.buf, `,"row":`...)
	m.end = len(w.buf)
	w.buf = appendUint(w.buf, uint64(w.row.Index))
	m.next = len(w.buf)
	w.buf = append(w.buf, `,"thread":`...)
	w.buf = appendUintOrNull(w.buf, uint64(tx.Thread))
	w.buf = append(w.buf, `,"query":`...)
	w.buf = w.appendText(w.buf, w.statement())
	w.buf = append(w.buf, '}')
	if w.row.Order == 0 {
		w.buf = append(w.buf, rest...)
		m.last = len(w.buf)
		return
	}
	w.buf = append(w.buf, `,"transaction":{"id":`...)
	w.buf = w.appendTransactionID(w.buf, tx, w.row.Off)
	m.last = len(w.buf)
	w.orders()
}

func (w *writer) postgresBlock() {
	m := &w.memo
	if m.first >= 0 {
		w.buf = append(w.buf, w.buf[m.first:m.end]...)
		w.buf = appendQuotedLSN(w.buf, w.row.Off)
		w.buf = append(w.buf, w.buf[m.next:m.last]...)
	} else {
		tx, micros := w.tx(), w.b.Origins[w.row.Origin].Micros
		m.first, m.replicated = len(w.buf), tx.ReplicationOrigin != ""
		w.sourceStart(micros)
		w.buf = append(appendQuotedLSN(w.buf, tx.PrevCommit), ',')
		m.end = len(w.buf)
		w.buf = appendQuotedLSN(w.buf, w.row.Off)
		m.next = len(w.buf)
		w.buf = append(w.buf, `]","ts_us":`...)
		w.sourceTimes(micros)
		w.buf = appendUintOrNull(w.buf, tx.XID)
		w.buf = append(w.buf, `,"lsn":`...)
		m.last = len(w.buf)
	}
	w.buf = appendUintOrNull(w.buf, w.row.Off)
	if m.replicated {
		w.originBlock()
	} else {
		w.buf = append(w.buf, `,"xmin":null,"origin":null,"origin_lsn":null}`...)
	}
	if w.row.Order == 0 {
		w.buf = append(w.buf, rest...)
		return
	}
	w.buf = append(w.buf, `,"transaction":{"id":`...)
	w.buf = w.appendTransactionID(w.buf, w.tx(), w.row.Off)
	w.orders()
}

// originBlock ends the source block of a transaction from another server.
func (w *writer) originBlock() {
	tx := w.tx()
	w.buf = appendString(append(w.buf, `,"xmin":null,"origin":`...), []byte(tx.ReplicationOrigin))
	w.buf = appendUint(append(w.buf, `,"origin_lsn":`...), tx.OriginLSN)
	w.buf = append(w.buf, '}')
}

// appendQuotedLSN appends an element of the array that "sequence" holds as
// text.
func appendQuotedLSN(b []byte, lsn uint64) []byte {
	if lsn == 0 {
		return append(b, "null"...)
	}
	b = append(b, `\"`...)
	b = appendUint(b, lsn)
	return append(b, `\"`...)
}

func appendUintOrNull(b []byte, n uint64) []byte {
	if n == 0 {
		return append(b, "null"...)
	}
	return appendUint(b, n)
}
