package sink

import (
	"encoding/binary"
	"math/rand/v2"

	"github.com/twmb/franz-go/pkg/kgo"
)

// partitioner chooses partitions as the Java client does: by murmur2 of the
// key, and for records without a key one partition after the other, each for a
// stretch of stickyBytes. A record whose Partition is firstPartition goes to
// partition 0.
type partitioner struct{}

// firstPartition is what a record says that goes to partition 0, since 0 is what
// every record says.
const firstPartition = -1

const stickyBytes = 64 << 10

// ForTopic implements kgo.Partitioner.
func (partitioner) ForTopic(string) kgo.TopicPartitioner { return &topicPartitioner{at: -1} }

// topicPartitioner holds the state of one topic. The client calls it with one
// record at a time.
type topicPartitioner struct {
	at   int // the partition that records without a key stick to; -1 before the first
	left int // bytes until the next one is chosen
}

// RequiresConsistency implements kgo.TopicPartitioner: a key's partition
// doesn't depend on which partitions can be written at the moment.
func (*topicPartitioner) RequiresConsistency(r *kgo.Record) bool {
	return r.Key != nil || r.Partition == firstPartition
}

// Partition implements kgo.TopicPartitioner.
func (p *topicPartitioner) Partition(r *kgo.Record, n int) int {
	if r.Partition == firstPartition {
		return 0
	}
	if r.Key != nil {
		return partitionOf(r.Key, n)
	}
	if p.left <= 0 || p.at >= n {
		p.at, p.left = other(p.at, n), stickyBytes
	}
	p.left -= len(r.Value)
	return p.at
}

// other returns a random partition of n that is not last, if there is one.
func other(last, n int) int {
	if n == 1 {
		return 0
	}
	if last < 0 || last >= n {
		return rand.IntN(n)
	}
	return (last + 1 + rand.IntN(n-1)) % n
}

// partitionOf is where the Java client puts a record with this key.
func partitionOf(key []byte, n int) int { return int(murmur2(key)&0x7fffffff) % n }

// murmur2 is the 32-bit MurmurHash2 with the seed that Kafka's clients use.
func murmur2(b []byte) uint32 {
	const m = 0x5bd1e995
	h := 0x9747b28c ^ uint32(len(b))
	for ; len(b) >= 4; b = b[4:] {
		k := binary.LittleEndian.Uint32(b) * m
		k = (k ^ k>>24) * m
		h = h*m ^ k
	}
	switch len(b) {
	case 3:
		h ^= uint32(b[2]) << 16
		fallthrough
	case 2:
		h ^= uint32(b[1]) << 8
		fallthrough
	case 1:
		h = (h ^ uint32(b[0])) * m
	}
	h = (h ^ h>>13) * m
	return h ^ h>>15
}
