package offsets

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"cdc/event"
)

// FileConfig says where the offset of one pipeline lies.
type FileConfig struct {
	// Path is the file. Its folder is made when it is missing.
	Path string `yaml:"path"`
}

// File keeps the offset of one pipeline in one file. It holds a lock until it
// is closed.
type File struct {
	path string
	lock *os.File
}

// OpenFile opens the store and locks it. The file need not exist yet.
func OpenFile(path string) (*File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fmt.Errorf("open offset file: %w", err)
	}
	l, err := lock(path)
	if err != nil {
		return nil, fmt.Errorf("open offset file: %w", err)
	}
	if err := removeLeftovers(path); err != nil {
		return nil, fmt.Errorf("open offset file: %w", errors.Join(err, l.Close()))
	}
	return &File{path, l}, nil
}

// Load returns the offset. A file that can't be understood is an error, never
// "none": starting over would be a silent gap or a second snapshot.
func (f *File) Load(context.Context, string) (o event.Offset, found bool, err error) {
	text, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return event.Offset{}, false, nil
	}
	if err != nil {
		return event.Offset{}, false, fmt.Errorf("read offset file: %w", err)
	}
	if len(text) == 0 {
		return event.Offset{}, false, fmt.Errorf("%w: offset file %s is empty; %s", event.ErrPositionLost, f.path, mendFile)
	}
	o, err = Decode(text)
	if err != nil {
		return event.Offset{}, false, fmt.Errorf("%w: offset file %s: %w; %s", event.ErrPositionLost, f.path, err, mendFile)
	}
	return o, true, nil
}

const mendFile = "put a copy back, set it with `cdc offsets set`, or start over with `cdc offsets reset`"

// Save replaces the offset durably: after a crash the file holds this offset or
// the one before it, whole.
func (f *File) Save(_ context.Context, _ string, o event.Offset) error {
	text, err := seal(o)
	if err != nil {
		return err
	}
	if err := replaceFile(f.path, append(text, '\n')); err != nil {
		return fmt.Errorf("write offset file: %w", err)
	}
	return nil
}

// Delete removes the offset.
func (f *File) Delete(context.Context, string) error {
	if err := os.Remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove offset file: %w", err)
	}
	if err := syncFolder(filepath.Dir(f.path)); err != nil {
		return fmt.Errorf("remove offset file: %w", err)
	}
	return nil
}

// Close lets go of the lock.
func (f *File) Close() error { return f.lock.Close() }
