package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	_ "github.com/go-sql-driver/mysql" // for the demo's own writes
	_ "github.com/jackc/pgx/v5/stdlib" // the same
	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"cdc/examples/rules"
	"cdc/internal/demo"
	"cdc/offsets"
	"cdc/pipeline"
	"cdc/sink"
	"cdc/transform"
)

const (
	demoPrefix = "shop"     // the first part of the demo's topics
	demoSlot   = "cdc_demo" // slot and publication on PostgreSQL
)

// demoOptions are the flags of `cdc demo`.
type demoOptions struct {
	data     string
	mysql    string
	postgres string
	mariadb  bool
	brokers  []string
	once     bool
}

func newDemo() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See the changes of a small shop arrive in Kafka, all in one process",
		Long: "Start a real PostgreSQL (fetched once) and a Kafka broker inside this process, play a\n" +
			"small order workload, run the pipeline with the example rules, and print what\n" +
			"arrives. Your own servers can take the place of either.\n\n" +
			"On a terminal the workload repeats until Ctrl-C; elsewhere it's played once.",
		Args: cobra.NoArgs,
	}
	var o demoOptions
	cmd.Flags().StringVar(&o.data, "data", "", "folder that keeps database, broker and offset for the next run (default: a temporary one)")
	cmd.Flags().StringVar(&o.mysql, "mysql", "", "your own MySQL or MariaDB instead: user:password@tcp(host:port)/")
	cmd.Flags().StringVar(&o.postgres, "postgres", "", "your own PostgreSQL instead: postgres://user:password@host:port/database")
	cmd.Flags().BoolVar(&o.mariadb, "mariadb", false, "start a MariaDB instead of PostgreSQL: the one on PATH, or the one of make testbed")
	cmd.Flags().StringSliceVar(&o.brokers, "brokers", nil, "your own Kafka brokers instead: host:port,...")
	cmd.Flags().BoolVar(&o.once, "once", false, "play the workload once, on a terminal too")
	cmd.MarkFlagsMutuallyExclusive("mysql", "postgres", "mariadb")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return runDemo(cmd.Context(), o, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	cmd.AddCommand(newServePostgres(), newServeMariaDB())
	return cmd
}

// runDemo plays the demo until ctx ends or, once, to its end.
func runDemo(ctx context.Context, o demoOptions, out, errOut io.Writer) (err error) {
	say := func(format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) }
	dir, remove, err := demoFolder(o.data)
	if err != nil {
		return err
	}
	defer remove()
	brokers, closeBroker, err := demoBroker(o, dir)
	if err != nil {
		return err
	}
	defer closeBroker()
	database, err := openDatabase(ctx, o, dir, func(text string) { say("%s", text) })
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, database.close()) }()
	shop, err := demo.NewShop(ctx, database.db, database.dialect)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, leaveServer(ctx, o, database, shop, say)) }()
	c, err := demoConfig(database.source, dir, brokers)
	if err != nil {
		return err
	}
	say("database  %s\nbroker    %s   (kcat -b %s -L)\nrules     %s\n",
		database.text, strings.Join(brokers, ","), brokers[0], c.Pipelines[demoPrefix].Rules[0])
	return playDemo(ctx, c, shop, o.once || !isTerminal(out), out, errOut)
}

// leaveServer says what stays on a server that isn't ours, and removes what would
// harm it: a slot that nobody reads keeps PostgreSQL's log for ever.
func leaveServer(ctx context.Context, o demoOptions, d *shopDatabase, shop *demo.Shop, say func(string, ...any)) error {
	if d.server != nil {
		return nil
	}
	say("\nthe schema shop stays on the server; DROP it when you are done")
	if d.source.Postgres == nil {
		return nil
	}
	if o.data != "" {
		say("slot and publication %s stay for the next run; without one: SELECT pg_drop_replication_slot('%s'); DROP PUBLICATION %s;",
			demoSlot, demoSlot, demoSlot)
		return nil
	}
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return shop.Forget(limit, demoSlot, demoSlot)
}

// playDemo runs pipeline, consumer and workload side by side.
func playDemo(ctx context.Context, c *Config, shop *demo.Shop, once bool, out, errOut io.Writer) error {
	log, err := newLogger(LogConfig{Level: "warn", Format: "console"}, errOut)
	if err != nil {
		return err
	}
	compiled, err := loadRules(c)
	if err != nil {
		return err
	}
	m := pipeline.NewManager(log)
	b := &builder{name: demoPrefix, config: c.Pipelines[demoPrefix], rules: compiled[demoPrefix], live: transform.NewLive(compiled[demoPrefix])}
	if offset, found := demoOffset(ctx, b); found {
		fmt.Fprintf(out, "going on from the stored offset %s\n\n", offset)
	}
	m.Add(demoPrefix, b.build)

	running, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	var pipelineErr, showErr error
	watching, stopWatching := context.WithCancel(context.WithoutCancel(ctx))
	seen := make(chan struct{}, 1024)
	wg.Go(func() {
		defer stop() // without a pipeline there is nothing to play for
		pipelineErr = m.Run(running)
	})
	var watch sync.WaitGroup
	watch.Go(func() {
		showErr = demo.Show(watching, c.Pipelines[demoPrefix].Sink.Kafka.Brokers, demoPrefix, out, func(string) {
			select {
			case seen <- struct{}{}:
			default:
			}
		})
	})
	playErr := playShop(running, m, shop, once, seen, out)
	stop()
	wg.Wait()
	stopWatching()
	watch.Wait()
	if errors.Is(playErr, context.Canceled) {
		playErr = nil
	}
	return errors.Join(pipelineErr, showErr, playErr)
}

// demoOffset returns what an earlier run has stored.
func demoOffset(ctx context.Context, b *builder) (text string, found bool) {
	store, err := b.store(ctx, zap.NewNop())
	if err != nil {
		return "", false
	}
	defer store.Close() //nolint:errcheck // the pipeline opens it again and would say so
	o, found, err := store.Load(ctx, b.name)
	if err != nil || !found {
		return "", false
	}
	return string(o.Position), true
}

// playShop waits until changes flow and plays.
func playShop(ctx context.Context, m *pipeline.Manager, shop *demo.Shop, once bool, seen <-chan struct{}, out io.Writer) error {
	if err := awaitStreaming(ctx, m); err != nil {
		return err
	}
	say := func(text string) { fmt.Fprintf(out, "-- %s\n", text) }
	for {
		if err := shop.Play(ctx, 700*time.Millisecond, say); err != nil {
			return err
		}
		if once {
			return awaitQuiet(ctx, seen, 1500*time.Millisecond)
		}
	}
}

func awaitStreaming(ctx context.Context, m *pipeline.Manager) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if ready, _ := m.Status()[0].Ready(); ready && m.Status()[0].Phase == pipeline.PhaseStreaming {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// awaitQuiet waits until no event has arrived for a while.
func awaitQuiet(ctx context.Context, seen <-chan struct{}, quiet time.Duration) error {
	for {
		select {
		case <-seen:
		case <-time.After(quiet):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func demoFolder(data string) (dir string, remove func(), err error) {
	if data != "" {
		if data, err = filepath.Abs(data); err != nil {
			return "", nil, err
		}
		return data, func() {}, os.MkdirAll(data, 0o755) //nolint:gosec // the database server's user must be able to pass
	}
	dir, err = os.MkdirTemp("", "cdc-demo-")
	if err != nil {
		return "", nil, fmt.Errorf("make folder: %w", err)
	}
	return dir, func() { os.RemoveAll(dir) }, os.Chmod(dir, 0o755) //nolint:errcheck,gosec // a temporary folder; the server's user must be able to pass
}

func demoBroker(o demoOptions, dir string) (addrs []string, stop func(), err error) {
	if len(o.brokers) > 0 {
		return o.brokers, func() {}, nil
	}
	broker, err := demo.StartBroker(filepath.Join(dir, "kafka"))
	if err != nil {
		return nil, nil, err
	}
	return broker.Addrs(), broker.Close, nil
}

// demoConfig is the configuration file that a user would write for this.
func demoConfig(source SourceConfig, dir string, brokers []string) (*Config, error) {
	ruleFile := filepath.Join(dir, "orders-shipping.yaml")
	if _, err := os.Stat(ruleFile); errors.Is(err, os.ErrNotExist) {
		if err := os.WriteFile(ruleFile, rules.OrdersShipping, 0o644); err != nil { //nolint:gosec // an example for everybody
			return nil, fmt.Errorf("write the rule file: %w", err)
		}
	}
	kafka := sink.Default()
	kafka.Brokers, kafka.TopicPrefix, kafka.Topics.Partitions = brokers, demoPrefix, 1
	c := defaultConfig()
	c.Pipelines = map[string]*PipelineConfig{demoPrefix: {
		Source: source, Events: defaultEvents(source.connector()), Rules: []string{ruleFile}, Sink: SinkConfig{Kafka: &kafka},
		Offsets:      OffsetsConfig{File: &offsets.FileConfig{Path: filepath.Join(dir, "offset.json")}},
		SaveInterval: time.Second, StopTimeout: 10 * time.Second,
	}}
	return &c, nil
}

// shopDatabase is the database that the demo plays in.
type shopDatabase struct {
	db      *sql.DB
	dialect demo.Dialect
	source  SourceConfig
	text    string // for the user, without a password
	server  *demo.Server
}

func (d *shopDatabase) close() error {
	err := d.db.Close()
	if d.server != nil {
		err = errors.Join(err, d.server.Close())
	}
	return err
}
