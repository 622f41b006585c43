//go:build integration

package e2e

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"cdc/bench/check"
	"cdc/internal/testdb"
)

const (
	outageKeys = 3000
	// outageRows are changed while the broker is away: several times what the
	// pipeline may hold.
	outageRows = 50_000 / divisor
	// silence is how long PostgreSQL waits for a sign of life.
	silence = 2 * time.Second
	// mostMemory is the limit for the whole process, in MiB.
	mostMemory = 130
)

// TestBrokerAway takes the broker away under load: memory stays bounded,
// PostgreSQL keeps its connection, and everything arrives in order afterwards.
func TestBrokerAway(t *testing.T) {
	t.Parallel()
	kafka := testdb.NewKafka(t)
	var pipes []*pipe
	for _, server := range []*testdb.Server{testdb.Postgres(t, 18), testdb.MySQL(t)} {
		p := newPipe(t, newDatabase(t, server), "*")
		p.brokers = []string{kafka.Addr()}
		p.kafka = append(p.kafka, "buffer_bytes: 8MiB")
		p.db.exec(t, createVersions)
		pipes = append(pipes, p)
	}
	pg := pipes[0]
	pg.db.server.Exec(t, "", fmt.Sprintf("alter role %s set wal_sender_timeout = '%s'", pg.db.user, silence))
	pg.source = append(pg.source, "status_interval: 500ms")
	s := newProject(t, pipes...).start(t)
	for _, p := range pipes {
		s.streams(p.name)
		startOutageLoad(t, p, outageKeys).wait(t)
		p.db.mark(s, p)
	}
	superuser := pg.db.server.DB(t, "")
	before := walsender(t, superuser, pg.db.user)
	kafka.Stop(t)
	for _, p := range pipes {
		startOutageLoad(t, p, outageRows).wait(t)
	}
	highest := 0
	for _, p := range pipes {
		s.poll("the buffer is full", func() bool {
			used, _ := s.metric("cdc_buffer_bytes", p.name)
			return used >= 6<<20
		})
	}
	s.poll("PostgreSQL has heard of us for long", func() bool {
		if rss, err := s.rss(); err == nil {
			highest = max(highest, rss)
		}
		return walsender(t, superuser, pg.db.user).heard.After(before.heard.Add(3 * silence))
	})
	if now := walsender(t, superuser, pg.db.user); now.pid != before.pid {
		t.Errorf("PostgreSQL's walsender was %d and is %d: the connection was lost", before.pid, now.pid)
	}
	kafka.Start(t)
	for _, p := range pipes {
		p.db.mark(s, p)
	}
	if rss, err := s.rss(); err == nil {
		highest = max(highest, rss)
	}
	s.stop()
	for _, p := range pipes {
		checkVersions(t, p)
	}
	t.Logf("highest resident memory of two pipelines of 8 MiB: %d MiB", highest)
	if highest > mostMemory && !raceEnabled {
		t.Errorf("the process took %d MiB, at most %d are allowed", highest, mostMemory)
	}
}

// startOutageLoad changes rows, in transactions of many and of few.
func startOutageLoad(t *testing.T, p *pipe, rows int64) *load {
	return startLoad(t, p.db, 1, outageKeys, func(ctx context.Context, w *writer) error {
		if rows == outageKeys {
			return w.insert(ctx, 500)
		}
		for w.rows.Load() < rows {
			if err := w.updateAll(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

type sender struct {
	pid   int
	heard time.Time
}

// walsender says which process of PostgreSQL serves us, and when it last heard
// of us.
func walsender(t *testing.T, superuser *sql.DB, user string) sender {
	t.Helper()
	var s sender
	err := superuser.QueryRowContext(t.Context(),
		"select pid, coalesce(reply_time, backend_start) from pg_stat_replication where usename = $1", user).Scan(&s.pid, &s.heard)
	if err != nil {
		t.Fatalf("no walsender: %v", err)
	}
	return s
}

// checkVersions wants every version of every key, in order and once.
func checkVersions(t *testing.T, p *pipe) {
	t.Helper()
	checker, err := check.New(readVersions(t, p.db))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range readAll(t, p.brokers, p.topic("v"))[p.topic("v")] {
		change, err := check.Decode(r.Value)
		if err != nil {
			t.Fatal(err)
		}
		checker.Add(change)
	}
	if report := checker.Report(); !report.OK() || report.Duplicates != 0 {
		t.Errorf("%s: %+v", p.db.server.Kind, report)
	}
}
