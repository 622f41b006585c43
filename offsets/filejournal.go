package offsets

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"

	"cdc/event"
)

// FileJournal keeps entries in a file, one per line behind its check sum. It
// holds a lock until it is closed.
type FileJournal struct {
	file *os.File
	lock *os.File
}

const sumDigits = 8

// OpenFileJournal opens the journal and makes it when it is missing. An entry
// that was being written when the process died is cut off: nothing of its table
// version has left. Damage before the last entry is an error.
func OpenFileJournal(path string) (*FileJournal, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	l, err := lock(path)
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open journal: %w", err), l.Close())
	}
	j := &FileJournal{f, l}
	if err := j.repair(); err != nil {
		return nil, errors.Join(fmt.Errorf("open journal: %w", err), j.Close())
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return nil, errors.Join(fmt.Errorf("open journal: %w", err), j.Close())
	}
	return j, nil
}

// repair cuts off an unfinished last line.
func (j *FileJournal) repair() error {
	whole, err := j.read(func([]byte) error { return nil })
	if err != nil {
		return err
	}
	size, err := j.file.Seek(0, io.SeekEnd)
	if err != nil || size == whole {
		return err
	}
	return errors.Join(j.file.Truncate(whole), j.file.Sync())
}

// Append stores an entry, which holds no line break, durably.
func (j *FileJournal) Append(_ context.Context, entry []byte) error {
	if bytes.IndexByte(entry, '\n') >= 0 {
		return errors.New("append to journal: the entry holds a line break")
	}
	line := fmt.Appendf(make([]byte, 0, len(entry)+sumDigits+2), "%08x %s\n", crc32.ChecksumIEEE(entry), entry)
	end, err := j.file.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("append to journal: %w", err)
	}
	_, err = j.file.Write(line)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		// A full disk may have taken a part of the line. What follows must not
		// stand behind it, or it would pass for damage.
		return fmt.Errorf("append to journal: %w", errors.Join(err, j.file.Truncate(end)))
	}
	return nil
}

// Replay calls fn for every entry, from the oldest.
func (j *FileJournal) Replay(_ context.Context, fn func(entry []byte) error) error {
	if _, err := j.read(fn); err != nil {
		return fmt.Errorf("read journal: %w", err)
	}
	return nil
}

// read calls fn for every whole entry and returns where the last one ends.
func (j *FileJournal) read(fn func([]byte) error) (whole int64, err error) {
	if _, err := j.file.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	r := bufio.NewReaderSize(j.file, 64<<10)
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return whole, nil // what stands behind the last line break was never finished
		}
		if err != nil {
			return whole, err
		}
		entry, ok := parseLine(line)
		if !ok {
			return whole, fmt.Errorf("%w: %s, line %d is damaged; put a copy of the file back, or start over with `cdc offsets reset`", event.ErrPositionLost, j.file.Name(), n)
		}
		if err := fn(entry); err != nil {
			return whole, err
		}
		whole += int64(len(line))
	}
}

func parseLine(line []byte) (entry []byte, ok bool) {
	if len(line) < sumDigits+2 || line[sumDigits] != ' ' {
		return nil, false
	}
	entry = line[sumDigits+1 : len(line)-1]
	return entry, fmt.Sprintf("%08x", crc32.ChecksumIEEE(entry)) == string(line[:sumDigits])
}

// Reset removes all entries.
func (j *FileJournal) Reset(context.Context) error {
	if err := errors.Join(j.file.Truncate(0), j.file.Sync()); err != nil {
		return fmt.Errorf("reset journal: %w", err)
	}
	return nil
}

// Close lets go of the file.
func (j *FileJournal) Close() error { return errors.Join(j.file.Close(), j.lock.Close()) }
