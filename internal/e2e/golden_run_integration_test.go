//go:build integration

package e2e

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sr"

	"cdc/internal/golden"
	"cdc/internal/testdb"
)

// maxFaults is how many differences of one case are shown.
const maxFaults = 12

// goldenRun is one replay.
type goldenRun struct {
	t        *testing.T
	c        *golden.Case
	settings *golden.Settings
	tally    *golden.Tally
	db       *database
	pipe     *pipe
	project  *project
	service  *service
	marks    marks
	registry *sr.Client
}

func (g *goldenRun) replay(steps []golden.Step) {
	g.prepare()
	for _, s := range steps {
		g.direct(s)
		g.sql(s.Statements)
	}
	g.settle()
	g.stop()
	faults, err := g.c.Compare(g.records(), g.schema, g.tally)
	if err != nil {
		g.t.Fatal(err)
	}
	for _, fault := range faults[:min(len(faults), maxFaults)] {
		g.t.Error(fault)
	}
	if len(faults) > maxFaults {
		g.t.Errorf("and %d more", len(faults)-maxFaults)
	}
}

// begin starts the program. One that ends is a fault, unless the connector
// failed too.
func (g *goldenRun) begin() {
	g.service = g.project.start(g.t)
	if g.rowsOnly() {
		if code := g.service.exit(); code != 0 && !g.c.Failed() {
			g.t.Fatalf("exit code is %d, want 0:\n%s", code, tail(g.service.out.String()))
		}
		return
	}
	streaming := fmt.Sprintf(`cdc_pipeline_state{pipeline=%q,state="streaming"} 1`, g.pipe.name)
	within(g.t, patience, func() bool {
		return !g.service.running() || strings.Contains(g.service.metrics(), streaming)
	})
	if g.alive() {
		g.service.ready()
	}
}

// rowsOnly: the program ends by itself after the snapshot.
func (g *goldenRun) rowsOnly() bool { return g.settings.Mode == "initial_only" }

// alive reports whether the program runs.
func (g *goldenRun) alive() bool {
	g.t.Helper()
	if !g.service.running() && !g.c.Failed() && !g.rowsOnly() {
		g.t.Fatalf("the program ended:\n%s", tail(g.service.out.String()))
	}
	return g.service.running()
}

func (g *goldenRun) direct(s golden.Step) {
	switch s.Direction {
	case golden.Settle:
		g.settle()
	case golden.Stop:
		g.settle()
		g.stop()
	case golden.Start:
		g.begin()
	case golden.Restart:
		g.settle()
		g.stop()
		g.begin()
	case golden.Go, golden.Signal:
	}
}

// settle waits until everything that was changed so far is delivered, and as
// many heartbeats as were recorded.
func (g *goldenRun) settle() {
	if !g.alive() {
		return
	}
	reached := g.marks.put()
	ok := within(g.t, patience, func() bool { return reached() || !g.service.running() })
	if g.alive() && !ok {
		g.t.Fatalf("after %s a mark still isn't in topic %s:\n%s", patience, g.marks.topic, tail(g.service.out.String()))
	}
	admin := newAdmin(g.t, g.pipe.brokers)
	topic := g.c.HeartbeatTopic()
	if want := int64(g.c.Recorded.Records[topic]); want > 0 {
		within(g.t, patience/6, func() bool { return endOffset(g.t, admin, topic) >= want })
	}
}

func (g *goldenRun) stop() {
	if g.alive() {
		g.service.stop()
	}
}

// records reads the topics of the case.
func (g *goldenRun) records() map[string][]golden.Record {
	all := map[string][]golden.Record{}
	for topic, records := range readWanted(g.t, g.pipe.brokers, g.c.Owns) {
		slices.SortStableFunc(records, func(a, b *kgo.Record) int {
			return cmp.Or(cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Offset, b.Offset))
		})
		for _, r := range records {
			all[topic] = append(all[topic], goldenRecord(r))
		}
	}
	return all
}

func goldenRecord(r *kgo.Record) golden.Record {
	record := golden.Record{Topic: r.Topic, Partition: r.Partition, Timestamp: r.Timestamp.UnixMilli(), Key: r.Key, Value: r.Value}
	for _, h := range r.Headers {
		record.Headers = append(record.Headers, golden.Header{Key: h.Key, Value: h.Value})
	}
	return record
}

func (g *goldenRun) delimiter() string {
	return cmp.Or(g.c.Config["topic.delimiter"], ".")
}

func (g *goldenRun) dropTopics() {
	admin := newAdmin(g.t, g.pipe.brokers)
	ctx, cancel := afterTest(g.t)
	defer cancel()
	details, err := admin.ListTopics(ctx)
	if err != nil {
		g.t.Fatal(err)
	}
	topics := slices.DeleteFunc(details.Names(), func(name string) bool { return !g.c.Owns(name) })
	if len(topics) == 0 {
		return
	}
	if _, err := admin.DeleteTopics(ctx, topics...); err != nil {
		g.t.Fatal(err)
	}
}

// schema asks the registry.
func (g *goldenRun) schema(id uint32) (string, error) {
	s, err := g.client().SchemaByID(g.t.Context(), int(id))
	return s.Schema, err
}

func (g *goldenRun) client() *sr.Client {
	if g.registry == nil {
		client, err := sr.NewClient(sr.URLs(testdb.Registry(g.t)))
		if err != nil {
			g.t.Fatal(err)
		}
		g.registry = client
	}
	return g.registry
}
