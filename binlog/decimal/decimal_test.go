package decimal

import (
	"encoding/hex"
	"strconv"
	"strings"
	"testing"

	"cdc/event"
)

func TestAppend(t *testing.T) {
	for _, tt := range []struct {
		precision, scale int
		in, want         string // empty for bytes that are no number
	}{
		{14, 4, "810dfb38d204d2", "1234567890.1234"},
		{14, 4, "7ef204c72dfb2d", "-1234567890.1234"},
		{5, 2, "800c22", "12.34"},
		{5, 2, "800005", "0.05"},
		{5, 2, "7ffffa", "-0.05"},
		{5, 2, "7fffff", "0.00"}, // no negative zero
		{3, 0, "8007", "7"},
		{2, 2, "8a", "0.10"},
		{20, 0, "8c149aa4350dfb38d2", "12345678901234567890"},
		{9, 0, "ffffffff", ""},
	} {
		p, err := hex.DecodeString(tt.in)
		if err != nil {
			t.Fatal(err)
		}
		l := New(tt.precision, tt.scale, new(Room))
		if len(p) != l.Size {
			t.Errorf("decimal(%d,%d) of %d bytes, laid out in %d", tt.precision, tt.scale, len(p), l.Size)
			continue
		}
		if got, ok := l.Append(nil, p); ok != (tt.want != "") || ok && string(got) != tt.want {
			t.Errorf("decimal(%d,%d) %s: got %q, %v, want %q", tt.precision, tt.scale, tt.in, got, ok, tt.want)
		}
	}
}

// FuzzValue: any bytes are a number or none, the same one in both forms.
func FuzzValue(f *testing.F) {
	f.Add([]byte{0x81, 0x0d, 0xfb, 0x38, 0xd2, 0x04, 0xd2}, uint8(14), uint8(4))
	f.Add([]byte{0x7f, 0xff, 0xfa}, uint8(5), uint8(2))
	f.Add([]byte(strings.Repeat("\x80", 30)), uint8(65), uint8(30))
	f.Fuzz(func(t *testing.T, p []byte, precision, scale uint8) {
		digits := 1 + int(precision)%MaxPrecision
		l := New(digits, int(scale)%(digits+1), new(Room))
		if len(p) < l.Size {
			return
		}
		p = p[:l.Size]
		text, ok := l.Append([]byte("before"), p)
		b := event.Batch{Arena: []byte("before")}
		v, good := l.Value(&b, p)
		if ok != good {
			t.Fatalf("%x is a number in one form only", p)
		}
		if !ok {
			return
		}
		want := strings.TrimPrefix(string(text), "before")
		if digits > MaxSmall {
			if got := string(v.Bytes(b.Arena)); got != want {
				t.Fatalf("%x: %q, %q", p, got, want)
			}
			return
		}
		n, err := strconv.ParseInt(strings.Replace(want, ".", "", 1), 10, 64)
		if err != nil || v.Int() != n || v.Scale() != l.scale {
			t.Fatalf("%x: %d and %d, %q", p, v.Int(), v.Scale(), want)
		}
	})
}
