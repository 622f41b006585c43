//go:build integration

package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"cdc/internal/testdb"
)

// TestSeveralPipelines runs three in one process: one that can't start, and two
// that work on, until they fail, too.
func TestSeveralPipelines(t *testing.T) {
	t.Parallel()
	my, pg, bad := newDatabase(t, testdb.MySQL(t)), newDatabase(t, testdb.Postgres(t, 18)), newDatabase(t, testdb.MariaDB(t))
	wrong := *bad
	wrong.password += "-wrong"
	pipes := []*pipe{newPipe(t, my, "*"), newPipe(t, pg, "*"), newPipe(t, &wrong, "*")}
	for _, p := range pipes[:2] {
		p.db.exec(t, "create table t (id int primary key, v text)", "insert into t values (1, 'x')")
		p.kafka = append(p.kafka, "topics: {max_message_bytes: 20KiB}", "compression: none")
	}
	project := newProject(t, pipes...)
	s := project.start(t)
	for _, p := range pipes[:2] {
		s.poll("it streams", func() bool {
			return strings.Contains(s.metrics(), fmt.Sprintf(`cdc_pipeline_state{pipeline=%q,state="streaming"} 1`, p.name))
		})
		p.db.mark(s, p)
	}
	s.poll("the third has failed", func() bool {
		return strings.Contains(s.metrics(), fmt.Sprintf(`cdc_pipeline_state{pipeline=%q,state="failed"} 1`, pipes[2].name))
	})
	if code, body := s.get("/readyz"); code != http.StatusServiceUnavailable || !strings.Contains(body, pipes[2].name) || strings.Contains(body, pipes[0].name) {
		t.Errorf("/readyz gives %d: %s", code, body)
	}
	if code, body := s.get("/healthz"); code != http.StatusOK {
		t.Errorf("/healthz gives %d: %s", code, body)
	}
	checkMetrics(t, s, pipes[0])
	checkHealth(t, project, s)

	// Now one after the other meets a row that the broker doesn't take.
	large := fmt.Sprintf("insert into t values (2, '%s')", strings.Repeat("large", 10_000))
	my.exec(t, large)
	s.poll("the first has failed", func() bool {
		_, body := s.get("/readyz")
		return strings.Contains(body, pipes[0].name)
	})
	pg.mark(s, pipes[1])
	pg.exec(t, large)
	if code := s.exit(); code != 1 {
		t.Errorf("exit code is %d when no pipeline is left, want 1", code)
	}
	for _, p := range pipes {
		if !logged(s.out.String(), "error", p.name) {
			t.Errorf("no error is logged for pipeline %s", p.name)
		}
	}
}

// logged reports whether a log holds a line of that level about a pipeline.
func logged(log, level, pipeline string) bool {
	for line := range strings.Lines(log) {
		if strings.Contains(line, fmt.Sprintf(`"level":%q`, level)) && strings.Contains(line, fmt.Sprintf(`"pipeline":%q`, pipeline)) {
			return true
		}
	}
	return false
}

func checkMetrics(t *testing.T, s *service, p *pipe) {
	t.Helper()
	for name, least := range map[string]float64{
		"cdc_rows_total": 2, "cdc_records_total": 2, "cdc_record_bytes_total": 100, "cdc_snapshot_rows_total": 1,
		"cdc_source_received_bytes_total": 100, "cdc_source_connected": 1, "cdc_ready": 1, "cdc_source_lag_seconds": 0,
		"cdc_source_lag_bytes": -1, "cdc_source_reconnects_total": 0, "cdc_restarts_total": 0, "cdc_buffer_bytes": 0,
	} {
		if n, ok := s.metric(name, p.name); !ok || n < least {
			t.Errorf("%s is %v (there: %t), want at least %v", name, n, ok, least)
		}
	}
	s.poll("the offset was stored", func() bool {
		saves, _ := s.metric("cdc_offset_saves_total", p.name)
		age, _ := s.metric("cdc_offset_age_seconds", p.name)
		return saves >= 1 && age >= 0 && age < patience.Seconds()
	})
}

// checkHealth asks as a container's health check does.
func checkHealth(t *testing.T, project *project, s *service) {
	t.Helper()
	address := []string{"health", "--address", s.admin()}
	project.run(t, address...).wants(t, 0)
	project.run(t, append(address, "--ready")...).wants(t, 1, project.pipelines[2].name)
	project.run(t, "health", "--address", "127.0.0.1:1").wants(t, 1, "connection refused")
}

// TestOffsets moves a stopped pipeline back, and lets it begin anew.
func TestOffsets(t *testing.T) {
	onEverySource(t, func(t *testing.T, db *database) {
		db.exec(t, "create table t (id int primary key)", "insert into t values (1)")
		pipe := newPipe(t, db, "*")
		p := newProject(t, pipe)
		p.run(t, "offsets", "get").wants(t, 1, "no offset is stored")
		ids := func() []string {
			t.Helper()
			var all []string
			for _, r := range readAll(t, pipe.brokers, pipe.topic("t"))[pipe.topic("t")] {
				all = append(all, string(r.Key))
			}
			return all
		}
		want := func(keys ...string) {
			t.Helper()
			if got := ids(); !slices.Equal(got, keys) {
				t.Errorf("got %q, want %q", got, keys)
			}
		}
		cycle := func(statements ...string) {
			t.Helper()
			s := p.start(t).streams(pipe.name)
			db.exec(t, statements...)
			db.mark(s, pipe)
			s.stop()
		}
		cycle()
		first := p.run(t, "offsets", "get")
		first.wants(t, 0)
		if !json.Valid([]byte(first.out)) {
			t.Errorf("the offset is not JSON: %s", first.out)
		}
		db.exec(t, "insert into t values (2)")
		cycle("insert into t values (3)")
		want(`{"id":1}`, `{"id":2}`, `{"id":3}`)

		if !db.postgres() { // whose slot can't go back
			p.runWith(t, first.out, "offsets", "set", pipe.name).wants(t, 0)
			cycle()
			want(`{"id":1}`, `{"id":2}`, `{"id":3}`, `{"id":2}`, `{"id":3}`)
		} else {
			p.runWith(t, first.out, "offsets", "set").wants(t, 0)
			p.refuses(t, "beyond the stored position")
		}
		p.runWith(t, "{not an offset", "offsets", "set").wants(t, 3, "standard input")
		p.run(t, "offsets", "get", "nobody").wants(t, 2, "nobody")
		p.run(t, "offsets", "reset").wants(t, 2, "--yes")
		p.run(t, "offsets", "reset", "--yes").wants(t, 0)
		before := len(ids())
		cycle()
		if got := ids()[before:]; !slices.Equal(got, []string{`{"id":1}`, `{"id":2}`, `{"id":3}`}) {
			t.Errorf("after reset: got %q, want a new snapshot", got)
		}
	})
}

// TestDamagedOffset: an offset that can't be read is never taken for none.
func TestDamagedOffset(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, testdb.MySQL(t))
	pipe := newPipe(t, db, "*")
	p := newProject(t, pipe)
	p.start(t).streams(pipe.name).stop()
	text, err := os.ReadFile(p.offsetFile())
	if err != nil {
		t.Fatal(err)
	}
	for name, damaged := range map[string]string{
		"cut": string(text[:len(text)/2]), "empty": "", "changed": strings.Replace(string(text), `"pos":`, `"pos":1`, 1),
	} {
		if err := os.WriteFile(p.offsetFile(), []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		r := p.run(t, "offsets", "get")
		if r.code == 0 || !strings.Contains(r.out, filepath.Base(p.offsetFile())) {
			t.Errorf("%s: exit code %d: %s", name, r.code, r.out)
		}
		s := p.start(t)
		s.wants(filepath.Base(p.offsetFile()))
		if strings.Contains(s.out.String(), "snapshot read") {
			t.Errorf("%s: the damaged offset was taken for none", name)
		}
		s.kill()
	}
}

// TestOffsetsInKafka keeps offset and history of tables in Kafka: nothing comes
// twice after a clean stop, nothing is lost by a kill.
func TestOffsetsInKafka(t *testing.T) {
	onEverySource(t, func(t *testing.T, db *database) {
		db.exec(t, "create table t (id int primary key)", "insert into t values (1)")
		pipe := newPipe(t, db, "*")
		pipe.store = []string{"kafka: {topic: " + testdb.UniqueName(t) + "}"}
		p := newProject(t, pipe)
		p.start(t).streams(pipe.name).stop()
		db.exec(t, "insert into t values (2)", "alter table t add column v int", "insert into t values (3, 3)")
		s := p.start(t).streams(pipe.name)
		db.mark(s, pipe)
		s.stop()
		p.run(t, "offsets", "get").wants(t, 0, "{")
		s = p.start(t).streams(pipe.name)
		db.exec(t, "insert into t values (4, 4)")
		s.kill()
		s = p.start(t).streams(pipe.name)
		db.mark(s, pipe)
		s.stop()
		got := changes(t, readAll(t, pipe.brokers, pipe.topic("t"))[pipe.topic("t")])
		want := []string{`{"id":1} r null {"id":1}`, `{"id":2} c null {"id":2}`, `{"id":3} c null {"id":3,"v":3}`, `{"id":4} c null {"id":4,"v":4}`}
		if got = slices.Compact(got); !slices.Equal(got, want) { // the last may come twice
			t.Errorf("got %q, want %q", got, want)
		}
		if files, err := os.ReadDir(p.dir); err != nil || len(files) != 1 {
			t.Errorf("files are left beside the configuration: %v, %v", files, err)
		}
	})
}

// TestDoctor is content with a server of the test bed and the grants of
// README.md.
func TestDoctor(t *testing.T) {
	onEverySource(t, func(t *testing.T, db *database) {
		pipe := newPipe(t, db, "*")
		p := newProject(t, pipe)
		p.run(t, "doctor").wants(t, 0, "ok", pipe.name)
		p.run(t, "validate", "--online").wants(t, 0, "ok, 1 pipeline(s)")
		r := p.run(t, "doctor", "--json")
		r.wants(t, 0)
		for line := range strings.Lines(r.out) {
			var finding struct{ Pipeline, Level, Check, Detail string }
			if err := json.Unmarshal([]byte(line), &finding); err != nil || finding.Level == "fail" || finding.Check == "" {
				t.Errorf("%v: %s", err, line)
			}
		}
		pipe.brokers = []string{"127.0.0.1:1"}
		p.write(t)
		p.run(t, "doctor").wants(t, 1, "broker")
	})
}

// TestModes: no_data takes the position alone, initial_only the rows alone.
func TestModes(t *testing.T) {
	onEverySource(t, func(t *testing.T, db *database) {
		db.exec(t, "create table t (id int primary key)", "insert into t values (1)")
		for mode, want := range map[string][]string{
			"no_data":      {`{"id":2} c null {"id":2}`},
			"initial_only": {`{"id":1} r null {"id":1}`},
		} {
			pipe := newPipe(t, db, "*")
			pipe.mode = mode
			p := newProject(t, pipe)
			s := p.start(t)
			if mode == "initial_only" {
				if code := s.exit(); code != 0 {
					t.Errorf("%s: exit code is %d, want 0", mode, code)
				}
			} else {
				s.streams(pipe.name)
				db.exec(t, "insert into t values (2)")
				s.poll("the row is there", func() bool { return endOffset(t, newAdmin(t, pipe.brokers), pipe.topic("t")) > 0 })
				s.stop()
				db.exec(t, "delete from t where id = 2")
			}
			if got := changes(t, readAll(t, pipe.brokers, pipe.topic("t"))[pipe.topic("t")]); !slices.Equal(got, want) {
				t.Errorf("%s: got %q, want %q", mode, got, want)
			}
		}
	})
}

// TestTLS connects with a certificate that is checked, and refuses one that
// nobody vouches for.
func TestTLS(t *testing.T) {
	onEverySource(t, func(t *testing.T, db *database) {
		if db.server.CAFile == "" {
			t.Fatal("the authority of the server's certificate isn't known: set CDC_TEST_CA")
		}
		pipe := newPipe(t, db, "*")
		pipe.source = append(pipe.source, "tls: {mode: verify-full, ca: "+db.server.CAFile+"}")
		p := newProject(t, pipe)
		s := p.start(t).streams(pipe.name)
		db.mark(s, pipe)
		s.stop()
		pipe.source[len(pipe.source)-1] = "tls: {mode: verify-full}"
		p.write(t)
		p.refuses(t, "tls.ca")
	})
}

// TestStopInVain stops the program while nothing can be delivered: the first
// signal waits for stop_timeout, a second one doesn't.
func TestStopInVain(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, testdb.Postgres(t, 18))
	db.exec(t, createVersions, "insert into v select n, 1, 'x' from generate_series(1, 1000) n")
	for name, tt := range map[string]struct {
		limit   string
		signals int
	}{"one signal": {"1s", 1}, "two signals": {"1h", 2}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pipe := newPipe(t, db, "*")
			pipe.brokers = []string{"127.0.0.1:1"}
			pipe.own = append(pipe.own, "stop_timeout: "+tt.limit)
			s := newProject(t, pipe).start(t)
			s.wants("snapshot read")
			for range tt.signals {
				if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
					t.Fatal(err)
				}
				s.wants("asked to stop")
			}
			if code := s.exit(); code != 1 {
				t.Errorf("exit code is %d, want 1", code)
			}
		})
	}
}
