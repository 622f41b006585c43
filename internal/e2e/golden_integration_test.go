//go:build integration

package e2e

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"cdc/internal/testdb"
)

// TestGolden replays what was recorded from Debezium through the program and
// compares every record. A case whose connector had a property that has no
// counterpart yet is counted, not replayed.
func TestGolden(t *testing.T) {
	t.Parallel()
	tally := &goldenTally{later: map[string]int{}, argued: map[string]int{}}
	t.Cleanup(func() { tally.report(t) })
	for name, c := range goldenCases(t) {
		s := c.settings()
		if len(s.notYet) > 0 {
			tally.notYet(s.notYet)
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := &goldenRun{t: t, goldenCase: c, settings: s, tally: tally}
			g.replay()
		})
	}
}

// goldenTally counts what all cases together compared.
type goldenTally struct {
	mu                              sync.Mutex
	cases, records, fields, leftOut int
	later                           map[string]int // cases by property
	argued                          map[string]int // fields by reason
}

func (g *goldenTally) notYet(properties []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, p := range properties {
		g.later[p]++
	}
}

func (g *goldenTally) argue(reasons ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, reason := range reasons {
		g.argued[reason]++
	}
}

func (g *goldenTally) report(t *testing.T) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t.Logf("%d cases, %d records, %d fields compared; %d schema change records left out", g.cases, g.records, g.fields, g.leftOut)
	for _, property := range slices.Sorted(maps.Keys(g.later)) {
		t.Logf("not yet: %s (%d cases)", property, g.later[property])
	}
	for _, reason := range slices.Sorted(maps.Keys(g.argued)) {
		t.Logf("%d differ on purpose: %s", g.argued[reason], reason)
	}
}

// goldenRun is one replay.
type goldenRun struct {
	*goldenCase
	settings settings
	t        *testing.T
	tally    *goldenTally
	db       *database
	pipe     *pipe
	project  *project
	service  *service
	left     []string // tables left out
	cut      bool     // the program had to stop before the end
}

func (g *goldenRun) replay() {
	g.prepare()
	g.sql(g.read(g.t, "setup.sql"))
	g.begin()
	for _, s := range g.steps(g.t) {
		g.direct(s.direction)
		g.sql(s.statements)
	}
	g.settleAndStop()
	records := readAll(g.t, g.pipe.brokers, g.pipe.prefix+".")
	delete(records, g.pipe.topic("e2e_mark"))
	want, leftOut := g.records(g.t)
	g.compare(records, want)
	g.tally.mu.Lock()
	defer g.tally.mu.Unlock()
	g.tally.cases++
	g.tally.leftOut += leftOut
}

// begin starts the program. A table with a column that isn't supported yet is
// left out, as the program itself advises.
func (g *goldenRun) begin() {
	for {
		g.service = g.project.start(g.t)
		streaming := fmt.Sprintf(`cdc_pipeline_state{pipeline=%q,state="streaming"} 1`, g.pipe.name)
		within(g.t, patience, func() bool {
			return !g.service.running() || strings.Contains(g.service.metrics(), streaming)
		})
		if g.service.running() {
			g.service.ready()
			return
		}
		table, what := refusedTable(g.service.out.String())
		if table == "" || len(g.left) > 10 {
			g.t.Fatalf("the program ended:\n%s", tail(g.service.out.String()))
		}
		g.tally.notYet([]string{what})
		g.left = append(g.left, table)
		g.pipe.tables = append(g.pipe.tables, "!"+table)
		g.project.write(g.t)
	}
}

func (g *goldenRun) direct(direction string) {
	switch direction {
	case "settle":
		g.db.mark(g.service, g.pipe)
	case "stop":
		g.settleAndStop()
	case "start":
		g.begin()
	case "restart":
		g.direct("stop")
		g.direct("start")
	}
}

// settleAndStop delivers everything. What isn't supported yet and can't be left
// out ends the replay early: the records before it are compared.
func (g *goldenRun) settleAndStop() {
	if g.cut {
		return
	}
	reached := g.db.marked(g.t, g.pipe)
	within(g.t, patience, func() bool { return reached() || !g.service.running() })
	if g.service.running() {
		g.service.stop()
		return
	}
	what := refusedEvent(g.service.out.String())
	if what == "" {
		g.t.Fatalf("the program ended:\n%s", tail(g.service.out.String()))
	}
	g.cut = true
	g.tally.notYet([]string{what})
}

// prepare makes databases and configuration under the names of the recording.
func (g *goldenRun) prepare() {
	t := g.t
	server := map[string]func() *testdb.Server{
		"mysql":    func() *testdb.Server { return testdb.MySQL(t) },
		"mariadb":  func() *testdb.Server { return testdb.MariaDB(t) },
		"postgres": func() *testdb.Server { return testdb.Postgres(t, 18) },
	}[g.Source]()
	g.db = newUser(t, server)
	for _, name := range g.Databases {
		server.DatabaseNamed(t, name)
	}
	g.db.name = g.Databases[0]
	g.db.admin = server.DB(t, g.db.name)
	g.pipe = newPipe(t, g.db)
	g.pipe.tables, g.pipe.mode, g.pipe.prefix = g.settings.tables, g.settings.mode, g.Config["topic.prefix"]
	if g.db.postgres() {
		// As Debezium makes it: of all tables, whatever they lack.
		g.db.exec(t, "create publication golden for all tables")
		server.Exec(t, g.db.name, "grant pg_read_all_data to "+g.db.user)
		g.pipe.source = append(g.pipe.source, "publication: golden", "publication_autocreate: disabled")
	}
	g.project = newProject(t, g.pipe)
	if !g.settings.truncates && strings.Contains(strings.ToLower(g.read(t, "changes.sql")), "truncate") {
		g.project.file(t, "rules.yaml", withoutTruncates)
		g.pipe.rules = []string{"rules.yaml"}
		g.project.write(t)
	}
	g.dropTopics()
	t.Cleanup(g.dropTopics)
}

// withoutTruncates is Debezium's default for skipped.operations.
const withoutTruncates = `version: 1
rules:
  - {name: no-truncates, tables: ["*.*"], on: [insert, update, delete, snapshot], emit: envelope}
`

func (g *goldenRun) dropTopics() {
	admin := newAdmin(g.t, g.pipe.brokers)
	ctx, cancel := afterTest(g.t)
	defer cancel()
	details, err := admin.ListTopics(ctx)
	if err != nil {
		g.t.Fatal(err)
	}
	var topics []string
	for _, name := range details.Names() {
		if strings.HasPrefix(name, g.pipe.prefix+".") {
			topics = append(topics, name)
		}
	}
	if len(topics) > 0 {
		if _, err := admin.DeleteTopics(ctx, topics...); err != nil {
			g.t.Fatal(err)
		}
	}
}

// sql runs a script in a session of its own, as the recorder did.
func (g *goldenRun) sql(script string) {
	g.t.Helper()
	if strings.TrimSpace(script) == "" {
		return
	}
	if !g.db.postgres() {
		g.db.exec(g.t, "set time_zone = '+00:00'", script)
		return
	}
	db, err := sql.Open("pgx", g.db.server.DSN(g.db.name)+"&default_query_exec_mode=simple_protocol")
	if err != nil {
		g.t.Fatal(err)
	}
	defer db.Close()
	plain := *g.db
	plain.admin = db
	plain.exec(g.t, append([]string{"set timezone = 'UTC'"}, splitSQL(script)...)...)
}

// compare compares topic by topic, in the order of the offsets.
func (g *goldenRun) compare(got map[string][]*kgo.Record, want []goldenRecord) {
	wanted := map[string][]goldenRecord{}
	for _, r := range want {
		wanted[r.topic] = append(wanted[r.topic], r)
	}
	for _, table := range g.left {
		delete(wanted, g.pipe.prefix+"."+table)
	}
	for _, table := range g.keyedByIndex() {
		delete(wanted, g.pipe.topic(table))
		delete(got, g.pipe.topic(table))
	}
	for topic := range got {
		if wanted[topic] == nil {
			g.t.Errorf("topic %s was never recorded", topic)
		}
	}
	for topic, want := range wanted {
		got := got[topic]
		if len(got) != len(want) && !g.cut {
			g.t.Errorf("topic %s: got %d records, want %d", topic, len(got), len(want))
		}
		for i := range min(len(got), len(want)) {
			g.compareRecord(got[i], want[i])
		}
	}
}

func (g *goldenRun) compareRecord(got *kgo.Record, want goldenRecord) {
	where := fmt.Sprintf("topic %s, offset %d", got.Topic, got.Offset)
	if got.Partition != want.partition {
		g.t.Errorf("%s: partition is %d, want %d", where, got.Partition, want.partition)
	}
	g.compareHeaders(where, got.Headers, want.headers)
	g.compareText(where+", key", got.Key, want.key, g.volatile("key"))
	g.compareText(where+", value", got.Value, want.value, g.volatile("value"))
	g.tally.mu.Lock()
	defer g.tally.mu.Unlock()
	g.tally.records++
}

const runID = "__debezium.context.runId"

func (g *goldenRun) compareHeaders(where string, got []kgo.RecordHeader, want []goldenHeader) {
	var have []goldenHeader
	for _, h := range got {
		have = append(have, goldenHeader{h.Key, string(h.Value)})
	}
	for _, list := range [][]goldenHeader{have, want} {
		for i := range list {
			if list[i].Key == runID {
				list[i].Value = fmt.Sprintf("a text of %d characters", len(list[i].Value))
			}
		}
	}
	if !slices.Equal(have, want) {
		g.t.Errorf("%s: headers\n got %v\nwant %v", where, have, want)
	}
	g.tally.mu.Lock()
	defer g.tally.mu.Unlock()
	g.tally.fields += len(want)
}

// compareText compares bytes. What differs must be on the list of differences
// that we want.
func (g *goldenRun) compareText(where string, got, want []byte, volatile [][]string) {
	got, want = mask(g.t, orNull(got), volatile), mask(g.t, orNull(want), volatile)
	reasons, text := g.argue(got, want)
	if string(got) != string(text) {
		g.t.Errorf("%s: %s\n got %s\nwant %s", where, g.differing(got, text), got, want)
	}
	g.tally.argue(reasons...)
	g.tally.mu.Lock()
	defer g.tally.mu.Unlock()
	g.tally.fields += len(leaves(g.t, want))
}

// orNull makes a null one can see.
func orNull(text []byte) []byte {
	if text == nil {
		return []byte("null")
	}
	return text
}

// differing names the values that differ.
func (g *goldenRun) differing(got, want []byte) string {
	var list []string
	ours, theirs := leaves(g.t, got), leaves(g.t, want)
	for path, value := range theirs {
		if ours[path] != value {
			list = append(list, fmt.Sprintf("%s is %s, want %s", path, ours[path], value))
		}
	}
	for path, value := range ours {
		if _, ok := theirs[path]; !ok {
			list = append(list, fmt.Sprintf("%s is %s, want none", path, value))
		}
	}
	slices.Sort(list)
	return strings.Join(list, "; ")
}
