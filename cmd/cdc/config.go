package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"cdc/admin"
	"cdc/binlog"
	"cdc/offsets"
	"cdc/pgwal"
	"cdc/pipeline"
	"cdc/security"
	"cdc/sink"
	"cdc/sink/encode"
)

// Config is a whole configuration file. docs/configuration.md has every key.
type Config struct {
	Pipelines map[string]*PipelineConfig `yaml:"pipelines"`
	Admin     admin.Config               `yaml:"admin"`
	Log       LogConfig                  `yaml:"log"`

	source *document // where it was read from, for the places of errors
}

// PipelineConfig is one pipeline.
type PipelineConfig struct {
	Source  SourceConfig  `yaml:"source"`
	Events  EventsConfig  `yaml:"events"`
	Format  encode.Format `yaml:"format"`
	Rules   []string      `yaml:"rules"`
	Sink    SinkConfig    `yaml:"sink"`
	Offsets OffsetsConfig `yaml:"offsets"`
	// SaveInterval is how often the offset is stored at most.
	SaveInterval time.Duration `yaml:"save_interval"`
	// StopTimeout is how long a stop may take to deliver what is under way.
	StopTimeout time.Duration `yaml:"stop_timeout"`
	// Workers run rules and encode; 0 takes one per CPU.
	Workers int `yaml:"workers"`
}

// SourceConfig names one source.
type SourceConfig struct {
	MySQL    *binlog.Config `yaml:"mysql,omitempty"`
	MariaDB  *binlog.Config `yaml:"mariadb,omitempty"`
	Postgres *pgwal.Config  `yaml:"postgres,omitempty"`
}

// SinkConfig names the sink.
type SinkConfig struct {
	Kafka *sink.Config `yaml:"kafka,omitempty"`
}

// OffsetsConfig names one place for the offset.
type OffsetsConfig struct {
	File  *offsets.FileConfig  `yaml:"file,omitempty"`
	Kafka *offsets.KafkaConfig `yaml:"kafka,omitempty"`
}

// LogConfig says what is logged and how.
type LogConfig struct {
	// Level is debug, info, warn or error.
	Level string `yaml:"level"`
	// Format is json, console, or auto: console on a terminal, else json.
	Format string `yaml:"format"`
}

func defaultConfig() Config {
	return Config{Log: LogConfig{Level: "info", Format: "auto"}}
}

func defaultPipeline(connector string) PipelineConfig {
	return PipelineConfig{Events: defaultEvents(connector), SaveInterval: time.Second, StopTimeout: 20 * time.Second}
}

// UnmarshalYAML starts from the defaults.
func (p *PipelineConfig) UnmarshalYAML(n *yaml.Node) error {
	type plain PipelineConfig
	*p = defaultPipeline(connectorOf(n))
	return n.Decode((*plain)(p))
}

// UnmarshalYAML starts from the defaults of the source that is named.
func (s *SourceConfig) UnmarshalYAML(n *yaml.Node) error {
	type plain SourceConfig
	if child(n, "mysql") != nil {
		c := binlog.Default()
		s.MySQL = &c
	}
	if child(n, "mariadb") != nil {
		c := binlog.Default()
		s.MariaDB = &c
	}
	if child(n, "postgres") != nil {
		c := pgwal.Default()
		s.Postgres = &c
	}
	return n.Decode((*plain)(s))
}

// UnmarshalYAML starts from the defaults.
func (s *SinkConfig) UnmarshalYAML(n *yaml.Node) error {
	type plain SinkConfig
	if child(n, "kafka") != nil {
		c := sink.Default()
		s.Kafka = &c
	}
	return n.Decode((*plain)(s))
}

// configError is a configuration that can't be used: exit code 3.
type configError struct{ err error }

func (e *configError) Error() string { return e.err.Error() }
func (e *configError) Unwrap() error { return e.err }

// loadConfig reads, resolves, checks and validates a configuration file. Relative
// paths start at the folder of the file. All that is wrong is reported at once,
// as a *configError.
func loadConfig(file string) (*Config, error) {
	c, err := parseConfig(file, os.LookupEnv)
	if err != nil {
		return nil, &configError{err}
	}
	return c, nil
}

func parseConfig(file string, lookup func(string) (string, bool)) (*Config, error) {
	d, err := readDocument(file, lookup)
	if err != nil {
		return nil, err
	}
	d.check(reflect.TypeFor[Config]())
	if len(d.errs) > 0 {
		return nil, errors.Join(d.errs...)
	}
	c := defaultConfig()
	c.source = d
	if err := d.root.Decode(&c); err != nil {
		return nil, yamlProblem(file, err)
	}
	for name, p := range c.Pipelines {
		if p == nil {
			empty := defaultPipeline(connectorMySQL)
			c.Pipelines[name] = &empty
		}
	}
	c.validate(d)
	if len(d.errs) > 0 {
		return nil, errors.Join(d.errs...)
	}
	c.resolvePaths(filepath.Dir(file))
	for _, p := range c.Pipelines {
		p.complete()
	}
	return &c, nil
}

// complete fills in what depends on other options.
func (p *PipelineConfig) complete() {
	p.Format = p.Format.Complete()
	p.Events.Options = p.Events.Complete(p.Source.connector(), p.Format.Avro())
}

var pipelineName = regexp.MustCompile(`\A[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z`)

// validate reports what can't work, at its place in the file.
func (c *Config) validate(d *document) {
	if len(c.Pipelines) == 0 {
		d.fail(d.find("pipelines"), "pipelines: none is configured")
	}
	for name, p := range c.Pipelines {
		path := "pipelines." + name
		if !pipelineName.MatchString(name) {
			d.fail(d.find("pipelines"), "pipelines: %q is not a name; use letters, digits, '.', '_' and '-'", name)
			continue
		}
		report := func(below string, err error) {
			if err != nil {
				d.failAt(path+"."+below, err)
			}
		}
		p.Source.validate(report)
		p.Events.validate(p.Source.connector(), report)
		reportAll(p.Format.Validate(), "format", report)
		if len(p.Format.Registry.URLs) > 0 && !p.Format.Avro() {
			report("format", errors.New("registry: only Avro has its schemas in a registry; set value to avro, or take it out"))
		}
		p.Sink.validate(report)
		p.Offsets.validate(report)
		p.validateOwn(report)
	}
	c.validateShared(d)
	if err := c.Admin.Validate(); err != nil {
		d.failAt("admin", err)
	}
	if err := c.Log.validate(); err != nil {
		d.failAt("log", err)
	}
}

// failAt reports an error whose text begins with a path below base.
func (d *document) failAt(base string, err error) {
	below, _, found := strings.Cut(err.Error(), ":")
	n := d.find(base)
	if found && !strings.Contains(below, " ") {
		n = d.find(base + "." + below)
	}
	d.fail(n, "%s.%s", base, err)
}

type reporter func(below string, err error)

func (s *SourceConfig) validate(report reporter) {
	count := 0
	if s.MySQL != nil {
		count++
		report("source.mysql", s.MySQL.Validate())
	}
	if s.MariaDB != nil {
		count++
		report("source.mariadb", s.MariaDB.Validate())
	}
	if s.Postgres != nil {
		count++
		report("source.postgres", s.Postgres.Validate())
	}
	if count != 1 {
		report("source", errors.New("mysql, mariadb, postgres: exactly one of them is needed"))
	}
}

func (s *SinkConfig) validate(report reporter) {
	if s.Kafka == nil {
		report("sink", errors.New("kafka: is missing"))
		return
	}
	report("sink.kafka", s.Kafka.Validate())
}

func (o *OffsetsConfig) validate(report reporter) {
	switch {
	case o.File != nil && o.Kafka != nil, o.File == nil && o.Kafka == nil:
		report("offsets", errors.New("file, kafka: exactly one of them is needed"))
	case o.File != nil && o.File.Path == "":
		report("offsets.file", errors.New("path: is missing"))
	case o.Kafka != nil && o.Kafka.Topic == "":
		report("offsets.kafka", errors.New("topic: is missing"))
	}
}

func (p *PipelineConfig) validateOwn(report reporter) {
	switch {
	case p.SaveInterval < 10*time.Millisecond || p.SaveInterval > time.Hour:
		report("save_interval", errors.New("must lie between 10ms and 1h"))
	case p.StopTimeout <= 0 || p.StopTimeout > time.Hour:
		report("stop_timeout", errors.New("must lie between 0s and 1h"))
	case p.Workers < 0 || p.Workers > 256:
		report("workers", errors.New("must lie between 0 and 256"))
	}
}

// names returns the pipelines' names in order.
func (c *Config) names() []string {
	names := make([]string, 0, len(c.Pipelines))
	for name := range c.Pipelines {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (c *Config) resolvePaths(dir string) {
	for _, p := range c.Pipelines {
		for i, r := range p.Rules {
			p.Rules[i] = below(dir, r)
		}
		if p.Offsets.File != nil {
			p.Offsets.File.Path = below(dir, p.Offsets.File.Path)
		}
		for _, secure := range p.tls() {
			for _, path := range []*string{&secure.CA, &secure.Cert, &secure.Key} {
				*path = below(dir, *path)
			}
		}
	}
}

// checkFiles reads the certificates that the configuration names, which nothing
// else does before the first connection. The error is a *configError.
func (c *Config) checkFiles() error {
	d := &document{file: c.source.file, root: c.source.root}
	for _, name := range c.names() {
		for at, secure := range c.Pipelines[name].tls() {
			if _, err := secure.Config(""); err != nil {
				d.failAt("pipelines."+name+"."+at, fmt.Errorf("tls.%w", err))
			}
		}
	}
	return joinConfig(d.errs)
}

// tls returns the encryption of each connection, by its path in the file.
func (p *PipelineConfig) tls() map[string]*security.TLS {
	all := map[string]*security.TLS{}
	if s := p.Source.MySQL; s != nil {
		all["source.mysql"] = &s.TLS
	}
	if s := p.Source.MariaDB; s != nil {
		all["source.mariadb"] = &s.TLS
	}
	if s := p.Source.Postgres; s != nil {
		all["source.postgres"] = &s.TLS
	}
	if s := p.Sink.Kafka; s != nil {
		all["sink.kafka"] = &s.TLS
	}
	if p.Format.Avro() {
		all["format.registry"] = &p.Format.Registry.TLS
	}
	return all
}

// below returns the path as one that starts at dir, unless it is absolute. An
// empty one stays so.
func below(dir, path string) string {
	if filepath.IsAbs(path) || path == "" {
		return path
	}
	return filepath.Join(dir, path)
}

// snapshotMode returns the mode of whichever source is configured.
func (s *SourceConfig) snapshotMode() pipeline.SnapshotMode {
	switch {
	case s.MySQL != nil:
		return pipeline.SnapshotMode(s.MySQL.Snapshot.Mode)
	case s.MariaDB != nil:
		return pipeline.SnapshotMode(s.MariaDB.Snapshot.Mode)
	default:
		return pipeline.SnapshotMode(s.Postgres.Snapshot.Mode)
	}
}
