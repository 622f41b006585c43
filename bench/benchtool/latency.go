package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"cdc/bench/proc"
)

const (
	// behind is how much later than planned a change counts as late.
	behind = 20 * time.Millisecond
	// settle lets the consumer find the end of the topic before the first change.
	settle = 2 * time.Second
	// arriveLimit is how long the last records may take.
	arriveLimit = time.Minute
	// startLimit is how long a product may take to its first record.
	startLimit = 2 * time.Minute
)

// latencyResult is one run at one rate.
type latencyResult struct {
	Product string  `json:"product"`
	Source  string  `json:"source"`
	At      string  `json:"at"`
	Rate    int     `json:"rate"`       // transactions a second, planned
	Wrote   float64 `json:"wrote_rate"` // reached
	Missing int     `json:"missing"`
	Twice   int64   `json:"twice"` // records that came again
	Late    int64   `json:"late"`  // changes sent behind plan
	Cores   float64 `json:"cpu_cores"`
	Busy    float64 `json:"machine_busy_pct"`
	PeakRSS float64 `json:"peak_rss_MiB"`
	// Sent counts from before the insert is sent, Commit from the database's
	// answer to it; both end when the consumer has the record.
	Sent   quantiles `json:"arrival_sent_ms"`
	Commit quantiles `json:"arrival_commit_ms"`
}

// latency writes single-row transactions at a fixed rate and times each one's
// arrival at a consumer, all in this process and by one clock.
type latency struct {
	target
	result   latencyResult
	broker   string
	topic    string
	table    string
	duration time.Duration
	warm     time.Duration
	conns    int
	logFile  string
	out      string

	db       *sql.DB
	d        dialect
	product  *product
	arrivals *arrivals
	total    int
	sent     []int64 // unix ns by row
	answered []int64
	late     atomic.Int64
}

func runLatency(ctx context.Context, args []string, out io.Writer) error {
	var l latency
	f := flag.NewFlagSet("latency", flag.ContinueOnError)
	l.flags(f)
	f.StringVar(&l.result.Product, "product", "", "name of the product")
	f.StringVar(&l.broker, "b", "127.0.0.1:9092", "broker")
	f.StringVar(&l.topic, "topic", "", "topic of the table")
	f.StringVar(&l.table, "table", "l", "table to write, empty")
	f.IntVar(&l.result.Rate, "rate", 1000, "transactions a second")
	f.DurationVar(&l.warm, "warm", 20*time.Second, "written first at the same rate, not counted")
	f.DurationVar(&l.duration, "for", 40*time.Second, "written and counted")
	f.IntVar(&l.conns, "conns", 8, "connections")
	f.StringVar(&l.logFile, "log", "product.log", "output of the product")
	f.StringVar(&l.out, "out", "", "append the result to this file")
	if err := f.Parse(args); err != nil {
		return err
	}
	l.result.Source = l.source
	var err error
	if l.db, l.d, err = l.open(); err != nil {
		return err
	}
	defer l.db.Close()
	l.db.SetMaxOpenConns(l.conns)
	l.db.SetMaxIdleConns(l.conns)
	if err := l.run(ctx, f.Args()); err != nil {
		return err
	}
	return appendResult(out, l.out, l.result)
}

func (l *latency) run(ctx context.Context, command []string) error {
	l.total = l.rows(l.duration + l.warm)
	l.sent, l.answered = make([]int64, l.total), make([]int64, l.total)
	// Row 0 tells that the product has started; it isn't counted.
	arrivals, err := newArrivals(l.broker, l.topic, l.total)
	if err != nil {
		return err
	}
	l.arrivals = arrivals
	listen, stopListening := context.WithCancel(ctx)
	group, listen := errgroup.WithContext(listen)
	group.Go(func() error { return arrivals.listen(listen) })
	defer arrivals.client.Close()
	measured := l.measure(ctx, command)
	stopListening()
	if err := errors.Join(measured, group.Wait()); err != nil {
		return err
	}
	l.account()
	return nil
}

func (l *latency) rows(d time.Duration) int { return int(d.Seconds() * float64(l.result.Rate)) }

// measure starts the product, writes, waits for what was written, and stops it.
func (l *latency) measure(ctx context.Context, command []string) (err error) {
	if err := pause(ctx, settle); err != nil {
		return err
	}
	if l.product, err = startProduct(ctx, l.logFile, command); err != nil {
		return err
	}
	defer l.product.stop()
	l.result.At = l.product.start.UTC().Format(time.RFC3339)
	if err := l.insertFirst(ctx); err != nil {
		return err
	}
	cpu := proc.CPU(l.product.pid())
	busy, total := proc.Machine()
	start := time.Now()
	if err := l.write(ctx, start); err != nil {
		return err
	}
	took := time.Since(start).Seconds()
	busyThen, totalThen := proc.Machine()
	l.result.Wrote = per(float64(l.total), took)
	l.result.Cores = per(proc.CPU(l.product.pid())-cpu, took)
	l.result.Busy = per(100*(busyThen-busy), totalThen-total)
	err = l.await(ctx, arriveLimit, func() bool { return l.arrivals.count.Load() >= int64(l.total) })
	l.result.PeakRSS = round(proc.PeakRSS(l.product.pid()))
	return err
}

// insertFirst writes row 0 and waits for it.
func (l *latency) insertFirst(ctx context.Context) error {
	statement := fmt.Sprintf(l.d.insert, l.table)
	if _, err := l.db.ExecContext(ctx, statement, l.row(0)...); err != nil {
		return fmt.Errorf("write first row: %w", err)
	}
	if err := l.await(ctx, startLimit, l.arrivals.first.Load); err != nil {
		return err
	}
	if !l.arrivals.first.Load() {
		return fmt.Errorf("the first row has not arrived after %s, see %s", startLimit, l.logFile)
	}
	return nil
}

// await polls until done says so or limit has passed.
func (l *latency) await(ctx context.Context, limit time.Duration, done func() bool) error {
	for began := time.Now(); !done() && time.Since(began) < limit; {
		if err := errors.Join(l.product.ended(), pause(ctx, pollStart)); err != nil {
			return err
		}
	}
	return nil
}

// write sends the rows evenly, each connection its share of them.
func (l *latency) write(ctx context.Context, start time.Time) error {
	group, ctx := errgroup.WithContext(ctx)
	for w := range l.conns {
		group.Go(func() error {
			statement, err := l.db.PrepareContext(ctx, fmt.Sprintf(l.d.insert, l.table))
			if err != nil {
				return fmt.Errorf("prepare: %w", err)
			}
			defer statement.Close() //nolint:errcheck // its connection closes soon
			for i := w; i < l.total; i += l.conns {
				if err := l.writeOne(ctx, statement, i, start); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

func (l *latency) writeOne(ctx context.Context, statement *sql.Stmt, i int, start time.Time) error {
	due := start.Add(time.Duration(i) * time.Second / time.Duration(l.result.Rate))
	if wait := time.Until(due); wait > 0 {
		if err := pause(ctx, wait); err != nil {
			return err
		}
	} else if wait < -behind && i >= l.rows(l.warm) {
		l.late.Add(1)
	}
	row := l.row(i + 1)
	l.sent[i] = time.Now().UnixNano()
	if _, err := statement.ExecContext(ctx, row...); err != nil {
		return fmt.Errorf("write row %d: %w", i, err)
	}
	l.answered[i] = time.Now().UnixNano()
	return nil
}

func (l *latency) row(id int) []any {
	now := time.Now().UTC()
	return []any{
		id, id, strings.Repeat("08566691963-", 9) + "12345678901", strings.Repeat("67847967377-", 4) + "12345678901",
		"12345.67", "user-123456", now.Format("2006-01-02 15:04:05.000"), now.Format("2006-01-02 15:04:05.000000"),
	}
}

// account turns the times into the result.
func (l *latency) account() {
	var sent, commit []float64
	for i := l.rows(l.warm); i < l.total; i++ {
		at := l.arrivals.at[i]
		if at == 0 {
			l.result.Missing++
			continue
		}
		sent = append(sent, milliseconds(at-l.sent[i]))
		commit = append(commit, milliseconds(at-l.answered[i]))
	}
	l.result.Sent, l.result.Commit = quantilesOf(sent), quantilesOf(commit)
	l.result.Twice, l.result.Late = l.arrivals.twice, l.late.Load()
}

func milliseconds(ns int64) float64 { return float64(ns) / 1e6 }

// quantiles of times in milliseconds.
type quantiles struct {
	P50  float64 `json:"p50"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p999"`
	Max  float64 `json:"max"`
}

func quantilesOf(v []float64) quantiles {
	if len(v) == 0 {
		return quantiles{}
	}
	slices.Sort(v)
	at := func(share float64) float64 { return round(v[min(len(v)-1, int(share*float64(len(v))))]) }
	return quantiles{P50: at(.5), P99: at(.99), P999: at(.999), Max: round(v[len(v)-1])}
}
