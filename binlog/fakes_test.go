package binlog

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"cdc/event"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memoryJournal is a Journal in memory.
type memoryJournal struct {
	mu      sync.Mutex
	entries [][]byte
}

func (j *memoryJournal) Append(_ context.Context, entry []byte) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = append(j.entries, bytes.Clone(entry))
	return nil
}

func (j *memoryJournal) Replay(_ context.Context, fn func([]byte) error) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, e := range j.entries {
		if err := fn(e); err != nil {
			return err
		}
	}
	return nil
}

func (j *memoryJournal) Reset(context.Context) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = nil
	return nil
}

// all takes every table and every column.
type all struct{}

func (all) Select(*event.Schema) ([]bool, bool, error) { return nil, true, nil }

// row is one row in readable form: what a test compares.
type row struct {
	Op            string
	Table         string
	Before, After string
	GTID          string
	File          string
	Off           uint64
	Index         uint32
	Thread        uint32
	Server        uint32
	Micros        int64
	Order         string
	Query         string
}

// collector is an Emitter that keeps what it gets as text.
type collector struct {
	mu     sync.Mutex
	hungry bool
	full   bool // refuse
	rows   []row
	points []event.Checkpoint
	sizes  []int    // rows per batch
	gens   []uint32 // of the rules, per batch with rows
	lags   []int64
	marks  []string
	// changes are those of the marks.
	changes []*event.SchemaChange
	room    chan struct{}
	more    chan struct{}
}

func newCollector() *collector {
	return &collector{hungry: true, room: make(chan struct{}, 1), more: make(chan struct{}, 1)}
}

func (c *collector) Batch() *event.Batch   { return &event.Batch{} }
func (c *collector) Room() <-chan struct{} { return c.room }

func (c *collector) Hungry() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hungry
}

func (c *collector) TryEmit(b *event.Batch) (*event.Batch, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.full {
		return nil, false
	}
	for i := range b.Rows {
		c.rows = append(c.rows, readable(b, &b.Rows[i]))
	}
	for i := range b.Marks {
		c.marks = append(c.marks, markText(b, &b.Marks[i]))
		if b.Marks[i].Change != nil {
			c.changes = append(c.changes, b.Marks[i].Change)
		}
	}
	if b.Next.Valid {
		c.points = append(c.points, b.Next)
	}
	c.sizes = append(c.sizes, len(b.Rows))
	if len(b.Rows) > 0 {
		c.gens = append(c.gens, b.Gen)
	}
	c.lags = append(c.lags, b.Lag.Bytes)
	select {
	case c.more <- struct{}{}:
	default:
	}
	b.Reset()
	return b, true
}

// take returns what came, and the last checkpoint.
func (c *collector) take() ([]row, event.Checkpoint) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var last event.Checkpoint
	if n := len(c.points); n > 0 {
		last = c.points[n-1]
	}
	return c.rows, last
}

func (c *collector) accept(yes bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.full = !yes
	if yes {
		select {
		case c.room <- struct{}{}:
		default:
		}
	}
}

func readable(b *event.Batch, r *event.Row) row {
	o := b.Origins[r.Origin]
	tx := b.Txs[o.Tx]
	out := row{
		Op: string(r.Op), Table: r.Schema.Name(), Before: imageText(b, r.Schema, r.Before), After: imageText(b, r.Schema, r.After),
		File: tx.File, Off: r.Off, Index: r.Index, Thread: tx.Thread, Server: tx.Server, Micros: o.Micros,
	}
	if !tx.GTID.IsNull() {
		out.GTID = string(b.Bytes(tx.GTID))
	}
	if r.Order > 0 {
		out.Order = fmt.Sprintf("%d/%d", r.Order, r.TableOrder)
	}
	if o.Query.HasText() {
		out.Query = string(b.Bytes(o.Query))
	}
	return out
}

// imageText prints an image as "id=1 name=x", without what wasn't asked for.
func imageText(b *event.Batch, s *event.Schema, at int32) string {
	if at < 0 {
		return ""
	}
	var out []byte
	values := b.Image(at, s)
	for i := range s.Columns {
		v := values[s.Columns[i].Ord]
		if v.Kind() == event.KindSkipped {
			continue
		}
		if len(out) > 0 {
			out = append(out, ' ')
		}
		out = append(append(out, s.Columns[i].Name...), '=')
		switch {
		case v.IsNull():
			out = append(out, "NULL"...)
		case v.HasText():
			out = append(out, b.Bytes(v)...)
		case v.Kind() == event.KindUint:
			out = strconv.AppendUint(out, v.Uint(), 10)
		default:
			out = strconv.AppendInt(out, v.Int(), 10)
		}
	}
	return string(out)
}

// markText prints a mark, with the number of rows of its batch that stand before it.
func markText(b *event.Batch, m *event.Mark) string {
	out := fmt.Sprintf("%d ", m.Row)
	tx := b.Txs[b.Origins[m.Origin].Tx]
	switch m.Kind {
	case event.MarkBegin:
		out += "BEGIN"
	case event.MarkEnd:
		out += fmt.Sprintf("END %d", m.Events)
		for _, n := range b.Counts[m.CountsAt:m.CountsEnd] {
			out += fmt.Sprintf(" %s=%d", n.Table, n.Events)
		}
	case event.MarkSchemaChange:
		out += "DDL " + m.Change.Database + " " + m.Change.Table + " " + m.Change.DDL
	default:
		out += "?"
	}
	if !tx.GTID.IsNull() {
		gtid := string(b.Bytes(tx.GTID))
		out += " @" + gtid[strings.LastIndexAny(gtid, ":-")+1:]
	}
	return out
}

// brief prints rows, one a line, without the database.
func brief(rows []row) string {
	var b strings.Builder
	for _, r := range rows {
		_, table, _ := strings.Cut(r.Table, ".")
		fmt.Fprintf(&b, "%s %s", r.Op, table)
		if r.Before != "" {
			fmt.Fprintf(&b, " [%s]", r.Before)
		}
		if r.After != "" {
			fmt.Fprintf(&b, " {%s}", r.After)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func want(t *testing.T, rows []row, text string) {
	t.Helper()
	text = strings.TrimSpace(text)
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	if text != "" {
		text = strings.Join(lines, "\n") + "\n"
	}
	if got := brief(rows); got != text {
		t.Errorf("got\n%s\nwant\n%s", got, text)
	}
}

func (all) Generation() uint32 { return 0 }

func (a all) Newest() event.Selector { return a }
