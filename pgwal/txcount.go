package pgwal

import (
	"slices"

	"cdc/event"
)

// messagesTable is under what name logical messages are counted.
const messagesTable = "LOGICAL_DECODING_MESSAGE"

// txCounts are how many events of the transaction at hand were handed over.
type txCounts struct {
	serial uint64 // of the transaction, to know counts of an earlier one
	at     uint64 // the position of BEGIN
	begun  bool   // MarkBegin was handed over
	events uint32
	tables []event.TableCount
}

// begin forgets the transaction before.
func (c *txCounts) begin(at uint64) {
	c.serial++
	c.at, c.begun, c.events = at, false, 0
	clear(c.tables)
	c.tables = c.tables[:0]
}

// table finds the place of a table among the counts.
func (c *txCounts) table(name string) int {
	for i := range c.tables {
		if c.tables[i].Table == name {
			return i
		}
	}
	c.tables = append(c.tables, event.TableCount{Table: name})
	return len(c.tables) - 1
}

// add counts n events of a table and returns the numbers of the first.
func (c *txCounts) add(table int, n uint32) (order, tableOrder uint32) {
	t := &c.tables[table]
	order, tableOrder = c.events+1, t.Events+1
	c.events += n
	t.Events += n
	return order, tableOrder
}

// countRow numbers a row of the transaction at hand; before the first one stands
// the mark that the transaction begins.
func (d *decoder) countRow(b *event.Batch, row *event.Row, at int32, r *relation) {
	n := d.weight(row)
	if n == 0 {
		return
	}
	c := &d.counts
	if r.tx != c.serial {
		r.tx, r.count = c.serial, c.table(r.name)
	}
	row.Order, row.TableOrder = c.add(r.count, n)
	d.markBegin(b, row.Origin, at)
}

// weight is how many events a row becomes: a change of the key a delete and a
// create. Operations that are skipped don't count.
func (d *decoder) weight(row *event.Row) (n uint32) {
	if row.Flags&event.KeyChanged == 0 {
		return d.counted(row.Op)
	}
	return d.counted(event.OpDelete) + d.counted(event.OpCreate)
}

func (d *decoder) counted(op event.Op) uint32 {
	if slices.Contains(d.capture.Skipped, op) {
		return 0
	}
	return 1
}

func (d *decoder) markBegin(b *event.Batch, origin, row int32) {
	if d.counts.begun {
		return
	}
	d.counts.begun = true
	b.Marks = append(b.Marks, event.Mark{Kind: event.MarkBegin, Row: row, Origin: origin, Off: d.counts.at})
}

// endTx marks the end of a transaction that something was handed over of.
func (d *decoder) endTx(b *event.Batch, lsn uint64) {
	c := &d.counts
	if !c.begun {
		return
	}
	origin := d.openTx(b)
	at := len(b.Counts)
	b.Counts = append(b.Counts, c.tables...)
	b.Marks = append(b.Marks, event.Mark{
		Kind: event.MarkEnd, Row: int32(len(b.Rows)), Origin: origin, Off: lsn,
		Events: c.events, CountsAt: int32(at), CountsEnd: int32(len(b.Counts)),
	})
	c.begun = false
}
