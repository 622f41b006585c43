package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing/synctest"
	"time"

	"cdc/event"
)

var testTable = &event.Schema{
	Database: "shop", Table: "orders", Width: 1,
	Columns: []event.Column{{Name: "id", Type: event.Type{Kind: event.KindInt}}},
	Key:     []event.Column{{Name: "id", Type: event.Type{Kind: event.KindInt}}},
}

// fakeSource streams the rows from..last, one transaction each, then waits.
type fakeSource struct {
	last     int
	tables   map[string]int // rows per table of a snapshot
	order    []string
	previous []byte
	streamed string
	viewErr  error
	lost     bool     // the first Stream says that the position is lost
	ddl      []string // what a view announces

	away  atomic.Bool // not connected
	mu    sync.Mutex
	acked []event.Checkpoint
}

func (s *fakeSource) Stream(ctx context.Context, from event.Position, _ event.Selector, out event.Emitter) error {
	s.streamed = string(from)
	if s.lost {
		s.lost = false
		return fmt.Errorf("purged: %w", event.ErrPositionLost)
	}
	start, err := strconv.Atoi(string(from))
	if err != nil {
		return err
	}
	b := out.Batch()
	for i := start + 1; i <= s.last; i++ {
		addRow(b, testTable, i, event.OpCreate)
		b.Next = event.Checkpoint{Point: event.Point{Seq: uint64(i)}, Valid: true}
		if out.Hungry() || len(b.Rows) >= 7 || i == s.last {
			if b, err = event.Emit(ctx, out, b); err != nil {
				return err
			}
		}
	}
	<-ctx.Done()
	return ctx.Err()
}

func addRow(b *event.Batch, s *event.Schema, id int, op event.Op) {
	at, first, _ := b.GrowRow(s.Width, 1)
	first[0] = event.Int(int64(id))
	b.Rows[at].Schema, b.Rows[at].Op = s, op
}

func (s *fakeSource) Position(p event.Point) (event.Position, error) {
	return event.Position(strconv.FormatUint(p.Seq, 10)), nil
}

func (s *fakeSource) Ack(c event.Checkpoint) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acked = append(s.acked, c)
}

func (s *fakeSource) Stats() event.SourceStats    { return event.SourceStats{Connected: !s.away.Load()} }
func (s *fakeSource) Close(context.Context) error { return nil }

func (s *fakeSource) PlanSnapshot(_ context.Context, previous []byte) ([]byte, error) {
	s.previous = previous
	return []byte(`{"slot":"ours"}`), nil
}

func (s *fakeSource) OpenView(_ context.Context, _ []byte, sel event.Selector) (View, error) {
	if s.viewErr != nil {
		return nil, s.viewErr
	}
	return &fakeView{s, sel.Generation()}, nil
}

type fakeView struct {
	s   *fakeSource
	gen uint32
}

func (v *fakeView) Start() event.Position        { return "0" }
func (v *fakeView) Estimate(*event.Schema) int64 { return -1 }
func (v *fakeView) Close(context.Context) error  { return nil }
func (v *fakeView) Tables() (all []*event.Schema) {
	for _, name := range v.s.order {
		s := *testTable
		s.Table = name
		all = append(all, &s)
	}
	return all
}

// Announce emits one batch for each statement.
func (v *fakeView) Announce(ctx context.Context, out event.Emitter) (err error) {
	b := out.Batch()
	for _, ddl := range v.s.ddl {
		b.Marks = append(b.Marks, event.Mark{Kind: event.MarkSchemaChange, Change: &event.SchemaChange{DDL: ddl, Snapshot: true}})
		b.Gen = v.gen
		if b, err = event.Emit(ctx, out, b); err != nil {
			return err
		}
	}
	return nil
}

func (v *fakeView) Read(ctx context.Context, s *event.Schema, out event.Emitter) (err error) {
	b := out.Batch()
	for i := range v.s.tables[s.Table] {
		addRow(b, s, i+1, event.OpRead)
		b.Gen = v.gen
		if len(b.Rows) == 2 {
			if b, err = event.Emit(ctx, out, b); err != nil {
				return err
			}
		}
	}
	if len(b.Rows) > 0 {
		_, err = event.Emit(ctx, out, b)
	}
	return err
}

// passRules sends every row on; it fails on the row with id failAt.
type passRules struct{ failAt int64 }

func (r passRules) Select(*event.Schema) ([]bool, bool, error) { return nil, true, nil }
func (r passRules) Hash(uint32) string                         { return "hash" }
func (r passRules) Release(uint32)                             {}
func (r passRules) Run(b *event.Batch) error {
	for i := range b.Rows {
		if r.failAt != 0 && b.Image(b.Rows[i].After, b.Rows[i].Schema)[0].Int() == r.failAt {
			return errors.New("rule x: shop.orders: bad row")
		}
		b.Outs = append(b.Outs, event.Out{Row: int32(i), View: b.Rows[i].Schema, Before: -1, After: b.Rows[i].After})
	}
	return nil
}

// textEncoder writes "table/id/op/flags" as key, for a mark "heartbeat" or the
// statement.
type textEncoder struct{}

func (textEncoder) Encode(f *event.Frame, b *event.Batch) error {
	marks := b.Marks
	for _, o := range b.Outs {
		for len(marks) > 0 && marks[0].Row <= o.Row {
			writeMark(f, &marks[0])
			marks = marks[1:]
		}
		r := &b.Rows[o.Row]
		write(f, o.Row, "%s/%d/%c/%s", r.Schema.Table, b.Image(o.After, r.Schema)[0].Int(), r.Op, mark(r.Flags))
	}
	for i := range marks {
		writeMark(f, &marks[i])
	}
	return nil
}

func writeMark(f *event.Frame, m *event.Mark) {
	if m.Kind == event.MarkHeartbeat {
		write(f, -1, "heartbeat")
		return
	}
	last := ""
	if m.Change.Last {
		last = " (last)"
	}
	write(f, -1, "%s%s", m.Change.DDL, last)
}

func write(f *event.Frame, row int32, format string, args ...any) {
	at := len(f.Buf)
	f.Buf = fmt.Appendf(f.Buf, format, args...)
	end := uint32(len(f.Buf))
	f.Records = append(f.Records, event.Record{KeyAt: uint32(at), ValueAt: end, HeadAt: end, End: end, Row: row})
}

func mark(f event.Flags) string {
	switch {
	case f&event.SnapshotFirst != 0:
		return "first"
	case f&event.SnapshotFirstInTable != 0:
		return "first_in_table"
	case f&event.SnapshotLastInTable != 0:
		return "last_in_table"
	case f&event.SnapshotLast != 0:
		return "last"
	default:
		return ""
	}
}

// fakeSink keeps the keys that it was given, in order, and calls done by
// its policy.
type fakeSink struct {
	mu      sync.Mutex
	keys    []string
	waiting []func()
	hold    bool // done is called by release only
	err     error
}

func (s *fakeSink) Write(_ context.Context, f *event.Frame, done func(*event.Frame, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range f.Records {
		s.keys = append(s.keys, string(f.Key(i)))
	}
	if s.err != nil {
		return s.err
	}
	if s.hold {
		s.waiting = append(s.waiting, func() { done(f, nil) })
		return nil
	}
	go done(f, nil)
	return nil
}

// release acknowledges what waits, the newest first.
func (s *fakeSink) release() {
	s.mu.Lock()
	waiting := s.waiting
	s.waiting, s.hold = nil, false
	s.mu.Unlock()
	for _, done := range slices.Backward(waiting) {
		done()
	}
}

func (s *fakeSink) written() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.keys...)
}
func (s *fakeSink) Flush(context.Context) error { return nil }
func (s *fakeSink) Close(context.Context) error { return nil }

// fakeOffsets keeps every offset that was saved.
type fakeOffsets struct {
	mu    sync.Mutex
	saved []event.Offset
	err   error
}

func (o *fakeOffsets) Load(context.Context, string) (event.Offset, bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.saved) == 0 {
		return event.Offset{}, false, nil
	}
	return o.saved[len(o.saved)-1], true, nil
}

func (o *fakeOffsets) Save(_ context.Context, _ string, off event.Offset) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return o.err
	}
	o.saved = append(o.saved, off)
	return nil
}
func (o *fakeOffsets) Delete(context.Context, string) error { return nil }
func (o *fakeOffsets) Close() error                         { return nil }
func (o *fakeOffsets) last() event.Offset {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.saved) == 0 {
		return event.Offset{}
	}
	return o.saved[len(o.saved)-1]
}

// advance lets fake time pass, and with it everything that waits for less.
func advance(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func (o *fakeOffsets) first() event.Offset {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.saved[0]
}

func (passRules) Generation() uint32 { return 0 }

func (r passRules) Newest() event.Selector { return r }
