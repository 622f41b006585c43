package pgwal

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"

	"cdc/event"
)

const (
	errPoint    textError = "the text is not a point"
	errGeometry textError = "the text is not a geometry in hexadecimal EWKB"
)

// javaNaN is the pattern of a NaN in Debezium's WKB.
const javaNaN = 0x7ff8000000000000

// pointCell reads (x,y) and gives x, y, the same as WKB, and no reference system.
func pointCell(b *event.Batch, raw []byte) (event.Value, error) {
	if len(raw) < 5 || raw[0] != '(' || raw[len(raw)-1] != ')' {
		return event.Value{}, errPoint
	}
	left, right, _ := bytes.Cut(raw[1:len(raw)-1], []byte{','})
	x, ok1 := parseFloat(left, 64)
	y, ok2 := parseFloat(right, 64)
	if !ok1 || !ok2 {
		return event.Value{}, errPoint
	}
	at := len(b.Arena)
	b.Arena = append(b.Arena, 1, 1, 0, 0, 0) // little-endian, a point
	b.Arena = binary.LittleEndian.AppendUint64(b.Arena, floatBits(x))
	b.Arena = binary.LittleEndian.AppendUint64(b.Arena, floatBits(y))
	parts := [...]event.Value{
		event.Float64(x), event.Float64(y), event.Text(event.KindBytes, at, len(b.Arena)-at), event.Null,
	}
	return b.PutList(at, parts[:]), nil
}

func floatBits(f float64) uint64 {
	if math.IsNaN(f) {
		return javaNaN
	}
	return math.Float64bits(f)
}

// What EWKB adds to WKB, in the type of the outermost geometry.
const (
	ewkbHead = 1 + 4 // byte order, type
	ewkbSRID = 0x20000000
)

// geometryCell reads what PostGIS prints, keeps the EWKB as it is, and names the
// reference system that it tells.
func geometryCell(b *event.Batch, raw []byte) (event.Value, error) {
	size := len(raw) / 2
	if len(raw)%2 != 0 || size < ewkbHead {
		return event.Value{}, errGeometry
	}
	at := len(b.Arena)
	arena := slices.Grow(b.Arena, size)[:at+size]
	if _, err := hex.Decode(arena[at:], raw); err != nil {
		return event.Value{}, errGeometry
	}
	srid, ok := sridOf(arena[at:])
	if !ok {
		return event.Value{}, errGeometry
	}
	b.Arena = arena
	parts := [...]event.Value{event.Text(event.KindBytes, at, size), srid}
	return b.PutList(at, parts[:]), nil
}

func sridOf(ewkb []byte) (srid event.Value, ok bool) {
	var order binary.ByteOrder = binary.LittleEndian
	switch ewkb[0] {
	case 0:
		order = binary.BigEndian
	case 1:
	default:
		return event.Null, false
	}
	if order.Uint32(ewkb[1:])&ewkbSRID == 0 {
		return event.Null, true
	}
	if len(ewkb) < ewkbHead+4 {
		return event.Null, false
	}
	return event.Int(int64(int32(order.Uint32(ewkb[ewkbHead:])))), true
}
