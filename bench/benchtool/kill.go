package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"cdc/bench/check"
)

const (
	// quiet is how long the topic must stand still before it counts as whole:
	// what was on its way to the broker at a kill still arrives after it.
	quiet = time.Second
	// quietEnd is the same for the last life, where a record that comes later
	// would be missed.
	quietEnd = 3 * time.Second
	// early and late bound where in the drain a kill falls.
	early, late = 0.1, 0.9
	// askEvery is how often a running product is asked for its counters.
	askEvery = 10 * time.Millisecond
)

// killResult is one drain with its kills.
type killResult struct {
	Source  string  `json:"source"`
	At      string  `json:"at"`
	Changes int64   `json:"changes"` // in the backlog
	Seconds float64 `json:"seconds"` // all lives together
	Kills   []death `json:"kills"`
	check.Report
}

// death is one kill, and what the next life repeated.
type death struct {
	End          int64 `json:"end"`          // records in the topic
	Acknowledged int   `json:"acknowledged"` // changes acknowledged since the last save of the offset
	InFlight     int   `json:"in_flight"`    // in the topic, acknowledgement not counted yet
	Duplicates   int   `json:"duplicates"`   // records that the next life repeated
	OffsetAge    int64 `json:"offset_age_ms"`

	counted int64  // records of this life that the product had counted as acknowledged
	offset  []byte // stored, nil for none
}

// allowed is what may be repeated at most.
func (d death) allowed() int { return d.Acknowledged + d.InFlight }

// kill9 drains a backlog with kills in it and checks the topic.
type kill9 struct {
	target
	result    killResult
	broker    string
	topic     string
	table     string
	kills     int
	limit     time.Duration
	metrics   string
	cdc       string
	config    string
	pipeline  string
	offset    string
	logFile   string
	out       string
	admin     *kadm.Client
	versions  []int
	unchanged time.Time // since when the topic holds end records
	end       int64
}

func runKill9(ctx context.Context, args []string, out io.Writer) error {
	var k kill9
	f := flag.NewFlagSet("kill9", flag.ContinueOnError)
	k.flags(f)
	f.StringVar(&k.broker, "b", "127.0.0.1:9092", "broker")
	f.StringVar(&k.topic, "topic", "", "topic of the table, empty")
	f.StringVar(&k.table, "table", "v", "table that the backlog changed")
	f.IntVar(&k.kills, "kills", 1, "kills, at random places")
	f.DurationVar(&k.limit, "limit", 5*time.Minute, "give up after")
	f.StringVar(&k.metrics, "metrics", "", "address of the product's metrics")
	f.StringVar(&k.cdc, "cdc", "cdc", "the program")
	f.StringVar(&k.config, "config", "", "its configuration")
	f.StringVar(&k.pipeline, "pipeline", "bench", "its pipeline")
	f.StringVar(&k.offset, "offset", "", "file that holds its offset")
	f.StringVar(&k.logFile, "log", "product.log", "its output")
	f.StringVar(&k.out, "out", "", "append the result to this file")
	if err := f.Parse(args); err != nil {
		return err
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(k.broker))
	if err != nil {
		return err
	}
	defer client.Close()
	k.admin = kadm.NewClient(client)
	if err := k.run(ctx); err != nil {
		return err
	}
	if err := appendResult(out, k.out, k.result); err != nil {
		return err
	}
	return k.verdict()
}

func (k *kill9) run(ctx context.Context) (err error) {
	if k.versions, err = k.readVersions(ctx); err != nil {
		return err
	}
	for _, v := range k.versions {
		k.result.Changes += int64(v)
	}
	k.result.Source = k.source
	began := time.Now()
	k.result.At = began.UTC().Format(time.RFC3339)
	for _, at := range k.places() {
		d, err := k.live(ctx, at)
		if err != nil {
			return err
		}
		k.result.Kills = append(k.result.Kills, d)
	}
	if err := k.lastLife(ctx); err != nil {
		return err
	}
	k.result.Seconds = round(time.Since(began).Seconds())
	return k.check(ctx)
}

// readVersions reads the last version of each key from the table.
func (k *kill9) readVersions(ctx context.Context) ([]int, error) {
	db, _, err := k.open()
	if err != nil {
		return nil, err
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, fmt.Sprintf("select id, k from %s order by id", k.table))
	if err != nil {
		return nil, fmt.Errorf("read table %s: %w", k.table, err)
	}
	defer rows.Close()
	var versions []int
	for rows.Next() {
		var id, version int
		if err := rows.Scan(&id, &version); err != nil {
			return nil, fmt.Errorf("read table %s: %w", k.table, err)
		}
		if id != len(versions)+1 {
			return nil, fmt.Errorf("table %s: row %d follows row %d", k.table, id, len(versions))
		}
		versions = append(versions, version)
	}
	return versions, rows.Err()
}

// places picks where the kills fall, as ends of the topic.
func (k *kill9) places() []int64 {
	places := make([]int64, k.kills)
	for i := range places {
		places[i] = int64(float64(k.result.Changes) * (early + (late-early)*rand.Float64()))
	}
	slices.Sort(places)
	return places
}

// live starts the product and kills it when the topic holds at records.
func (k *kill9) live(ctx context.Context, at int64) (death, error) {
	p, err := startProduct(ctx, k.logFile, []string{k.cdc, "run", "--config", k.config})
	if err != nil {
		return death{}, err
	}
	counted, err := k.until(ctx, p, at)
	p.kill()
	if err != nil {
		return death{}, err
	}
	d := death{counted: counted, OffsetAge: -1}
	if info, err := os.Stat(k.offset); err == nil {
		d.OffsetAge = time.Since(info.ModTime()).Milliseconds()
	}
	if d.offset, err = k.storedOffset(ctx); err != nil {
		return death{}, err
	}
	d.End, err = k.still(ctx, quiet)
	return d, err
}

// until waits for the topic to hold at records and returns how many records the
// product had counted as acknowledged just before.
func (k *kill9) until(ctx context.Context, p *product, at int64) (counted int64, err error) {
	for {
		if err := p.ended(); err != nil {
			return 0, err
		}
		if n, err := scrape(ctx, k.metrics, "cdc_records_total"); err == nil { // none before it listens
			counted = n
		}
		n, err := endOffset(ctx, k.admin, k.topic)
		if err != nil || n >= at {
			return counted, err
		}
		if time.Since(p.start) > k.limit {
			return 0, fmt.Errorf("%d of %d records after %s, see %s", n, at, k.limit, k.logFile)
		}
		if err := pause(ctx, askEvery); err != nil {
			return 0, err
		}
	}
}

// storedOffset is the offset as the program itself reads it; nothing but a
// whole one will do.
func (k *kill9) storedOffset(ctx context.Context) ([]byte, error) {
	out, err := exec.CommandContext(ctx, k.cdc, "offsets", "get", k.pipeline, "--config", k.config).Output()
	if err != nil {
		return nil, fmt.Errorf("read stored offset %s: %w", filepath.Base(k.offset), err)
	}
	return out, nil
}

// still waits until the topic has not grown for a while and returns its end.
func (k *kill9) still(ctx context.Context, while time.Duration) (int64, error) {
	k.unchanged = time.Now()
	for time.Since(k.unchanged) < while {
		n, err := endOffset(ctx, k.admin, k.topic)
		if err != nil {
			return 0, err
		}
		if n != k.end {
			k.end, k.unchanged = n, time.Now()
		}
		if err := pause(ctx, pollStream); err != nil {
			return 0, err
		}
	}
	return k.end, nil
}

// lastLife starts the product once more and lets it finish.
func (k *kill9) lastLife(ctx context.Context) error {
	p, err := startProduct(ctx, k.logFile, []string{k.cdc, "run", "--config", k.config})
	if err != nil {
		return err
	}
	defer p.stop()
	// What is repeated adds to the topic, so its end is only a lower bound: wait
	// for it, and then until nothing more comes.
	if _, err := k.until(ctx, p, k.result.Changes); err != nil {
		return err
	}
	_, err = k.still(ctx, quietEnd)
	return err
}
