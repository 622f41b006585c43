package smallfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestRead(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, size := range map[string]int{"fits": 2048, "large": 2049, "empty": 0} {
		if err := os.WriteFile(at(name), []byte(strings.Repeat("x", size)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for from, to := range map[string]string{"link": "fits", "zero": "/dev/zero", "away": "nothing"} {
		if err := os.Symlink(to, at(from)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(at("pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]error{
		"fits": nil, "link": nil, "empty": nil, "large": ErrLarge, "pipe": ErrNoFile, "zero": ErrNoFile, ".": ErrNoFile, "away": os.ErrNotExist,
	} {
		text, err := Read(at(name), 2048)
		if !errors.Is(err, want) || err == nil && len(text) != 2048 && name != "empty" {
			t.Errorf("%s: %d bytes, error %v, want %v", name, len(text), err, want)
		}
		if err != nil && !strings.Contains(err.Error(), at(name)) {
			t.Errorf("%s: the error doesn't name the file: %v", name, err)
		}
	}
}
