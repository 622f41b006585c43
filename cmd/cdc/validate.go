package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"cdc/event"
)

func newValidate() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "validate",
		Short: "Check a configuration file and its rules",
		Long: "Check a configuration file, its rule files and certificates without connecting to\n" +
			"anything. With --online the sources and the broker are asked too: settings and\n" +
			"grants, and whether every column that a rule or an option names exists. With\n" +
			"--tables both are checked against a file that `cdc schema dump` has written. What\n" +
			"probably isn't meant is a warning on standard error. The exit code is 3\n" +
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
		v := &validation{config: c, rules: rules, out: cmd.OutOrStdout(), warn: warnTo(cmd.ErrOrStderr())}
		for _, name := range c.names() {
			v.warn.tell(c.warnings(name, rules))
		}
		if *tables != "" {
			if err := v.tables(*tables); err != nil {
				return err
			}
		}
		if *online {
			if err := v.online(cmd.Context(), *timeout); err != nil {
				return err
			}
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: ok, %d pipeline(s)\n", *file, len(c.Pipelines))
		return err
	}
	return cmd
}

// validation checks a configuration that was read, and its rules.
type validation struct {
	config *Config
	rules  programs
	out    io.Writer // gets findings
	warn   *warner
}

// fit checks the rules of a pipeline against the tables that it captures. The error is
// a *configError.
func (v *validation) fit(name string, tables []*event.Schema) error {
	err := checkRules(tables, v.rules[name])
	v.warn.tell(asErrors(v.rules[name].TableWarnings(tables)))
	return err
}

// online runs the doctor's checks for every pipeline, and checks its rules against the
// tables that are there.
func (v *validation) online(ctx context.Context, each time.Duration) error {
	var bad []error
	failed := false
	for _, name := range v.config.names() {
		b := &builder{name: name, config: v.config.Pipelines[name], rules: v.rules[name]}
		failed = printFindings(v.out, name, b.examine(ctx, each), event.LevelWarn) || failed
		err := v.fitOnline(ctx, b, each)
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

func (v *validation) fitOnline(ctx context.Context, b *builder, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tables, err := b.tables(ctx)
	if err != nil {
		return err
	}
	return v.fit(b.name, tables)
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
