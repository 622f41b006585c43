package values

import (
	"encoding/hex"
	"testing"

	"cdc/event"
	"cdc/internal/cdctest"
	"cdc/transform/rulefile"
)

func TestCasts(t *testing.T) {
	decimal := func(p, s int) *rulefile.CastType { return &rulefile.CastType{Name: "decimal", Precision: p, Scale: s} }
	to := func(name string) *rulefile.CastType { return &rulefile.CastType{Name: name} }
	tests := []struct {
		from event.Kind
		v    any
		to   *rulefile.CastType
		want string // empty: an error
	}{
		{event.KindInt, -7, to("string"), "-7"},
		{event.KindUint, uint64(1 << 63), to("string"), "9223372036854775808"},
		{event.KindDecimal, "-0.05", to("string"), "-0.05"},
		{event.KindDecimal, "123456789012345678901.5", to("string"), "123456789012345678901.5"},
		{event.KindBool, true, to("string"), "true"},
		{event.KindBytes, []byte{0, 255}, to("string"), "AP8="},
		{event.KindDate, -1, to("string"), "1969-12-31"},
		{event.KindTime, int64(90_061_000_001), to("string"), "25:01:01.000001"},
		{event.KindLocal, int64(-1), to("string"), "1969-12-31T23:59:59.999999"},
		{event.KindInstant, int64(event.Infinity), to("string"), "infinity"},
		{event.KindFloat64, 1.9, to("int32"), "1"},
		{event.KindFloat64, 1e300, to("int64"), ""},
		{event.KindInt, 40000, to("int16"), ""},
		{event.KindString, " 12 ", to("int16"), "12"},
		{event.KindString, "1.5", to("int64"), ""},
		{event.KindDecimal, "-12.99", to("int64"), "-12"},
		{event.KindDecimal, "99999999999999999999.5", to("int64"), ""},
		{event.KindUint, uint64(1 << 63), to("int64"), ""},
		{event.KindString, "1e3", to("float64"), "1000.0"},
		{event.KindFloat64, -1e10, to("string"), "-1.0E10"},
		{event.KindFloat64, 0.1, to("string"), "0.1"},
		{event.KindFloat64, 1.5e-7, to("string"), "1.5E-7"},
		{event.KindFloat32, 3.0, to("string"), "3.0"},
		{event.KindString, "x", to("float64"), ""},
		{event.KindFloat64, 1e300, to("float32"), ""},
		{event.KindString, "TRUE", to("boolean"), "true"},
		{event.KindString, "yes", to("boolean"), ""},
		{event.KindDecimal, "0.00", to("boolean"), "false"},
		{event.KindString, "ab", to("bytes"), "6162"},
		{event.KindString, "2024-01-02T03:04:05.5+01:00", to("timestamp"), "2024-01-02T02:04:05.500000Z"},
		{event.KindString, "2024-01-02", to("timestamp"), "2024-01-02T00:00:00.000000Z"},
		{event.KindInt, 1500, to("timestamp"), "1970-01-01T00:00:01.500000Z"},
		{event.KindUint, uint64(1<<64 - 1), to("timestamp"), ""},
		{event.KindString, "soon", to("timestamp"), ""},
		{event.KindInt, 12, decimal(4, 2), "12.00"},
		{event.KindInt, 123, decimal(4, 2), ""},
		{event.KindDecimal, "1.005", decimal(10, 2), "1.01"},
		{event.KindDecimal, "-1.005", decimal(10, 2), "-1.01"},
		{event.KindString, "1.5e3", decimal(30, 4), "1500.0000"},
		{event.KindString, "1e99999", decimal(30, 4), ""},
		{event.KindString, "-0.00001", decimal(30, 20), "-0.00001000000000000000"},
		{event.KindString, "NaN", decimal(30, 4), ""},
		{event.KindFloat64, 0.1, decimal(10, 3), "0.100"},
		{event.KindUint, uint64(1<<64 - 1), decimal(20, 0), "18446744073709551615"},
	}
	for _, tt := range tests {
		b := cdctest.NewBatch()
		v := b.Value(tt.from, tt.v)
		batch := b.Batch()
		run := Cast(tt.to, event.Type{Kind: tt.from, Precision: -1})
		if run == nil {
			t.Errorf("no cast of %v to %v", tt.from, tt.to)
			continue
		}
		w, err := run(batch, v)
		got := ""
		if err == nil {
			if got = show(t, batch, w); w.Kind() != CastType(tt.to).Kind && w.Kind() != event.KindBigDecimal {
				t.Errorf("%v to %s is of kind %d", tt.v, tt.to.Name, w.Kind())
			}
		}
		if got != tt.want {
			t.Errorf("%v to %+v: got %q (%v), want %q", tt.v, *tt.to, got, err, tt.want)
		}
	}
	for _, none := range []struct {
		from event.Kind
		to   string
	}{{event.KindList, "string"}, {event.KindDate, "int64"}, {event.KindBytes, "float64"}, {event.KindInt, "bytes"}, {event.KindBool, "timestamp"}} {
		if Cast(to(none.to), event.Type{Kind: none.from}) != nil {
			t.Errorf("kind %d can be cast to %s", none.from, none.to)
		}
	}
}

// show prints a value.
func show(t *testing.T, b *event.Batch, v event.Value) string {
	t.Helper()
	if v.Kind() == event.KindBytes {
		return hex.EncodeToString(v.Bytes(b.Arena))
	}
	text, err := AppendText(nil, b.Arena, v, &event.Type{Precision: -1})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
