package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"cdc/event"
)

func newValidate() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "validate",
		Short: "Check a configuration file and its rules",
		Long: "Check a configuration file and its rule files without connecting to anything.\n" +
			"With --online the sources and the broker are asked too: settings and grants, and\n" +
			"whether every column that a rule names exists. The exit code is 3 when something\n" +
			"in the files must be mended.",
		Args: cobra.NoArgs,
	}
	file := configFlag(cmd)
	online := cmd.Flags().Bool("online", false, "connect to the sources and the broker")
	timeout := cmd.Flags().Duration("timeout", 30*time.Second, "how long --online may take")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := loadConfig(*file)
		if err != nil {
			return err
		}
		rules, err := loadRules(c)
		if err != nil {
			return err
		}
		for _, name := range c.names() {
			for _, w := range rules[name].Warnings(string(c.Pipelines[name].Source.snapshotMode())) {
				fmt.Fprintf(cmd.ErrOrStderr(), "%v\n", w)
			}
		}
		if *online {
			ctx, cancel := context.WithTimeout(cmd.Context(), *timeout)
			defer cancel()
			if err := validateOnline(ctx, c, rules, cmd.OutOrStdout()); err != nil {
				return err
			}
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: ok, %d pipeline(s)\n", *file, len(c.Pipelines))
		return err
	}
	return cmd
}

// validateOnline checks the rules against the tables that are there, and runs
// the doctor's checks.
func validateOnline(ctx context.Context, c *Config, rules programs, out io.Writer) error {
	var bad []error
	failed := false
	for _, name := range c.names() {
		b := &builder{name: name, config: c.Pipelines[name], rules: rules[name]}
		findings, err := b.examine(ctx, zap.NewNop())
		if err != nil {
			return fmt.Errorf("pipeline %s: %w", name, err)
		}
		failed = printFindings(out, name, findings, event.LevelWarn) || failed
		src, err := b.source(zap.NewNop(), nil)
		if err != nil {
			return fmt.Errorf("pipeline %s: %w", name, err)
		}
		err = checkRules(ctx, src, rules[name])
		if closeErr := src.Close(ctx); err == nil && closeErr != nil {
			err = fmt.Errorf("pipeline %s: %w", name, closeErr)
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

// checkRules binds the rules to the tables as they are now.
func checkRules(ctx context.Context, src source, rules pipelineRules) error {
	schemas, err := src.Schemas(ctx)
	if err != nil {
		return err
	}
	var bad []error
	for _, s := range schemas {
		bad = append(bad, rules.Check(s))
	}
	return joinConfig(bad)
}
