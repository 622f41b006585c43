package pgwal

import (
	"time"

	"cdc/event"
)

// transactional is the flag of a logical message that belongs to a transaction.
const transactional = 1

// readLogical hands over what pg_logical_emit_message wrote. One that belongs to a
// transaction comes with it, and not at all when that is rolled back; another
// one comes at once, between transactions.
func (d *decoder) readLogical(p []byte, lsn uint64, b *event.Batch) error {
	r := reader{p: p}
	flags := r.byte()
	r.uint64() // its position, which is lsn
	prefix := r.bytes()
	size := r.uint32()
	if uint64(size) > uint64(len(r.p)) {
		return errShort
	}
	content := r.take(int(size))
	if err := r.end(); err != nil {
		return err
	}
	inTx := flags&transactional != 0
	if inTx && !d.inTx {
		return errOutsideTx
	}
	if !d.prefixes.take(prefix) {
		return nil
	}
	if inTx {
		return d.messageInTx(b, prefix, content, lsn)
	}
	return d.messageAlone(b, prefix, content, lsn)
}

func (d *decoder) messageInTx(b *event.Batch, prefix, content []byte, lsn uint64) error {
	m, err := putMessage(b, prefix, content, lsn)
	if err != nil {
		return err
	}
	m.Origin, m.Transactional = d.openTx(b), true
	if d.capture.Transactions {
		m.Order, m.TableOrder = d.counts.add(d.counts.table(messagesTable), 1)
		d.markBegin(b, m.Origin, m.Row)
	}
	b.Marks = append(b.Marks, m)
	return nil
}

// messageAlone: the server doesn't tell the time of a message outside of a
// transaction. It gets that of the transaction before it, as in Debezium, which
// takes the message for the end of one, too.
func (d *decoder) messageAlone(b *event.Batch, prefix, content []byte, lsn uint64) error {
	m, err := putMessage(b, prefix, content, lsn)
	if err != nil {
		return err
	}
	d.prevCommit = lsn
	micros := d.begin.Micros
	if micros == 0 {
		micros = time.Now().UnixMicro()
	}
	m.Origin = int32(len(b.Origins))
	b.Origins = append(b.Origins, event.Origin{Tx: int32(len(b.Txs)), Micros: micros})
	b.Txs = append(b.Txs, event.Tx{GTID: event.Null, PrevCommit: lsn})
	b.Marks = append(b.Marks, m)
	return nil
}

func putMessage(b *event.Batch, prefix, content []byte, lsn uint64) (event.Mark, error) {
	m := event.Mark{Kind: event.MarkMessage, Row: int32(len(b.Rows)), Off: lsn}
	var err error
	if m.Prefix, err = stringCell(b, prefix); err != nil {
		return m, err
	}
	m.Content = b.Put(event.KindBytes, content)
	return m, nil
}
