//go:build integration

package pgwal

import (
	"context"
	"errors"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/zap"

	"cdc/event"
	"cdc/internal/testdb"
)

// drainRows is the backlog of BenchmarkDrain: rows of about 200 bytes in
// transactions of 10,000.
const drainRows = 1_000_000

// BenchmarkDrain receives and decodes a backlog from a real server and throws
// the rows away. It reports what a million rows cost this process.
func BenchmarkDrain(b *testing.B) {
	server := testdb.Postgres(b, 18)
	db := server.Database(b)
	admin, err := pgx.Connect(b.Context(), server.DSN(db))
	if err != nil {
		b.Fatal(err)
	}
	defer admin.Close(context.WithoutCancel(b.Context()))
	c := Default()
	c.Host, c.Port, c.User, c.Database = server.Host, server.Port, server.User, db
	c.Slot, c.Tables = testdb.UniqueName(b), []string{"public.*"}
	for _, sql := range []string{
		`create table orders (id bigint primary key, customer bigint, status varchar(20), amount numeric(12,2),
			note varchar(200), created timestamp(6), updated timestamptz(6), items int)`,
		"create publication cdc_test for table orders",
		"select pg_create_logical_replication_slot('" + c.Slot + "', 'pgoutput')",
	} {
		if _, err := admin.Exec(b.Context(), sql); err != nil {
			b.Fatal(err)
		}
	}
	for at := 0; at < drainRows; at += 10_000 {
		_, err := admin.Exec(b.Context(), `insert into orders select i, i % 1000, 'shipping', i * 1.01, repeat('n', 100), now(), now(), 3
			from generate_series($1::int + 1, $1::int + 10000) i`, at)
		if err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		s, err := New("test", c, zap.NewNop())
		if err != nil {
			b.Fatal(err)
		}
		ctx, cancel := context.WithCancel(b.Context())
		out := &discard{done: cancel}
		before, start := cpu(b), time.Now()
		if err := s.Stream(ctx, "", selectAll{}, out); !errors.Is(err, context.Canceled) {
			b.Fatal(err)
		}
		took, used := time.Since(start), cpu(b)-before
		if err := s.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(drainRows)/took.Seconds(), "rows/s")
		b.ReportMetric(used.Seconds()*1e6/drainRows, "cpu-s/Mrow")
		b.ReportMetric(float64(drainRows)/float64(out.batches.Load()), "rows/batch")
	}
}

func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// discard takes every batch and ends the stream after the last row.
type discard struct {
	rows, batches atomic.Int64
	done          func()
}

func (d *discard) Batch() *event.Batch   { return &event.Batch{} }
func (d *discard) Hungry() bool          { return false }
func (d *discard) Room() <-chan struct{} { return nil }

func (d *discard) TryEmit(b *event.Batch) (*event.Batch, bool) {
	d.batches.Add(1)
	if d.rows.Add(int64(len(b.Rows))) >= drainRows {
		d.done()
	}
	b.Reset()
	return b, true
}
