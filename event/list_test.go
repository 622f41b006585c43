package event

import "testing"

func TestListOfLists(t *testing.T) {
	b := &Batch{Arena: []byte("before")}
	outer := len(b.Arena)
	inner := len(b.Arena)
	first := b.PutList(inner, []Value{b.Put(KindString, []byte("ab")), Int(7), Null})
	second := b.Put(KindString, []byte("cd"))
	v := b.PutList(outer, []Value{first, second})

	list := List(b.Bytes(v))
	if list.Len() != 2 || list.At(1).Kind() != KindString || string(list.At(1).Bytes(list)) != "cd" {
		t.Fatalf("outer list: %d elements, second %v", list.Len(), list.At(1))
	}
	nested := List(list.At(0).Bytes(list))
	if nested.Len() != 3 || string(nested.At(0).Bytes(nested)) != "ab" || nested.At(1).Int() != 7 || !nested.At(2).IsNull() {
		t.Errorf("inner list %v", nested)
	}
}

func TestEqualListsAtOtherPlaces(t *testing.T) {
	put := func(prefix, text string) (*Batch, Value) {
		b := &Batch{Arena: []byte(prefix)}
		at := len(b.Arena)
		return b, b.PutList(at, []Value{b.Put(KindString, []byte(text))})
	}
	a, v := put("", "x")
	b, w := put("moved", "x")
	c, u := put("", "y")
	if !v.Equal(a.Arena, w, b.Arena) {
		t.Error("the same list at another place differs")
	}
	if v.Equal(a.Arena, u, c.Arena) {
		t.Error("lists of other elements are equal")
	}
}
