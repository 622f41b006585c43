package event

import "testing"

func TestHoldsOld(t *testing.T) {
	key := []Column{{Name: "id", Ord: 0}}
	tests := []struct {
		name        string
		old         OldRows
		columns     []int
		first, last bool
	}{
		{"full", OldFull, nil, true, true},
		{"unknown", OldUnknown, nil, true, true},
		{"none", OldNone, nil, false, false},
		{"the record key", OldKey, nil, true, false},
		{"another index", OldKey, []int{1}, false, true},
		{"an index and no key", OldKey, []int{}, false, false},
	}
	for _, tt := range tests {
		s := &Schema{Width: 2, Key: key, Old: tt.old, OldColumns: tt.columns}
		if first, last := s.HoldsOld(0), s.HoldsOld(1); first != tt.first || last != tt.last {
			t.Errorf("%s: got %v, %v, want %v, %v", tt.name, first, last, tt.first, tt.last)
		}
	}
}
