package offsets_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"cdc/event"
	"cdc/offsets"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// store is what every store offers.
type store interface {
	Load(ctx context.Context, pipeline string) (event.Offset, bool, error)
	Save(ctx context.Context, pipeline string, o event.Offset) error
	Delete(ctx context.Context, pipeline string) error
	Close() error
}

func openFile(t *testing.T, path string) store {
	t.Helper()
	s, err := offsets.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closeIt(t *testing.T, c io.Closer) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}

func kafkaOpts(t *testing.T) []kgo.Opt {
	t.Helper()
	c, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return []kgo.Opt{kgo.SeedBrokers(c.ListenAddrs()...)}
}

func openKafka(t *testing.T, opts []kgo.Opt) store {
	t.Helper()
	s, err := offsets.OpenKafka(t.Context(), opts, "cdc-offsets", "shop")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestStores is the suite that every store passes. open opens the same store
// again, as after a restart.
func TestStores(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "shop.json")
	opts := kafkaOpts(t)
	for name, open := range map[string]func() store{
		"file":  func() store { return openFile(t, path) },
		"kafka": func() store { return openKafka(t, opts) },
	} {
		t.Run(name, func(t *testing.T) { storeSuite(t, open) })
	}
}

func storeSuite(t *testing.T, open func() store) {
	t.Helper()
	ctx := t.Context()
	s := open()
	expect := func(want *event.Offset) {
		t.Helper()
		got, found, err := s.Load(ctx, "shop")
		if err != nil {
			t.Fatal(err)
		}
		if found != (want != nil) {
			t.Fatalf("found %v, want %v", found, want != nil)
		}
		if want != nil {
			if diff := cmp.Diff(*want, got); diff != "" {
				t.Errorf("offset (-want +got):\n%s", diff)
			}
		}
	}
	expect(nil)
	begun := event.Offset{Snapshot: []byte(`{"slot":"ours"}`), Rules: "r1"}
	streaming := event.Offset{Position: `{"file":"binlog.000003","pos":154,"cdc":"{\"skip\":3}"}`, Rules: "r2"}
	for _, o := range []event.Offset{begun, streaming, {Position: `{"lsn":7}`}} {
		if err := s.Save(ctx, "shop", o); err != nil {
			t.Fatal(err)
		}
		expect(&o)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = open()
		expect(&o)
	}
	if err := s.Delete(ctx, "shop"); err != nil {
		t.Fatal(err)
	}
	expect(nil)
	if err := s.Delete(ctx, "shop"); err != nil {
		t.Errorf("delete what isn't there: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestKafkaKeepsPipelinesApart(t *testing.T) {
	s := openKafka(t, kafkaOpts(t))
	defer closeIt(t, s)
	if err := s.Save(t.Context(), "a", event.Offset{Position: `{"lsn":1}`}); err != nil {
		t.Fatal(err)
	}
	if _, found, err := s.Load(t.Context(), "b"); err != nil || found {
		t.Errorf("found %v, error %v; want nothing of another pipeline", found, err)
	}
}

func TestKafkaRefusesAWrongTopic(t *testing.T) {
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(3, "cdc-offsets"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = offsets.OpenKafka(t.Context(), []kgo.Opt{kgo.SeedBrokers(c.ListenAddrs()...)}, "cdc-offsets", "shop")
	if err == nil || !strings.Contains(err.Error(), "3 partitions") {
		t.Errorf("got %v", err)
	}
}

func TestDamagedFileIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.json")
	s := openFile(t, path)
	defer closeIt(t, s)
	if err := s.Save(t.Context(), "shop", event.Offset{Position: `{"file":"binlog.000003","pos":154}`}); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"empty":          "",
		"cut":            string(whole[:len(whole)/2]),
		"flipped digit":  strings.Replace(string(whole), "154", "164", 1),
		"something else": "hello",
		"nested":         `{"file":{"a":1}}`,
		"more behind":    string(whole) + "{}",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err := s.Load(t.Context(), "shop")
		if !errors.Is(err, event.ErrPositionLost) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "cdc offsets") {
			t.Errorf("%s: got %v, want an error with path and mend", name, err)
		}
	}
}

func TestCrashBeforeRenameLeavesTheOldOffset(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.json")
	s := openFile(t, path)
	old := event.Offset{Position: `{"pos":1}`}
	if err := s.Save(t.Context(), "shop", old); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), ".shop.json.new-1"), []byte(`{"pos":`), 0o600); err != nil {
		t.Fatal(err)
	}
	closeIt(t, s)
	s = openFile(t, path)
	defer closeIt(t, s)
	got, found, err := s.Load(t.Context(), "shop")
	if err != nil || !found || got.Position != old.Position {
		t.Errorf("got %+v %v %v, want the old offset", got, found, err)
	}
}

func TestFileIsLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.json")
	s := openFile(t, path)
	if _, err := offsets.OpenFile(path); err == nil || !strings.Contains(err.Error(), "in use by another process") {
		t.Errorf("second opening: got %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	closeIt(t, openFile(t, path))
}

func TestFolderThatCantBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := offsets.OpenFile(filepath.Join(file, "shop.json")); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("got %v, want an error with the path", err)
	}
}
