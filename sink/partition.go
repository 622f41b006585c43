package sink

import (
	"math"
	"math/rand/v2"

	"github.com/twmb/franz-go/pkg/kgo"

	"cdc/event"
)

// partitioner chooses partitions as the Java client does: by murmur2 of the
// key, and for records without a key one partition after the other, each for a
// stretch of stickyBytes. A record whose Partition isn't 0 goes where that says,
// as [event.Record] has it.
type partitioner struct{}

// firstPartition is what a record says that goes to partition 0.
const firstPartition = 1

const stickyBytes = 64 << 10

// ForTopic implements kgo.Partitioner.
func (partitioner) ForTopic(string) kgo.TopicPartitioner { return &topicPartitioner{at: -1} }

// topicPartitioner holds the state of one topic. The client calls it with one
// record at a time.
type topicPartitioner struct {
	at   int // the partition that records without a key stick to; -1 before the first
	left int // bytes until the next one is chosen
}

// RequiresConsistency implements kgo.TopicPartitioner: the partition of a key, and
// one that was chosen, doesn't depend on which partitions can be written at the
// moment.
func (*topicPartitioner) RequiresConsistency(r *kgo.Record) bool {
	return r.Key != nil || r.Partition != 0
}

// Partition implements kgo.TopicPartitioner.
func (p *topicPartitioner) Partition(r *kgo.Record, n int) int {
	switch {
	case r.Partition > 0: // one that the topic has, see Kafka.check
		return int(r.Partition - 1)
	case r.Partition < 0:
		return int(^r.Partition) % n
	case r.Key != nil:
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
func partitionOf(key []byte, n int) int { return int(event.Murmur2(key)&math.MaxInt32) % n }
