package encode

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"cdc/event"
)

func FuzzString(f *testing.F) {
	for _, s := range []string{"", "plain", "quote\" back\\slash", "\x00\x1f\x7f", "ä€😀\u2028", "\xff\xed\xa0\x80\xf0\x9f", strings.Repeat("12345678", 9) + "\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, s []byte) {
		out := appendString(nil, s)
		var got string
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatalf("%q: %v", out, err)
		}
		if utf8.Valid(s) && got != string(s) {
			t.Errorf("got %q, want %q", got, s)
		}
		if want := appendUTF8(nil, s); got != string(want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"0", "-0.00", "127.9", "-12.8", "99999999999999999999", "-12345678901234567890.000100", strings.Repeat("9", 700), "1e5", "NaN", "-"} {
		f.Add(s, 2)
	}
	f.Fuzz(func(t *testing.T, s string, scale int) {
		scale = min(max(scale, -40), 40)
		got, err := printed(t, pgConf, decimalType(38, int16(scale)), text(event.KindBigDecimal, s))
		want, ok := unscaled(s, scale)
		if ok != (err == nil) {
			t.Fatalf("%q at %d: error %v, but the number is %v", s, scale, err, want)
		}
		if ok {
			compareBytes(t, got, want)
		}
		if variable, err := printed(t, pgConf, decimalType(-1, 0), text(event.KindBigDecimal, s)); err == nil {
			compareVariable(t, variable, s)
		}
	})
}

// unscaled is s * 10^scale where that is a whole number.
func unscaled(s string, scale int) (*big.Int, bool) {
	if strings.Trim(s, "0123456789.-") != "" || strings.LastIndexByte(s, '-') > 0 || strings.Count(s, ".") > 1 {
		return nil, false
	}
	if s = strings.TrimSuffix(s, "."); s == "" || s == "-" {
		return nil, false
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil, false
	}
	power := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(scale, -scale))), nil))
	if scale < 0 {
		power.Inv(power)
	}
	r.Mul(r, power)
	return r.Num(), r.IsInt()
}

func compareBytes(t *testing.T, quoted string, want *big.Int) {
	t.Helper()
	p, err := base64.StdEncoding.DecodeString(strings.Trim(quoted, `"`))
	if err != nil {
		t.Fatal(err)
	}
	if got := fromTwosComplement(p); got.Cmp(want) != 0 {
		t.Fatalf("got %s, want %s", got, want)
	}
	if len(p) > 1 && (p[0] == 0 && p[1] < 0x80 || p[0] == 0xff && p[1] >= 0x80) {
		t.Errorf("%x isn't the shortest form", p)
	}
}

func compareVariable(t *testing.T, text, s string) {
	t.Helper()
	var v struct {
		Scale int
		Value string
	}
	mustUnmarshal(t, []byte(text), &v)
	want, ok := unscaled(s, v.Scale)
	if !ok {
		t.Fatalf("%q: scale %d is too small", s, v.Scale)
	}
	compareBytes(t, v.Value, want)
	if _, ok := unscaled(s, v.Scale-1); ok && v.Scale > 0 {
		t.Errorf("%q: scale %d leaves trailing zeros", s, v.Scale)
	}
}

func FuzzSmallDecimal(f *testing.F) {
	f.Add(int64(0), 0, 0)
	f.Add(int64(-15), 1, 3)
	f.Add(int64(math.MinInt64), 18, 30)
	f.Add(int64(math.MaxInt64), 5, 4)
	f.Fuzz(func(t *testing.T, n int64, from, to int) {
		from, to = min(max(from, 0), 18), min(max(to, 0), 40)
		got, err := printed(t, mysqlConf, decimalType(38, int16(to)), constant(event.Decimal(n, from)))
		want, ok := unscaled(plainText(big.NewInt(n), from), to)
		if ok != (err == nil) {
			t.Fatalf("%d at %d to %d: error %v", n, from, to, err)
		}
		if ok {
			compareBytes(t, got, want)
		}
	})
}

func FuzzInt(f *testing.F) {
	for _, n := range []int64{0, 9, 10, 99, 100, 12345, -1, math.MaxInt64, math.MinInt64} {
		f.Add(n)
	}
	f.Fuzz(func(t *testing.T, n int64) {
		if got := string(appendInt(nil, n)); got != strconv.FormatInt(n, 10) {
			t.Errorf("got %s, want %d", got, n)
		}
	})
}

// FuzzRecord: whatever the values, key, value and every number of the source
// block are one JSON document each.
func FuzzRecord(f *testing.F) {
	f.Add("naïve \"col\"", []byte("x\xff\n"), int64(5), uint64(1), "bin.000001")
	f.Fuzz(func(t *testing.T, name string, value []byte, n int64, off uint64, file string) {
		s := table(2,
			col("text "+name, 0, typ(event.KindString, 0)), col("b", 1, typ(event.KindBytes, 0)), col("i", 2, typ(event.KindInt, 0)),
			col("at", 3, temporal(event.KindInstant, 6)), col("d", 4, decimalType(10, 0)), col("f", 5, typ(event.KindFloat64, 0)),
			col("l", 6, temporal(event.KindLocal, 0)))
		s.Table, s.Database = name, file
		for _, c := range []Config{mysqlConf, pgConf} {
			b := newBuilder(s)
			b.batch.Txs[0].File = file
			b.batch.Txs[0].GTID = b.batch.Put(event.KindString, value)
			b.batch.Origins[0].Micros = n
			image := vals(b.batch.Put(event.KindString, value), b.batch.Put(event.KindBytes, value), event.Int(n), event.Of(event.KindInstant, n),
				event.Decimal(n, 0), event.Float64(math.Float64frombits(off)), event.Of(event.KindLocal, n))
			b.add(event.OpUpdate, event.KeyChanged, image, image)
			b.batch.Rows[0].Off = off
			checkJSON(t, b.encode(t, c), value, n)
			checkProjected(t, b, c)
		}
	})
}

// checkProjected writes the row as a rule may: structs in a struct, headers, a
// partition, a row before that goes, and all of it in JSON.
func checkProjected(t *testing.T, b *builder, c Config) {
	t.Helper()
	s := b.schema
	view := s.Project([]event.Column{{Name: "x" + s.Columns[0].Name, Fields: []event.Column{s.Columns[1], {Name: "in", Fields: s.Columns[2:]}}}, s.Columns[0]})
	view.Headers = append(append(view.Headers, s.Columns...), view.Columns[0])
	view.PartitionBy = s.Columns
	b.batch.Outs[0].View, b.batch.Outs[0].Target = view, &event.Target{Topic: "t", Shape: event.ShapeRow, Delete: event.DeleteBoth}
	c.Format.Header = FormatJSON
	f := b.encode(t, inSchema(c))
	for i := range f.Records {
		r := &f.Records[i]
		if !json.Valid(f.Key(i)) || f.Value(i) != nil && !json.Valid(f.Value(i)) || r.Partition >= 0 || int(r.HeadersEnd-r.HeadersAt) != len(view.Headers) {
			t.Fatalf("record %d isn't right: %q %q %+v", i, f.Key(i), f.Value(i), r)
		}
		for _, h := range f.Headers[r.HeadersAt:r.HeadersEnd] {
			if !json.Valid(f.Buf[h.At:h.End]) {
				t.Fatalf("header %q isn't JSON: %q", h.Key, f.Buf[h.At:h.End])
			}
		}
	}
	for _, header := range []string{headerSimple, headerString} {
		c.Format.Header = header
		b.encode(t, c)
	}
}

func checkJSON(t *testing.T, f *event.Frame, text []byte, n int64) {
	t.Helper()
	for i := range f.Records {
		if !json.Valid(f.Key(i)) || f.Value(i) != nil && !json.Valid(f.Value(i)) {
			t.Fatalf("record %d isn't JSON: %q %q", i, f.Key(i), f.Value(i))
		}
	}
	var env struct {
		Before struct {
			B []byte
			I int64
		}
	}
	mustUnmarshal(t, f.Value(0), &env)
	if string(env.Before.B) != string(text) || env.Before.I != n {
		t.Errorf("got %q and %d, want %q and %d", env.Before.B, env.Before.I, text, n)
	}
}
