package binlog

import (
	"slices"

	"cdc/event"
)

// tally counts the rows of a transaction for its marks.
type tally struct {
	// on: the transaction has marks at all.
	on bool
	// begun: its MarkBegin was made, by this process or one before it.
	begun  bool
	total  uint32
	tables []event.TableCount
}

// count gives the row its numbers. A change of the key leaves as two records and
// takes two.
func (t *tally) count(r *event.Row) {
	n := uint32(1)
	if r.Flags&event.KeyChanged != 0 {
		n = 2
	}
	table := t.table(r.Schema)
	r.Order, r.TableOrder = t.total+1, table.Events+1
	t.total += n
	table.Events += n
}

// table finds the counter of a table. A transaction touches few.
func (t *tally) table(s *event.Schema) *event.TableCount {
	for i := range t.tables {
		if len(t.tables[i].Table) == len(s.Database)+1+len(s.Table) && t.tables[i].Table == s.Name() {
			return &t.tables[i]
		}
	}
	t.tables = append(t.tables, event.TableCount{Table: s.Name()})
	return &t.tables[len(t.tables)-1]
}

// countFrom numbers the rows of the batch from index at on, which are of one
// operation.
func (h *handler) countFrom(at int) {
	if at == len(h.b.Rows) || slices.Contains(h.capture.Skipped, h.b.Rows[at].Op) {
		return
	}
	h.index = h.b.Rows[len(h.b.Rows)-1].Index
	if !h.tx.tally.on {
		return
	}
	for i := at; i < len(h.b.Rows); i++ {
		h.tx.tally.count(&h.b.Rows[i])
	}
}

// recount counts the rows of an event that an earlier run has handed over.
func (h *handler) recount(m *mapped, kind rowsKind, body []byte) error {
	from := sizesOf(h.b)
	defer from.cutBack(h.b)
	_, err := m.plan.decodeRows(kind, body, 0, h.b, 0, h.start)
	if err == nil {
		h.countFrom(from.rows)
	}
	return err
}

// tellBegin marks the beginning of the transaction in hand before its first row
// for us, or at its end when there is none: so no batch leaves with a beginning
// that a restart would tell again.
func (h *handler) tellBegin(hd header) {
	t := &h.tx.tally
	if !t.on || t.begun {
		return
	}
	t.begun = true
	h.mark(hd, event.Mark{Kind: event.MarkBegin, Off: h.tx.pos})
}

// tellEnd marks the end of a transaction. MariaDB's statements that stand alone
// begin one and never end it, as in Debezium.
func (h *handler) tellEnd(hd header) {
	if h.tellBegin(hd); !h.tx.tally.on || !h.tx.begun {
		return
	}
	b, t := h.b, &h.tx.tally
	m := event.Mark{Kind: event.MarkEnd, Off: h.start, Events: t.total, CountsAt: int32(len(b.Counts))}
	names := make([]string, len(t.tables))
	for i := range t.tables {
		names[i] = t.tables[i].Table
	}
	for _, name := range hashOrder(names, mapDefault) {
		for i := range t.tables {
			if t.tables[i].Table == name {
				b.Counts = append(b.Counts, t.tables[i])
			}
		}
	}
	m.CountsEnd = int32(len(b.Counts))
	h.mark(hd, m)
}

// mark puts a mark behind the rows that are there.
func (h *handler) mark(hd header, m event.Mark) {
	m.Row, m.Origin = int32(len(h.b.Rows)), h.origin(hd)
	h.b.Marks = append(h.b.Marks, m)
}

// holds reports whether there is something in the batch beside its position.
func (h *handler) holds() bool { return len(h.b.Rows) > 0 || len(h.b.Marks) > 0 }
