//go:build integration

package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"cdc/internal/testdb"
)

const (
	snapshotKeys = 60_000 / divisor
	// afterwards is how many rows the writers still change while streaming.
	afterwards = 3000
	// pause between the transactions of a writer leaves the cores to the program.
	pause = 4 * time.Millisecond
)

// TestSnapshotKilled kills the program in the middle of its snapshot, and with
// PostgreSQL before that between the slot's creation and the first row, while
// writers go on. The last life's records must hold every row, and of each row
// every version since its first record.
func TestSnapshotKilled(t *testing.T) {
	onEverySource(t, func(t *testing.T, db *database) {
		s := newSnapshotTest(t, db)
		if db.postgres() {
			s.killBeforeFirstRow()
		}
		s.killMidTable()
		s.finish()
	})
}

// TestSnapshotForeignSlot starts on a slot that somebody else has made: it is
// never dropped, whatever happens, and the snapshot still meets the stream.
func TestSnapshotForeignSlot(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, testdb.Postgres(t, 15))
	s := newSnapshotTest(t, db)
	slot := testdb.UniqueName(t)
	// Our own slots never have two_phase: it tells this one from one made anew.
	db.exec(t, fmt.Sprintf("select pg_create_logical_replication_slot('%s', 'pgoutput', false, true)", slot))
	s.pipe.source = append(s.pipe.source, "slot: "+slot)
	s.project.write(t)
	s.killMidTable()
	s.finish()
	var same bool
	db.one(t, &same, "select coalesce(bool_or(two_phase), false) from pg_replication_slots where slot_name = $1", slot)
	if !same {
		t.Error("the slot that isn't ours was dropped or made anew")
	}
}

// snapshotTest is a table with writers, and the program beginning with it.
type snapshotTest struct {
	t       *testing.T
	db      *database
	pipe    *pipe
	project *project
	load    *load
	topic   string
}

func newSnapshotTest(t *testing.T, db *database) *snapshotTest {
	s := &snapshotTest{t: t, db: db, pipe: newPipe(t, db, "*")}
	s.pipe.kafka = append(s.pipe.kafka, "topics: {partitions: 3}", "buffer_bytes: 1MiB")
	s.topic = s.pipe.topic("v")
	s.project = newProject(t, s.pipe)
	db.exec(t, createVersions)
	s.load = startLoad(t, db, 2, snapshotKeys, func(ctx context.Context, w *writer) error {
		if err := w.insert(ctx, 1000); err != nil {
			return err
		}
		w.churn = true
		pace := time.NewTicker(pause)
		defer pace.Stop()
		for ctx.Err() == nil {
			if err := w.update(ctx); err != nil {
				return err
			}
			<-pace.C
		}
		return nil
	})
	eventually(t, "the table is filled", func() bool { return s.load.rows.Load() >= snapshotKeys })
	return s
}

// killBeforeFirstRow kills the program once the slot is there. Its broker isn't,
// so that no row can be anywhere yet.
func (s *snapshotTest) killBeforeFirstRow() {
	brokers := s.pipe.brokers
	s.pipe.brokers = []string{"127.0.0.1:1"}
	s.project.write(s.t)
	life := s.project.start(s.t)
	life.poll("the slot is there", func() bool {
		var n int
		s.db.one(s.t, &n, "select count(*) from pg_replication_slots where database = current_database() and confirmed_flush_lsn is not null")
		return n == 1
	})
	life.kill()
	s.wantPlan()
	s.pipe.brokers = brokers
	s.project.write(s.t)
	if n := endOffset(s.t, newAdmin(s.t, brokers), s.topic); n != 0 {
		s.t.Fatalf("%d records are there already", n)
	}
}

// killMidTable kills the program when some rows of the table are in Kafka.
func (s *snapshotTest) killMidTable() {
	life, admin := s.project.start(s.t), newAdmin(s.t, s.pipe.brokers)
	life.poll("rows of the snapshot", func() bool { return endOffset(s.t, admin, s.topic) > 0 })
	life.kill()
	s.wantPlan()
	if n := endOffset(s.t, admin, s.topic); n >= snapshotKeys {
		s.t.Fatalf("the kill came too late: %d records", n)
	}
}

// wantPlan looks into the store: a snapshot has begun and isn't done.
func (s *snapshotTest) wantPlan() {
	s.t.Helper()
	r := s.project.run(s.t, "offsets", "get")
	r.wants(s.t, 0, `\"snapshot\":`)
}

// finish lets the program do its work and compares.
func (s *snapshotTest) finish() {
	life := s.project.start(s.t).streams(s.pipe.name)
	enough := s.load.rows.Load() + afterwards
	eventually(s.t, "writers have gone on", func() bool { return s.load.rows.Load() >= enough })
	s.load.stop(s.t)
	s.db.mark(life, s.pipe)
	life.stop()
	records := readAll(s.t, s.pipe.brokers, s.topic)[s.topic]
	state := newState(s.t)
	last, lives := lastLife(records), map[string]bool{}
	for _, r := range records {
		lives[header(r, runID)] = true
		if header(r, runID) == last {
			state.add(r)
		}
	}
	state.compare(s.db)
	s.t.Logf("%d records of %d lives; the last: %d rows of the snapshot, %d changes, %d rows are left",
		len(records), len(lives), state.reads, state.changes, len(state.rows))
	if state.reads == 0 || state.changes < afterwards/2 {
		s.t.Errorf("the last life has %d rows of the snapshot and %d changes", state.reads, state.changes)
	}
}

// lastLife returns the run that wrote the newest record.
func lastLife(records []*kgo.Record) string {
	newest := records[0]
	for _, r := range records {
		if r.Timestamp.After(newest.Timestamp) {
			newest = r
		}
	}
	return header(newest, runID)
}

// state is the table v as the records of one life make it.
type state struct {
	t              testing.TB
	rows           map[float64]row
	gone           map[float64]bool
	reads, changes int
	examples       []string
}

type row struct {
	k   float64
	pad string
}

func newState(t testing.TB) *state {
	return &state{t: t, rows: map[float64]row{}, gone: map[float64]bool{}}
}

func (s *state) wrong(format string, args ...any) {
	s.examples = append(s.examples, fmt.Sprintf(format, args...))
}

// add takes the next record: nothing may come twice, and no version may lack.
func (s *state) add(r *kgo.Record) {
	s.t.Helper()
	e := decode(s.t, r)
	if e == nil {
		return
	}
	s.changes++
	if e.Op == "d" {
		id := e.Before["id"].(float64)
		if _, ok := s.rows[id]; !ok {
			s.wrong("key %v is deleted, and wasn't there", id)
		}
		delete(s.rows, id)
		s.gone[id] = true
		return
	}
	id, now := e.After["id"].(float64), row{k: e.After["k"].(float64), pad: e.After["pad"].(string)}
	old, there := s.rows[id]
	switch {
	case e.Op == "r":
		s.reads++
		s.changes--
		if there || s.gone[id] {
			s.wrong("key %v is read behind a change of it, or twice", id)
		}
	case e.Op == "c":
		if there || now.k != 1 {
			s.wrong("key %v is inserted with version %v; it was there: %t", id, now.k, there)
		}
	case !there || now.k != old.k+1:
		s.wrong("key %v: version %v follows version %v (it was there: %t)", id, now.k, old.k, there)
	}
	s.rows[id] = now
}

// compare holds the state against the table.
func (s *state) compare(db *database) {
	s.t.Helper()
	rows, err := db.admin.QueryContext(s.t.Context(), "select id, k, pad from v")
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	count := 0
	for rows.Next() {
		var id float64
		var want row
		if err := rows.Scan(&id, &want.k, &want.pad); err != nil {
			s.t.Fatal(err)
		}
		count++
		if s.rows[id] != want {
			s.wrong("key %v: got version %v, want %v", id, s.rows[id].k, want.k)
		}
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	if len(s.rows) != count {
		s.wrong("got %d rows, want %d", len(s.rows), count)
	}
	if len(s.examples) > 0 {
		s.t.Errorf("%d faults, such as\n%s", len(s.examples), strings.Join(s.examples[:min(10, len(s.examples))], "\n"))
	}
}

// TestState hands the checker topics with one fault each.
func TestState(t *testing.T) {
	change := func(op string, id, k int) *kgo.Record {
		image := fmt.Sprintf(`{"id":%d,"k":%d,"pad":""}`, id, k)
		if op == "d" {
			return &kgo.Record{Value: fmt.Appendf(nil, `{"op":"d","before":%s,"after":null}`, image)}
		}
		return &kgo.Record{Value: fmt.Appendf(nil, `{"op":%q,"before":null,"after":%s}`, op, image)}
	}
	for name, tt := range map[string]struct {
		records []*kgo.Record
		faults  int
	}{
		"right":         {[]*kgo.Record{change("r", 1, 4), change("u", 1, 5), change("d", 1, 5), change("c", 2, 1), {}}, 0},
		"gap":           {[]*kgo.Record{change("r", 1, 4), change("u", 1, 6)}, 1},
		"overlap":       {[]*kgo.Record{change("r", 1, 4), change("u", 1, 4)}, 1},
		"twice":         {[]*kgo.Record{change("r", 1, 4), change("r", 1, 4)}, 1},
		"read late":     {[]*kgo.Record{change("u", 1, 4), change("r", 1, 4)}, 2},
		"never read":    {[]*kgo.Record{change("u", 1, 4)}, 1},
		"read and gone": {[]*kgo.Record{change("r", 1, 4), change("d", 1, 4), change("r", 1, 4)}, 1},
		"deleted twice": {[]*kgo.Record{change("r", 1, 4), change("d", 1, 4), change("d", 1, 4)}, 1},
	} {
		s := newState(t)
		for _, r := range tt.records {
			s.add(r)
		}
		if len(s.examples) != tt.faults {
			t.Errorf("%s: got %q, want %d faults", name, s.examples, tt.faults)
		}
	}
}
