//go:build integration

package sink

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"cdc/event"
	"cdc/internal/testdb"
)

func realConfig(brokers []string, prefix string) Config {
	c := Default()
	c.Brokers, c.TopicPrefix = brokers, prefix
	return c
}

// A real broker unpacks every batch with the Java libraries before it takes it.
func TestRealOrderPerKey(t *testing.T) {
	brokers := testdb.Kafka(t)
	for _, codec := range []string{"none", "gzip", "snappy", "lz4", "zstd"} {
		t.Run(codec, func(t *testing.T) {
			prefix := testdb.UniqueName(t)
			config := realConfig(brokers, prefix)
			config.Compression = codec
			config.Topics.Partitions = 4
			config.Topics.Retention = "forever"
			config.Topics.MaxMessageBytes = 2 << 20
			config.Topics.Config = map[string]string{"cleanup.policy": "compact"}
			k := openSink(t, config)
			var o outcomes
			writeVersions(t, k, &o, []*event.Target{{Topic: prefix + ".t"}}, 100, 0, 100)
			mustFlush(t, k)
			checkVersions(t, readAll(t, brokers, prefix+".t", 10_000), 4, 100)
			got := describe(t, k, prefix+".t")
			if got["retention.ms"] != "-1" || got["max.message.bytes"] != "2097152" || got["cleanup.policy"] != "compact" {
				t.Errorf("settings are %v", got)
			}
		})
	}
}

func TestRealLimitIsExact(t *testing.T) {
	brokers, prefix := testdb.Kafka(t), testdb.UniqueName(t)
	config := realConfig(brokers, prefix)
	config.Compression = "none"
	k := openSink(t, config)
	limit, err := k.Limit(prefix + ".t")
	if err != nil {
		t.Fatal(err)
	}
	var o outcomes
	full := rec{key: "k", value: strings.Repeat("v", limit-1)}
	if err := k.Write(t.Context(), frameOf(&event.Target{Topic: prefix + ".t"}, full), o.done); err != nil {
		t.Fatal(err)
	}
	mustFlush(t, k)
}

func TestRealBrokerRefusesSize(t *testing.T) {
	brokers, prefix := testdb.Kafka(t), testdb.UniqueName(t)
	config := realConfig(brokers, prefix)
	config.Compression = "none"
	k := openSink(t, config)
	if _, err := k.Limit(prefix + ".t"); err != nil {
		t.Fatal(err)
	}
	lower := "1000"
	changes, err := k.admin.AlterTopicConfigs(t.Context(), []kadm.AlterConfig{{Op: kadm.SetConfig, Name: "max.message.bytes", Value: &lower}}, prefix+".t")
	if err != nil || changes[0].Err != nil {
		t.Fatal(err, changes)
	}
	var o outcomes
	if err := k.Write(t.Context(), frameOf(&event.Target{Topic: prefix + ".t"}, rec{key: "k", value: strings.Repeat("v", 5000)}), o.done); err != nil {
		t.Fatal(err)
	}
	checkRefused(t, k, prefix+".t", event.ErrUnsupported, "max.message.bytes")
}

func TestRealCompactedTopicWithoutKey(t *testing.T) {
	brokers, prefix := testdb.Kafka(t), testdb.UniqueName(t)
	config := realConfig(brokers, prefix)
	config.Topics.Config = map[string]string{"cleanup.policy": "compact"}
	k := openSink(t, config)
	var o outcomes
	if err := k.Write(t.Context(), frameOf(&event.Target{Topic: prefix + ".t"}, rec{key: null, value: "v"}), o.done); err != nil {
		t.Fatal(err)
	}
	checkRefused(t, k, prefix+".t", event.ErrConfig, "cleanup.policy")
}

func TestRealTopicDeleted(t *testing.T) {
	brokers, prefix := testdb.Kafka(t), testdb.UniqueName(t)
	k := openSink(t, realConfig(brokers, prefix))
	var o outcomes
	writeVersions(t, k, &o, []*event.Target{{Topic: prefix + ".t"}}, 5, 0, 5)
	mustFlush(t, k)
	if _, err := k.admin.DeleteTopic(t.Context(), prefix+".t"); err != nil {
		t.Fatal(err)
	}
	// The broker takes records for a moment more. None of those may be said to be
	// lost, and the first one that is refused must be told.
	limit := time.Now().Add(deadline)
	for {
		o = outcomes{}
		err := k.Write(t.Context(), frameOf(&event.Target{Topic: prefix + ".t"}, rec{key: "k", value: "v"}), o.done)
		if err == nil {
			ctx, cancel := context.WithTimeout(t.Context(), deadline)
			err = k.Flush(ctx)
			cancel()
		}
		if err != nil {
			if !strings.Contains(err.Error(), "deleted") || !strings.Contains(err.Error(), prefix+".t") {
				t.Errorf("error %q doesn't tell of the deleted topic", err)
			}
			return
		}
		if time.Now().After(limit) {
			t.Fatal("records are taken for a topic that was deleted")
		}
	}
}

func TestRealDoctor(t *testing.T) {
	k := openSink(t, realConfig(testdb.Kafka(t), testdb.UniqueName(t)))
	for _, f := range k.Doctor(t.Context()) {
		if f.Level != event.LevelOK {
			t.Errorf("found %+v", f)
		}
	}
}

// The broker is killed in the middle and started again, twice: everything
// arrives once and in order.
func TestRealBrokerKilled(t *testing.T) {
	server := testdb.NewKafka(t)
	config := realConfig([]string{server.Addr()}, "shop")
	config.Topics.Partitions = 4
	config.BufferBytes = minBuffer
	k := openSink(t, config)
	const keys, versions = 200, 300
	var o outcomes
	wrote := make(chan struct{})
	go func() {
		defer close(wrote)
		writeVersions(t, k, &o, []*event.Target{{Topic: "shop.t"}}, keys, 0, versions)
	}()
	for _, share := range []int{4, 2} {
		waitUntil(t, "part of it is written", func() bool { ok, _ := o.counts(); return ok >= versions/share })
		server.Kill(t)
		waitUntil(t, "the broker is missed", func() bool { return !k.Stats().Reachable })
		server.Start(t)
	}
	<-wrote
	mustFlush(t, k)
	checkVersions(t, readAll(t, config.Brokers, "shop.t", keys*versions), 4, versions)
	if n := realEnds(t, k, "shop.t"); n != keys*versions {
		t.Errorf("topic holds %d records, want %d", n, keys*versions)
	}
	t.Logf("%d requests were sent again", k.Stats().Retries)
}

func realEnds(t *testing.T, k *Kafka, topic string) int64 {
	t.Helper()
	all, err := k.admin.ListEndOffsets(t.Context(), topic)
	if err != nil {
		t.Fatal(err)
	}
	var n int64
	all.Each(func(o kadm.ListedOffset) { n += o.Offset })
	return n
}
