//go:build integration

package e2e

import (
	"context"
	"encoding/json"
	"math"
	"strconv"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"cdc/bench/check"
)

const (
	crashRows = 60_000 / divisor // changes in all
	crashKeys = 12_000 / divisor
)

// crashSources are those of which each has another way to keep its place.
func crashSources(t *testing.T, test func(t *testing.T, db *database)) {
	t.Parallel()
	for _, name := range []string{"mysql", "mariadb", "postgres18"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newDatabase(t, sources()[name](t)))
		})
	}
}

// TestKill kills the program in the middle of small transactions, and of one
// that is larger than a batch, while writers go on.
func TestKill(t *testing.T) {
	crashSources(t, func(t *testing.T, db *database) {
		c := newCrash(t, db)
		for _, at := range []int64{crashKeys / 3, crashKeys + crashKeys/4, crashRows * 2 / 3} {
			c.live(at, (*service).kill)
		}
		report := c.finish()
		if report.Duplicates == 0 {
			t.Log("no record came twice: each kill hit a moment at which all was stored")
		}
	})
}

// TestStop stops the program as an administrator would: nothing may come twice.
func TestStop(t *testing.T) {
	crashSources(t, func(t *testing.T, db *database) {
		c := newCrash(t, db)
		for _, at := range []int64{crashKeys / 2, crashKeys + crashKeys/4, crashRows / 2} {
			c.live(at, (*service).stop)
		}
		if report := c.finish(); report.Duplicates != 0 {
			t.Errorf("%d records came twice after a clean stop", report.Duplicates)
		}
	})
}

// crash is a load that runs while the program is ended and started again.
type crash struct {
	t       *testing.T
	db      *database
	pipe    *pipe
	project *project
	topic   string
	load    *load
	marks   []check.Mark // the stored offset at each end
	gates   [gates]chan struct{}
	opened  int
}

func newCrash(t *testing.T, db *database) *crash {
	c := &crash{t: t, db: db, pipe: newPipe(t, db, "*")}
	for i := range c.gates {
		c.gates[i] = make(chan struct{})
	}
	c.open()
	db.exec(t, createVersions)
	c.topic = c.pipe.topic("v")
	c.project = newProject(t, c.pipe)
	c.project.start(t).streams(c.pipe.name).stop() // an empty table: all that follows is streamed
	c.load = startLoad(t, db, 2, crashKeys, func(ctx context.Context, w *writer) error {
		if err := w.insert(ctx, 400); err != nil {
			return err
		}
		if err := w.updateAll(ctx); err != nil {
			return err
		}
		for w.rows.Load() < crashRows {
			<-c.gates[min(w.rows.Load()*gates/crashRows, gates-1)]
			if err := w.update(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	t.Cleanup(func() { // before the load is waited for
		for c.opened < gates {
			c.open()
		}
	})
	return c
}

// gates part the load, so that each life of the program has something to do.
// The first two are the rows' versions 1 and 2.
const gates = 5

// open lets the writers go on to the next gate.
func (c *crash) open() {
	close(c.gates[c.opened])
	c.opened++
}

// leastLife is how many records each life delivers at least.
const leastLife = 1500

// live runs the program until the topic holds so many records.
func (c *crash) live(until int64, end func(*service)) {
	c.t.Helper()
	admin := newAdmin(c.t, c.pipe.brokers)
	until = max(until, endOffset(c.t, admin, c.topic)+leastLife)
	s := c.project.start(c.t)
	c.open()
	s.poll("records in the topic", func() bool { return endOffset(c.t, admin, c.topic) >= until })
	end(s)
	r := c.project.run(c.t, "offsets", "get")
	r.wants(c.t, 0)
	mark, err := check.ParseMark([]byte(r.out))
	if err != nil {
		c.t.Fatal(err)
	}
	c.marks = append(c.marks, mark)
}

// finish delivers the rest and checks the topic.
func (c *crash) finish() check.Report {
	c.t.Helper()
	s := c.project.start(c.t)
	c.open()
	c.load.wait(c.t)
	c.db.mark(s, c.pipe)
	s.stop()
	checker, err := check.New(readVersions(c.t, c.db))
	if err != nil {
		c.t.Fatal(err)
	}
	c.count(checker, readAll(c.t, c.pipe.brokers, c.topic)[c.topic])
	report := checker.Report()
	if !report.OK() {
		c.t.Errorf("%+v", report)
	}
	c.t.Logf("%d records, %d of them twice", report.Records, report.Duplicates)
	return report
}

// runID is the header that names a run of the program.
const runID = "__debezium.context.runId"

// count hands the records over and looks, whenever another life begins, how
// much the stored offset didn't cover: no more than that may come again.
func (c *crash) count(checker *check.Checker, records []*kgo.Record) {
	c.t.Helper()
	ends := c.ends(records)
	life, lives, allowed, before := "", 0, 0, 0
	judge := func() {
		if again := checker.Duplicates() - before; lives > 1 {
			c.t.Logf("life %d: %d records again, of %d that the stored offset didn't cover, %d into a transaction",
				lives, again, allowed, c.marks[lives-2].Skip)
			if again > allowed {
				c.t.Errorf("life %d: %d records came again, at most %d may", lives, again, allowed)
			}
		}
		before = checker.Duplicates()
	}
	for _, r := range records {
		if id := header(r, runID); id != life {
			judge()
			if lives > 0 {
				allowed = checker.Since(c.marks[lives-1])
			}
			life = id
			lives++
		}
		change, err := check.Decode(r.Value)
		if err != nil {
			c.t.Fatal(err)
		}
		if ends != nil {
			change.At = ends[transactionOf(c.t, r).id] - 1
		}
		checker.Add(change)
	}
	judge()
	if lives != len(c.marks)+1 {
		c.t.Errorf("records come from %d lives of the program, want %d", lives, len(c.marks)+1)
	}
}

// ends returns where each transaction of PostgreSQL ends: there the place of a
// row says nothing, since transactions lie side by side in the log.
func (c *crash) ends(records []*kgo.Record) map[uint64]uint64 {
	c.t.Helper()
	if !c.db.postgres() {
		return nil
	}
	ends := map[uint64]uint64{}
	last, life := transaction{}, ""
	for _, r := range records {
		tx := transactionOf(c.t, r)
		id, fresh := header(r, runID), ends[tx.id] == 0
		if tx.id != last.id && (id == life || fresh) { // not where another life goes back
			ends[last.id] = tx.previousEnd
		}
		if fresh {
			ends[tx.id] = math.MaxUint64 // until another follows
		}
		last, life = tx, id
	}
	return ends
}

// transaction is what a record of PostgreSQL says of its transaction.
type transaction struct{ id, previousEnd uint64 }

func transactionOf(t testing.TB, r *kgo.Record) transaction {
	t.Helper()
	var e struct {
		Source struct {
			TxID     uint64 `json:"txId"`
			Sequence string `json:"sequence"`
		} `json:"source"`
	}
	if err := json.Unmarshal(r.Value, &e); err != nil {
		t.Fatal(err)
	}
	var pair []*string
	if err := json.Unmarshal([]byte(e.Source.Sequence), &pair); err != nil || len(pair) != 2 {
		t.Fatalf("sequence %q: %v", e.Source.Sequence, err)
	}
	tx := transaction{id: e.Source.TxID}
	if pair[0] != nil {
		end, err := strconv.ParseUint(*pair[0], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		tx.previousEnd = end
	}
	return tx
}

func header(r *kgo.Record, key string) string {
	for _, h := range r.Headers {
		if h.Key == key {
			return string(h.Value)
		}
	}
	return ""
}

// readVersions returns the version of each key from 1 on, 0 for one that is
// gone.
func readVersions(t testing.TB, db *database) []int {
	t.Helper()
	rows, err := db.admin.QueryContext(t.Context(), "select id, k from v order by id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var versions []int
	for rows.Next() {
		var id, k int
		if err := rows.Scan(&id, &k); err != nil {
			t.Fatal(err)
		}
		for len(versions) < id {
			versions = append(versions, 0)
		}
		versions[id-1] = k
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return versions
}
