package pgwal

import (
	"encoding/binary"
	"testing"

	"github.com/jackc/pgx/v5/pgtype"

	"cdc/event"
)

// msg builds pgoutput messages for tests.
type msg []byte

func (m msg) u8(v byte) msg      { return append(m, v) }
func (m msg) u16(v uint16) msg   { return binary.BigEndian.AppendUint16(m, v) }
func (m msg) u32(v uint32) msg   { return binary.BigEndian.AppendUint32(m, v) }
func (m msg) u64(v uint64) msg   { return binary.BigEndian.AppendUint64(m, v) }
func (m msg) text(s string) msg  { return append(append(m, s...), 0) }
func (m msg) bytes(s string) msg { return append(m.u32(uint32(len(s))), s...) }

// value stands for NULL (nil), an unchanged TOAST value (unchanged) or text.
func (m msg) value(v any) msg {
	switch v := v.(type) {
	case nil:
		return m.u8('n')
	case string:
		return m.u8('t').bytes(v)
	default:
		return m.u8('u')
	}
}

type unchanged struct{}

func (m msg) tuple(kind byte, values ...any) msg {
	m = m.u8(kind).u16(uint16(len(values)))
	for _, v := range values {
		m = m.value(v)
	}
	return m
}

const testRel = 16500

func rowMsg(kind byte) msg { return msg{kind}.u32(testRel) }

func beginOf(xid uint32) msg {
	return msg{'B'}.u64(0x2000).u64(1_000_000).u32(xid)
}

func commitOf() msg {
	return msg{'C'}.u8(0).u64(0x2000).u64(0x2030).u64(1_000_000)
}

type testColumn struct {
	name string
	oid  uint32
	mod  int32
	key  bool
}

func relationOf(identity byte, columns ...testColumn) msg {
	m := msg{'R'}.u32(testRel).text("public").text("orders").u8(identity).u16(uint16(len(columns)))
	for _, c := range columns {
		var flags byte
		if c.key || identity == 'f' {
			flags = 1
		}
		m = m.u8(flags).text(c.name).u32(c.oid).u32(uint32(c.mod))
	}
	return m
}

// selectAll wants every column of every table.
type selectAll struct{}

func (selectAll) Select(s *event.Schema) ([]bool, bool, error) {
	want := make([]bool, s.Width)
	for i := range want {
		want[i] = true
	}
	return want, true, nil
}

func noFacts(uint32) (*tableFacts, error) { return nil, nil }

// ordersInsert is the table of the prototype that the design measured, with
// timestamps read as such.
func ordersInsert() (relation, insert msg) {
	relation = relationOf('d',
		testColumn{"id", pgtype.Int8OID, -1, true},
		testColumn{"customer_id", pgtype.Int8OID, -1, false},
		testColumn{"status", pgtype.VarcharOID, 24, false},
		testColumn{"currency", pgtype.VarcharOID, 7, false},
		testColumn{"note", pgtype.VarcharOID, 104, false},
		testColumn{"amount", pgtype.NumericOID, 12<<16 + 2 + 4, false},
		testColumn{"created_at", pgtype.TimestampOID, 6, false},
		testColumn{"updated_at", pgtype.TimestamptzOID, 6, false},
		testColumn{"items", pgtype.Int4OID, -1, false},
		testColumn{"paid", pgtype.BoolOID, -1, false})
	insert = rowMsg('I').tuple('N', "1234567", "998877", "shipping", "EUR",
		"leave it at the neighbour's door", "1234.56", "2026-01-02 03:04:05.678901",
		"2026-01-02 03:04:05.678901+00", "3", "t")
	return relation, insert
}

func ordersDecoder(tb testing.TB) (*decoder, msg) {
	tb.Helper()
	d := newDecoder("app", selectAll{}, noFacts)
	relation, insert := ordersInsert()
	var b event.Batch
	for _, m := range []msg{beginOf(7), relation, insert} {
		if _, err := d.message(m, 0x1000, &b); err != nil {
			tb.Fatal(err)
		}
	}
	return d, insert
}

func BenchmarkInsert(b *testing.B) {
	d, insert := ordersDecoder(b)
	var batch event.Batch
	b.SetBytes(int64(len(insert)))
	b.ReportAllocs()
	for b.Loop() {
		if len(batch.Rows) == 100 {
			batch.Reset()
		}
		if _, err := d.message(insert, 0x1000, &batch); err != nil {
			b.Fatal(err)
		}
	}
}

func TestInsertDoesNotAllocate(t *testing.T) {
	d, insert := ordersDecoder(t)
	var batch event.Batch
	allocs := testing.AllocsPerRun(1000, func() {
		if len(batch.Rows) == 100 {
			batch.Reset()
		}
		if _, err := d.message(insert, 0x1000, &batch); err != nil {
			t.Fatal(err)
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations for a row, want none", allocs)
	}
}

func (selectAll) Generation() uint32 { return 0 }

func (s selectAll) Newest() event.Selector { return s }
