package encode

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"cdc/event"
)

// javaTable is a hash map as Java's: buckets in a table that doubles, in each
// the entries as they came.
type javaTable struct {
	buckets [][]int
	size    int
}

func (m *javaTable) put(key int, hash func(int) uint32) {
	at := hash(key) & uint32(len(m.buckets)-1)
	m.buckets[at] = append(m.buckets[at], key)
	if m.size++; m.size > len(m.buckets)*3/4 {
		old := m.buckets
		m.buckets = make([][]int, 2*len(old))
		for _, bucket := range old {
			for _, key := range bucket {
				at := hash(key) & uint32(len(m.buckets)-1)
				m.buckets[at] = append(m.buckets[at], key)
			}
		}
	}
}

func (m *javaTable) order() (keys []int) {
	for _, bucket := range m.buckets {
		keys = append(keys, bucket...)
	}
	return keys
}

// TestJavaOrder compares the order of pairs with that of a table that grows.
func TestJavaOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 200 {
		var b event.Batch
		var elements []event.Value
		var keys []string
		for i := range n {
			key := fmt.Sprintf("%x-%d-ä😀", random.Uint32N(1<<20), i)
			keys = append(keys, key)
			elements = append(elements, b.Put(event.KindString, []byte(key)), event.Null)
		}
		l := event.List(b.Bytes(b.PutList(0, elements)))
		m := &javaTable{buckets: make([][]int, smallestTable)}
		for i := range n {
			m.put(i, func(k int) uint32 { return javaHash([]byte(keys[k])) })
		}
		var want, got []string
		for _, k := range m.order() {
			want = append(want, keys[k])
		}
		err := eachPair(l, func(key, _ []byte, null bool) {
			got = append(got, string(key))
			if !null {
				t.Error("a null isn't one")
			}
		})
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%d pairs: got %q, want %q, error %v", n, got, want, err)
		}
	}
}

// The hashes of Java's documentation.
func TestJavaHash(t *testing.T) {
	for text, want := range map[string]uint32{"": 0, "a": 97, "hello": 99162322 ^ 99162322>>16, "😀": 0xd83d*31 + 0xde00 ^ (0xd83d*31+0xde00)>>16} {
		if got := javaHash([]byte(text)); got != want {
			t.Errorf("%s: got %d, want %d", text, got, want)
		}
	}
}

// Lists that no source makes are refused.
func TestOddLists(t *testing.T) {
	hstore, point := meaning(event.KindList, event.LogicalHstore), meaning(event.KindList, event.LogicalPoint)
	for name, tt := range map[string]struct {
		typ   event.Type
		value func(*builder) event.Value
	}{
		"half a pair":     {hstore, list(text(event.KindString, "k"))},
		"a numeric key":   {hstore, ints(1, 2)},
		"half a point":    {point, ints(1)},
		"half a geometry": {meaning(event.KindList, event.LogicalGeometry), ints(1)},
		"half a vector":   {meaning(event.KindList, event.LogicalSparseVector), ints(1, 2)},
		"half a interval": {meaning(event.KindList, event.LogicalInterval), ints(1, 2)},
		"text for a list": {hstore, text(event.KindString, "k")},
	} {
		if got, err := printed(t, pgConf, tt.typ, tt.value); err == nil {
			t.Errorf("%s: got %s", name, got)
		}
	}
}
