//go:build integration

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"cdc/internal/testdb"
)

// swapRules make records of one shape from two tables: whole rows, or a part of
// each. Names of fields tell which rules made a record.
func swapRules(db *database, topic, shape string) string {
	fields := map[string]string{"whole": "{whole: id, tx: tx, pad: pad}", "part": "{part: id, tx: tx}"}[shape]
	return fmt.Sprintf("version: 1\nrules:\n  - name: %s\n    tables: [%[2]s.e, %[2]s.f]\n    on: [insert, snapshot]\n    fields: %s\n    topic: %s\n",
		shape, db.space(), fields, topic)
}

// swapProject is a pipeline with two tables, whose rules are swapped.
func swapProject(t *testing.T, db *database) (p *project, pipe *pipe, topic string) {
	t.Helper()
	topic, pipe = testdb.UniqueName(t), newPipe(t, db, "*")
	pipe.kafka, pipe.rules = append(pipe.kafka, "topics: {partitions: 1}", "buffer_bytes: 1MiB", "linger: 25ms"), []string{"rules.yaml"}
	p = newProject(t, pipe)
	p.file(t, "rules.yaml", swapRules(db, topic, "whole"))
	db.exec(t, "create table e (id int primary key, tx int, pad varchar(200))", "create table f (id int primary key, tx int, pad varchar(200))")
	return p, pipe, topic
}

const (
	swapWriters = 3
	swapStep    = 10_000 // more than a transaction has rows
)

// insertNumbered writes transactions until ctx ends, as long as the pipeline isn't too
// many rows behind. Their statements take turns between the tables, and every third
// one is larger than the pipeline's buffer, so that the source is inside of a
// transaction for most of the time.
func insertNumbered(s *service, pipeline string) func(ctx context.Context, w *writer) error {
	return func(ctx context.Context, w *writer) error {
		for n := 1; ctx.Err() == nil; n++ {
			tx, rows := n*swapWriters+w.from-1, 1+w.rand.IntN(12)
			if n%3 == 0 {
				rows = 5000
			}
			statements := []string{"begin"}
			for at := 0; at < rows; at += 100 {
				var values []string
				for i := at; i < min(at+100, rows); i++ {
					values = append(values, fmt.Sprintf("(%d,%d,'%s')", tx*swapStep+i, tx, w.pad()))
				}
				table := []string{"e", "f"}[at/100%2]
				statements = append(statements, "insert into "+table+" values "+strings.Join(values, ","))
			}
			if err := w.exec(ctx, rows, append(statements, "commit")...); err != nil {
				return err
			}
			within(s.t, patience, func() bool { return ctx.Err() != nil || w.rows.Load()-s.acknowledged(pipeline) < 8_000 })
		}
		return nil
	}
}

// acknowledged counts the rows that have passed the pipeline.
func (s *service) acknowledged(pipeline string) int64 {
	n, _ := s.metric("cdc_rows_total", pipeline)
	return int64(n)
}

// reloaded is what the admin server answers to a reload.
type reloaded struct {
	code          int
	Result        string
	Before, After string
	Generation    int
	Restarted     bool
	Errors        []string
}

// reload has the rules of a pipeline loaded anew.
func (s *service) reload(pipeline, query string) (r reloaded) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.admin()+"/pipelines/"+pipeline+"/rules/reload"+query, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	r.code = resp.StatusCode
	if err := json.Unmarshal(body, &r); err != nil {
		s.t.Fatalf("%v in %s", err, body)
	}
	return r
}

// generation is the number of the rules in force.
func (s *service) generation(pipeline string) int {
	s.t.Helper()
	n, _ := s.metric("cdc_rules_generation", pipeline)
	return int(n)
}

// TestSwapUnderLoad swaps rules 50 times while transactions are written: every row
// arrives once, in order, and all of a transaction in one shape.
func TestSwapUnderLoad(t *testing.T) {
	onEverySource(t, func(t *testing.T, db *database) {
		p, pipe, topic := swapProject(t, db)
		db.exec(t, "insert into e values (1, 0, 'was there'), (2, 0, 'before')")
		s := p.start(t).streams(pipe.name)
		l := startLoad(t, db, swapWriters, swapWriters, insertNumbered(s, pipe.name))
		const swaps = 50
		hash := ""
		for n := 1; n <= swaps; n++ {
			p.file(t, "rules.yaml", swapRules(db, topic, []string{"whole", "part"}[n%2]))
			before := s.acknowledged(pipe.name)
			if n%5 == 0 {
				s.signal(syscall.SIGHUP)
				s.poll("the rules were swapped", func() bool { return s.generation(pipe.name) == n+1 })
			} else if r := s.reload(pipe.name, ""); r.code != http.StatusOK || r.Result != "changed" || r.Generation != n+1 || n > 1 && n%5 != 1 && r.Before != hash {
				t.Fatalf("swap %d: %+v", n, r)
			} else {
				hash = r.After
			}
			if n == swaps/2 {
				refuseSwap(t, p, s, pipe)
			}
			s.poll("more rows have passed", func() bool { return s.acknowledged(pipe.name) > before+1000 })
		}
		l.stop(t)
		db.mark(s, pipe)
		var rows int // not those of the load: one more may have committed when it was told to stop
		db.one(t, &rows, "select (select count(*) from e) + (select count(*) from f)")
		hash = s.rulesHash(pipe.name)
		s.stop()
		if offset, err := os.ReadFile(p.offsetFile()); err != nil || !strings.Contains(string(offset), hash) {
			t.Errorf("the offset %s (%v) doesn't name the last rules, %s", offset, err, hash)
		}
		checkSwapped(t, readAll(t, pipe.brokers, topic)[topic], rows, swaps)
	})
}

// refuseSwap tries rules that can't be used: nothing changes.
func refuseSwap(t *testing.T, p *project, s *service, pipe *pipe) {
	t.Helper()
	gen, hash := s.generation(pipe.name), s.rulesHash(pipe.name)
	good, err := os.ReadFile(filepath.Join(p.dir, "rules.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for text, code := range map[string]int{
		"version: 1\nrules: [\n":                                  http.StatusUnprocessableEntity,
		strings.Replace(string(good), "fields:", "feilds:", 1):    http.StatusUnprocessableEntity,
		strings.Replace(string(good), "tx: tx", "tx: nothing", 1): http.StatusConflict,
	} {
		p.file(t, "rules.yaml", text)
		r := s.reload(pipe.name, "")
		if r.code != code || r.Result != "refused" || r.Generation != gen || r.After != hash || len(r.Errors) == 0 || !strings.Contains(r.Errors[0], "rules.yaml:") {
			t.Errorf("got %+v, want %d for\n%s", r, code, text)
		}
	}
	if _, body := s.get("/readyz"); !strings.Contains(body, "note: "+pipe.name+": rules were refused at ") {
		t.Errorf("/readyz: %s", body)
	}
	p.file(t, "rules.yaml", string(good))
	if r := s.reload(pipe.name, ""); r.Result != "unchanged" || r.Generation != gen {
		t.Errorf("the good file again: %+v", r)
	}
}

// rulesHash names the rules in force.
func (s *service) rulesHash(pipeline string) string {
	s.t.Helper()
	var answer struct{ Rules struct{ Hash string } }
	_, body := s.get("/pipelines/" + pipeline)
	if err := json.Unmarshal([]byte(body), &answer); err != nil || answer.Rules.Hash == "" {
		s.t.Fatalf("/pipelines/%s: %v in %s", pipeline, err, body)
	}
	return answer.Rules.Hash
}

func (s *service) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// checkSwapped compares what arrived with what was written.
func checkSwapped(t *testing.T, records []*kgo.Record, rows, swaps int) {
	t.Helper()
	var last, next int // transaction and row
	shape, shapes, changes := "", map[int]string{}, 0
	ofWriter := map[int]int{}
	for _, r := range records {
		var v struct{ Whole, Part, Tx *int }
		if err := json.Unmarshal(r.Value, &v); err != nil || (v.Whole == nil) == (v.Part == nil) || v.Tx == nil {
			t.Fatalf("offset %d: %s (%v) is of neither rules", r.Offset, r.Value, err)
		}
		now, id := "whole", v.Whole
		if v.Part != nil {
			now, id = "part", v.Part
		}
		if now != shape {
			shape = now
			changes++
		}
		switch tx := *v.Tx; {
		case tx == 0: // of the snapshot
		case tx != last: // begins
			if shapes[tx] != "" || tx <= ofWriter[tx%swapWriters] || *id != tx*swapStep {
				t.Fatalf("offset %d: transaction %d begins with row %d, after %d of its writer", r.Offset, tx, *id, ofWriter[tx%swapWriters])
			}
			shapes[tx], ofWriter[tx%swapWriters], last, next = now, tx, tx, *id+1
		default:
			if *id != next || shapes[tx] != now {
				t.Fatalf("offset %d: row %d of transaction %d in shape %s, want row %d in shape %s", r.Offset, *id, tx, now, next, shapes[tx])
			}
			next = *id + 1
		}
	}
	if len(records) != rows {
		t.Errorf("%d records for %d rows", len(records), rows)
	}
	if changes < swaps/4 { // several may fall into one transaction
		t.Errorf("the shape changed %d times in %d swaps", changes, swaps)
	}
	t.Logf("%d records of %d transactions, %d changes of the shape", len(records), len(shapes), changes)
}

// TestWatchedRules: a file that changes is loaded, and a pipeline that a rule has
// stopped is started again by one that does not.
func TestWatchedRules(t *testing.T) {
	t.Parallel()
	db, other := newDatabase(t, testdb.Postgres(t, 18)), newDatabase(t, testdb.MySQL(t))
	p, pipe, topic := swapProject(t, db)
	beside := newPipe(t, other, "*") // keeps the process alive
	p.pipelines = append(p.pipelines, beside)
	p.write(t)
	s := p.launch(t, nil, "run", "--watch", "--config", p.config)
	for _, pipe := range p.pipelines {
		s.poll("it streams", func() bool {
			return strings.Contains(s.metrics(), fmt.Sprintf(`cdc_pipeline_state{pipeline=%q,state="streaming"} 1`, pipe.name))
		})
	}
	db.exec(t, "insert into e values (1, 1, 'x')")
	db.mark(s, pipe)
	p.file(t, "rules.yaml", swapRules(db, topic, "part"))
	s.poll("the file was loaded", func() bool { return s.generation(pipe.name) == 2 })
	db.exec(t, "insert into e values (2, 2, 'x')")
	db.mark(s, pipe)

	// A column that the rules need goes away.
	db.exec(t, "alter table e drop column tx", "insert into e values (3, 'x')")
	s.poll("the pipeline has failed", func() bool {
		return strings.Contains(s.metrics(), fmt.Sprintf(`cdc_pipeline_state{pipeline=%q,state="failed"} 1`, pipe.name))
	})
	p.file(t, "rules.yaml", strings.Replace(swapRules(db, topic, "part"), ", tx: tx", "", 1))
	s.poll("it streams again", func() bool {
		return s.generation(pipe.name) == 3 && strings.Contains(s.metrics(), fmt.Sprintf(`cdc_pipeline_state{pipeline=%q,state="streaming"} 1`, pipe.name))
	})
	db.mark(s, pipe)
	s.stop()
	var got []string
	for _, r := range readAll(t, pipe.brokers, topic)[topic] {
		got = append(got, string(r.Value))
	}
	want := `{"whole":1,"tx":1,"pad":"x"} {"part":2,"tx":2} {"part":3}`
	if text := strings.Join(got, " "); text != want {
		t.Errorf("got %s, want %s", text, want)
	}
}
