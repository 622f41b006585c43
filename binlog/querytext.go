package binlog

import (
	"unicode/utf8"

	"cdc/binlog/ddl"
	"cdc/event"
)

// statementText is the statement that the rows to come were made by, as far as
// the log tells it. It holds until the next, or the end of the transaction.
type statementText struct {
	text []byte
	// put is where it lies in the batch; KindSkipped while it doesn't.
	put event.Value
}

// rowsQuery takes the text of a statement: MySQL's Rows_query event, whose first
// byte is a length that can't be trusted, or MariaDB's Annotate_rows.
func (h *handler) rowsQuery(hd header, body []byte, skip int) error {
	switch {
	case !h.capture.Query:
		return nil
	case h.undecidedRows():
		return h.keepXA(hd, body)
	}
	if len(body) < skip {
		return errShort
	}
	h.query = statementText{text: append(h.query.text[:0], body[skip:]...)}
	if !utf8.Valid(h.query.text) {
		h.query.text = append(h.query.text[:0], ddl.ToUTF8(h.query.text)...)
	}
	return nil
}

// queryValue puts the statement into the batch, once for all of its rows there.
func (h *handler) queryValue() event.Value {
	q := &h.query
	if len(q.text) > 0 && q.put.Kind() == event.KindSkipped {
		q.put = h.b.Put(event.KindString, q.text)
	}
	return q.put
}

// forgetQuery ends what the statement stands for.
func (h *handler) forgetQuery() { h.query = statementText{text: h.query.text[:0]} }
