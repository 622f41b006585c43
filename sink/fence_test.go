package sink

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"cdc/event"
)

// The refusal of version 1 is stuck in the queue of promises when version 2 is
// written: version 2 must not be sent, although nothing has told us yet.
func TestRefusalThatIsNotHeardYet(t *testing.T) {
	c := startCluster(t, kfake.NumBrokers(2), kfake.SeedTopics(2, "shop.t"))
	k := openSink(t, configFor(c))
	home := int32(partitionOf([]byte("a"), 2))
	elsewhere := "b"
	for int32(partitionOf([]byte(elsewhere), 2)) == home {
		elsewhere += "b"
	}
	for node, partition := range []int32{home, 1 - home} {
		if err := c.MoveTopicPartition("shop.t", partition, int32(node)); err != nil {
			t.Fatal(err)
		}
	}
	refused := c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Partitions: []int32{home}, Err: kerr.TopicAuthorizationFailed})
	arrived, stuck, release := make(chan struct{}), make(chan struct{}), make(chan struct{})
	var once sync.Once
	c.ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) {
		if c.CurrentNode() == 0 {
			once.Do(func() {
				close(arrived)
				c.SleepControl(func() { <-stuck })
			})
		}
		return nil, nil, false
	})
	write := func(key, value string, done func(*event.Frame, error)) {
		t.Helper()
		if err := k.Write(t.Context(), frameOf(&event.Target{Topic: "shop.t"}, rec{key: key, value: value}), done); err != nil {
			t.Fatal(err)
		}
	}

	var o outcomes
	write("a", "1", o.done)
	<-arrived // version 1 is at the broker, which waits
	write(elsewhere, "0", func(*event.Frame, error) {
		close(stuck)
		<-release // what done must never do
	})
	<-stuck
	if err := refused.Wait(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	sent := c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Partitions: []int32{home}, Observe: true, Count: -1})
	write("a", "2", o.done)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := sent.Wait(ctx, 1); err == nil {
		t.Error("version 2 was sent after version 1 was refused")
	}
	close(release)
	closeSink(t, k)
	if _, bad := o.counts(); len(bad) != 2 {
		t.Errorf("errors %v, want one for each version", bad)
	}
	if n := c.PartitionInfo("shop.t", home).HighWatermark; n != 0 {
		t.Errorf("partition holds %d records, want none", n)
	}
}
