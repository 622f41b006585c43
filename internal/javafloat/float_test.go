package javafloat

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

// What Double.toString and Float.toString print.
func TestAppend(t *testing.T) {
	for _, c := range []struct {
		f    float64
		bits int
		want string
	}{
		{0, 64, "0.0"},
		{math.Copysign(0, -1), 64, "-0.0"},
		{0.1, 64, "0.1"},
		{5, 64, "5.0"},
		{-1e10, 64, "-1.0E10"},
		{1.5e-7, 64, "1.5E-7"},
		{0.001, 64, "0.001"},
		{0.0009, 64, "9.0E-4"},
		{9999999, 64, "9999999.0"},
		{1e7, 64, "1.0E7"},
		{123456789, 64, "1.23456789E8"},
		{math.MaxFloat64, 64, "1.7976931348623157E308"},
		{5e-324, 64, "4.9E-324"},
		{float64(float32(0.1)), 32, "0.1"},
		{float64(float32(3.4028235e38)), 32, "3.4028235E38"},
		{math.NaN(), 64, "NaN"},
		{math.Inf(1), 64, "Infinity"},
		{math.Inf(-1), 32, "-Infinity"},
	} {
		if got := string(Append(nil, c.f, c.bits)); got != c.want {
			t.Errorf("%v: got %s, want %s", c.f, got, c.want)
		}
	}
}

func FuzzFloat(f *testing.F) {
	for _, n := range []float64{0, 1, -1.5, 1e-3, 1e7, 5e-324, math.MaxFloat64, math.Inf(1), math.NaN(), 123456789} {
		f.Add(math.Float64bits(n))
	}
	f.Fuzz(func(t *testing.T, n uint64) {
		checkFloat(t, math.Float64frombits(n), 64)
		checkFloat(t, float64(math.Float32frombits(uint32(n))), 32)
	})
}

func checkFloat(t *testing.T, f float64, bits int) {
	t.Helper()
	out := string(Append(nil, f, bits))
	got, err := strconv.ParseFloat(out, bits)
	if err != nil || got != f && !math.IsNaN(f) {
		t.Fatalf("%v (%d bits) as %s: %v", f, bits, out, err)
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return
	}
	mantissa, _, exponent := strings.Cut(strings.TrimPrefix(out, "-"), "E")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	size := math.Abs(f)
	if exponent != (size != 0 && (size < 1e-3 || size >= 1e7)) || fraction == "" || exponent && len(whole) != 1 {
		t.Errorf("%v (%d bits) as %s", f, bits, out)
	}
}
