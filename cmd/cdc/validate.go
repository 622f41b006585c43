package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"cdc/event"
	"cdc/transform/rulefile"
)

func newValidate() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "validate",
		Short: "Check a configuration file and its rules",
		Long: "Check a configuration file, its rule files and certificates without connecting to\n" +
			"anything. With --online the sources and the broker are asked too: settings and\n" +
			"grants, and whether every column that a rule names exists. With --tables the rules\n" +
			"are checked against a file that `cdc schema dump` has written. The exit code is 3\n" +
			"when something in the files must be mended.",
		Example: lines("cdc validate -c cdc.yaml", "cdc validate -c cdc.yaml --tables tables.json", "cdc validate -c cdc.yaml --online"),
		Args:    cobra.NoArgs,
	}
	file := configFlag(cmd)
	online := cmd.Flags().Bool("online", false, "connect to the sources and the broker")
	tables := cmd.Flags().String("tables", "", "check the rules against the tables in this `file`, as cdc schema dump writes it")
	timeout := cmd.Flags().Duration("timeout", 30*time.Second, "how long each step of --online may take, per pipeline")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, rules, err := loadAll(*file)
		if err != nil {
			return err
		}
		for _, name := range c.names() {
			for _, w := range c.warnings(name, rules) {
				fmt.Fprintf(cmd.ErrOrStderr(), "warning: %s\n", rulefile.Print(w))
			}
		}
		if *tables != "" {
			if err := validateTables(c, rules, *tables); err != nil {
				return err
			}
		}
		if *online {
			if err := validateOnline(cmd.Context(), c, rules, *timeout, cmd.OutOrStdout()); err != nil {
				return err
			}
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: ok, %d pipeline(s)\n", *file, len(c.Pipelines))
		return err
	}
	return cmd
}

// warnings returns what a pipeline's options and rules probably don't mean.
func (c *Config) warnings(name string, rules programs) []error {
	p := c.Pipelines[name]
	d := &document{file: c.source.file, root: c.source.root}
	for _, w := range p.Events.warnings() {
		d.failAt("pipelines."+name+".events", w)
	}
	if err := p.warnQuery(); err != nil {
		d.failAt("pipelines."+name+".source."+p.Source.connector(), err)
	}
	all := d.errs
	for _, w := range rules[name].Warnings(string(p.Source.snapshotMode())) {
		all = append(all, w)
	}
	return all
}

// validateOnline runs the doctor's checks for every pipeline, and checks its
// rules against the tables that are there.
func validateOnline(ctx context.Context, c *Config, rules programs, each time.Duration, out io.Writer) error {
	var bad []error
	failed := false
	for _, name := range c.names() {
		b := &builder{name: name, config: c.Pipelines[name], rules: rules[name]}
		failed = printFindings(out, name, b.examine(ctx, each), event.LevelWarn) || failed
		err := b.checkOnline(ctx, each)
		if _, placed := errors.AsType[*configError](err); err != nil && !placed {
			err = fmt.Errorf("pipeline %s: %w", name, err)
		}
		bad = append(bad, err)
	}
	if err := errors.Join(bad...); err != nil {
		return err
	}
	if failed {
		return &reported{errors.New("findings")}
	}
	return nil
}

// checkOnline checks the rules against the tables of the server.
func (b *builder) checkOnline(ctx context.Context, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	src, err := b.ask()
	if err != nil {
		return err
	}
	tables, err := src.Schemas(ctx)
	if err == nil {
		err = checkRules(tables, b.rules)
	}
	if closeErr := src.Close(ctx); err == nil {
		err = closeErr
	}
	return err
}

// checkRules binds the rules to the tables as they are now.
func checkRules(tables []*event.Schema, rules event.Selector) error {
	var bad []error
	for _, s := range tables {
		_, _, err := rules.Select(s)
		bad = append(bad, err)
	}
	return joinConfig(bad)
}
