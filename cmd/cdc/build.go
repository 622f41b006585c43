package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"cdc/binlog"
	"cdc/event"
	"cdc/offsets"
	"cdc/pgwal"
	"cdc/pipeline"
	"cdc/sink"
	"cdc/sink/encode"
	"cdc/sink/registry"
	"cdc/transform"
	"cdc/transform/rulefile"
)

// What each package offers is what the engine asks for.
var (
	_ pipeline.Snapshotter = (*binlog.Source)(nil)
	_ pipeline.Snapshotter = (*pgwal.Source)(nil)
	_ pipeline.Rules       = (*transform.Live)(nil)
	_ pipeline.Encoder     = (*encode.Encoder)(nil)
	_ pipeline.Watched     = (*sink.Kafka)(nil)
	_ pipeline.Offsets     = (*offsets.File)(nil)
	_ pipeline.Offsets     = (*offsets.Kafka)(nil)
	_ binlog.Journal       = (*offsets.FileJournal)(nil)
	_ binlog.Journal       = (*offsets.KafkaJournal)(nil)
)

// source is a source that can also be asked about its server.
type source interface {
	pipeline.Snapshotter
	// Schemas are the tables that the configuration takes, as they are now.
	Schemas(ctx context.Context) ([]*event.Schema, error)
	Doctor(ctx context.Context) []event.Finding
}

// pipelineRules are the compiled rules of a pipeline, with what the commands ask
// of them.
type pipelineRules = *transform.Program

// loadRules compiles the rules of every pipeline; nothing is opened but the
// files. The error is a *configError.
func loadRules(c *Config) (programs, error) {
	all := programs{}
	var bad []error
	for _, name := range c.names() {
		program, err := c.Pipelines[name].program()
		bad = append(bad, err)
		all[name] = program
	}
	return all, joinConfig(bad)
}

// program compiles the rules of a pipeline from its files.
func (p *PipelineConfig) program() (pipelineRules, error) {
	o, err := p.ruleOptions()
	if err != nil {
		return nil, err
	}
	if len(p.Rules) == 0 {
		return transform.PassAll(o), nil
	}
	return transform.Load(p.Rules, o)
}

// compile is program for rule files that were read.
func (p *PipelineConfig) compile(sources []*rulefile.Source) (pipelineRules, error) {
	o, err := p.ruleOptions()
	if err != nil {
		return nil, err
	}
	if len(sources) == 0 {
		return transform.PassAll(o), nil
	}
	return transform.Parse(sources, o)
}

// ruleOptions are what the rules take of the pipeline.
func (p *PipelineConfig) ruleOptions() (transform.Options, error) {
	o, err := p.Events.rules(p.Source.connector(), p.Sink.Kafka.TopicPrefix)
	ruleFormat(&o, p.Format)
	return o, err
}

// builder makes the parts of one pipeline.
type builder struct {
	name     string
	config   *PipelineConfig
	rules    pipelineRules
	live     *transform.Live // holds the rules of a pipeline that runs
	terminal io.Writer       // gets the progress of a snapshot; nil where nobody looks
	newSink  func(*sink.Kafka) pipeline.Sink
}

// build makes the pipeline; it's called again for each start.
func (b *builder) build(ctx context.Context, o pipeline.Options) (*pipeline.Pipeline, error) {
	store, journal, err := b.offsets(ctx, o.Log)
	if err != nil {
		return nil, err
	}
	capture, err := b.capture(o.Log)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	src, err := b.source(o.Log, journal, capture)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	kafka, encoder, registry, err := b.sink(o.Log, capture.Unfit)
	if err != nil {
		return nil, errors.Join(err, src.Close(ctx), store.Close())
	}
	if src, err = b.checked(ctx, src, o.Log); err != nil {
		return nil, errors.Join(asConfig(err), src.Close(ctx), withRegistry(kafka, registry).Close(ctx), store.Close())
	}
	o.Snapshot = b.config.Source.snapshotMode()
	o.BufferBytes = int64(b.config.Sink.Kafka.BufferBytes)
	o.SaveEvery, o.StopTimeout, o.Workers = b.config.SaveInterval, b.config.StopTimeout, b.config.Workers
	o.Terminal = b.terminal
	o.HeartbeatInterval, o.Unfit = b.config.Events.HeartbeatInterval, capture.Unfit
	parts := pipeline.Parts{Source: src, Rules: b.live, Encoder: encoder, Sink: kafka, Offsets: store}
	if b.newSink != nil {
		parts.Sink = b.newSink(kafka)
	}
	parts.Sink = withRegistry(parts.Sink, registry)
	return pipeline.New(b.name, parts, o), nil
}

// checked compares the rules and the options that name columns with the tables
// as they are now. A rule that doesn't fit is an error; an option that concerns
// nothing is a note of the source that is returned, which is never nil.
func (b *builder) checked(ctx context.Context, src source, log *zap.Logger) (source, error) {
	tables, err := src.Schemas(ctx)
	if err != nil {
		return src, err
	}
	if err := checkRules(tables, b.live.Newest()); err != nil {
		return src, err
	}
	rules, _, _ := b.live.Now()
	warnOfTables(rules, tables, log)
	idle, err := b.config.Events.idle(tables, b.config.Source.connector())
	return withNotes(src, idle, log), err
}

// unfit is a rule that doesn't fit the tables: an error of the configuration, and
// permanent for the manager.
type unfit struct{ err error }

func (e *unfit) Error() string   { return e.err.Error() }
func (e *unfit) Unwrap() []error { return []error{e.err, event.ErrConfig} }

// asConfig makes a rule that doesn't fit the tables permanent for the manager.
func asConfig(err error) error {
	if _, config := errors.AsType[*configError](err); config {
		return &unfit{err}
	}
	return err
}

// capture is what the source is asked for beside rows.
func (b *builder) capture(log *zap.Logger) (event.Capture, error) {
	s := b.config.Source
	return b.config.Events.capture(s.connector(), s.includesQuery(), log)
}

// source makes the source. journal may be nil for a source that only answers
// questions.
func (b *builder) source(log *zap.Logger, journal binlog.Journal, capture event.Capture) (source, error) {
	switch s := b.config.Source; {
	case s.MySQL != nil:
		c := *s.MySQL
		c.Capture = capture
		return binlog.New(b.name, binlog.MySQL, c, journal, log.Named("mysql"))
	case s.MariaDB != nil:
		c := *s.MariaDB
		c.Capture = capture
		return binlog.New(b.name, binlog.MariaDB, c, journal, log.Named("mariadb"))
	default:
		c := *s.Postgres
		c.Capture = capture
		return pgwal.New(b.name, c, log.Named("postgres"))
	}
}

// ask makes the source for questions alone.
func (b *builder) ask() (source, error) {
	log := zap.NewNop()
	capture, err := b.capture(log)
	if err != nil {
		return nil, err
	}
	return b.source(log, nil, capture)
}

// sink makes the sink, the encoder, which asks it how large records may be, and
// the client of the registry, if the encoder needs one.
func (b *builder) sink(log *zap.Logger, unfit *event.Unfit) (*sink.Kafka, *encode.Encoder, *registry.Client, error) {
	c := *b.config.Sink.Kafka
	headers, err := b.headers()
	if err != nil {
		return nil, nil, nil, err
	}
	registry, err := b.registry(log)
	if err != nil {
		return nil, nil, nil, err
	}
	kafka, err := sink.New(c, headers, log.Named("kafka"))
	if err != nil {
		return nil, nil, nil, err
	}
	encoding := b.encoding(kafka.Limit, unfit)
	encoding.Registry = registry
	encoder, err := encode.New(encoding)
	if err != nil {
		return nil, nil, nil, errors.Join(err, withRegistry(kafka, registry).Close(context.Background()))
	}
	return kafka, encoder, registry, nil
}

// encoding says how records are made.
func (b *builder) encoding(limit func(string) (int, error), unfit *event.Unfit) encode.Config {
	prefix, events := b.config.Sink.Kafka.TopicPrefix, &b.config.Events
	c := encode.Config{
		Connector: b.config.Source.connector(), Name: prefix, Options: events.Options, Format: b.config.Format, Unfit: unfit,
		TransactionTopic: prefix + events.TopicDelimiter + events.TopicTransaction,
		HeartbeatTopic:   events.TopicHeartbeatPrefix + events.TopicDelimiter + prefix,
		Limit:            limit,
	}
	if pg := b.config.Source.Postgres; pg != nil {
		c.Database = pg.Database
	}
	return c
}

// headers are those that every record of a row carries.
func (b *builder) headers() ([]event.Header, error) {
	if !b.config.Events.ExtendedHeadersEnabled {
		return nil, nil
	}
	run, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("make run id: %w", err)
	}
	return b.config.Format.Headers(b.config.Source.connector(), b.config.Sink.Kafka.TopicPrefix, run.String()), nil
}

// store opens the offset store.
func (b *builder) store(ctx context.Context, log *zap.Logger) (pipeline.Offsets, error) {
	if f := b.config.Offsets.File; f != nil {
		return offsets.OpenFile(f.Path)
	}
	opts, err := b.config.Sink.Kafka.ClientOptions(log.Named("offsets"))
	if err != nil {
		return nil, err
	}
	k, err := offsets.OpenKafka(ctx, opts, b.config.Offsets.Kafka.Topic, b.config.Sink.Kafka.TopicPrefix)
	if err != nil {
		return nil, b.config.Sink.Kafka.Explain(err)
	}
	return k, nil
}

// closingJournal is a journal that somebody must close.
type closingJournal interface {
	binlog.Journal
	io.Closer
}

// journal opens the history of table versions beside the store. PostgreSQL needs
// none.
func (b *builder) journal(ctx context.Context, log *zap.Logger) (closingJournal, error) {
	if f := b.config.Offsets.File; f != nil {
		return offsets.OpenFileJournal(journalPath(f.Path))
	}
	opts, err := b.config.Sink.Kafka.ClientOptions(log.Named("offsets"))
	if err != nil {
		return nil, err
	}
	j, err := offsets.OpenKafkaJournal(ctx, opts, b.config.Offsets.Kafka.Topic+"-tables", b.name, b.config.Sink.Kafka.TopicPrefix)
	if err != nil {
		return nil, b.config.Sink.Kafka.Explain(err)
	}
	return j, nil
}

// offsets opens the store and, for MySQL and MariaDB, the journal, which is
// closed with the store.
func (b *builder) offsets(ctx context.Context, log *zap.Logger) (pipeline.Offsets, binlog.Journal, error) {
	store, err := b.store(ctx, log)
	if err != nil || b.config.Source.Postgres != nil {
		return store, nil, err
	}
	journal, err := b.journal(ctx, log)
	if err != nil {
		return nil, nil, errors.Join(err, store.Close())
	}
	return closingBoth{store, journal}, journal, nil
}

// closingBoth closes a journal with the store.
type closingBoth struct {
	pipeline.Offsets
	journal io.Closer
}

func (c closingBoth) Close() error { return errors.Join(c.Offsets.Close(), c.journal.Close()) }

// journalPath puts the history beside the offset: shop.json, shop.json.tables.
func journalPath(path string) string { return path + ".tables" }

// examine asks the source and the broker about themselves. What can't even be
// asked is a finding too, so that the others are heard.
func (b *builder) examine(ctx context.Context, limit time.Duration) []event.Finding {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	log := zap.NewNop()
	var findings []event.Finding
	fail := func(part string, err error) {
		if err != nil {
			findings = append(findings, event.Finding{Level: event.LevelFail, Check: part, Detail: err.Error()})
		}
	}
	if src, err := b.ask(); err != nil {
		fail("source", err)
	} else {
		findings = append(findings, b.examineSource(ctx, src)...)
		fail("source", src.Close(ctx))
	}
	if kafka, _, registry, err := b.sink(log, nil); err != nil {
		fail("sink", err)
	} else {
		findings = append(findings, kafka.Doctor(ctx, b.rules.Topics()...)...)
		if registry != nil {
			findings = append(findings, registry.Doctor(ctx)...)
		}
		fail("sink", withRegistry(kafka, registry).Close(ctx))
	}
	return findings
}
