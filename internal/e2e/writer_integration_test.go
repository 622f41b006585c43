//go:build integration

package e2e

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// padding makes a row long enough for a few thousand of them to be more than a
// batch holds, so that a transaction of so many is cut.
const padding = 120

// createVersions makes the table of the tests that count: each change of a row
// raises its version k by one.
const createVersions = "create table v (id int primary key, k int not null, pad varchar(400))"

// writer changes rows of table v of its own: one goroutine, one connection.
type writer struct {
	db    *database
	from  int // its keys are from, from+step, ...
	step  int
	keys  int // how many of them
	rows  *atomic.Int64
	rand  *rand.Rand
	churn bool // now and then delete a row for good, and add one
	added int
}

// insert adds its rows, as version 1, in transactions of n rows.
func (w *writer) insert(ctx context.Context, n int) error {
	for first := 0; first < w.keys; first += n {
		var values []string
		for i := first; i < min(first+n, w.keys); i++ {
			values = append(values, fmt.Sprintf("(%d,1,'%s')", w.key(i), w.pad()))
		}
		if err := w.exec(ctx, len(values), "insert into v values "+strings.Join(values, ",")); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) key(i int) int { return w.from + i*w.step }

func (w *writer) pad() string {
	return strings.Repeat(string(rune('a'+w.rand.IntN(26))), padding/2+w.rand.IntN(padding))
}

func (w *writer) exec(ctx context.Context, rows int, statements ...string) error {
	for {
		err := w.db.tryExec(ctx, statements...)
		if my, ok := errors.AsType[*mysql.MySQLError](err); ok && (my.Number == deadlock || my.Number == lockWait) {
			continue // the server has rolled back; the connection is not used again
		}
		if err == nil {
			w.rows.Add(int64(rows))
		}
		return err
	}
}

// errors of MySQL and MariaDB after which a transaction is tried again.
const (
	lockWait = 1205
	deadlock = 1213
)

// updateAll raises all its rows in one transaction.
func (w *writer) updateAll(ctx context.Context) error {
	return w.exec(ctx, w.keys, fmt.Sprintf("update v set k = k + 1, pad = '%s' where id %% %d = %d", w.pad(), w.step, w.from%w.step))
}

// sizes of small transactions, in rows.
var sizes = []int{1, 1, 1, 2, 3, 5, 8, 20, 60}

// hot keys are changed by most transactions.
const hot = 100

// update does one small transaction.
func (w *writer) update(ctx context.Context) error {
	n := min(sizes[w.rand.IntN(len(sizes))], w.keys)
	ids := map[int]bool{w.key(w.rand.IntN(min(hot, w.keys))): true}
	for len(ids) < n {
		ids[w.key(w.rand.IntN(w.keys))] = true
	}
	var list []string
	for id := range ids {
		list = append(list, fmt.Sprint(id))
	}
	half := (len(list) + 1) / 2
	statements := []string{"begin"}
	for _, part := range [][]string{list[:half], list[half:]} {
		if len(part) > 0 {
			statements = append(statements, fmt.Sprintf("update v set k = k + 1, pad = '%s' where id in (%s)", w.pad(), strings.Join(part, ",")))
		}
	}
	if w.churn && w.rand.IntN(4) == 0 {
		statements = append(statements, fmt.Sprintf("delete from v where id = %d", w.key(w.rand.IntN(w.keys))),
			fmt.Sprintf("insert into v values (%d,1,'%s')", w.key(w.keys+w.added), w.pad()))
		w.added++
	}
	return w.exec(ctx, len(ids), append(statements, "commit")...)
}

// load runs writers in the background.
type load struct {
	rows   atomic.Int64 // changed so far, about
	cancel context.CancelFunc
	wg     sync.WaitGroup
	mu     sync.Mutex
	err    error // guarded by mu
}

// startLoad starts n writers, each of which does work until the load is
// stopped or work returns.
func startLoad(t testing.TB, db *database, n, keys int, work func(context.Context, *writer) error) *load {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	l := &load{cancel: cancel}
	for i := range n {
		w := &writer{db: db, from: i + 1, step: n, keys: keys / n, rows: &l.rows, rand: rand.New(rand.NewPCG(rand.Uint64(), 1))}
		l.wg.Go(func() {
			if err := work(ctx, w); err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, sql.ErrConnDone) {
				l.mu.Lock()
				l.err = errors.Join(l.err, err)
				l.mu.Unlock()
			}
		})
	}
	t.Cleanup(func() { l.stop(t) })
	return l
}

// wait waits for the writers to have done their work.
func (l *load) wait(t testing.TB) {
	t.Helper()
	l.wg.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		t.Fatalf("write: %v", l.err)
	}
}

// stop makes the writers stop where they are.
func (l *load) stop(t testing.TB) {
	t.Helper()
	l.cancel()
	l.wg.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil && t.Context().Err() == nil {
		t.Errorf("write: %v", l.err)
	}
}
