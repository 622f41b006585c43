package sink

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"

	"cdc/event"
)

// writeVersions writes versions from..to of each key, one frame per version,
// spread over two topics.
func writeVersions(t *testing.T, k *Kafka, o *outcomes, targets []*event.Target, keys, from, to int) {
	t.Helper()
	for v := from; v < to; v++ {
		f := &event.Frame{}
		for key := range keys {
			appendRecord(f, targets[key%len(targets)], rec{key: fmt.Sprintf("k%d", key), value: fmt.Sprint(v)})
		}
		if err := k.Write(t.Context(), f, o.done); err != nil {
			t.Fatalf("Write: %v", err)
		}
	}
}

// checkVersions fails unless each key has the versions 0..n-1 in order, once,
// all in the partition where the Java client would put them.
func checkVersions(t *testing.T, records []*kgo.Record, partitions, n int) {
	t.Helper()
	next := map[string]int{}
	for _, r := range records {
		key := string(r.Key)
		if got := string(r.Value); got != fmt.Sprint(next[key]) {
			t.Fatalf("key %s: got version %s, want %d", key, got, next[key])
		}
		next[key]++
		if want := int32(partitionOf(r.Key, partitions)); r.Partition != want {
			t.Fatalf("key %s: in partition %d, want %d", key, r.Partition, want)
		}
	}
	for key, got := range next {
		if got != n {
			t.Fatalf("key %s: got %d versions, want %d", key, got, n)
		}
	}
}

func TestOrderPerKey(t *testing.T) {
	for _, codec := range []string{"none", "gzip", "snappy", "lz4", "zstd"} {
		t.Run(codec, func(t *testing.T) {
			c := startCluster(t, kfake.NumBrokers(3))
			config := configFor(c)
			config.Compression = codec
			config.Topics.Partitions = 6
			k := openSink(t, config)
			a, b := &event.Target{Topic: "shop.a"}, &event.Target{Topic: "shop.b"}
			var o outcomes
			writeVersions(t, k, &o, []*event.Target{a, b}, 40, 0, 50)
			mustFlush(t, k)
			if ok, bad := o.counts(); ok != 50 || len(bad) != 0 {
				t.Fatalf("got %d frames done and errors %v, want 50", ok, bad)
			}
			for _, topic := range []string{"shop.a", "shop.b"} {
				checkVersions(t, readAll(t, config.Brokers, topic, 1000), 6, 50)
				if got := ends(c, topic); got != 1000 {
					t.Errorf("%s holds %d records, want 1000", topic, got)
				}
			}
		})
	}
}

func TestRecordParts(t *testing.T) {
	c := startCluster(t)
	k, err := New(configFor(c), []event.Header{{Key: "origin", Value: []byte("cdc")}}, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	defer closeSink(t, k)
	target := &event.Target{Topic: "shop.t"}
	var o outcomes
	// Two rounds, so that the second uses the first one's slab.
	for range 2 {
		f := frameOf(target, rec{key: "1", value: "a"}, rec{key: "1", value: null, keyHeader: "2"}, rec{key: "1", value: ""})
		if err := k.Write(t.Context(), f, o.done); err != nil {
			t.Fatal(err)
		}
		mustFlush(t, k)
	}
	type parts struct {
		key, value string
		tombstone  bool
		headers    string
	}
	var got []parts
	for _, r := range readAll(t, c.ListenAddrs(), "shop.t", 6) {
		p := parts{key: string(r.Key), value: string(r.Value), tombstone: r.Value == nil}
		for _, h := range r.Headers {
			p.headers += h.Key + "=" + string(h.Value) + ";"
		}
		got = append(got, p)
	}
	round := []parts{
		{"1", "a", false, "origin=cdc;"},
		{"1", "", true, "__debezium.newkey=2;origin=cdc;"},
		{"1", "", false, "origin=cdc;"},
	}
	if diff := cmp.Diff(append(round, round...), got, cmp.AllowUnexported(parts{})); diff != "" {
		t.Errorf("records differ (-want +got):\n%s", diff)
	}
}

func TestEmptyFrame(t *testing.T) {
	k := openSink(t, configFor(startCluster(t)))
	var o outcomes
	if err := k.Write(t.Context(), &event.Frame{}, o.done); err != nil {
		t.Fatal(err)
	}
	if ok, _ := o.counts(); ok != 1 {
		t.Errorf("done was called %d times, want 1", ok)
	}
}

func TestLimitIsExact(t *testing.T) {
	c := startCluster(t)
	config := configFor(c)
	config.Compression = "none"
	config.Topics.MaxMessageBytes = 20_000
	k := openSink(t, config)
	limit, err := k.Limit("shop.t")
	if err != nil {
		t.Fatal(err)
	}
	if limit < 19_500 || limit >= 20_000 {
		t.Errorf("limit is %d, want a little less than 20000", limit)
	}
	target := &event.Target{Topic: "shop.t"}
	var o outcomes
	full := rec{key: "k", value: strings.Repeat("v", limit-1-1000), keyHeader: strings.Repeat("h", 1000)}
	if err := k.Write(t.Context(), frameOf(target, full), o.done); err != nil {
		t.Fatal(err)
	}
	mustFlush(t, k)
	if ok, bad := o.counts(); ok != 1 {
		t.Fatalf("a record of exactly the limit: %v", bad)
	}
	over := rec{key: "k", value: strings.Repeat("v", limit)}
	err = k.Write(t.Context(), frameOf(target, rec{key: "k", value: "before"}, over, rec{key: "k", value: "after"}), o.done)
	if !errors.Is(err, event.ErrUnsupported) || !strings.Contains(err.Error(), `"shop.t"`) || !strings.Contains(err.Error(), "max.message.bytes") {
		t.Errorf("a record over the limit: got %v", err)
	}
	if got := ends(c, "shop.t"); got != 1 {
		t.Errorf("topic holds %d records, want 1: nothing of the refused frame", got)
	}
	if err := k.Write(t.Context(), frameOf(target, rec{key: "k", value: "later"}), o.done); err == nil {
		t.Error("a later Write was taken")
	}
}

// A topic whose limit was lowered behind our back: the broker refuses.
func TestBrokerRefusesSize(t *testing.T) {
	c := startCluster(t)
	k := openSink(t, configFor(c))
	if _, err := k.Limit("shop.t"); err != nil {
		t.Fatal(err)
	}
	c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Err: kerr.MessageTooLarge})
	checkRefused(t, k, "shop.t", event.ErrUnsupported, "max.message.bytes")
}

// checkRefused writes to the topic until the sink fails, and looks at the error.
func checkRefused(t *testing.T, k *Kafka, topic string, want error, words ...string) {
	t.Helper()
	var o outcomes
	err := k.Write(t.Context(), frameOf(&event.Target{Topic: topic}, rec{key: "k", value: "v"}), o.done)
	if err == nil {
		ctx, cancel := context.WithTimeout(t.Context(), deadline)
		defer cancel()
		err = k.Flush(ctx)
		if _, bad := o.counts(); len(bad) != 1 || !errors.Is(err, bad[0]) {
			t.Errorf("done got %v, Flush %v", bad, err)
		}
	}
	if err == nil || want != nil && !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
	for _, w := range append(words, topic) {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q doesn't name %q", err, w)
		}
	}
	if err := k.Write(t.Context(), frameOf(&event.Target{Topic: topic}, rec{key: "k", value: "v"}), o.done); err == nil {
		t.Error("a later Write was taken")
	}
}

func TestNullKeys(t *testing.T) {
	c := startCluster(t)
	config := configFor(c)
	config.Topics.Partitions = 4
	k := openSink(t, config)
	target := &event.Target{Topic: "shop.t"}
	var o outcomes
	const n = 400
	for range n {
		if err := k.Write(t.Context(), frameOf(target, rec{key: null, value: strings.Repeat("x", 4<<10)}), o.done); err != nil {
			t.Fatal(err)
		}
	}
	mustFlush(t, k)
	seen := map[int32]int{}
	for _, r := range readAll(t, config.Brokers, "shop.t", n) {
		if r.Key != nil {
			t.Fatalf("key is %q, want null", r.Key)
		}
		seen[r.Partition]++
	}
	if len(seen) < 3 {
		t.Errorf("records without a key went to partitions %v, want them spread", seen)
	}
}

func TestStats(t *testing.T) {
	c := startCluster(t)
	k := openSink(t, configFor(c))
	var o outcomes
	writeVersions(t, k, &o, []*event.Target{{Topic: "shop.t"}}, 10, 0, 5)
	mustFlush(t, k)
	// The client tells of a batch beside the promises of its records.
	for end := time.Now().Add(deadline); k.Stats().Batches == 0 && time.Now().Before(end); {
		runtime.Gosched()
	}
	got := k.Stats()
	if got.Records != 50 || got.Bytes == 0 || got.Batches == 0 || got.SentBytes == 0 || got.InFlight != 0 || got.Failed != 0 || !got.Reachable {
		t.Errorf("stats are %+v", got)
	}
	if err := k.Ping(t.Context()); err != nil {
		t.Errorf("Ping: %v", err)
	}
}

func TestNewRefusesBadConfig(t *testing.T) {
	if _, err := New(Default(), nil, zap.NewNop()); err == nil || !strings.HasPrefix(err.Error(), "brokers:") {
		t.Errorf("New without brokers: %v", err)
	}
}
