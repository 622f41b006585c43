package offsets_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
	"cdc/offsets"
)

type journal interface {
	Append(ctx context.Context, entry []byte) error
	Replay(ctx context.Context, fn func(entry []byte) error) error
	Reset(ctx context.Context) error
	Close() error
}

func replay(t *testing.T, j journal) (all []string) {
	t.Helper()
	err := j.Replay(t.Context(), func(e []byte) error {
		all = append(all, string(e))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func openFileJournal(t *testing.T, path string) journal {
	t.Helper()
	j, err := offsets.OpenFileJournal(path)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// TestJournals is the suite that every journal passes.
func TestJournals(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.tables")
	opts := kafkaOpts(t)
	for name, open := range map[string]func() journal{
		"file": func() journal { return openFileJournal(t, path) },
		"kafka": func() journal {
			j, err := offsets.OpenKafkaJournal(t.Context(), opts, "cdc-tables", "shop", "shop")
			if err != nil {
				t.Fatal(err)
			}
			return j
		},
	} {
		t.Run(name, func(t *testing.T) { journalSuite(t, open) })
	}
}

func journalSuite(t *testing.T, open func() journal) {
	t.Helper()
	j := open()
	if got := replay(t, j); got != nil {
		t.Errorf("a new journal holds %q", got)
	}
	var want []string
	for i := range 40 {
		want = append(want, fmt.Sprintf(`{"v":%d,"text":%q}`, i, strings.Repeat("ü", i*50)))
		if err := j.Append(t.Context(), []byte(want[i])); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if diff := cmp.Diff(want, replay(t, j)); diff != "" {
			t.Errorf("entries (-want +got):\n%s", diff)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		j = open()
	}
	bad := errors.New("enough")
	if err := j.Replay(t.Context(), func([]byte) error { return bad }); !errors.Is(err, bad) {
		t.Errorf("replay: got %v, want the callback's error", err)
	}
	if err := j.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := replay(t, j); got != nil {
		t.Errorf("after a reset: %d entries", len(got))
	}
	if err := j.Append(t.Context(), []byte("new")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"new"}, replay(t, j)); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestTornEntry cuts a journal at every byte of its last entry.
func TestTornEntry(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.tables")
	j := openFileJournal(t, path)
	for _, e := range []string{"one", "two"} {
		if err := j.Append(t.Context(), []byte(e)); err != nil {
			t.Fatal(err)
		}
	}
	closeIt(t, j)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	first := strings.IndexByte(string(whole), '\n') + 1
	for cut := first; cut < len(whole); cut++ {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		j := openFileJournal(t, path)
		if err := j.Append(t.Context(), []byte("three")); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"one", "three"}, replay(t, j)); diff != "" {
			t.Fatalf("cut at %d (-want +got):\n%s", cut, diff)
		}
		closeIt(t, j)
	}
}

func TestDamagedEntryIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.tables")
	j := openFileJournal(t, path)
	for _, e := range []string{"one", "two"} {
		if err := j.Append(t.Context(), []byte(e)); err != nil {
			t.Fatal(err)
		}
	}
	closeIt(t, j)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), "one", "0ne", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = offsets.OpenFileJournal(path)
	if !errors.Is(err, event.ErrPositionLost) || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("got %v, want the damaged line", err)
	}
}

func TestEntryWithALineBreak(t *testing.T) {
	j := openFileJournal(t, filepath.Join(t.TempDir(), "shop.tables"))
	defer closeIt(t, j)
	if err := j.Append(t.Context(), []byte("a\nb")); err == nil {
		t.Error("no error")
	}
}
