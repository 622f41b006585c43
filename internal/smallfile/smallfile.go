// Package smallfile reads files that are small, as a whole: what a configuration
// names and somebody else may have put there.
//
// A file is read by [Read] alone, or by [Open] where it isn't kept. What isn't a regular
// file, once links are followed, is refused before a byte is read: a pipe may wait for
// ever, a device never ends. No more is read than the bound.
//
// Concurrency: nothing is shared.
//
// Ownership: what Read returns is the caller's; so is the file that Open returns, to be
// closed.
//
// Testing: smallfile_test.go has pipes, devices, links and files that are too large.
package smallfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// ErrNoFile is what can't be read as a whole, and not again later: a folder, a pipe or
// a device.
var ErrNoFile = errors.New("it isn't a regular file")

// ErrLarge says that a file is larger than it may be.
var ErrLarge = errors.New("it is too large")

// Open opens a regular file for reading. It never waits.
func Open(name string) (*os.File, error) {
	// Without O_NONBLOCK a pipe would be waited for, and looking at the name first
	// would look at what may be another file a moment later.
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &os.PathError{Op: "read", Path: name, Err: ErrNoFile}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Read returns what a regular file holds, if that isn't more than most bytes.
func Read(name string, most int) ([]byte, error) {
	f, err := Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, int64(most)+1))
	if err != nil {
		return nil, err
	}
	if len(text) > most {
		return nil, &os.PathError{Op: "read", Path: name, Err: fmt.Errorf("%w: it may have %d KiB", ErrLarge, most>>10)}
	}
	return text, nil
}
