package encode

import (
	"slices"
	"unicode/utf8"

	"cdc/event"
	"cdc/sink/encode/connect"
)

// Debezium puts the pairs of an hstore and of a sparse vector, and the tables of
// a transaction, into a Java HashMap and writes them in its order, which
// everybody who compares texts sees. That order is made here: by the bucket of the key in a table that is
// large enough, then as they came.

const (
	smallestTable = 16
	// stackPairs is how many pairs are put in order without an allocation.
	stackPairs = 64
)

// tableSize is the size of the table that n pairs end up in, when it began with
// size buckets: it doubles when it is more than three quarters full.
func tableSize(size, n int) int {
	for n > size*3/4 {
		size *= 2
	}
	return size
}

// javaHash is the hash of a text in UTF-16, as Java's String has it, with its
// upper half folded into the lower as its HashMap does.
func javaHash(text []byte) uint32 {
	h := uint32(0)
	for len(text) > 0 {
		r, n := rune(text[0]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRune(text)
		}
		if r > 0xffff {
			r -= 0x10000
			h = 31*h + 0xd800 + uint32(r>>10)
			r = 0xdc00 + r&0x3ff
		}
		h = 31*h + uint32(r)
		text = text[n:]
	}
	return h ^ h>>16
}

// javaOrder turns the hashes of keys into the numbers of the keys, in the order
// of a table of the given size.
func javaOrder(hashes []uint64, size int) {
	for i, h := range hashes {
		hashes[i] = h&uint64(size-1)<<32 | uint64(i)
	}
	slices.Sort(hashes)
	for i := range hashes {
		hashes[i] &= 1<<32 - 1
	}
}

// appendHstoreText appends an hstore as a JSON object, whose strings text
// appends.
func appendHstoreText(b []byte, l event.List, text func(b, s []byte) []byte) ([]byte, error) {
	b = append(b, '{')
	first := true
	err := eachPair(l, func(key, value []byte, null bool) {
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(text(b, key), ':')
		if null {
			b = append(b, "null"...)
		} else {
			b = text(b, value)
		}
	})
	return append(b, '}'), err
}

// eachPair calls pair for the pairs of an hstore in Java's order.
func eachPair(l event.List, pair func(key, value []byte, null bool)) error {
	n := l.Len() / 2
	if l.Len()%2 != 0 {
		return errKind
	}
	for i := range n {
		if k, v := l.At(2*i), l.At(2*i+1); k.Kind() != event.KindString || v.Kind() != event.KindString && !v.IsNull() {
			return errKind
		}
	}
	var room [stackPairs]uint64
	order := room[:]
	if n > stackPairs {
		order = make([]uint64, n)
	}
	order = order[:n]
	for i := range order {
		order[i] = uint64(javaHash(l.At(2 * i).Bytes(l)))
	}
	javaOrder(order, tableSize(smallestTable, n))
	for _, at := range order {
		key, value := l.At(2*int(at)), l.At(2*int(at)+1)
		if value.IsNull() {
			pair(key.Bytes(l), nil, true)
		} else {
			pair(key.Bytes(l), value.Bytes(l), false)
		}
	}
	return nil
}

// maxDimensions of a sparse vector fit in the int16 of its schema.
const maxDimensions = 1<<15 - 1

// eachSparse calls begin with the number of dimensions of a sparse vector and
// then entry for its entries in Java's order.
func eachSparse(l event.List, begin func(dimensions int64), entry func(index int64, value float64)) error {
	n := (l.Len() - 1) / 2
	if l.Len()%2 != 1 {
		return errKind
	}
	if d := l.At(0).Int(); d < 0 || d > maxDimensions {
		return errSparse
	}
	var room [stackPairs]uint64
	order := room[:]
	if n > stackPairs {
		order = make([]uint64, n)
	}
	order = order[:n]
	for i := range order {
		index := l.At(1 + 2*i).Int()
		if index < 0 || index > maxDimensions {
			return errSparse
		}
		order[i] = uint64(index) // small numbers are their own hash
	}
	javaOrder(order, tableSize(1, n))
	begin(l.At(0).Int())
	for _, at := range order {
		entry(l.At(1+2*int(at)).Int(), l.At(2+2*int(at)).Float())
	}
	return nil
}

// appendJackson appends a JSON string inside a text: the escapes of
// appendString, but characters beyond the basic plane as they are.
func appendJackson(b, s []byte) []byte {
	b = append(b, '"')
	for len(s) > 0 {
		i := 0
		for i < len(s) && s[i] >= ' ' && s[i] != '"' && s[i] != '\\' {
			i++
		}
		b = appendUTF8(b, s[:i])
		if i < len(s) {
			b = connect.AppendEscape(b, s[i])
			i++
		}
		s = s[i:]
	}
	return append(b, '"')
}
