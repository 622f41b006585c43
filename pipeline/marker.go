package pipeline

import (
	"context"
	"sync/atomic"

	"cdc/event"
)

const snapshotMarks = event.SnapshotFirst | event.SnapshotFirstInTable | event.SnapshotLastInTable | event.SnapshotLast

// marker sets the snapshot marks of Debezium on what passes: first and last of
// the snapshot and of each table. A statement that no row follows is the last,
// too. What is the last is known only when nothing else comes, so it holds back
// one batch.
type marker struct {
	event.Emitter
	stats *Stats
	held  *event.Batch
	first bool // the table is the first of all
	fresh bool // no row of the table has been seen
	rows  atomic.Uint64
}

// TryEmit takes full and hands the batch before it on.
func (m *marker) TryEmit(full *event.Batch) (*event.Batch, bool) {
	if len(full.Rows) == 0 && len(full.Marks) == 0 {
		return full, true
	}
	empty, ok := m.release()
	if !ok {
		return nil, false
	}
	m.held = full
	if len(full.Rows) > 0 {
		m.markFirst(&full.Rows[0])
		m.rows.Add(uint64(len(full.Rows)))
		m.stats.SnapshotRows.Add(uint64(len(full.Rows)))
	}
	return empty, true
}

// release hands on the batch held back, if there is one.
func (m *marker) release() (*event.Batch, bool) {
	if m.held == nil {
		return m.Batch(), true
	}
	return m.Emitter.TryEmit(m.held)
}

// startTable says that the rows of another table follow.
func (m *marker) startTable(first bool) { m.first, m.fresh = first, true }

// markFirst marks the first row of a table. Where the first table of all is
// empty, no row is the first of the snapshot.
func (m *marker) markFirst(r *event.Row) {
	switch {
	case m.fresh && m.first:
		r.Flags |= event.SnapshotFirst
	case m.fresh:
		r.Flags |= event.SnapshotFirstInTable
	}
	m.fresh = false
}

// endTable says that the table is read: the row held back is its last. The very
// first row stays the first, also where it is the only one of its table.
func (m *marker) endTable() {
	if m.held != nil && len(m.held.Rows) > 0 && m.held.Rows[len(m.held.Rows)-1].Flags&event.SnapshotFirst == 0 {
		m.markLast(event.SnapshotLastInTable)
	}
}

// finish marks the last of all and hands the batch on.
func (m *marker) finish(ctx context.Context) error {
	if m.held == nil {
		return nil
	}
	if len(m.held.Rows) > 0 {
		m.markLast(event.SnapshotLast)
	} else {
		markLastChange(m.held)
	}
	_, err := event.Emit(ctx, m.Emitter, m.held)
	m.held = nil
	return err
}

func (m *marker) markLast(mark event.Flags) {
	r := &m.held.Rows[len(m.held.Rows)-1]
	r.Flags = r.Flags&^snapshotMarks | mark
}

// markLastChange marks the last statement of a batch without rows.
func markLastChange(b *event.Batch) {
	last := &b.Marks[len(b.Marks)-1]
	if last.Change == nil {
		return
	}
	change := *last.Change // it is shared
	change.Last = true
	last.Change = &change
}
