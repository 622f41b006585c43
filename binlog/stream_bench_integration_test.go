//go:build integration

package binlog

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/zap"

	"cdc/event"
	"cdc/internal/testdb"
)

// counter is an Emitter that only counts.
type counter struct {
	rows, want int
	done       context.CancelFunc
}

func (c *counter) Batch() *event.Batch   { return &event.Batch{} }
func (c *counter) Hungry() bool          { return false }
func (c *counter) Room() <-chan struct{} { return nil }

func (c *counter) TryEmit(b *event.Batch) (*event.Batch, bool) {
	c.rows += len(b.Rows)
	b.Reset()
	if c.rows >= c.want {
		c.done()
	}
	return b, true
}

// BenchmarkStream drains a backlog and decodes every column.
func BenchmarkStream(b *testing.B) {
	b.Run("mysql", func(b *testing.B) { benchmarkStream(b, testdb.MySQL(b), MySQL) })
	b.Run("mariadb", func(b *testing.B) { benchmarkStream(b, testdb.MariaDB(b), MariaDB) })
}

func benchmarkStream(b *testing.B, srv *testdb.Server, fl Flavor) {
	const rows, perTransaction = 400_000, 1000
	db := srv.Database(b)
	conn := srv.DB(b, db)
	srv.Exec(b, db, "create table orders (id bigint primary key, customer_id bigint, email varchar(60), status varchar(20), note varchar(100), total decimal(12,2), created datetime(6), updated timestamp(6), items int, flag tinyint)")
	s, err := New("bench", fl, configOf(srv, db+".*"), &memoryJournal{}, zap.NewNop())
	if err != nil {
		b.Fatal(err)
	}
	from := here(b, s)
	for at := 0; at < rows; at += perTransaction {
		var q strings.Builder
		q.WriteString("insert into orders values ")
		for i := at; i < at+perTransaction; i++ {
			if i > at {
				q.WriteByte(',')
			}
			fmt.Fprintf(&q, "(%d,%d,'customer%d@example.com','new','a note of some length for order %d',%d.%02d,'2026-01-02 03:04:05.678','2026-01-02 03:04:05.678',%d,1)", i, i%1000, i, i, i, i%100, i%7)
		}
		if _, err := conn.ExecContext(b.Context(), q.String()); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("snapshot", func(b *testing.B) {
		for b.Loop() {
			start, cpu := time.Now(), cpuTime()
			v, err := s.OpenView(b.Context(), nil, all{})
			if err != nil {
				b.Fatal(err)
			}
			if err := errors.Join(v.Read(b.Context(), v.Tables()[0], &counter{done: func() {}}), v.Close(b.Context())); err != nil {
				b.Fatal(err)
			}
			report(b, rows, time.Since(start), cpuTime()-cpu)
		}
	})
	b.Run("stream", func(b *testing.B) { benchmarkDrain(b, s, from, rows) })
}

func benchmarkDrain(b *testing.B, s *Source, from event.Position, rows int) {
	for b.Loop() {
		ctx, cancel := context.WithCancel(b.Context())
		start, cpu := time.Now(), cpuTime()
		if err := s.Stream(ctx, from, all{}, &counter{want: rows, done: cancel}); ctx.Err() == nil {
			b.Fatal(err)
		}
		report(b, rows, time.Since(start), cpuTime()-cpu)
	}
}

func report(b *testing.B, rows int, took, cpu time.Duration) {
	b.ReportMetric(float64(rows)/took.Seconds(), "rows/s")
	b.ReportMetric(cpu.Seconds()/float64(rows)*1e6, "cpu-s/Mrow")
}

// here is the end of the log.
func here(b *testing.B, s *Source) event.Position {
	b.Helper()
	v, err := s.OpenView(b.Context(), nil, all{})
	if err != nil {
		b.Fatal(err)
	}
	if err := v.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
	return v.Start()
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
