package pgwal

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cdc/event"
)

// patience is how long a test waits for what should happen at once.
const patience = 30 * time.Second

// collector takes batches and remembers their rows as text.
type collector struct {
	source *Source
	room   chan struct{}

	mu       sync.Mutex
	shut     bool // refuses batches
	keep     bool // acknowledges nothing
	batches  int
	rows     []string
	raw      []event.Row
	txs      []event.Tx // of each row
	micros   []int64
	gens     []uint32 // of the rules, of each row
	marks    []string
	position event.Position
	refused  int
	changed  chan struct{}
	onBatch  func(n int)
}

func newCollector(s *Source) *collector {
	return &collector{source: s, room: make(chan struct{}, 1), changed: make(chan struct{}, 1)}
}

func (c *collector) Batch() *event.Batch   { return &event.Batch{} }
func (c *collector) Hungry() bool          { return false }
func (c *collector) Room() <-chan struct{} { return c.room }

func (c *collector) TryEmit(b *event.Batch) (*event.Batch, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shut {
		c.refused++
		c.signal()
		return nil, false
	}
	c.batches++
	for i := range b.Rows {
		r := &b.Rows[i]
		c.rows = append(c.rows, rowText(b, r))
		c.raw = append(c.raw, *r)
		c.txs = append(c.txs, b.Txs[b.Origins[r.Origin].Tx])
		c.gens = append(c.gens, b.Gen)
		c.micros = append(c.micros, b.Origins[r.Origin].Micros)
	}
	for i := range b.Marks {
		c.marks = append(c.marks, markText(b, &b.Marks[i]))
	}
	if b.Next.Valid && !c.keep {
		c.store(b.Next)
	}
	if c.onBatch != nil {
		c.onBatch(len(c.rows))
	}
	c.signal()
	b.Reset()
	return b, true
}

func (c *collector) store(next event.Checkpoint) {
	p, err := c.source.Position(next.Point)
	if err != nil {
		panic(err)
	}
	c.position = p
	c.source.Ack(next)
}

func (c *collector) signal() {
	select {
	case c.changed <- struct{}{}:
	default:
	}
}

func (c *collector) set(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
	select {
	case c.room <- struct{}{}:
	default:
	}
}

func (c *collector) all() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.rows)
}

func (c *collector) stored() event.Position {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.position
}

// wait waits until the collector is as ok wants it.
func (c *collector) wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	limit := time.After(patience)
	for {
		c.mu.Lock()
		is := ok()
		c.mu.Unlock()
		if is {
			return
		}
		select {
		case <-c.changed:
		case <-limit:
			t.Fatalf("%s: not within %s; rows: %v", what, patience, c.all())
		}
	}
}

// want waits for rows and fails unless they are those.
func (c *collector) want(t *testing.T, rows ...string) {
	t.Helper()
	c.wait(t, fmt.Sprintf("%d rows", len(rows)), func() bool { return len(c.rows) >= len(rows) })
	if got := c.all(); !slices.Equal(got, rows) {
		t.Fatalf("got rows %q, want %q", got, rows)
	}
}

// rowText prints a row: "c public.t 1 x", of an update both images.
func rowText(b *event.Batch, r *event.Row) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%c %s", r.Op, r.Schema.Name())
	for _, at := range []int32{r.Before, r.After} {
		if at < 0 {
			continue
		}
		if at == r.After && r.Before >= 0 {
			out.WriteString(" ->")
		}
		for _, v := range b.Image(at, r.Schema) {
			out.WriteByte(' ')
			switch {
			case v.HasText():
				out.Write(b.Bytes(v))
			case v.IsNull():
				out.WriteString("null")
			case v.Kind() == event.KindUnavailable:
				out.WriteString("?")
			default:
				fmt.Fprint(&out, v.Int())
			}
		}
	}
	return out.String()
}

// markText prints a mark with the number of rows of the batch before it.
func markText(b *event.Batch, m *event.Mark) string {
	tx := b.Txs[b.Origins[m.Origin].Tx]
	at := fmt.Sprintf("%d @%d: tx %d at %#x ", m.Row, b.Origins[m.Origin].Micros, tx.XID, m.Off)
	switch m.Kind {
	case event.MarkBegin:
		return at + "begin"
	case event.MarkEnd:
		at += fmt.Sprintf("end %d", m.Events)
		for _, c := range b.Counts[m.CountsAt:m.CountsEnd] {
			at += fmt.Sprintf(" %s=%d", c.Table, c.Events)
		}
		return at
	default:
		return fmt.Sprintf("%smessage %q %q %v %d/%d", at, b.Bytes(m.Prefix), b.Bytes(m.Content), m.Transactional, m.Order, m.TableOrder)
	}
}
