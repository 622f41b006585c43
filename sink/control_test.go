package sink

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"cdc/event"
)

// controlFrame holds a schema change, a heartbeat, a transaction and a row.
func controlFrame() *event.Frame {
	f := &event.Frame{}
	schema := &event.Target{Topic: "shop"}
	for i := range 8 {
		appendRecord(f, schema, rec{key: string(rune('a' + i)), value: "ddl"})
		f.Records[i].Flags |= event.FirstPartition
		f.Records[i].Row = -1
	}
	appendRecord(f, &event.Target{Topic: "beat"}, rec{key: "shop", value: "1"})
	f.Records[8].Flags |= event.FirstPartition | event.NoHeaders
	appendRecord(f, &event.Target{Topic: "shop.transaction"}, rec{key: "x", value: "BEGIN"})
	f.Records[9].Flags |= event.NoHeaders
	appendRecord(f, &event.Target{Topic: "shop.t"}, rec{key: "1", value: "row"})
	return f
}

func writeFrame(t *testing.T, k *Kafka, f *event.Frame) {
	t.Helper()
	var o outcomes
	if err := k.Write(t.Context(), f, o.done); err != nil {
		t.Fatal(err)
	}
	mustFlush(t, k)
	if ok, bad := o.counts(); ok != 1 {
		t.Fatalf("%d frames delivered, errors %v", ok, bad)
	}
}

func TestControlRecords(t *testing.T) {
	c := startCluster(t)
	headers := []event.Header{{Key: "h", Value: []byte("v")}}
	k, err := open(configFor(c), headers, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close(t.Context()) //nolint:errcheck // everything was flushed
	writeFrame(t, k, controlFrame())
	want := map[string][2]int{ // headers, partitions
		"shop": {1, 1}, "beat": {0, 1}, "shop.transaction": {0, 3}, "shop.t": {1, 3},
	}
	for topic, w := range want {
		got := readAll(t, c.ListenAddrs(), topic, 1)
		if diff := cmp.Diff(w, [2]int{len(got[0].Headers), len(c.PartitionInfos(topic))}); diff != "" {
			t.Errorf("%s: headers and partitions (-want +got):\n%s", topic, diff)
		}
	}
}

// A topic that exists may have more partitions; the records keep to the first.
func TestFirstPartition(t *testing.T) {
	c := startCluster(t)
	k := openSink(t, configFor(c))
	if _, err := k.Limit("shop"); err != nil { // makes it with three partitions
		t.Fatal(err)
	}
	writeFrame(t, k, controlFrame())
	text := ""
	for _, r := range readAll(t, c.ListenAddrs(), "shop", 8) {
		if r.Partition != 0 {
			t.Errorf("key %s is in partition %d", r.Key, r.Partition)
		}
		text += string(r.Key)
	}
	if text != "abcdefgh" {
		t.Errorf("keys are in the order %s", text)
	}
}

func TestFirstPartitionIsConsistent(t *testing.T) {
	p := partitioner{}.ForTopic("t")
	r := &kgo.Record{Partition: firstPartition}
	if !p.RequiresConsistency(r) || p.Partition(r, 7) != 0 {
		t.Error("a record of the first partition may go elsewhere")
	}
}

func TestControlRecordTooLarge(t *testing.T) {
	k := openSink(t, configFor(startCluster(t)))
	f := &event.Frame{}
	appendRecord(f, &event.Target{Topic: "shop"}, rec{key: "a", value: strings.Repeat("x", 2<<20)})
	f.Records[0].Row, f.Records[0].Flags = -1, event.FirstPartition
	err := k.Write(t.Context(), f, func(*event.Frame, error) {})
	var topic *TopicError
	if !errors.As(err, &topic) || strings.Contains(err.Error(), "row") || !errors.Is(err, event.ErrUnsupported) {
		t.Errorf("error is %v, want a permanent one of the topic that names no row", err)
	}
}
