package sink

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"cdc/event"
)

var kinds = []kmsg.Key{kmsg.ApiVersions, kmsg.Metadata, kmsg.CreateTopics, kmsg.DescribeConfigs, kmsg.InitProducerID, kmsg.Produce}

// Each kind of request has its connection cut once: before the broker acts, and
// for produce also after.
func TestConnectionCut(t *testing.T) {
	for _, key := range kinds {
		t.Run(key.Name(), func(t *testing.T) {
			c := startCluster(t)
			cut := make(chan struct{})
			c.ControlKey(int16(key), func(kmsg.Request) (kmsg.Response, error, bool) {
				close(cut)
				return nil, errors.New("cut"), true
			})
			k := openSink(t, configFor(c))
			var o outcomes
			writeVersions(t, k, &o, []*event.Target{{Topic: "shop.t"}}, 20, 0, 30)
			mustFlush(t, k)
			select {
			case <-cut:
			default:
				t.Fatal("the request was never sent")
			}
			checkVersions(t, readAll(t, c.ListenAddrs(), "shop.t", 600), 3, 30)
			if got := ends(c, "shop.t"); got != 600 {
				t.Errorf("topic holds %d records, want 600", got)
			}
		})
	}
}

// Each kind of request is refused once with an error that passes.
func TestRefusedOnce(t *testing.T) {
	tests := []struct {
		key kmsg.Key
		err *kerr.Error
	}{
		{kmsg.Metadata, kerr.LeaderNotAvailable},
		{kmsg.CreateTopics, kerr.NotController},
		{kmsg.CreateTopics, kerr.RequestTimedOut},
		{kmsg.DescribeConfigs, kerr.RequestTimedOut},
		{kmsg.InitProducerID, kerr.CoordinatorLoadInProgress},
		{kmsg.Produce, kerr.NotLeaderForPartition},
		{kmsg.Produce, kerr.NotEnoughReplicas},
		{kmsg.Produce, kerr.NotEnoughReplicasAfterAppend},
		{kmsg.Produce, kerr.RequestTimedOut},
		{kmsg.Produce, kerr.UnknownTopicOrPartition},
	}
	for _, tt := range tests {
		t.Run(tt.key.Name()+" "+tt.err.Message, func(t *testing.T) {
			c := startCluster(t)
			fault := c.Fault(
				kfake.Fault{Keys: []kmsg.Key{tt.key}, Err: tt.err},
				kfake.Fault{Keys: []kmsg.Key{tt.key}, Err: tt.err, TopLevel: true},
			)
			k := openSink(t, configFor(c))
			var o outcomes
			writeVersions(t, k, &o, []*event.Target{{Topic: "shop.t"}}, 20, 0, 30)
			mustFlush(t, k)
			if fault.Hits() == 0 {
				t.Fatal("the fault was never met")
			}
			checkVersions(t, readAll(t, c.ListenAddrs(), "shop.t", 600), 3, 30)
			if got := ends(c, "shop.t"); got != 600 {
				t.Errorf("topic holds %d records, want 600", got)
			}
		})
	}
}

// What doesn't pass ends the sink with an error that names topic, cause and mend.
func TestRefusedForGood(t *testing.T) {
	tests := []struct {
		key   kmsg.Key
		err   *kerr.Error
		want  error
		words []string
	}{
		{kmsg.Metadata, kerr.TopicAuthorizationFailed, event.ErrConfig, []string{"kafka-acls"}},
		{kmsg.CreateTopics, kerr.TopicAuthorizationFailed, event.ErrConfig, []string{"create", "kafka-acls"}},
		{kmsg.CreateTopics, kerr.InvalidReplicationFactor, event.ErrConfig, []string{"topics.replication"}},
		{kmsg.CreateTopics, kerr.PolicyViolation, event.ErrConfig, []string{"by hand"}},
		{kmsg.Produce, kerr.TopicAuthorizationFailed, event.ErrConfig, []string{"kafka-acls"}},
		{kmsg.Produce, kerr.ClusterAuthorizationFailed, event.ErrConfig, []string{"IdempotentWrite"}},
		{kmsg.Produce, kerr.InvalidRecord, event.ErrConfig, []string{"cleanup.policy"}},
		{kmsg.Produce, kerr.UnknownTopicOrPartition, nil, []string{"deleted"}},
		{kmsg.Produce, kerr.OutOfOrderSequenceNumber, nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.key.Name()+" "+tt.err.Message, func(t *testing.T) {
			c := startCluster(t)
			c.Fault(kfake.Fault{Keys: []kmsg.Key{tt.key}, Err: tt.err, Count: -1})
			k := openSink(t, configFor(c))
			checkRefused(t, k, "shop.t", tt.want, tt.words...)
		})
	}
}

// A broker that starts is fenced for a moment, and refuses what it would take
// later.
func TestFencedBrokers(t *testing.T) {
	c := startCluster(t)
	var refused atomic.Int32
	c.ControlKey(int16(kmsg.CreateTopics), func(req kmsg.Request) (kmsg.Response, error, bool) {
		if refused.Add(1) > 2 {
			return nil, nil, false
		}
		c.KeepControl()
		resp := req.ResponseKind().(*kmsg.CreateTopicsResponse)
		one := kmsg.NewCreateTopicsResponseTopic()
		one.Topic, one.ErrorCode = "shop.t", kerr.InvalidReplicationFactor.Code
		one.ErrorMessage = new("Unable to replicate the partition 1 time(s): All brokers are currently fenced.")
		resp.Topics = append(resp.Topics, one)
		return resp, nil, true
	})
	k := openSink(t, configFor(c))
	if _, err := k.Limit("shop.t"); err != nil || refused.Load() < 3 {
		t.Errorf("got %v after %d tries", err, refused.Load())
	}
}

func TestDescribeConfigsNotGranted(t *testing.T) {
	c := startCluster(t)
	c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.DescribeConfigs}, Err: kerr.TopicAuthorizationFailed, Count: -1})
	k := openSink(t, configFor(c))
	limit, err := k.Limit("shop.t")
	if err != nil || limit < 1_000_000 {
		t.Errorf("got limit %d, error %v; want Kafka's default", limit, err)
	}
}

// After a record is refused for good, no later version of its key may stand in
// the topic, although the broker would take it.
func TestNothingOvertakesAFailure(t *testing.T) {
	for round := range 20 {
		c := startCluster(t)
		config := configFor(c)
		config.Topics.Partitions = 2
		k := openSink(t, config)
		if _, err := k.Limit("shop.t"); err != nil {
			t.Fatal(err)
		}
		home := int32(partitionOf([]byte("k0"), 2))
		skip := round % 5 // how many requests pass first
		fault := c.Fault(kfake.Fault{
			Keys: []kmsg.Key{kmsg.Produce}, Partitions: []int32{home}, Err: kerr.TopicAuthorizationFailed,
			When: func(kmsg.Request) bool { skip--; return skip < 0 },
		})
		var o outcomes
		var err error
		written := 0
		for err == nil {
			f := &event.Frame{}
			for key := range 4 {
				appendRecord(f, &event.Target{Topic: "shop.t"}, rec{key: fmt.Sprintf("k%d", key), value: fmt.Sprint(written)})
			}
			if err = k.Write(t.Context(), f, o.done); err == nil {
				written++
			}
		}
		closeSink(t, k)
		ok, bad := o.counts()
		if fault.Hits() != 1 || ok+len(bad) != written {
			t.Fatalf("round %d: %d hits, %d frames done, %d failed, %d written", round, fault.Hits(), ok, len(bad), written)
		}
		if n := ends(c, "shop.t"); n > 0 {
			checkPrefix(t, readAll(t, c.ListenAddrs(), "shop.t", n), home)
		}
		c.Close()
	}
}

// checkPrefix fails unless the versions of each key in the partition are
// 0, 1, 2 and so on.
func checkPrefix(t *testing.T, records []*kgo.Record, partition int32) {
	t.Helper()
	next := map[string]int{}
	for _, r := range records {
		if r.Partition != partition {
			continue
		}
		if key := string(r.Key); string(r.Value) != fmt.Sprint(next[key]) {
			t.Fatalf("key %s: version %s overtook version %d, which was refused", key, r.Value, next[key])
		}
		next[string(r.Key)]++
	}
}

func closeSink(t *testing.T, k *Kafka) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	if err := k.Close(ctx); err != nil {
		t.Fatalf("Close: %v", err)
	}
}

func TestTopicMissing(t *testing.T) {
	config := configFor(startCluster(t))
	config.Topics.Create = false
	checkRefused(t, openSink(t, config), "shop.t", event.ErrConfig, "does not exist", "topics.create")
}

func TestTopicSettings(t *testing.T) {
	c := startCluster(t)
	config := configFor(c)
	config.Topics.Partitions = 5
	config.Topics.Replication = 1
	config.Topics.Retention = "forever"
	config.Topics.MaxMessageBytes = 2 << 20
	config.Topics.Config = map[string]string{"cleanup.policy": "compact"}
	k := openSink(t, config)
	if _, err := k.Limit("shop.t"); err != nil {
		t.Fatal(err)
	}
	got := describe(t, k, "shop.t")
	want := map[string]string{"retention.ms": "-1", "max.message.bytes": "2097152", "cleanup.policy": "compact"}
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s is %q, want %q", key, got[key], value)
		}
	}
	if n := len(c.PartitionInfos("shop.t")); n != 5 {
		t.Errorf("%d partitions, want 5", n)
	}
}

func describe(t *testing.T, k *Kafka, topic string) map[string]string {
	t.Helper()
	all, err := k.admin.DescribeTopicConfigs(t.Context(), topic)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	if _, err := all.On(topic, func(r *kadm.ResourceConfig) error {
		for _, c := range r.Configs {
			got[c.Key] = c.MaybeValue()
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestExistingTopicIsLeftAlone(t *testing.T) {
	c := startCluster(t, kfake.SeedTopics(7, "shop.t"))
	config := configFor(c)
	config.Topics.Partitions = 2
	k := openSink(t, config)
	if _, err := k.Limit("shop.t"); err != nil {
		t.Fatal(err)
	}
	if n := len(c.PartitionInfos("shop.t")); n != 7 {
		t.Errorf("%d partitions, want the 7 that were there", n)
	}
}

func TestTopicDeletedWhileRunning(t *testing.T) {
	for _, again := range []bool{false, true} {
		t.Run(fmt.Sprintf("made again %v", again), func(t *testing.T) {
			c := startCluster(t)
			k := openSink(t, configFor(c))
			var o outcomes
			writeVersions(t, k, &o, []*event.Target{{Topic: "shop.t"}}, 5, 0, 5)
			mustFlush(t, k)
			if err := c.DeleteTopic("shop.t"); err != nil {
				t.Fatal(err)
			}
			if again {
				if err := c.CreateTopic("shop.t", 3, nil); err != nil {
					t.Fatal(err)
				}
			}
			checkRefused(t, k, "shop.t", nil, "deleted")
		})
	}
}

// The broker goes away in the middle and comes back: everything arrives once
// and in order, and memory stays within the budget meanwhile.
func TestBrokerDownAndBack(t *testing.T) {
	c := startCluster(t)
	config := configFor(c)
	config.BufferBytes = minBuffer
	var n network
	k := openSink(t, config, kgo.Dialer(n.dial))
	targets := []*event.Target{{Topic: "shop.t"}}
	var o outcomes
	writeVersions(t, k, &o, targets, 100, 0, 10)
	n.set(true)
	wrote := make(chan struct{})
	go func() {
		defer close(wrote)
		writeVersions(t, k, &o, targets, 100, 10, 100)
	}()
	waitUntil(t, "the budget is used up", func() bool { return k.Stats().InFlight > minBuffer*9/10 })
	if got := k.Stats(); got.InFlight > minBuffer {
		t.Errorf("%d bytes in flight, the budget is %d", got.InFlight, minBuffer)
	}
	waitUntil(t, "the broker is missed", func() bool { return !k.Stats().Reachable })
	n.set(false)
	<-wrote
	mustFlush(t, k)
	checkVersions(t, readAll(t, config.Brokers, "shop.t", 10_000), 3, 100)
	if got := ends(c, "shop.t"); got != 10_000 {
		t.Errorf("topic holds %d records, want 10000", got)
	}
}

// waitUntil polls a condition that background work brings about.
func waitUntil(t *testing.T, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	limit := time.After(deadline)
	for !is() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("after %v not yet: %s", deadline, what)
		}
	}
}

// Close ends a Write that waits for room, a Limit that waits for the broker,
// and every frame in flight.
func TestCloseWhileBlocked(t *testing.T) {
	c := startCluster(t)
	config := configFor(c)
	config.BufferBytes = minBuffer
	var n network
	k := openSink(t, config, kgo.Dialer(n.dial))
	if _, err := k.Limit("shop.t"); err != nil {
		t.Fatal(err)
	}
	n.set(true)
	var o outcomes
	var taken int
	writer, limiter := make(chan error, 1), make(chan error, 1)
	go func() {
		for {
			if err := k.Write(context.Background(), frameOf(&event.Target{Topic: "shop.t"}, rec{key: "k", value: strings.Repeat("v", 100<<10)}), o.done); err != nil {
				writer <- err
				return
			}
			taken++
		}
	}()
	go func() {
		_, err := k.Limit("shop.other")
		limiter <- err
	}()
	waitUntil(t, "the budget is used up", func() bool { return k.Stats().InFlight > minBuffer*8/10 })
	closeSink(t, k)
	for name, ch := range map[string]chan error{"Write": writer, "Limit": limiter} {
		if err := <-ch; !errors.Is(err, ErrClosed) {
			t.Errorf("%s returned %v, want ErrClosed", name, err)
		}
	}
	ok, bad := o.counts()
	if ok != 0 || len(bad) != taken || taken == 0 {
		t.Errorf("%d frames taken, %d delivered, %d failed", taken, ok, len(bad))
	}
	for _, err := range bad {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("done got %v, want ErrClosed", err)
		}
	}
}

// The end of Write's context ends the wait, and leaves what was taken alone.
func TestWriteContextEnds(t *testing.T) {
	c := startCluster(t)
	config := configFor(c)
	config.BufferBytes = minBuffer
	var n network
	k := openSink(t, config, kgo.Dialer(n.dial))
	if _, err := k.Limit("shop.t"); err != nil {
		t.Fatal(err)
	}
	n.set(true)
	target := &event.Target{Topic: "shop.t"}
	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped")
	var o outcomes
	if err := k.Write(ctx, frameOf(target, rec{key: "k", value: strings.Repeat("v", 900<<10)}), o.done); err != nil {
		t.Fatal(err)
	}
	blocked := make(chan error, 1)
	go func() {
		blocked <- k.Write(ctx, frameOf(target, rec{key: "k", value: strings.Repeat("w", 900<<10)}), o.done)
	}()
	cancel(stopped)
	if err := <-blocked; !errors.Is(err, stopped) {
		t.Errorf("Write returned %v, want %v", err, stopped)
	}
	n.set(false)
	mustFlush(t, k)
	if ok, bad := o.counts(); ok != 1 || len(bad) != 0 {
		t.Errorf("%d frames delivered, errors %v; want the first one only", ok, bad)
	}
}
