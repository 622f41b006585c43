package values

import (
	"testing"

	"cdc/event"
)

// TestParse: a constant is a value of the column's type, or refused.
func TestParse(t *testing.T) {
	decimal := event.Type{Kind: event.KindDecimal, Precision: 5, Scale: 2}
	for _, tt := range []struct {
		text string
		typ  event.Type
		want event.Value
		ok   bool
	}{
		{"0", event.Type{Kind: event.KindInt, Native: "int"}, event.Int(0), true},
		{"-7", event.Type{Kind: event.KindInt, Native: "smallint"}, event.Int(-7), true},
		{"40000", event.Type{Kind: event.KindInt, Native: "smallint"}, event.Null, false},
		{"x", event.Type{Kind: event.KindInt}, event.Null, false},
		{"7", event.Type{Kind: event.KindUint}, event.Uint(7), true},
		{"-7", event.Type{Kind: event.KindUint}, event.Null, false},
		{"true", event.Type{Kind: event.KindBool}, event.Bool(true), true},
		{"yes", event.Type{Kind: event.KindBool}, event.Null, false},
		{"1.5", event.Type{Kind: event.KindFloat32}, event.Float32(1.5), true},
		{"1.5", event.Type{Kind: event.KindFloat64}, event.Float64(1.5), true},
		{"7", decimal, event.Decimal(700, 2), true},
		{"-0.25", decimal, event.Decimal(-25, 2), true},
		{"0.255", decimal, event.Null, false},
		{"1000", decimal, event.Null, false},
		{"1e999999999", decimal, event.Null, false},
		{"123456789012345678901234567890", decimal, event.Null, false},
		{"0", event.Type{Kind: event.KindInstant}, event.Of(event.KindInstant, 0), true},
		{"1", event.Type{Kind: event.KindDate}, event.Null, false},
		{"0", event.Type{Kind: event.KindBytes}, event.Null, false},
	} {
		got, ok := Parse(tt.text, &tt.typ)
		if ok != tt.ok || ok && got != tt.want {
			t.Errorf("%q as %v: got %v, %t, want %v, %t", tt.text, tt.typ.Kind, got, ok, tt.want, tt.ok)
		}
	}
}
