package main

import (
	"context"
	"fmt"
	"strings"
)

const (
	// perKey is about how many changes each key of the mixed load gets.
	perKey = 5
	// largest is the largest transaction of the mixed load.
	largest = 8000
	// highest is the version after which a key is left alone: the checker
	// counts no further.
	highest = 60
)

// mix inserts keys with version k=1 and raises the version of ranges of keys
// already there, in one order that the log keeps: transactions of one row, of a
// few and of thousands.
func (l *load) mix(ctx context.Context) error {
	if l.mixed == 0 {
		return nil
	}
	r := newRandom(0)
	versions := make([]int, 0, l.mixed/perKey) // by key, from key 1
	for done := 0; done < l.mixed; {
		n := min(r.size(), l.mixed-done)
		var err error
		if room := cap(versions) - len(versions); len(versions) == 0 || (room > 0 && r.IntN(perKey-1) == 0) {
			n = min(n, room)
			versions, err = l.insertVersions(ctx, r, versions, n)
		} else {
			n, err = l.raise(ctx, r, versions, n)
		}
		if err != nil {
			return err
		}
		done += n
	}
	return nil
}

// size is the number of rows of the next transaction.
func (r *random) size() int {
	switch r.IntN(4) {
	case 0:
		return 1
	case 1:
		return 2 + r.IntN(100)
	default:
		return 1 + r.IntN(largest)
	}
}

func (l *load) insertVersions(ctx context.Context, r *random, versions []int, n int) ([]int, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "insert into %s values ", l.table)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		versions = append(versions, 1)
		r.row(&b, len(versions), 1)
	}
	_, err := l.db.ExecContext(ctx, b.String())
	return versions, err
}

// raise updates up to n keys and returns how many.
func (l *load) raise(ctx context.Context, r *random, versions []int, n int) (int, error) {
	first := r.IntN(len(versions))
	last := first
	for last < len(versions) && last < first+n && versions[last] < highest {
		versions[last]++
		last++
	}
	if last == first {
		return 0, nil
	}
	return last - first, l.updateRange(ctx, first+1, last)
}
