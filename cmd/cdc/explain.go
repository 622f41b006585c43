package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cdc/event"
	"cdc/internal/dryrun"
	"cdc/transform/rulefile"
)

func newExplain() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain [flags] --table TABLE [RULES...]",
		Short: "Say what rules do with a table",
		Long: "Bind rules to a table and say what becomes of its rows: which rule takes them, for\n" +
			"each operation how its condition is answered (constant, closure or CEL), which columns\n" +
			"are decoded, what a record is made of, and in which steps. All files are one list of\n" +
			"rules; with --config those of a pipeline need no naming.\n\n" +
			"The table is that of --tables, with --online that of the server, or what test_tables\n" +
			"and the tests in the rule files tell of it.",
		Example: lines("cdc explain rules/orders.yaml --table shop.orders", "cdc explain rules/*.yaml --table shop.orders --tables tables.json --json",
			"cdc explain -c cdc.yaml --online --table shop.orders"),
		Args: cobra.ArbitraryArgs,
	}
	flags := dryRunFlags(cmd)
	table := cmd.Flags().String("table", "", "the table: database.table, or schema.table on PostgreSQL")
	asJSON := cmd.Flags().Bool("json", false, "print one JSON object")
	online := cmd.Flags().Bool("online", false, "ask the server of the pipeline what the table is like")
	timeout := cmd.Flags().Duration("timeout", 30*time.Second, "how long the server may take")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *table == "" {
			return &usageError{fmt.Errorf("--table is missing; see %s --help", cmd.CommandPath())}
		}
		if *online && flags.config == "" {
			return &usageError{fmt.Errorf("--online without --config; see %s --help", cmd.CommandPath())}
		}
		if *timeout <= 0 {
			return &usageError{fmt.Errorf("--timeout must be longer than 0s; see %s --help", cmd.CommandPath())}
		}
		if !*online {
			*timeout = 0
		}
		e, err := flags.explain(cmd, args, *table, *timeout)
		if err != nil {
			return err
		}
		if *asJSON {
			enc := json.NewEncoder(cmd.OutOrStdout())
			enc.SetEscapeHTML(false)
			enc.SetIndent("", "  ")
			return enc.Encode(e)
		}
		_, err = cmd.OutOrStdout().Write(e.text())
		return err
	}
	return cmd
}

// explain binds the rules to the table. The server is asked what that is like if
// there is time for it.
func (f *dryFlags) explain(cmd *cobra.Command, args []string, table string, limit time.Duration) (*explanation, error) {
	d, sources, err := f.open(cmd, args)
	if err != nil {
		return nil, err
	}
	program, parsed, err := d.program(sources)
	if err != nil {
		return nil, err
	}
	warnTo(cmd.ErrOrStderr()).tell(d.warnings(program))
	if limit > 0 {
		if err := f.askTables(cmd, d, limit); err != nil {
			return nil, err
		}
	}
	s, err := d.table(parsed, table)
	if err != nil {
		return nil, err
	}
	e, err := program.Explain(s)
	if err != nil {
		return nil, asRuleError(err)
	}
	return explained(e), nil
}

// table finds the table. One that nothing describes is a *configError.
func (d *dryRun) table(files []*rulefile.File, name string) (*event.Schema, error) {
	s, err := dryrun.Table(files, d.setup, name)
	if errors.Is(err, dryrun.ErrNoTable) {
		return nil, &configError{fmt.Errorf("%w; give it with --tables (see cdc schema dump --help), or --online", err)}
	}
	return s, asRuleError(err)
}

// askTables has the server of the pipeline say what its tables are like.
func (f *dryFlags) askTables(cmd *cobra.Command, d *dryRun, limit time.Duration) error {
	c, name, err := pipelineOf(f.config, named(f.pipeline))
	if err != nil {
		return err
	}
	b := &builder{name: name, config: c.Pipelines[name]}
	d.setup.Tables, err = b.tablesWithin(cmd.Context(), limit)
	return err
}
