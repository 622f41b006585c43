package event_test

import (
	"testing"

	"cdc/event"
)

func TestTablesMatch(t *testing.T) {
	tests := []struct {
		patterns     []string
		first, table string
		want         bool
	}{
		{[]string{"shop.*"}, "shop", "orders", true},
		{[]string{"shop.*"}, "shop2", "orders", false},
		{[]string{"shop.orders"}, "shop", "orders2", false},
		{[]string{"shop.*", "!shop.tmp_*"}, "shop", "tmp_1", false},
		{[]string{"shop.*", "!shop.tmp_*"}, "shop", "orders", true},
		{[]string{"!shop.tmp_*", "shop.*"}, "shop", "tmp_1", false},
		{[]string{"shop.order?"}, "shop", "orders", true},
		{[]string{"shop.[ab]"}, "shop", "b", true},
		{[]string{"shop.[ab]"}, "shop", "c", false},
		{[]string{"*.*"}, "größe", "naïve/table", true},
		{[]string{"shop.a.b"}, "shop", "a.b", true},
		{[]string{`sh\*p.t`}, "sh*p", "t", true},
		{[]string{`sh\*p.t`}, "ship", "t", false},
		{[]string{"shop*.t"}, "shop.x", "t", true},
	}
	for _, tt := range tests {
		list, err := event.ParseTables(tt.patterns)
		if err != nil {
			t.Fatalf("ParseTables(%q): %v", tt.patterns, err)
		}
		if got := list.Match(tt.first, tt.table); got != tt.want {
			t.Errorf("%q matches %s.%s: got %v, want %v", tt.patterns, tt.first, tt.table, got, tt.want)
		}
	}
}

func TestTablesRefused(t *testing.T) {
	for _, p := range []string{"orders", "shop.[", `shop.x\`, "!shop.x", "shop.[]"} {
		if _, err := event.ParseTables([]string{p}); err == nil {
			t.Errorf("ParseTables(%q): no error", p)
		}
	}
}
