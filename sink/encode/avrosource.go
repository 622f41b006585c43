package encode

import (
	"cdc/event"
)

// avroSource are the constant parts of the source block of a table.
type avroSource struct {
	head  []byte // version, connector, name
	place []byte // the database and, for MySQL and MariaDB, no sequence
	table []byte // the names of the table
	// absent: the mark of a row that is no part of a snapshot is null, not its
	// default.
	absent bool
}

func (e *Encoder) avroSource(s *event.Schema, how side) avroSource {
	text := func(b []byte, s string) []byte { b, _ = appendAvroText(b, []byte(s)); return b }
	head := text(text(text(nil, e.conf.Version), e.conf.Connector), e.conf.Name)
	place := text(nil, s.Database)
	if e.postgres {
		return avroSource{head, place, text(text(nil, s.Namespace), s.Table), !how.nullAsDefault}
	}
	return avroSource{head, append(place, 0), text([]byte{2}, s.Table), !how.nullAsDefault}
}

// avroMemo is the [sourceMemo] of Avro.
type avroMemo struct {
	body       *avroValue
	origin     int32
	off        uint64
	mark       string
	first, end int // buf[first:end] before the row's own value
	next, last int // buf[next:last] after it
}

// avroSourceBlock appends the source block.
func (w *writer) avroSourceBlock(v *avroValue) {
	mark, m := mark(w.row), &w.avro.memo
	if m.body != v || m.origin != w.row.Origin || m.mark != mark {
		*m = avroMemo{body: v, origin: w.row.Origin, mark: mark, first: -1}
	}
	if w.enc.postgres {
		w.avroPostgresBlock()
	} else {
		w.avroMySQLBlock()
	}
}

// avroSourceStart appends the block up to "sequence" (PostgreSQL) or behind it.
func (w *writer) avroSourceStart(micros int64) {
	m := &w.avro.memo
	s := &m.body.source
	w.buf = append(w.buf, s.head...)
	w.buf = appendLong(w.buf, event.FloorDiv(micros, 1000))
	if s.absent && w.row.Op != event.OpRead {
		w.buf = append(w.buf, 2) // the null stands behind the text in this union
	} else {
		w.buf = append(w.buf, 0, byte(len(m.mark))<<1)
		w.buf = append(w.buf, m.mark...)
	}
	w.buf = append(w.buf, s.place...)
}

// avroSourceTimes appends the time in microseconds and nanoseconds, and the
// table.
func (w *writer) avroSourceTimes(micros int64) {
	w.buf = appendLong(append(w.buf, 2), micros)
	w.buf = appendLong(append(w.buf, 2), micros*1000)
	w.buf = append(w.buf, w.avro.memo.body.source.table...)
}

func (w *writer) avroMySQLBlock() {
	m := &w.avro.memo
	if m.first >= 0 && m.off == w.row.Off {
		w.buf = append(w.buf, w.buf[m.first:m.end]...)
		w.buf = appendLong(w.buf, int64(w.row.Index))
		w.buf = append(w.buf, w.buf[m.next:m.last]...)
		return
	}
	tx, origin := w.tx(), &w.b.Origins[w.row.Origin]
	m.off, m.first = w.row.Off, len(w.buf)
	w.avroSourceStart(origin.Micros)
	w.avroSourceTimes(origin.Micros)
	w.buf = appendLong(w.buf, int64(tx.Server))
	w.avroOptionalText(tx.GTID)
	w.buf = append(appendLong(w.buf, int64(len(tx.File))), tx.File...)
	w.buf = appendLong(w.buf, int64(w.row.Off))
	m.end = len(w.buf)
	w.buf = appendLong(w.buf, int64(w.row.Index))
	m.next = len(w.buf)
	w.avroOptionalNumber(uint64(tx.Thread))
	w.avroOptionalText(w.statement())
	m.last = len(w.buf)
}

func (w *writer) avroPostgresBlock() {
	m := &w.avro.memo
	tx := w.tx()
	if m.first >= 0 {
		w.buf = append(w.buf, w.buf[m.first:m.end]...)
		w.avroSequence(tx.PrevCommit)
		w.buf = append(w.buf, w.buf[m.next:m.last]...)
	} else {
		micros := w.b.Origins[w.row.Origin].Micros
		m.first = len(w.buf)
		w.avroSourceStart(micros)
		m.end = len(w.buf)
		w.avroSequence(tx.PrevCommit)
		m.next = len(w.buf)
		w.avroSourceTimes(micros)
		w.avroOptionalNumber(tx.XID)
		m.last = len(w.buf)
	}
	w.avroOptionalNumber(w.row.Off)
	if tx.ReplicationOrigin == "" {
		w.buf = append(w.buf, 0, 0, 0) // xmin, origin, origin_lsn
		return
	}
	w.buf = appendAvroBytes(append(w.buf, 0, 2), []byte(tx.ReplicationOrigin))
	w.buf = appendLong(append(w.buf, 2), int64(tx.OriginLSN))
}

// avroSequence appends the two places in the log that "sequence" holds as text.
func (w *writer) avroSequence(previous uint64) {
	w.buf = append(w.buf, 2)
	at := len(w.buf)
	w.buf = appendLSN(append(w.buf, 0, '['), previous)
	w.buf = appendLSN(append(w.buf, ','), w.row.Off)
	w.buf = closeAvro(append(w.buf, ']'), at)
}

// appendLSN appends an element of "sequence".
func appendLSN(b []byte, lsn uint64) []byte {
	if lsn == 0 {
		return append(b, "null"...)
	}
	return append(appendUint(append(b, '"'), lsn), '"')
}

// avroOptionalNumber appends a number, 0 as null.
func (w *writer) avroOptionalNumber(n uint64) {
	if n == 0 {
		w.buf = append(w.buf, 0)
		return
	}
	w.buf = appendLong(append(w.buf, 2), int64(n))
}

// avroOptionalText appends a text of the batch, or null.
func (w *writer) avroOptionalText(v event.Value) {
	if !v.HasText() {
		w.buf = append(w.buf, 0)
		return
	}
	w.buf, _ = appendAvroText(append(w.buf, 2), w.b.Bytes(v))
}
