package sink

import (
	"math/rand/v2"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
)

// The client's own partitioner, written by somebody else, is the second opinion.
func TestPartitionAgreesWithClient(t *testing.T) {
	theirs := kgo.StickyKeyPartitioner(nil).ForTopic("t")
	ours := partitioner{}.ForTopic("t")
	rng := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		key := make([]byte, rng.IntN(40))
		for i := range key {
			key[i] = byte(rng.Uint32())
		}
		r, n := &kgo.Record{Key: key}, 1+rng.IntN(100)
		if got, want := ours.Partition(r, n), theirs.Partition(r, n); got != want {
			t.Fatalf("key %x of %d partitions: got %d, want %d", key, n, got, want)
		}
		if !ours.RequiresConsistency(r) {
			t.Fatalf("key %x may go anywhere", key)
		}
	}
}

func TestPartitionWithoutKey(t *testing.T) {
	p := partitioner{}.ForTopic("t")
	r := &kgo.Record{Value: make([]byte, stickyBytes/4)}
	if p.RequiresConsistency(r) {
		t.Error("a record without a key must not depend on the partition")
	}
	last, run := -1, 0
	for range 400 {
		switch at := p.Partition(r, 5); {
		case at == last:
			run++
		case last >= 0 && run != 4:
			t.Fatalf("stayed for %d records, want 4", run)
		default:
			last, run = at, 1
		}
	}
	// Fewer partitions than the one it sticks to.
	for n := 5; n > 0; n-- {
		if at := p.Partition(r, n); at < 0 || at >= n {
			t.Fatalf("chose %d of %d", at, n)
		}
	}
}
