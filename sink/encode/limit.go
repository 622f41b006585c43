package encode

import (
	"math/bits"

	"cdc/event"
)

// The room that one record takes in a batch of its own. This is the sum that
// the Kafka client makes before it refuses a record: better here, where the
// row is known and nothing of it has been sent.
const (
	// batchOverhead is the header of a record batch with the length before it,
	// and of the record its attributes, the two deltas of a first record and
	// the number of its headers.
	batchOverhead = 65 + 1 + 1 + 1 + 1

	oldKeyName = "__debezium.oldkey"
	newKeyName = "__debezium.newkey"
)

// recordSize is the size of a record in a batch of its own, given the lengths
// of its key, value and key header.
func (e *JSON) recordSize(flags event.RecordFlags, key, value, head int) int {
	n := e.overhead + varintLen(key) + key + varintLen(value) + value
	if flags&(event.OldKeyHeader|event.NewKeyHeader) != 0 {
		n += varintLen(len(oldKeyName)) + len(oldKeyName) + varintLen(head) + head
	}
	return n + varintLen(n)
}

func headersSize(list []event.Header) int {
	n := 0
	for _, h := range list {
		n += varintLen(len(h.Key)) + len(h.Key) + varintLen(len(h.Value)) + len(h.Value)
	}
	return n
}

// varintLen is the length of n as a zigzag varint.
func varintLen(n int) int { return (bits.Len64(uint64(n)<<1|1) + 6) / 7 }
