package encode

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math"

	"cdc/event"
)

// marksBefore writes the marks that stand before a row and aren't written yet.
func (w *writer) marksBefore(row int32) error {
	for w.marked < len(w.b.Marks) && w.b.Marks[w.marked].Row <= row {
		m := &w.b.Marks[w.marked]
		w.marked++
		if err := w.mark(m); err != nil {
			return err
		}
	}
	return nil
}

// mark writes the record of one mark.
func (w *writer) mark(m *event.Mark) error {
	c := w.enc.controls
	switch {
	case m.Kind == event.MarkBegin || m.Kind == event.MarkEnd:
		id := w.transactionID(m)
		return w.control(m, c.transaction, []datum{id}, w.transactionValue(m, id))
	case m.Kind == event.MarkSchemaChange && c.change != nil:
		return w.control(m, c.change, []datum{m.Change.Database}, w.changeValue(m))
	case m.Kind == event.MarkMessage && c.message != nil:
		return w.control(m, c.message, []datum{w.textDatum(m.Prefix)}, w.messageValue(m))
	case m.Kind == event.MarkHeartbeat:
		return w.control(m, c.heartbeat, []datum{w.enc.conf.Name}, []datum{event.FloorDiv(w.now, 1e6)})
	default:
		return w.markError(m, fmt.Errorf("a mark of kind %d has no form for the connector %s (internal error)", m.Kind, w.enc.conf.Connector))
	}
}

// control appends the record of a mark, or nothing and the error.
func (w *writer) control(m *event.Mark, c *control, key, value []datum) (err error) {
	keyAt := len(w.buf)
	defer func() {
		if err != nil {
			w.buf = w.buf[:keyAt]
		}
	}()
	if w.buf, err = c.key.append(w.buf, key); err != nil {
		return w.markError(m, fmt.Errorf("key: %w", err))
	}
	valueAt := len(w.buf)
	if w.buf, err = c.value.append(w.buf, value); err != nil {
		return w.markError(m, err)
	}
	end := len(w.buf)
	if uint64(end) > math.MaxUint32 {
		return w.markError(m, errors.New("the records of one batch take more than 4 GiB (internal error)"))
	}
	if err := w.checkLimit(m, c, end-keyAt); err != nil {
		return err
	}
	w.f.Records = append(w.f.Records, event.Record{
		Target: c.target, KeyAt: uint32(keyAt), ValueAt: uint32(valueAt), HeadAt: uint32(end), End: uint32(end),
		Flags: c.flags, Row: -1,
	})
	return nil
}

func (w *writer) checkLimit(m *event.Mark, c *control, size int) error {
	if !c.limited {
		return nil
	}
	limit, err := w.enc.controls.limits.Get(c.target.Topic)
	if err != nil {
		return &limitError{c.target.Topic, err}
	}
	if limit <= 0 || size <= limit {
		return nil
	}
	return &TooLargeError{Topic: c.target.Topic, Position: w.markPosition(m), Size: size, Limit: limit}
}

// transactionID returns the id of the transaction of a mark.
func (w *writer) transactionID(m *event.Mark) string {
	quoted := w.appendTransactionID(nil, w.markTx(m), m.Off)
	return string(quoted[1 : len(quoted)-1])
}

func (w *writer) markTx(m *event.Mark) *event.Tx { return &w.b.Txs[w.b.Origins[m.Origin].Tx] }

func (w *writer) transactionValue(m *event.Mark, id string) []datum {
	at := event.FloorDiv(w.b.Origins[m.Origin].Micros, 1000)
	if m.Kind == event.MarkBegin {
		return []datum{"BEGIN", id, nil, nil, at}
	}
	return []datum{"END", id, int64(m.Events), collections(w.b.Counts[m.CountsAt:m.CountsEnd]), at}
}

// collections tells of the tables of a transaction in Java's order.
func collections(counts []event.TableCount) []datum {
	order := make([]uint64, len(counts))
	for i := range counts {
		order[i] = uint64(javaHash([]byte(counts[i].Table)))
	}
	javaOrder(order, tableSize(smallestTable, len(order)))
	tables := make([]datum, len(order))
	for i, at := range order {
		tables[i] = []datum{counts[at].Table, int64(counts[at].Events)}
	}
	return tables
}

func (w *writer) messageValue(m *event.Mark) []datum {
	var block datum
	if m.Order != 0 {
		block = []datum{w.transactionID(m), int64(m.Order), int64(m.TableOrder)}
	}
	message := []datum{w.textDatum(m.Prefix), w.content(m.Content)}
	return []datum{"m", event.FloorDiv(w.now, 1e6), w.messageSource(m), block, message}
}

// content returns what a message holds, in the form that bytes have.
func (w *writer) content(v event.Value) datum {
	if !v.HasText() {
		return nil
	}
	p := w.b.Bytes(v)
	switch w.enc.controls.binary {
	case modeBase64:
		return base64.StdEncoding.EncodeToString(p)
	case modeBase64URL:
		return base64.URLEncoding.EncodeToString(p)
	case modeHex:
		return hex.EncodeToString(p)
	default:
		return p
	}
}

func (w *writer) textDatum(v event.Value) datum {
	if !v.HasText() {
		return nil
	}
	return string(w.b.Bytes(v))
}

// messageSource is the source block of a message, which is of no table.
func (w *writer) messageSource(m *event.Mark) []datum {
	tx, micros := w.markTx(m), w.b.Origins[m.Origin].Micros
	sequence := appendQuotedLSN([]byte("["), tx.PrevCommit)
	sequence = append(appendQuotedLSN(append(sequence, ','), m.Off), ']')
	var xid datum
	if m.Transactional {
		xid = numberOrNil(tx.XID)
	}
	head := w.sourceHead(micros, nil, w.enc.conf.Database, unescaped(sequence))
	if tx.ReplicationOrigin == "" {
		return append(head, "", "", xid, numberOrNil(m.Off), nil, nil, nil)
	}
	return append(head, "", "", xid, numberOrNil(m.Off), nil, tx.ReplicationOrigin, int64(tx.OriginLSN))
}

// unescaped takes the backslashes away that a text needs inside of JSON.
func unescaped(p []byte) string {
	kept := make([]byte, 0, len(p))
	for _, c := range p {
		if c != '\\' {
			kept = append(kept, c)
		}
	}
	return string(kept)
}

// sourceHead is what the source blocks of all connectors begin with.
func (w *writer) sourceHead(micros int64, snapshot datum, database string, sequence datum) []datum {
	c := &w.enc.conf
	return []datum{c.Version, c.Connector, c.Name, event.FloorDiv(micros, 1000), snapshot, database, sequence, micros, micros * 1000}
}

// markError puts the place before a reason.
func (w *writer) markError(m *event.Mark, reason error) error {
	return fmt.Errorf("encode: %s: %w", w.markPosition(m), reason)
}

// markPosition says where a mark stands in the log.
func (w *writer) markPosition(m *event.Mark) string {
	switch {
	case m.Origin < 0:
		return "heartbeat"
	case w.enc.postgres:
		return fmt.Sprintf("%X/%X", m.Off>>32, uint32(m.Off))
	default:
		return fmt.Sprintf("%s:%d", w.markTx(m).File, m.Off)
	}
}
