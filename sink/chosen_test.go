package sink

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"cdc/event"
)

// withHeaders gives the last record of a frame headers of its own.
func withHeaders(f *event.Frame, headers ...event.Header) *event.Frame {
	r := &f.Records[len(f.Records)-1]
	r.HeadersAt = uint32(len(f.Headers))
	for _, h := range headers {
		at := uint32(len(f.Buf))
		f.Buf = append(f.Buf, h.Value...)
		f.Headers = append(f.Headers, event.RecordHeader{Key: h.Key, At: at, End: uint32(len(f.Buf)), Null: h.Value == nil})
	}
	r.HeadersEnd = uint32(len(f.Headers))
	return f
}

// TestHeadersTimeAndPartition is what a rule may choose for a record.
func TestHeadersTimeAndPartition(t *testing.T) {
	c := startCluster(t)
	k, err := New(configFor(c), []event.Header{{Key: "all", Value: []byte("1")}}, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	defer closeSink(t, k)
	target := &event.Target{Topic: "shop.t"}
	own := []event.Header{{Key: "id", Value: []byte("e1")}, {Key: "none"}, {Key: "empty", Value: []byte{}}}
	hash := int32(event.Murmur2([]byte("other")) & 0x7fffffff)
	var o outcomes
	for range 2 { // the second uses the first one's slab
		f := withHeaders(frameOf(target, rec{key: "k", value: "exact", keyHeader: "old"}), own...)
		f.Records[0].Partition, f.Records[0].Millis = 3, 1500000000123
		appendRecord(f, target, rec{key: null, value: "hash"})
		withHeaders(f, own[:1]...)
		f.Records[1].Partition = ^hash
		appendRecord(f, target, rec{key: "k", value: "key"})
		if err := k.Write(t.Context(), f, o.done); err != nil {
			t.Fatal(err)
		}
		mustFlush(t, k)
	}
	want := map[string]string{
		"exact": "partition 2, __debezium.newkey=old;all=1;id=e1;none=null;empty=;",
		"hash":  fmt.Sprintf("partition %d, all=1;id=e1;", partitionOf([]byte("other"), 3)),
		"key":   fmt.Sprintf("partition %d, all=1;", partitionOf([]byte("k"), 3)),
	}
	for _, r := range readAll(t, c.ListenAddrs(), "shop.t", 6) {
		got := fmt.Sprintf("partition %d, ", r.Partition)
		for _, h := range r.Headers {
			value := string(h.Value)
			if h.Value == nil {
				value = "null"
			}
			got += h.Key + "=" + value + ";"
		}
		if diff := cmp.Diff(want[string(r.Value)], got); diff != "" {
			t.Errorf("record %s (-want +got):\n%s", r.Value, diff)
		}
		if is := r.Timestamp.UnixMilli() == 1500000000123; is != (string(r.Value) == "exact") {
			t.Errorf("record %s has the time %v", r.Value, r.Timestamp)
		}
	}
}

// A partition that isn't there stops the sink before anything of the frame is
// sent, and says what there is.
func TestPartitionThatIsNotThere(t *testing.T) {
	c := startCluster(t)
	k := openSink(t, configFor(c))
	target := &event.Target{Topic: "shop.t"}
	f := frameOf(target, rec{key: "k", value: "a"}, rec{key: "k", value: "b"})
	f.Records[1].Partition = 8
	err := k.Write(t.Context(), f, new(outcomes).done)
	if !errors.Is(err, event.ErrConfig) {
		t.Fatalf("got error %v, want one of the configuration", err)
	}
	for _, part := range []string{`topic "shop.t"`, "partition 7", "partitions 0 to 2", "--partitions 8"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q lacks %q", err, part)
		}
	}
	if n := ends(c, "shop.t"); n != 0 {
		t.Errorf("%d records of the frame were sent", n)
	}
}

// A topic that was given partitions meanwhile is looked at again.
func TestPartitionThatWasAdded(t *testing.T) {
	for _, warm := range []bool{false, true} { // warm: the client has the old number in its cache
		t.Run(fmt.Sprint(warm), func(t *testing.T) {
			c := startCluster(t)
			k := openSink(t, configFor(c))
			target := &event.Target{Topic: "shop.t"}
			var o outcomes
			if _, err := k.Limit("shop.t"); err != nil {
				t.Fatal(err)
			}
			if warm {
				if err := k.Write(t.Context(), frameOf(target, rec{key: "k", value: "a"}), o.done); err != nil {
					t.Fatal(err)
				}
				mustFlush(t, k)
			}
			addPartitions(t, c.ListenAddrs(), "shop.t", 8)
			f := frameOf(target, rec{key: "k", value: "b"})
			f.Records[0].Partition = 8
			if err := k.Write(t.Context(), f, o.done); err != nil {
				t.Fatal(err)
			}
			mustFlush(t, k)
			if _, bad := o.counts(); len(bad) > 0 {
				t.Fatal(bad)
			}
			if tp := k.topics.lookup("shop.t"); tp.partitions != 8 {
				t.Errorf("%d partitions are known, want 8", tp.partitions)
			}
		})
	}
}

func addPartitions(t *testing.T, addrs []string, topic string, n int) {
	t.Helper()
	cl, err := kgo.NewClient(kgo.SeedBrokers(addrs...))
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	answers, err := kadm.NewClient(cl).UpdatePartitions(ctx, n, topic)
	if err == nil {
		err = answers.Error()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Headers count for the size of a record.
func TestHeadersOverTheLimit(t *testing.T) {
	k := openSink(t, configFor(startCluster(t)))
	limit, err := k.Limit("shop.t")
	if err != nil {
		t.Fatal(err)
	}
	target := &event.Target{Topic: "shop.t"}
	header := event.Header{Key: "h", Value: make([]byte, limit-len("kv")-len("h")-event.HeaderOverhead)}
	var o outcomes
	f := withHeaders(frameOf(target, rec{key: "k", value: "v"}), header)
	if err := k.Write(t.Context(), f, o.done); err != nil {
		t.Fatal(err)
	}
	mustFlush(t, k)
	if _, bad := o.counts(); len(bad) > 0 {
		t.Fatal(bad)
	}
	header.Value = append(header.Value, 0)
	if err := k.Write(t.Context(), withHeaders(frameOf(target, rec{key: "k", value: "v"}), header), o.done); !errors.Is(err, event.ErrUnsupported) {
		t.Errorf("got error %v, want that it is too large", err)
	}
}

func TestChosenPartitionsAreConsistent(t *testing.T) {
	p := partitioner{}.ForTopic("t")
	for partition, want := range map[int32]int{1: 0, 5: 4, ^int32(7): 1, ^int32(0): 0, -1 << 31: 1} {
		r := &kgo.Record{Partition: partition}
		if got := p.Partition(r, 6); got != want || !p.RequiresConsistency(r) {
			t.Errorf("%d: got partition %d, want %d; consistent: %v", partition, got, want, p.RequiresConsistency(r))
		}
	}
}
