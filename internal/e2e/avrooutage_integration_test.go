//go:build integration

package e2e

import (
	"net/http"
	"strings"
	"testing"

	"cdc/internal/testdb"
)

// TestAvroRegistryAwayMidStream takes the registry away from a pipeline that
// streams, and changes the table, so that rows of a version without an id pile
// up: memory stays bounded, and the offset doesn't advance, since after a crash
// every row comes.
func TestAvroRegistryAwayMidStream(t *testing.T) {
	t.Parallel()
	server, registry := testdb.NewRegistry(t)
	db := newDatabase(t, testdb.MySQL(t))
	db.exec(t, "create table t (id int auto_increment primary key, pad text)", "insert into t (pad) values (repeat('x', 1000))")
	pipe := newAvroPipe(t, registry, db, "*")
	pipe.kafka = append(pipe.kafka, "buffer_bytes: 8MiB")
	project := newProject(t, pipe)
	s := project.start(t).streams(pipe.name)
	db.mark(s, pipe)
	server.Stop(t)
	db.exec(t, "alter table t add column n int")
	const doublings = 14 // 16 MB of text, and as much again as events
	for range doublings {
		db.exec(t, "insert into t (pad, n) select pad, id from t")
	}
	highest := 0
	s.poll("readiness tells", func() bool {
		if rss, err := s.rss(); err == nil {
			highest = max(highest, rss)
		}
		code, body := s.get("/readyz")
		return code == http.StatusServiceUnavailable && strings.Contains(body, "schema registry")
	})
	if highest > mostMemory && !raceEnabled {
		t.Errorf("the process took %d MiB, at most %d are allowed", highest, mostMemory)
	}
	s.kill()
	if got := len(readAll(t, pipe.brokers, pipe.topic("t"))[pipe.topic("t")]); got != 1 {
		t.Errorf("%d records were written without the registry", got)
	}
	server.Start(t)
	s = project.start(t).streams(pipe.name)
	db.mark(s, pipe)
	s.stop()
	keys := map[string]bool{}
	for _, r := range readAll(t, pipe.brokers, pipe.topic("t"))[pipe.topic("t")] {
		keys[string(r.Key)] = true
	}
	if len(keys) != 1<<doublings {
		t.Errorf("the topic has %d of %d rows", len(keys), 1<<doublings)
	}
}
