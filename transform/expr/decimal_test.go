package expr

import (
	"strings"
	"testing"

	"cdc/event"
)

func TestDecimalsCompareExactly(t *testing.T) {
	// In order; = marks what equals its predecessor.
	list := []string{
		"-Infinity", "-12345678901234567890.10", "-1", "-0.5", "=-0.50", "0", "=0.000", "=-0", "0.1", "0.10000000000000000001",
		"9007199254740993", "=9007199254740993.0", "12345678901234567890", "12345678901234567890.00000000000000000001", "Infinity", "NaN", "=NaN",
	}
	rank := 0
	var ranks []int
	var values []decimal
	for _, s := range list {
		text, equal := strings.CutPrefix(s, "=")
		if !equal {
			rank++
		}
		d, ok := parseDecimal(text)
		if !ok {
			t.Fatalf("%q isn't a decimal", text)
		}
		values, ranks = append(values, d), append(ranks, rank)
	}
	for i, a := range values {
		for j, b := range values {
			want := compareInts(int64(ranks[i]), int64(ranks[j]))
			if got := max(-1, min(1, a.cmp(b))); got != want {
				t.Errorf("%s against %s: got %d, want %d", list[i], list[j], got, want)
			}
			if got := max(-1, min(1, compareDecimal(b)(nil, event.Decimal(a.unscaled, a.scale)))); a.big == nil && a.special == 0 && got != want {
				t.Errorf("%s against the constant %s: got %d, want %d", list[i], list[j], got, want)
			}
		}
	}
}

func TestNotDecimals(t *testing.T) {
	for _, s := range []string{"", "-", ".", "1e3", "1,5", "0x1", "+1", "--1", "1.2.3", "inf", " 1", strings.Repeat("1", maxDigits+1)} {
		if d, ok := parseDecimal(s); ok {
			t.Errorf("%q is %v", s, d)
		}
	}
}
