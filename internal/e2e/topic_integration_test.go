//go:build integration

package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// newClient opens a Kafka client until the test ends.
func newClient(t testing.TB, brokers []string, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	client, err := kgo.NewClient(append([]kgo.Opt{
		kgo.SeedBrokers(brokers...), kgo.MetadataMinAge(50 * time.Millisecond), kgo.FetchMaxWait(100 * time.Millisecond),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// endOffset returns how many records a topic has, 0 when it isn't there or the
// broker doesn't answer: who waits for more gives up in the end.
func endOffset(t testing.TB, admin *kadm.Client, topic string) int64 {
	t.Helper()
	var sum int64
	for _, end := range endsOf(t, admin, topic) {
		sum += end.Offset
	}
	return sum
}

func endsOf(t testing.TB, admin *kadm.Client, topics ...string) []kadm.ListedOffset {
	t.Helper()
	listed, err := admin.ListEndOffsets(t.Context(), topics...)
	if err != nil {
		return nil
	}
	var all []kadm.ListedOffset
	listed.Each(func(o kadm.ListedOffset) {
		if o.Err == nil {
			all = append(all, o)
		}
	})
	return all
}

// newAdmin opens a Kafka administrator until the test ends.
func newAdmin(t testing.TB, brokers []string) *kadm.Client {
	t.Helper()
	return kadm.NewClient(newClient(t, brokers))
}

// readAll reads every topic whose name begins with prefix, from the first
// record to the last that is there now.
func readAll(t testing.TB, brokers []string, prefix string) map[string][]*kgo.Record {
	t.Helper()
	return readWanted(t, brokers, func(topic string) bool { return strings.HasPrefix(topic, prefix) })
}

// readWanted is readAll for the topics that wanted takes.
func readWanted(t testing.TB, brokers []string, wanted func(topic string) bool) map[string][]*kgo.Record {
	t.Helper()
	admin := newAdmin(t, brokers)
	details, err := admin.ListTopics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var topics []string
	for _, name := range details.Names() {
		if wanted(name) {
			topics = append(topics, name)
		}
	}
	if len(topics) == 0 {
		return nil
	}
	return readTopics(t, brokers, endsOf(t, admin, topics...))
}

func readTopics(t testing.TB, brokers []string, ends []kadm.ListedOffset) map[string][]*kgo.Record {
	t.Helper()
	from := map[string]map[int32]kgo.Offset{}
	var left int64
	for _, end := range ends {
		if end.Offset == 0 {
			continue
		}
		if from[end.Topic] == nil {
			from[end.Topic] = map[int32]kgo.Offset{}
		}
		from[end.Topic][end.Partition] = kgo.NewOffset().At(0)
		left += end.Offset
	}
	all := map[string][]*kgo.Record{}
	if left == 0 {
		return all
	}
	client := newClient(t, brokers, kgo.ConsumePartitions(from))
	defer client.Close()
	ctx, cancel := context.WithTimeoutCause(t.Context(), patience, errors.New("no more records came"))
	defer cancel()
	for left > 0 {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("read topics, %d records left: %v", left, errors.Join(err, context.Cause(ctx)))
		}
		fetches.EachRecord(func(r *kgo.Record) {
			all[r.Topic] = append(all[r.Topic], r)
			left--
		})
	}
	return all
}

// envelope is what most tests look at in an event.
type envelope struct {
	Op     string         `json:"op"`
	Before map[string]any `json:"before"`
	After  map[string]any `json:"after"`
	Source struct {
		Snapshot string `json:"snapshot"`
		Table    string `json:"table"`
	} `json:"source"`
}

// decode reads an event; a tombstone is nil.
func decode(t testing.TB, r *kgo.Record) *envelope {
	t.Helper()
	if r.Value == nil {
		return nil
	}
	e := new(envelope)
	if err := json.Unmarshal(r.Value, e); err != nil {
		t.Fatalf("topic %s, offset %d: %v in %.300s", r.Topic, r.Offset, err, r.Value)
	}
	return e
}
