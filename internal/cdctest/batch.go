package cdctest

import (
	"fmt"
	"strconv"
	"strings"

	"cdc/event"
)

// Row is the values of one image, in the order of the table's columns: nil for
// NULL, bool, int, int64, uint64, float32, float64, string, []byte, or an
// event.Value without text.
type Row []any

// Builder makes a batch row by row, in one transaction.
type Builder struct{ b *event.Batch }

// NewBatch starts a batch with one transaction, committed at the time 1 s after
// the epoch, in the binlog file "binlog.000001" (which PostgreSQL tables
// ignore).
func NewBatch() *Builder {
	return &Builder{&event.Batch{
		Txs:     []event.Tx{{GTID: event.Null, File: "binlog.000001"}},
		Origins: []event.Origin{{Micros: 1_000_000}},
	}}
}

// Batch returns what was built.
func (n *Builder) Batch() *event.Batch { return n.b }

// Last returns the row that was added last, to be changed.
func (n *Builder) Last() *event.Row { return &n.b.Rows[len(n.b.Rows)-1] }

// Insert adds an insert.
func (n *Builder) Insert(s *event.Schema, after ...any) *Builder {
	return n.add(s, event.OpCreate, nil, after)
}

// Read adds a row of a snapshot.
func (n *Builder) Read(s *event.Schema, after ...any) *Builder {
	return n.add(s, event.OpRead, nil, after)
}

// Delete adds a delete.
func (n *Builder) Delete(s *event.Schema, before ...any) *Builder {
	return n.add(s, event.OpDelete, before, nil)
}

// Truncate adds a truncate.
func (n *Builder) Truncate(s *event.Schema) *Builder {
	return n.add(s, event.OpTruncate, nil, nil)
}

// Update adds an update. A nil before is an old row that isn't in the log. The
// flag event.KeyChanged is set when the images differ in the key.
func (n *Builder) Update(s *event.Schema, before, after Row) *Builder {
	n.add(s, event.OpUpdate, before, after)
	r := n.Last()
	if before == nil {
		return n
	}
	for _, k := range s.Key {
		x, y := n.b.Values[int(r.Before)+k.Ord], n.b.Values[int(r.After)+k.Ord]
		if !x.Equal(n.b.Arena, y, n.b.Arena) {
			r.Flags |= event.KeyChanged
		}
	}
	return n
}

func (n *Builder) add(s *event.Schema, op event.Op, before, after []any) *Builder {
	i := len(n.b.Rows)
	n.b.Rows = append(n.b.Rows, event.Row{
		Schema: s, Op: op, Before: n.image(s, before), After: n.image(s, after), Off: uint64(100 + i), Index: uint32(i),
	})
	return n
}

func (n *Builder) image(s *event.Schema, row []any) int32 {
	if row == nil {
		return -1
	}
	must(len(row) == s.Width, "%d values for the %d columns of %s", len(row), s.Width, s.Name())
	at := len(n.b.Values)
	for i, v := range row {
		n.b.Values = append(n.b.Values, n.Value(s.Columns[i].Type.Kind, v))
	}
	return int32(at)
}

// Value makes the value of a column of kind k.
func (n *Builder) Value(k event.Kind, v any) event.Value {
	switch v := v.(type) {
	case nil:
		return event.Null
	case event.Value:
		return v
	case bool:
		return event.Bool(v)
	case int:
		return whole(k, int64(v))
	case int64:
		return whole(k, v)
	case uint64:
		return event.Uint(v)
	case float32:
		return event.Float32(v)
	case float64:
		if k == event.KindFloat32 {
			return event.Float32(float32(v))
		}
		return event.Float64(v)
	case string:
		if k == event.KindDecimal {
			return n.decimal(v)
		}
		return n.b.Put(k, []byte(v))
	case []byte:
		return n.b.Put(k, v)
	default:
		must(false, "a %T can't be a value", v)
		return event.Value{}
	}
}

func must(ok bool, format string, args ...any) {
	if !ok {
		panic("cdctest: " + fmt.Sprintf(format, args...)) //nolint:forbidigo // a mistake in a test, found at once
	}
}

// decimal makes a KindDecimal of up to 18 digits, as decoders do, else a
// KindBigDecimal.
func (n *Builder) decimal(text string) event.Value {
	digits, scale := text, 0
	if dot := strings.IndexByte(text, '.'); dot >= 0 {
		digits, scale = text[:dot]+text[dot+1:], len(text)-dot-1
	}
	i, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || len(digits) > 18 {
		return n.b.Put(event.KindBigDecimal, []byte(text))
	}
	return event.Decimal(i, scale)
}

func whole(k event.Kind, i int64) event.Value {
	switch k {
	case event.KindUint:
		return event.Uint(uint64(i))
	case event.KindBool:
		return event.Bool(i != 0)
	case event.KindDecimal:
		return event.Decimal(i, 0)
	default:
		return event.Of(k, i)
	}
}
