package encode

import "cdc/event"

// appendTransactionID appends the name of a transaction, quoted: its GTID;
// without one the place where it begins in the log (MySQL); in PostgreSQL its
// number and the LSN of the event that names it.
func (w *writer) appendTransactionID(b []byte, tx *event.Tx, off uint64) []byte {
	switch {
	case w.enc.postgres:
		b = appendUint(append(b, '"'), tx.XID)
		b = appendUint(append(b, ':'), off)
		return append(b, '"')
	case tx.GTID.HasText():
		return appendString(b, w.b.Bytes(tx.GTID))
	default:
		b = append(b, `"file=`...)
		b = append(b, tx.File...)
		b = appendUint(append(b, ",pos="...), tx.Pos)
		return append(b, '"')
	}
}

// orders appends the rest of the transaction block and everything up to the
// value of "op".
func (w *writer) orders() {
	w.buf = append(w.buf, `,"total_order":`...)
	w.buf = appendUint(w.buf, uint64(w.row.Order+w.step))
	w.buf = append(w.buf, `,"data_collection_order":`...)
	w.buf = appendUint(w.buf, uint64(w.row.TableOrder+w.step))
	w.buf = append(w.buf, `},"op":"`...)
}

// appendText appends a text of the batch, or null.
func (w *writer) appendText(b []byte, v event.Value) []byte {
	if !v.HasText() {
		return append(b, "null"...)
	}
	return appendString(b, w.b.Bytes(v))
}
