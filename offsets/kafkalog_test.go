package offsets_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"cdc/event"
	"cdc/offsets"
)

func startCluster(t *testing.T, opts ...kfake.Opt) (*kfake.Cluster, []kgo.Opt) {
	t.Helper()
	c, err := kfake.NewCluster(append(opts, kfake.NumBrokers(1))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, []kgo.Opt{kgo.SeedBrokers(c.ListenAddrs()...)}
}

// A topic that would forget offsets or entries is refused with the command that
// mends it.
func TestTopicThatForgetsIsRefused(t *testing.T) {
	tests := map[string]struct {
		config map[string]string
		open   func(opts []kgo.Opt) error
		want   string
	}{
		"offsets deleted after a week": {
			map[string]string{"cleanup.policy": "delete"},
			func(opts []kgo.Opt) error { return openedKafka(t, opts) },
			"--add-config cleanup.policy=compact",
		},
		"offsets compacted and deleted": {
			map[string]string{"cleanup.policy": "compact,delete"},
			func(opts []kgo.Opt) error { return openedKafka(t, opts) },
			"--add-config cleanup.policy=compact",
		},
		"journal compacted": {
			map[string]string{"cleanup.policy": "compact", "retention.ms": "-1"},
			func(opts []kgo.Opt) error { return openedKafkaJournal(t, opts) },
			"--add-config cleanup.policy=delete",
		},
		"journal deleted after an hour": {
			map[string]string{"cleanup.policy": "delete", "retention.ms": "3600000"},
			func(opts []kgo.Opt) error { return openedKafkaJournal(t, opts) },
			"--add-config retention.ms=-1",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, opts := startCluster(t)
			if err := c.CreateTopic("kept", 1, tt.config); err != nil {
				t.Fatal(err)
			}
			err := tt.open(opts)
			if !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "kept") {
				t.Errorf("got %v, want an error of configuration with %q", err, tt.want)
			}
		})
	}
}

func openedKafka(t *testing.T, opts []kgo.Opt) error {
	t.Helper()
	s, err := offsets.OpenKafka(t.Context(), opts, "kept", "shop")
	if err == nil {
		err = s.Close()
	}
	return err
}

func openedKafkaJournal(t *testing.T, opts []kgo.Opt) error {
	t.Helper()
	j, err := offsets.OpenKafkaJournal(t.Context(), opts, "kept", "shop", "shop")
	if err == nil {
		err = j.Close()
	}
	return err
}

// What an older run has made is opened again by a user who may make nothing and
// see no settings.
func TestTopicWithFewGrants(t *testing.T) {
	c, opts := startCluster(t)
	if err := openedKafka(t, opts); err != nil {
		t.Fatal(err)
	}
	c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.CreateTopics, kmsg.DescribeConfigs}, Err: kerr.TopicAuthorizationFailed, Count: -1})
	if err := openedKafka(t, opts); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestTopicThatMayNotBeMade(t *testing.T) {
	c, opts := startCluster(t)
	c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.CreateTopics}, Err: kerr.TopicAuthorizationFailed, Count: -1})
	if err := openedKafka(t, opts); !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), "kafka-acls") {
		t.Errorf("got %v, want an error of configuration with the grant", err)
	}
}

// A broker that doesn't answer holds Save until its context ends, not longer.
func TestSaveEndsWithItsContext(t *testing.T) {
	c, opts := startCluster(t)
	s := openKafka(t, opts)
	defer closeIt(t, s)
	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped")
	c.ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		cancel(stopped)
		return nil, nil, true
	})
	if err := s.Save(ctx, "shop", event.Offset{Position: `{"lsn":1}`}); !errors.Is(err, stopped) {
		t.Errorf("got %v, want %v", err, stopped)
	}
}

// Each kind of request of an open store has its connection cut once.
func TestKafkaConnectionCut(t *testing.T) {
	for _, key := range []kmsg.Key{kmsg.InitProducerID, kmsg.Produce, kmsg.ListOffsets, kmsg.Fetch} {
		t.Run(key.Name(), func(t *testing.T) {
			c, opts := startCluster(t)
			c.ControlKey(int16(key), func(kmsg.Request) (kmsg.Response, error, bool) { return nil, errors.New("cut"), true })
			s := openKafka(t, append(opts, kgo.MetadataMinAge(10*time.Millisecond)))
			defer closeIt(t, s)
			want := event.Offset{Position: `{"lsn":1}`}
			if err := s.Save(t.Context(), "shop", want); err != nil {
				t.Fatal(err)
			}
			got, found, err := s.Load(t.Context(), "shop")
			if err != nil || !found || got.Position != want.Position {
				t.Errorf("got %+v %v %v", got, found, err)
			}
		})
	}
}

func TestLeftoversAreRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.json")
	leftover, other := filepath.Join(filepath.Dir(path), ".shop.json.new-1"), filepath.Join(filepath.Dir(path), ".shop2.json.new-1")
	for _, file := range []string{leftover, other} {
		if err := os.WriteFile(file, []byte(`{"pos":`), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	closeIt(t, openFile(t, path))
	if _, err := os.Stat(leftover); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what a crash has left is still there: %v", err)
	}
	if _, err := os.Stat(other); err != nil {
		t.Errorf("the file of another store: %v", err)
	}
}

// An entry that the disk took in part must not stand before the next one.
func TestAppendThatFailsLeavesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.tables")
	j := openFileJournal(t, path)
	defer closeIt(t, j)
	if err := j.Append(t.Context(), []byte("one")); err != nil {
		t.Fatal(err)
	}
	entry := make([]byte, 1<<20)
	for i := range entry {
		entry[i] = 'x'
	}
	restore := limitFileSize(t, 64<<10)
	err := j.Append(t.Context(), entry)
	restore()
	if err == nil {
		t.Fatal("no error")
	}
	if err := j.Append(t.Context(), []byte("two")); err != nil {
		t.Fatal(err)
	}
	if got := replay(t, j); len(got) != 2 || got[0] != "one" || got[1] != "two" {
		t.Errorf("holds %d entries, want one and two", len(got))
	}
}
