//go:build integration

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/sr"

	"cdc/internal/testdb"
)

// newAvroPipe is newPipe with keys and values in Avro.
func newAvroPipe(t testing.TB, registry string, db *database, tables ...string) *pipe {
	t.Helper()
	p := newPipe(t, db, tables...)
	p.own = append(p.own, fmt.Sprintf("format: {value: avro, registry: {url: ['%s']}}", registry))
	return p
}

// avroRecord is a record as Apache Avro has read it.
type avroRecord struct {
	keyID, valueID string
	key, value     string
}

// readAvro has Apache Avro's own reader read topics.
func readAvro(t testing.TB, p *pipe, registry string, topics ...string) map[string][]avroRecord {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	args := []string{
		"-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8",
		"-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp", testdb.KafkaClasspath(t) + ":" + testdb.AvroClasspath(t),
		filepath.Join("testdata", "AvroReader.java"), strings.Join(p.brokers, ","), registry,
	}
	cmd := exec.CommandContext(ctx, "java", append(args, topics...)...)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, complaints.String())
	}
	all := map[string][]avroRecord{}
	for line := range strings.Lines(string(out)) {
		words := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(words) != 5 {
			t.Fatalf("the reader says %q", line)
		}
		all[words[0]] = append(all[words[0]], avroRecord{words[1], words[3], words[2], words[4]})
	}
	return all
}

// avroChanges prints what matters of records, one a line: key, operation, before
// and after. JSON in between makes the blanks of Avro's text go.
func avroChanges(t testing.TB, records []avroRecord) []string {
	t.Helper()
	var all []string
	for _, r := range records {
		text := compact(t, r.key)
		if r.value == "null" {
			all = append(all, text+" tombstone")
			continue
		}
		var parts map[string]json.RawMessage
		if err := json.Unmarshal([]byte(r.value), &parts); err != nil {
			t.Fatalf("%v in %s", err, r.value)
		}
		text += " " + strings.Trim(string(parts["op"]), `"`)
		all = append(all, text+" "+compact(t, string(parts["before"]))+" "+compact(t, string(parts["after"])))
	}
	return all
}

func compact(t testing.TB, text string) string {
	t.Helper()
	var b strings.Builder
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v json.RawMessage
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	for part := range strings.SplitSeq(string(v), `": `) {
		if b.Len() > 0 {
			b.WriteString(`":`)
		}
		b.WriteString(strings.ReplaceAll(part, `, "`, `,"`))
	}
	return b.String()
}

func registryClient(t testing.TB, url string) *sr.Client {
	t.Helper()
	client, err := sr.NewClient(sr.URLs(url))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// TestAvro reads keys and values in Avro with Apache Avro, across a change of the
// table, which makes a second version of the value's schema.
func TestAvro(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		server        func(testing.TB) *testdb.Server
		create, alter string
		want          []string
	}{
		"mysql": {
			testdb.MySQL,
			"create table t (id int primary key, a decimal(10,2) not null default 1.25, b varchar(20), c enum('x','y') default 'x', d datetime(6), e bigint unsigned, `unit-price` float)",
			"alter table t add column f tinyint default 7",
			[]string{
				`{"id":1} r null {"id":1,"a":"\u0004Ò","b":"größe 😀","c":"y","d":1577836800000001,"e":18,"unit_price":0.5}`,
				`{"id":2} c null {"id":2,"a":"}","b":null,"c":"x","d":null,"e":null,"unit_price":null}`,
				`{"id":3} c null {"id":3,"a":"}","b":null,"c":"x","d":null,"e":null,"unit_price":null,"f":7}`,
				`{"id":2} u {"id":2,"a":"}","b":null,"c":"x","d":null,"e":null,"unit_price":null,"f":7} {"id":2,"a":"ÿ","b":"new","c":"x","d":null,"e":null,"unit_price":null,"f":7}`,
				`{"id":1} d {"id":1,"a":"\u0004Ò","b":"größe 😀","c":"y","d":1577836800000001,"e":18,"unit_price":0.5,"f":7} null`,
				`{"id":1} tombstone`,
			},
		},
		"postgres": {
			func(t testing.TB) *testdb.Server { return testdb.Postgres(t, 18) },
			`create table t (id int primary key, a numeric(10,2) not null default 1.25, b varchar(20), c numeric, d timestamp, e text[], "unit-price" real)`,
			"alter table t add column f smallint default 7",
			[]string{
				`{"id":1} r null {"id":1,"a":"\u0004Ò","b":"größe 😀","c":{"scale":1,"value":"\u0019"},"d":1577836800000001,"e":["x", null],"unit_price":0.5}`,
				`{"id":2} c null {"id":2,"a":"}","b":null,"c":null,"d":null,"e":null,"unit_price":null}`,
				`{"id":3} c null {"id":3,"a":"}","b":null,"c":null,"d":null,"e":null,"unit_price":null,"f":7}`,
				`{"id":2} u null {"id":2,"a":"ÿ","b":"new","c":null,"d":null,"e":null,"unit_price":null,"f":7}`,
				`{"id":1} d {"id":1,"a":"}","b":null,"c":null,"d":null,"e":null,"unit_price":null,"f":7} null`,
				`{"id":1} tombstone`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			registry := testdb.Registry(t)
			db := newDatabase(t, c.server(t))
			values := "1, 12.34, 'größe 😀', 'y', '2020-01-01 00:00:00.000001', 18, 0.5"
			if db.postgres() {
				values = "1, 12.34, 'größe 😀', 2.5, '2020-01-01 00:00:00.000001', '{x,null}', 0.5"
			}
			db.exec(t, c.create, "insert into t values ("+values+")")
			pipe := newAvroPipe(t, registry, db, "*")
			s := newProject(t, pipe).start(t).streams(pipe.name)
			db.exec(t, "insert into t (id) values (2)", c.alter, "insert into t (id) values (3)",
				"update t set a = -0.01, b = 'new' where id = 2", "delete from t where id = 1")
			db.mark(s, pipe)
			s.stop()
			topic := pipe.topic("t")
			records := readAvro(t, pipe, registry, topic)[topic]
			if diff := cmp.Diff(c.want, avroChanges(t, records)); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
			checkAvroVersions(t, registry, topic, records)
		})
	}
}

// checkAvroVersions wants one version of the key's schema and two of the value's,
// and the second from the third record on.
func checkAvroVersions(t *testing.T, registry, topic string, records []avroRecord) {
	t.Helper()
	client := registryClient(t, registry)
	for part, want := range map[string]int{"-key": 1, "-value": 2} {
		if versions, err := client.SubjectVersions(t.Context(), topic+part); err != nil || len(versions) != want {
			t.Errorf("subject %s has versions %v, %v; want %d", topic+part, versions, err, want)
		}
	}
	var ids []string
	for _, r := range records {
		if r.valueID != "-" {
			ids = append(ids, r.valueID)
		}
	}
	if len(ids) != 5 || ids[0] != ids[1] || ids[1] == ids[2] || ids[2] != ids[4] {
		t.Errorf("the values have schemas %v", ids)
	}
}

// TestAvroRefused changes a table in a way that the subject's compatibility
// forbids. The pipeline stops and says what can be done; once that is done, no
// row is missing.
func TestAvroRefused(t *testing.T) {
	t.Parallel()
	registry := testdb.Registry(t)
	db := newDatabase(t, testdb.MySQL(t))
	db.exec(t, "create table t (id int primary key)")
	pipe := newAvroPipe(t, registry, db, "*")
	project := newProject(t, pipe)
	s := project.start(t).streams(pipe.name)
	db.exec(t, "insert into t values (1)")
	db.mark(s, pipe)
	subject := pipe.topic("t") + "-value"
	setCompatibility(t, registry, subject, sr.CompatBackward)
	db.exec(t, "alter table t add column n int not null", "insert into t values (2, 5)")
	s.wants(`subject \"` + subject + `\"`)
	for _, text := range []string{"incompatible", `/config/` + subject, "NONE"} {
		s.wants(text)
	}
	s.kill()
	setCompatibility(t, registry, subject, sr.CompatNone)
	s = project.start(t).streams(pipe.name)
	db.mark(s, pipe)
	s.stop()
	want := []string{`{"id":1} c null {"id":1}`, `{"id":2} c null {"id":2,"n":5}`}
	got := avroChanges(t, readAvro(t, pipe, registry, pipe.topic("t"))[pipe.topic("t")])
	if diff := cmp.Diff(want, slices.Compact(got)); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func setCompatibility(t testing.TB, registry, subject string, level sr.CompatibilityLevel) {
	t.Helper()
	for _, r := range registryClient(t, registry).SetCompatibility(t.Context(), sr.SetCompatibility{Level: level}, subject) {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
	}
}

// TestAvroRegistryAway starts while the registry is away: nothing is lost,
// readiness says why nothing flows, and the program can be stopped.
func TestAvroRegistryAway(t *testing.T) {
	t.Parallel()
	server, registry := testdb.NewRegistry(t)
	server.Stop(t)
	db := newDatabase(t, testdb.Postgres(t, 18))
	db.exec(t, "create table t (id int primary key)", "insert into t values (1), (2)")
	pipe := newAvroPipe(t, registry, db, "*")
	pipe.own = append(pipe.own, "stop_timeout: 1s")
	project := newProject(t, pipe)
	s := project.start(t)
	s.wants("can't reach the schema registry")
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.exit() // who waits for the registry doesn't keep the program
	s = project.start(t)
	s.wants("can't reach the schema registry")
	s.poll("readiness tells", func() bool {
		code, body := s.get("/readyz")
		return code == http.StatusServiceUnavailable && strings.Contains(body, "schema registry")
	})
	server.Start(t)
	s.streams(pipe.name)
	db.mark(s, pipe)
	s.stop()
	want := []string{`{"id":1} r null {"id":1}`, `{"id":2} r null {"id":2}`}
	got := avroChanges(t, readAvro(t, pipe, registry, pipe.topic("t"))[pipe.topic("t")])
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}
