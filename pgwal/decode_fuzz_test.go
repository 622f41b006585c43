package pgwal

import (
	"math"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgtype"

	"cdc/event"
)

// FuzzMessage decodes any bytes after a transaction and a relation: an error
// leaves nothing behind, and what was decoded can be read.
func FuzzMessage(f *testing.F) {
	files, err := filepath.Glob(recordings + "/*.18.wal")
	if err != nil || len(files) == 0 {
		f.Fatal("no recordings", err)
	}
	for _, file := range files {
		for _, m := range readRecording(f, file).wal {
			if len(m.data) < 500 {
				f.Add(m.data)
			}
		}
	}
	relation, insert := ordersInsert()
	f.Add([]byte(insert))
	row := []any{"1", "2", "new", "EUR", nil, "-0.05", "infinity", "0044-03-15 12:00:00+00 BC", "3", "f"}
	key := []any{"7", nil, nil, nil, nil, nil, nil, nil, nil, nil}
	f.Add([]byte(rowMsg('U').tuple('N', row...)))
	f.Add([]byte(rowMsg('U').tuple('K', key...).tuple('N', row...)))
	f.Add([]byte(rowMsg('U').tuple('O', row...).tuple('N', append(row[:9:9], unchanged{})...)))
	f.Add([]byte(rowMsg('D').tuple('K', key...)))
	f.Add([]byte(msg{'T'}.u32(2).u8(3).u32(testRel).u32(testRel)))
	f.Fuzz(func(t *testing.T, wal []byte) {
		d := newDecoder("app", selectAll{}, noFacts)
		b := new(event.Batch)
		feed(t, d, b, beginOf(7), relation)
		_, err := d.message(wal, 0x1000, b)
		if err != nil && (len(b.Rows) != 0 || len(b.Values) != 0 || len(b.Arena) != 0) {
			t.Errorf("left in the batch after %v", err)
		}
		if cap(b.Values)+cap(b.Arena) > 64*(len(wal)+64) {
			t.Errorf("%d values and %d bytes for a message of %d", cap(b.Values), cap(b.Arena), len(wal))
		}
		lines(t, b)
	})
}

// FuzzText reads any bytes as any type: what was accepted can be read, and is
// what its kind promises.
func FuzzText(f *testing.F) {
	types := []struct {
		oid uint32
		mod int32
	}{
		{pgtype.BoolOID, -1},
		{pgtype.Int8OID, -1},
		{pgtype.Float4OID, -1},
		{pgtype.Float8OID, -1},
		{pgtype.NumericOID, -1},
		{pgtype.NumericOID, numericMod(10, 2)},
		{pgtype.NumericOID, numericMod(40, 30)},
		{pgtype.TextOID, -1},
		{pgtype.ByteaOID, -1},
		{pgtype.JSONBOID, -1},
		{pgtype.UUIDOID, -1},
		{pgtype.BitOID, 1},
		{pgtype.VarbitOID, -1},
		{pgtype.DateOID, -1},
		{pgtype.TimeOID, -1},
		{pgtype.TimetzOID, -1},
		{pgtype.TimestampOID, -1},
		{pgtype.TimestamptzOID, -1},
		{pgtype.IntervalOID, -1},
	}
	for i := range types {
		for _, text := range []string{
			"t", "-9223372036854775808", "1.5e-7", "12345678901234567890.10", "NaN", "abc", `\x00ff`,
			"b68a35a7-17ad-35b3-af2a-ae46edb4545a", "010", "2020-02-29", "0044-03-15 BC", "24:00:00", "01:00:00.1+05:45",
			"2020-02-29 13:14:15.123456+00", "294276-12-31 23:59:59", "infinity", "1 year -2 mons +3 days -04:05:06.789",
		} {
			f.Add(uint8(i), []byte(text))
		}
	}
	cells := make([]textCell, len(types))
	columns := make([]*event.Column, len(types))
	for i, ty := range types {
		columns[i] = columnOf(f, ty.oid, ty.mod)
		var err error
		if cells[i], err = compileText(columns[i]); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, raw []byte) {
		i := int(which) % len(types)
		var b event.Batch
		v, err := cells[i](&b, raw)
		if err != nil {
			if len(b.Arena) != 0 {
				t.Errorf("%d bytes left in the arena", len(b.Arena))
			}
			return
		}
		checkValue(t, &columns[i].Type, v, b.Arena)
		if len(b.Arena) > len(raw)+64 {
			t.Errorf("%d bytes in the arena for a text of %d", len(b.Arena), len(raw))
		}
	})
}

func checkValue(t *testing.T, ty *event.Type, v event.Value, arena []byte) {
	t.Helper()
	if v.HasText() {
		text := v.Bytes(arena)
		if v.Kind() != event.KindBytes && v.Kind() != event.KindBits && !utf8.Valid(text) {
			t.Errorf("a text of kind %d isn't UTF-8", v.Kind())
		}
		if v.Kind() == event.KindBits && len(text) > 0 && text[len(text)-1] == 0 {
			t.Error("a bit string with more bytes than it needs")
		}
	}
	switch kind := v.Kind(); {
	case kind == ty.Kind:
	case kind == event.KindNull && ty.Kind == event.KindBool: // empty bit varying(1)
	case kind == event.KindBigDecimal && ty.Kind == event.KindDecimal:
	default:
		t.Errorf("kind %d in a column of kind %d", kind, ty.Kind)
	}
	switch {
	case v.Kind() == event.KindDecimal && ty.Precision >= 0 && v.Scale() != int(ty.Scale):
		t.Errorf("a value of scale %d in a column of scale %d", v.Scale(), ty.Scale)
	case v.Kind() == event.KindTime && (v.Int() < 0 || v.Int() > dayMicros):
		t.Errorf("a time of day of %d µs", v.Int())
	case v.Kind() == event.KindDecimal && (v.Int() > 999_999_999_999_999_999 || v.Int() < -999_999_999_999_999_999):
		t.Error("a decimal of more than 18 digits")
	case v.Kind() == event.KindDate && (v.Int() > math.MaxUint32 || v.Int() < math.MinInt32-math.MaxUint32):
		t.Error("a date that no calendar has")
	}
}

// FuzzDefault makes something of any expression, for every type: no panic, and a
// default of the column's kind.
func FuzzDefault(f *testing.F) {
	oids := []uint32{
		pgtype.BoolOID, pgtype.Int4OID, pgtype.Float8OID, pgtype.NumericOID, pgtype.TextOID, pgtype.JSONBOID, pgtype.UUIDOID,
		pgtype.BitOID, pgtype.DateOID, pgtype.TimeOID, pgtype.TimestampOID, pgtype.TimestamptzOID, pgtype.IntervalOID,
	}
	for i := range oids {
		for _, expr := range []string{
			"5", "'-1'::integer", "true", "'a''b'::text", "now()", "NULL::text", "CURRENT_DATE", "('x'::text || 'y'::text)",
			"B'0101'::\"bit\"", "'1e99999999'::numeric", "1/3", "'2020-01-01'::date", "(-1)",
		} {
			f.Add(uint8(i), expr)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, expr string) {
		oid := oids[int(which)%len(oids)]
		mod := int32(-1)
		if oid == pgtype.NumericOID {
			mod = numericMod(30, 10)
		}
		ty := &columnOf(t, oid, mod).Type
		d := parseDefault(expr, ty)
		if d == nil {
			return
		}
		if d.Value.IsNull() {
			t.Fatal("NULL as a default")
		}
		checkValue(t, ty, d.Value, d.Text)
		if len(d.Text) > len(expr)+64 {
			t.Errorf("%d bytes for an expression of %d", len(d.Text), len(expr))
		}
	})
}
