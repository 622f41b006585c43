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
	f.Add([]byte(messageOf(1, 0x1000, "audit", "\x00\xff")))
	f.Add([]byte(messageOf(0, 0x1000, "", "outside")))
	f.Add([]byte(msg{'T'}.u32(2).u8(3).u32(testRel).u32(testRel)))
	f.Fuzz(func(t *testing.T, wal []byte) {
		d := newDecoder("app", selectAll{}, noFacts)
		b := new(event.Batch)
		feed(t, d, b, beginOf(7), relation)
		_, err := d.message(wal, 0x1000, b)
		if err != nil && (len(b.Rows) != 0 || len(b.Marks) != 0 || len(b.Values) != 0 || len(b.Arena) != 0) {
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
	type typed struct {
		oid uint32
		mod int32
	}
	types := []typed{
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
		{oidMoney, -1},
		{pgtype.PointOID, -1},
		{pgtype.Int4ArrayOID, -1},
		{pgtype.TextArrayOID, -1},
		{pgtype.ByteaArrayOID, -1},
		{pgtype.NumericArrayOID, numericMod(6, 2)},
		{pgtype.IntervalArrayOID, -1},
		{pgtype.PointArrayOID, -1},
		{pgtype.BoxOID, -1}, // unknown
	}
	columns := make([]*event.Column, 0, len(types)+len(extensions))
	for _, ty := range types {
		columns = append(columns, columnOf(f, ty.oid, ty.mod))
	}
	nested := fact("c", pgtype.TextArrayOID, -1)
	nested.Dims = 3
	columns = append(columns, columnOfFact(f, &nested))
	for _, name := range extensions {
		columns = append(columns, columnOfFact(f, extensionFact(name)), columnOfFact(f, arrayOf(extensionFact(name))))
	}
	for i := range columns {
		for _, text := range []string{
			"-$1,234.56", "(1.5,-NaN)", "{1,NULL,-3}", `{"a\"b",NULL,"",c}`, `{{{a},{b}}}`, "[0:1]={1,2}", "{}", `{"(1,2)","1 day"}`,
			`"a"=>"1", "b c"=>"x\"y", "n"=>NULL`, "0101000020E6100000000000000000F83F00000000000000C0", "[1,2.5,-3]", "{1:0.5,7:-2}/9",
			"t", "-9223372036854775808", "1.5e-7", "12345678901234567890.10", "NaN", "abc", `\x00ff`,
			"b68a35a7-17ad-35b3-af2a-ae46edb4545a", "010", "2020-02-29", "0044-03-15 BC", "24:00:00", "01:00:00.1+05:45",
			"2020-02-29 13:14:15.123456+00", "294276-12-31 23:59:59", "infinity", "1 year -2 mons +3 days -04:05:06.789",
		} {
			f.Add(uint8(i), []byte(text))
		}
	}
	cells := make([]textCell, len(columns))
	for i := range columns {
		var err error
		if cells[i], err = compileText(&columns[i].Type, nil); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, raw []byte) {
		i := int(which) % len(columns)
		var b event.Batch
		v, err := cells[i](&b, raw)
		if err != nil {
			if len(b.Arena) != 0 {
				t.Errorf("%d bytes left in the arena", len(b.Arena))
			}
			return
		}
		checkValue(t, &columns[i].Type, v, b.Arena)
		if len(b.Arena) > 64*(len(raw)+2) {
			t.Errorf("%d bytes in the arena for a text of %d", len(b.Arena), len(raw))
		}
	})
}

func checkValue(t *testing.T, ty *event.Type, v event.Value, arena []byte) {
	t.Helper()
	if v.Kind() == event.KindList {
		checkList(t, ty, event.List(v.Bytes(arena)))
	} else if v.HasText() {
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

// checkList looks at what logical types promise of their elements.
func checkList(t *testing.T, ty *event.Type, l event.List) {
	t.Helper()
	kinds := map[event.Logical][]event.Kind{
		event.LogicalInterval:  {event.KindInt, event.KindInt, event.KindInt},
		event.LogicalPoint:     {event.KindFloat64, event.KindFloat64, event.KindBytes, event.KindNull},
		event.LogicalGeometry:  {event.KindBytes, 0},
		event.LogicalGeography: {event.KindBytes, 0},
	}[ty.Logical]
	if kinds != nil && l.Len() != len(kinds) {
		t.Fatalf("%d parts instead of %d", l.Len(), len(kinds))
	}
	for i := range l.Len() {
		v := l.At(i)
		if v.HasText() {
			v.Bytes(l)
		}
		switch ty.Logical {
		case event.LogicalArray:
			if !v.IsNull() {
				checkValue(t, ty.Elem, v, l)
			}
		case event.LogicalHstore:
			if v.Kind() != event.KindString && (i%2 == 0 || !v.IsNull()) {
				t.Errorf("part %d of a pair is of kind %d", i%2, v.Kind())
			}
		case event.LogicalVector, event.LogicalDoubleVector:
			if v.Kind() != ty.Elem.Kind {
				t.Errorf("an element of kind %d", v.Kind())
			}
		case event.LogicalSparseVector:
			if (i == 0 || i%2 == 1) != (v.Kind() == event.KindInt) {
				t.Errorf("part %d of kind %d", i, v.Kind())
			}
		default:
			if kinds[i] != 0 && v.Kind() != kinds[i] {
				t.Errorf("part %d is of kind %d", i, v.Kind())
			}
		}
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
