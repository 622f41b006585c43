package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"cdc/admin"
	"cdc/internal/smallfile"
	"cdc/transform"
)

const (
	// watchEvery is how often files are looked at. Files are followed by their name
	// and not by notifications of the kernel: those don't come from network and
	// overlay file systems, and are lost where a folder is swapped as a whole, as
	// Kubernetes does with the files of a ConfigMap.
	watchEvery = time.Second
	// watchAgain is when an attempt is made again that failed for a reason that may
	// pass.
	watchAgain = 10 * time.Second
	// watchedBytes is how much of a file is looked at.
	watchedBytes = 16 << 20
)

// fileWatch notices that rule files, or files that their secrets are in, have changed
// and then stay the same for a moment, so that none is read while it is being written.
type fileWatch struct {
	rules, files []string          // files are the rules' and the secrets'
	known        []watchedFile     // of files
	seen, before [sha256.Size]byte // what was told last, and what the last look found
}

// watchedFile is what the last look at a file found.
type watchedFile struct {
	info os.FileInfo
	sum  [sha256.Size]byte // of its content
}

func newFileWatch(rules []string) *fileWatch {
	w := &fileWatch{rules: rules}
	w.follow(time.Now())
	return w
}

// follow looks at the files that the rule files name now. What it finds is what was
// told last: whoever reads them next reads that or something newer.
func (w *fileWatch) follow(now time.Time) {
	w.files = slices.Concat(w.rules, transform.SecretFiles(w.rules))
	w.known = make([]watchedFile, len(w.files))
	w.seen = w.look(now)
	w.before = w.seen
}

// changed looks at the files, and reports whether they are others than it told last
// and the same as at the look before.
func (w *fileWatch) changed(now time.Time) bool {
	found := w.look(now)
	still := found == w.before
	w.before = found
	if !still || found == w.seen {
		return false
	}
	w.follow(now)
	return true
}

// look sums up the files. A change of the time alone is a change: touching a file
// has it loaded again.
func (w *fileWatch) look(now time.Time) (sum [sha256.Size]byte) {
	h := sha256.New()
	for i, name := range w.files {
		f, err := w.known[i].look(name, now)
		if err != nil {
			fmt.Fprintf(h, "%d: %v\n", i, err)
			w.known[i] = watchedFile{}
			continue
		}
		fmt.Fprintf(h, "%d: %d %x\n", i, f.info.ModTime().UnixNano(), f.sum)
		w.known[i] = f
	}
	h.Sum(sum[:0])
	return sum
}

// look reads the file, unless it is the one that is known and hasn't been touched
// for so long that no change can hide in the precision of its time.
func (known watchedFile) look(name string, now time.Time) (watchedFile, error) {
	info, err := os.Stat(name)
	if err != nil {
		return watchedFile{}, err
	}
	old := known.info
	if old != nil && os.SameFile(old, info) && old.ModTime().Equal(info.ModTime()) && old.Size() == info.Size() && now.Sub(info.ModTime()) > 5*time.Second {
		return known, nil
	}
	f, err := smallfile.Open(name)
	if err != nil {
		return watchedFile{}, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, watchedBytes)); err != nil {
		return watchedFile{}, err
	}
	found := watchedFile{info: info}
	h.Sum(found.sum[:0])
	return found, nil
}

// watch loads the rules whenever their files have changed, until ctx ends.
func (r *reloader) watch(ctx context.Context) {
	w := newFileWatch(r.builder.config.Rules)
	due := r.stale() // since they were loaded
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	var again time.Time
	for {
		now := time.Now()
		due = w.changed(now) || due || !again.IsZero() && now.After(again)
		if due {
			due, again = false, time.Time{}
			if _, err := r.reload(ctx, false); err != nil && mayPass(err) {
				again = now.Add(watchAgain)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// stale reports whether the files hold others than the rules and secrets in force.
func (r *reloader) stale() bool {
	program, err := r.builder.config.program()
	now, _, _ := r.builder.live.Now()
	return err != nil || !program.Same(now)
}

// mayPass reports whether the same files may be taken later.
func mayPass(err error) bool {
	return !errors.Is(err, admin.ErrFiles) && !errors.Is(err, admin.ErrTables)
}
