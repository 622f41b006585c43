package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"cdc/bench/proc"
)

// How often the end of the topic is asked for: often until the first record,
// whose time is a figure, then seldom enough to cost nothing.
const (
	pollStart  = 10 * time.Millisecond
	pollStream = 50 * time.Millisecond
	lookEvery  = time.Second // at the other processes
)

// drainResult is one drain.
type drainResult struct {
	Product string  `json:"product"`
	Source  string  `json:"source"`
	Table   string  `json:"table"`
	At      string  `json:"at"`
	OK      bool    `json:"ok"`
	Records int64   `json:"records"`
	Extra   int64   `json:"extra"`     // records more than expected, after the stop
	Changes int64   `json:"changes"`   // that the records stand for: rates and CPU are of these
	Startup float64 `json:"startup_s"` // from start of the process to the first record
	Stream  float64 `json:"stream_s"`  // from the first record to the last
	Stop    float64 `json:"stop_s"`    // from SIGTERM to the end
	Rate    float64 `json:"rate"`
	Later   float64 `json:"rate_later_half"`

	CPU         float64 `json:"cpu_s_per_M"`
	CPULater    float64 `json:"cpu_s_per_M_later_half"`
	CPUStartup  float64 `json:"cpu_startup_s"`
	KafkaCPU    float64 `json:"kafka_cpu_s_per_M"`
	DatabaseCPU float64 `json:"database_cpu_s_per_M"`
	Busy        float64 `json:"machine_busy_pct"`
	PeakRSS     float64 `json:"peak_rss_MiB"`
}

// drain watches one product.
type drain struct {
	result   drainResult
	broker   string
	topic    string
	expect   int64
	changes  int64 // 0: as many as are expected
	limit    time.Duration
	logFile  string
	out      string
	others   others
	admin    *kadm.Client
	product  *product
	base     int64
	series   []usage // from the first record on, one a poll that saw more
	lookedAt time.Time
}

// runDrain starts a product that writes changes to a topic, waits until the
// topic holds the expected number of records, and says what that took. The end
// offset of the topic is polled: no consumer competes for the CPU.
func runDrain(ctx context.Context, args []string, out io.Writer) error {
	var d drain
	f := flag.NewFlagSet("drain", flag.ContinueOnError)
	f.StringVar(&d.result.Product, "product", "", "name of the product")
	f.StringVar(&d.result.Source, "source", "", "mysql, mariadb or postgres")
	f.StringVar(&d.result.Table, "table", "t", "backlog that is drained")
	f.StringVar(&d.broker, "b", "127.0.0.1:9092", "broker")
	f.StringVar(&d.topic, "topic", "", "topic to watch")
	f.Int64Var(&d.expect, "expect", 0, "records expected")
	f.Int64Var(&d.changes, "changes", 0, "changes of the backlog, where rules make other than one record of each")
	f.DurationVar(&d.limit, "limit", 5*time.Minute, "give up after")
	f.StringVar(&d.logFile, "log", "product.log", "output of the product")
	f.StringVar(&d.out, "out", "", "append the result to this file")
	f.IntVar(&d.others.kafka, "kafka-pid", 0, "process of the broker")
	f.IntVar(&d.others.database, "database-pid", 0, "process of the database")
	f.BoolVar(&d.others.walsender, "walsender", false, "of the database, count walsenders only")
	if err := f.Parse(args); err != nil {
		return err
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(d.broker))
	if err != nil {
		return err
	}
	defer client.Close()
	d.admin = kadm.NewClient(client)
	if err := d.run(ctx, f.Args()); err != nil {
		return err
	}
	return appendResult(out, d.out, d.result)
}

func (d *drain) run(ctx context.Context, command []string) (err error) {
	if d.base, err = endOffset(ctx, d.admin, d.topic); err != nil {
		return err
	}
	if d.product, err = startProduct(ctx, d.logFile, command); err != nil {
		return err
	}
	d.result.At = d.product.start.UTC().Format(time.RFC3339)
	watched := d.watch(ctx)
	d.result.PeakRSS = round(proc.PeakRSS(d.product.pid()))
	d.result.Stop = round(d.product.stop().Seconds())
	if watched != nil {
		return watched
	}
	end, err := endOffset(ctx, d.admin, d.topic)
	if err != nil {
		return err
	}
	d.result.OK, d.result.Extra = true, end-d.base-d.expect
	d.account()
	return nil
}

// watch polls the topic until it holds what is expected.
func (d *drain) watch(ctx context.Context) error {
	wait := pollStart
	for {
		if err := d.product.ended(); err != nil {
			return err
		}
		n, err := endOffset(ctx, d.admin, d.topic)
		if err != nil {
			return err
		}
		n -= d.base
		if n > 0 {
			wait = pollStream
			d.look(n)
		}
		if n >= d.expect {
			return nil
		}
		if time.Since(d.product.start) > d.limit {
			return fmt.Errorf("%d of %d records after %s, see %s", n, d.expect, d.limit, d.logFile)
		}
		if err := pause(ctx, wait); err != nil {
			return err
		}
	}
}

// look adds to the series when there is more than before. The other processes
// are looked at only at the ends and once a second.
func (d *drain) look(n int64) {
	if len(d.series) == 0 || n >= d.expect || time.Since(d.lookedAt) > lookEvery {
		d.lookedAt = time.Now()
		d.series = append(d.series, d.others.measure(d.product, n))
		return
	}
	last := d.series[len(d.series)-1]
	if n == last.records {
		return
	}
	last.at, last.records, last.product = time.Now(), n, proc.CPU(d.product.pid())
	d.series = append(d.series, last)
}

// account turns the series into the result.
func (d *drain) account() {
	const million = 1e6
	r, first, last := &d.result, d.series[0], d.series[len(d.series)-1]
	half := first
	for _, u := range d.series {
		if half = u; u.records >= last.records/2 {
			break
		}
	}
	r.Records, r.Changes = last.records, d.changes
	if r.Changes == 0 {
		r.Changes = d.expect
	}
	each := float64(r.Changes) / float64(d.expect)
	n, later := each*float64(last.records-first.records), each*float64(last.records-half.records)
	r.Startup = round(first.at.Sub(d.product.start).Seconds())
	r.Stream = round(last.at.Sub(first.at).Seconds())
	r.Rate = per(n, last.at.Sub(first.at).Seconds())
	r.Later = per(later, last.at.Sub(half.at).Seconds())
	r.CPUStartup = round(first.product)
	r.CPU = per((last.product-first.product)*million, n)
	r.CPULater = per((last.product-half.product)*million, later)
	r.KafkaCPU = per((last.kafka-first.kafka)*million, n)
	r.DatabaseCPU = per((last.database-first.database)*million, n)
	r.Busy = per(100*(last.busy-first.busy), last.total-first.total)
}
