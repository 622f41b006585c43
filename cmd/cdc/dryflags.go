package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cdc/event"
	"cdc/internal/dryrun"
	"cdc/internal/smallfile"
	"cdc/sink/encode"
	"cdc/transform"
	"cdc/transform/rulefile"
)

// dryFlags are the flags of the commands that work without a server.
type dryFlags struct {
	config, pipeline  string
	tables            string
	connector, prefix string
	format            string
}

// dryRunFlags adds them.
func dryRunFlags(cmd *cobra.Command) *dryFlags {
	f := &dryFlags{}
	flags := cmd.Flags()
	flags.StringVarP(&f.config, "config", "c", "", "configuration file, for the options of a pipeline; nothing is connected to")
	flags.StringVarP(&f.pipeline, "pipeline", "p", "", "the pipeline of the configuration, where there are several")
	flags.StringVar(&f.tables, "tables", "", "`file` with the tables, as cdc schema dump writes it; others are inferred")
	flags.StringVar(&f.connector, "connector", "", "source that the rows come from: mysql, mariadb or postgresql (default: that of the pipeline or of --tables, or mysql)")
	flags.StringVar(&f.prefix, "topic-prefix", "", `first part of default topics (default: that of the pipeline, or "cdc")`)
	flags.StringVar(&f.format, "format", "", "how records are written: json or json_schema (default: that of the pipeline, or json)")
	_ = cmd.MarkFlagFilename("config", "yaml", "yml") // fails only for a flag that doesn't exist
	_ = cmd.MarkFlagFilename("tables", "json")
	return f
}

// check refuses flags that make no sense.
func (f *dryFlags) check(cmd *cobra.Command) error {
	usage := func(format string, args ...any) error {
		return &usageError{fmt.Errorf(format+"; see %s --help", append(args, cmd.CommandPath())...)}
	}
	if connectors := []string{"", connectorMySQL, connectorMariaDB, connectorPostgres}; !slices.Contains(connectors, f.connector) {
		return usage("--connector %q is not one of mysql, mariadb, postgresql", f.connector)
	}
	if !slices.Contains([]string{"", encode.FormatJSON, encode.FormatJSONSchema}, f.format) {
		return usage("--format %q is not one of json, json_schema (Avro needs a registry, and is shown as JSON)", f.format)
	}
	if f.pipeline != "" && f.config == "" {
		return usage("--pipeline without --config")
	}
	if f.config != "" && f.connector != "" {
		return usage("--connector beside --config, which names the source")
	}
	return nil
}

// dryRun is what a command that works without a server begins with.
type dryRun struct {
	setup dryrun.Setup
	// rules are the rule files of the pipeline; nil without a configuration.
	rules []string
	// warnings are those of rules, with those of the pipeline's options.
	warnings func(*transform.Program) []error
	// prefixed: the topic prefix was given, and isn't left to what is read.
	prefixed bool
}

// load reads what the flags name. The error is a *usageError or a *configError.
func (f *dryFlags) load(cmd *cobra.Command) (*dryRun, error) {
	if err := f.check(cmd); err != nil {
		return nil, err
	}
	d := &dryRun{warnings: ownWarnings, prefixed: f.prefix != "" || f.config != ""}
	dump, err := f.dump()
	if err != nil {
		return nil, err
	}
	connector := f.connector
	if dump != nil {
		d.setup.Tables = dump.Tables
		if connector == "" {
			connector = dump.Connector
		}
	}
	if f.config != "" {
		if err := f.fromPipeline(d); err != nil {
			return nil, err
		}
	} else if err := d.standalone(connector); err != nil {
		return nil, err
	}
	if dump != nil && dump.Connector != d.setup.Connector {
		return nil, &usageError{fmt.Errorf("%s has tables of %s, and the source is %s", f.tables, dump.Connector, d.setup.Connector)}
	}
	if f.prefix != "" {
		d.setup.Rules.Prefix = f.prefix
	}
	if f.format != "" {
		d.setup.Encoding.Format.Key, d.setup.Encoding.Format.Value = f.format, f.format
	}
	ruleFormat(&d.setup.Rules, d.setup.Encoding.Format)
	return d, nil
}

// standalone sets the options that hold without a configuration: the defaults, but
// that nothing is skipped.
func (d *dryRun) standalone(connector string) (err error) {
	d.setup.Connector = connector
	if connector == "" {
		d.setup.Connector = connectorMySQL
	}
	if !slices.Contains([]string{connectorMySQL, connectorMariaDB, connectorPostgres}, d.setup.Connector) {
		return fmt.Errorf("connector %q is not one of mysql, mariadb, postgresql", rulefile.Printable(connector))
	}
	e := defaultEvents(d.setup.Connector)
	e.SkippedOperations = nil
	prefix := d.setup.Rules.Prefix
	d.setup.Rules, err = e.rules(d.setup.Connector, prefix)
	return err
}

// fromPipeline takes the options of a pipeline.
func (f *dryFlags) fromPipeline(d *dryRun) error {
	c, name, err := pipelineOf(f.config, named(f.pipeline))
	if err != nil {
		return err
	}
	b := &builder{name: name, config: c.Pipelines[name]}
	d.rules = b.config.Rules
	d.warnings = func(p *transform.Program) []error { return c.warnings(name, programs{name: p}) }
	tables := d.setup.Tables
	d.setup, err = b.dryRun()
	d.setup.Tables = tables
	return err
}

// dryRun is the pipeline without its servers.
func (b *builder) dryRun() (dryrun.Setup, error) {
	s := dryrun.Setup{Connector: b.config.Source.connector(), Encoding: b.encoding(nil, nil)}
	if pg := b.config.Source.Postgres; pg != nil {
		s.Database = pg.Database
	}
	var err error
	s.Rules, err = b.config.ruleOptions()
	return s, err
}

// dump reads the schema dump; nil where none is named.
func (f *dryFlags) dump() (*dryrun.Dump, error) {
	if f.tables == "" {
		return nil, nil //nolint:nilnil // none is asked for
	}
	return readDump(f.tables)
}

// readDump reads a schema dump. The error is a *configError.
func readDump(name string) (*dryrun.Dump, error) {
	file, err := smallfile.Open(name)
	if err != nil {
		return nil, &configError{err}
	}
	defer file.Close()
	d, err := dryrun.ReadDump(file)
	if err != nil {
		return nil, &configError{fmt.Errorf("%s: %w", name, err)}
	}
	return d, nil
}

// readRules reads rule files. The error is a *configError.
func readRules(files []string) ([]*rulefile.Source, error) {
	var sources []*rulefile.Source
	var bad []error
	for _, name := range files {
		src, err := rulefile.ReadSource(name)
		bad = append(bad, err)
		sources = append(sources, src)
	}
	return sources, joinConfig(bad)
}

// files are those of the arguments, or those of the pipeline.
func (d *dryRun) files(cmd *cobra.Command, args []string) ([]string, error) {
	if len(args) == 0 {
		args = d.rules
	}
	if len(args) == 0 {
		return nil, &usageError{fmt.Errorf("name a rule file; see %s --help", cmd.CommandPath())}
	}
	return args, nil
}

// open reads what the flags name, and the rule files: those that are given, or else
// those of the pipeline. The error is a *usageError or a *configError.
func (f *dryFlags) open(cmd *cobra.Command, args []string) (*dryRun, []*rulefile.Source, error) {
	d, err := f.load(cmd)
	if err != nil {
		return nil, nil, err
	}
	files, err := d.files(cmd, args)
	if err != nil {
		return nil, nil, err
	}
	sources, err := readRules(files)
	return d, sources, err
}

// program compiles rule files as one list of rules. The error is a *configError.
func (d *dryRun) program(sources []*rulefile.Source) (*transform.Program, []*rulefile.File, error) {
	files, err := dryrun.ParseFiles(sources)
	if err != nil {
		return nil, nil, &configError{err}
	}
	p, err := transform.Parse(sources, d.setup.Complete().Rules)
	if err != nil {
		return nil, nil, &configError{err}
	}
	return p, files, nil
}

// ownWarnings are those of rules that stand for themselves.
func ownWarnings(p *transform.Program) []error { return asErrors(p.Warnings("")) }

// asRuleError makes a *configError of what stands in a rule file.
func asRuleError(err error) error {
	if len(dryrun.Placed(err)) > 0 && errors.Is(err, event.ErrConfig) {
		return &configError{err}
	}
	return err
}

// lines joins the lines of an example for a command's help.
func lines(list ...string) string { return "  " + strings.Join(list, "\n  ") }
