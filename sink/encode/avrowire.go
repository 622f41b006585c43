package encode

import (
	"encoding/binary"
	"math"
	"math/bits"
	"unicode/utf8"

	"cdc/sink/encode/connect"
)

// The binary encoding of Avro, and the head that Confluent's readers expect.

// appendSchemaID appends what stands before the body of a record: a zero byte
// and the id of its schema.
func appendSchemaID(b []byte, id uint32) []byte {
	return binary.BigEndian.AppendUint32(append(b, 0), id)
}

// appendLong appends an int or a long: zig-zag, seven bits a byte, the lowest
// first.
func appendLong(b []byte, n int64) []byte {
	return binary.AppendUvarint(b, uint64(n)<<1^uint64(n>>63))
}

// longSize is the number of bytes that appendLong takes for a number that isn't
// negative.
func longSize(n int) int { return (bits.Len64(uint64(n)<<1|1) + 6) / 7 }

func appendAvroBool(b []byte, t bool) []byte {
	if t {
		return append(b, 1)
	}
	return append(b, 0)
}

func appendAvroFloat(b []byte, f float64) []byte {
	return binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(f)))
}

func appendAvroDouble(b []byte, f float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(f))
}

// appendAvroBytes appends bytes with their length.
func appendAvroBytes(b, p []byte) []byte {
	if len(p) < 64 { // the length takes one byte
		return append(append(b, byte(len(p))<<1), p...)
	}
	return append(appendLong(b, int64(len(p))), p...)
}

// appendAvroText appends a string with its length. Bytes that are not UTF-8
// become U+FFFD, and valid is false.
func appendAvroText(b, s []byte) (text []byte, valid bool) {
	if utf8.Valid(s) {
		return appendAvroBytes(b, s), true
	}
	at := len(b)
	return closeAvro(connect.AppendUTF8(append(b, 0), s), at), false
}

// closeAvro puts the length of b[at+1:] before it. For a short text one byte
// was left out; a longer one is moved.
func closeAvro(b []byte, at int) []byte {
	size := len(b) - at - 1
	if more := longSize(size) - 1; more > 0 {
		b = append(b, make([]byte, more)...)
		copy(b[at+1+more:], b[at+1:at+1+size])
	}
	appendLong(b[:at], int64(size))
	return b
}

// mendTail puts U+FFFD in the place of what isn't UTF-8 in b[at:].
func mendTail(b []byte, at int) []byte {
	if utf8.Valid(b[at:]) {
		return b
	}
	end := len(b)
	b = connect.AppendUTF8(b, b[at:end])
	return b[:at+copy(b[at:], b[end:])]
}
