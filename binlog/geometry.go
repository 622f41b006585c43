package binlog

import (
	"encoding/binary"
	"math"

	"cdc/event"
)

// A geometry is the number of its spatial reference system in four bytes and
// then its well-known binary form, both little-endian, in the log as in the text
// protocol.

const (
	sridBytes  = 4
	wkbHead    = 5 // byte order and kind
	wkbPoint   = 1
	wkbPointAt = 16 // the size of its coordinates
	wkbKinds   = 7
)

func readGeometry(c *cell, b *event.Batch, p []byte) (event.Value, bool) {
	srid, wkb, ok := splitGeometry(p)
	if !ok {
		c.fault = faultGeometry
		return event.Value{}, false
	}
	at := len(b.Arena)
	parts := [2]event.Value{b.Put(event.KindBytes, wkb), srid}
	return b.PutList(at, parts[:]), true
}

// readPoint adds the coordinates, which stand in front.
func readPoint(c *cell, b *event.Batch, p []byte) (event.Value, bool) {
	srid, wkb, ok := splitGeometry(p)
	if !ok || binary.LittleEndian.Uint32(wkb[1:]) != wkbPoint || len(wkb) != wkbHead+wkbPointAt {
		c.fault = faultGeometry
		return event.Value{}, false
	}
	at := len(b.Arena)
	parts := [4]event.Value{littleFloat(wkb[wkbHead:]), littleFloat(wkb[wkbHead+8:]), b.Put(event.KindBytes, wkb), srid}
	return b.PutList(at, parts[:]), true
}

func littleFloat(p []byte) event.Value {
	return event.Float64(math.Float64frombits(binary.LittleEndian.Uint64(p)))
}

// splitGeometry takes the spatial reference system off; 0 is none.
func splitGeometry(p []byte) (srid event.Value, wkb []byte, ok bool) {
	if len(p) < sridBytes+wkbHead {
		return event.Null, nil, false
	}
	srid = event.Null
	if id := binary.LittleEndian.Uint32(p); id != 0 {
		srid = event.Int(int64(int32(id)))
	}
	wkb = p[sridBytes:]
	kind := binary.LittleEndian.Uint32(wkb[1:])
	return srid, wkb, wkb[0] == 1 && kind >= 1 && kind <= wkbKinds
}

// readVector reads single-precision numbers, one after the other.
func readVector(c *cell, b *event.Batch, p []byte) (event.Value, bool) {
	if len(p)%4 != 0 {
		return event.Value{}, false
	}
	c.parts = c.parts[:0]
	for ; len(p) > 0; p = p[4:] {
		c.parts = append(c.parts, event.Float32(math.Float32frombits(binary.LittleEndian.Uint32(p))))
	}
	return b.PutList(len(b.Arena), c.parts), true
}
