//go:build integration

package e2e

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
)

// TestKafkaOffsets keeps the offset, and of MySQL and MariaDB the history of
// table versions, in Kafka: over a stop, a kill, a change of the table and all
// three commands for offsets the pipeline goes on where it was.
func TestKafkaOffsets(t *testing.T) {
	onEverySource(t, func(t *testing.T, db *database) {
		db.exec(t, "create table orders (id int primary key, old int)", "insert into orders values (1, 7)")
		p := newPipe(t, db, "orders", "e2e_mark")
		p.store = []string{"kafka: {topic: " + p.name + "-offsets}"}
		project, orders := newProject(t, p), p.topic("orders")

		project.run(t, "offsets", "get").wants(t, 1, "no offset is stored")
		project.once(t, p, "insert into orders values (2, 7)")
		first := project.run(t, "offsets", "get")
		first.wants(t, 0)
		checkFlat(t, first.out)
		db.exec(t, "insert into orders values (3, 7)", "alter table orders rename column old to young", "insert into orders values (4, 7)")
		s := project.start(t).streams(p.name)
		db.mark(s, p)
		s.kill()
		project.once(t, p, "insert into orders values (5, 7)")

		got := ops(t, p.brokers, orders)
		if want := []string{"r1", "c2", "c3", "c4", "c5"}; !slices.Equal(slices.Compact(slices.Sorted(slices.Values(got))), slices.Sorted(slices.Values(want))) || count(got, "r1", "c2", "c5") != 3 {
			t.Errorf("topic holds %v, want %v, c3 and c4 perhaps again", got, want)
		}
		project.run(t, "offsets", "reset").wants(t, 2, "--yes")
		project.run(t, "offsets", "get").wants(t, 0)
		if db.postgres() {
			project.setBack(t, first.out)
		} else {
			project.setBackOverChange(t, p, first.out)
		}
		project.run(t, "offsets", "reset", "--yes").wants(t, 0)
		project.run(t, "offsets", "get").wants(t, 1, "no offset is stored")
		project.once(t, p)
		var rows int
		db.one(t, &rows, "select count(*) from orders")
		if got := ops(t, p.brokers, orders); count(got, "r1", "r2", "r3", "r4", "r5", "r6") != 1+rows {
			t.Errorf("after the reset the topic holds %v, want a second snapshot of %d rows", got, rows)
		}
	})
}

// once runs the service, changes rows while it streams, and stops it.
func (p *project) once(t *testing.T, pipe *pipe, statements ...string) {
	t.Helper()
	s := p.start(t).streams(pipe.name)
	pipe.db.exec(t, statements...)
	pipe.db.newest(s, pipe)
	s.stop()
}

// newest is mark for a topic that may hold marks twice: it waits for the mark
// itself.
func (d *database) newest(s *service, p *pipe) {
	s.t.Helper()
	arrived := d.marked(s.t, p)
	s.poll("the newest mark is in Kafka", func() bool {
		if !arrived() {
			return false
		}
		all := readAll(s.t, p.brokers, p.topic("e2e_mark"))[p.topic("e2e_mark")]
		return slices.ContainsFunc(all, func(r *kgo.Record) bool {
			e := decode(s.t, r)
			return e != nil && e.After["n"] == float64(d.marks)
		})
	})
}

// setBackOverChange sets an earlier offset: what came after it comes again, and
// each row with the columns that it had then.
func (p *project) setBackOverChange(t *testing.T, pipe *pipe, offset string) {
	t.Helper()
	topic := pipe.topic("orders")
	before := len(ops(t, pipe.brokers, topic))
	p.runWith(t, offset, "offsets", "set").wants(t, 0)
	p.once(t, pipe)
	again := readAll(t, pipe.brokers, topic)[topic][before:]
	var columns []string
	for _, r := range again {
		for column := range decode(t, r).After {
			if column != "id" {
				columns = append(columns, column)
			}
		}
	}
	if want := []string{"old", "young", "young"}; !slices.Equal(columns, want) {
		t.Errorf("rows came again with the columns %v, want %v", columns, want)
	}
}

// setBack sets an earlier offset, which PostgreSQL can't serve any more: its
// slot has moved on. The error says so, and the newest offset still works.
func (p *project) setBack(t *testing.T, offset string) {
	t.Helper()
	newest := p.run(t, "offsets", "get")
	p.runWith(t, offset, "offsets", "set").wants(t, 0)
	s := p.start(t)
	if code := s.exit(); code != 1 || !strings.Contains(s.out.String(), "beyond the stored position") {
		t.Errorf("exit code %d, want 1 and the reason:\n%s", code, tail(s.out.String()))
	}
	p.runWith(t, newest.out, "offsets", "set").wants(t, 0)
	pipe := p.pipelines[0]
	p.once(t, pipe, "insert into orders values (6, 7)")
	if got := ops(t, pipe.brokers, pipe.topic("orders")); count(got, "r1", "c2", "c5", "c6") != 4 {
		t.Errorf("topic holds %v, want c6 too and no second snapshot", got)
	}
}

// count counts the elements that are one of some.
func count(list []string, of ...string) int {
	n := 0
	for _, e := range list {
		if slices.Contains(of, e) {
			n++
		}
	}
	return n
}

// checkFlat wants a document that Kafka Connect takes.
func checkFlat(t *testing.T, doc string) {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal([]byte(doc), &fields); err != nil {
		t.Fatalf("%v: %s", err, doc)
	}
	for name, value := range fields {
		switch value.(type) {
		case map[string]any, []any:
			t.Errorf("field %s is not a plain value: %s", name, doc)
		}
	}
}
