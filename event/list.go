package event

import "encoding/binary"

// List is the content of a KindList value: an arena of its own, which holds the
// texts of its elements, then 16 bytes for each element, then their number. So
// a list is moved, copied and compared as bytes, and may hold lists.
type List []byte

const (
	elementBytes = 16
	countBytes   = 4
)

// Len returns the number of elements.
func (l List) Len() int { return int(binary.LittleEndian.Uint32(l[len(l)-countBytes:])) }

// At returns element i. The list is the arena of its text: v.Bytes(l).
func (l List) At(i int) Value {
	p := l[len(l)-countBytes-(l.Len()-i)*elementBytes:]
	return Value{
		num:  binary.LittleEndian.Uint64(p),
		size: binary.LittleEndian.Uint32(p[8:]),
		kind: Kind(p[12]),
	}
}

// PutList makes a list of the elements, whose texts (and lists) lie in the arena
// from offset at on, where nothing else was put: a caller notes len(b.Arena),
// puts the texts of the elements one after the other and then calls PutList.
func (b *Batch) PutList(at int, elements []Value) Value {
	b.Arena = AppendList(b.Arena, at, elements)
	return Text(KindList, at, len(b.Arena)-at)
}

// AppendList is PutList for another arena than that of a batch, for example of
// a Default; the list is arena[at:] of the result.
func AppendList(arena []byte, at int, elements []Value) []byte {
	for _, v := range elements {
		if v.HasText() {
			v.num -= uint64(at)
		}
		arena = binary.LittleEndian.AppendUint64(arena, v.num)
		arena = binary.LittleEndian.AppendUint32(arena, v.size)
		arena = append(arena, byte(v.kind), 0, 0, 0)
	}
	return binary.LittleEndian.AppendUint32(arena, uint32(len(elements)))
}
