package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"cdc/internal/dryrun"
	"cdc/transform/rulefile"
)

func newTransform() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "transform [flags] RULES...",
		Short: "Take changes from standard input through rules",
		Long: "Read changes from standard input, take them through rules, and print the records\n" +
			"that would be sent, one JSON object per line. Nothing is connected to. All rule\n" +
			"files are one list of rules; with --config those of a pipeline need no naming.\n\n" +
			"Changes are lines\n\n" +
			"  insert shop.orders {id: 1001, status: NEW}\n" +
			"  update shop.orders {id: 1001, status: NEW} -> {id: 1001, status: SHIPPING}\n" +
			"  delete shop.orders {id: 1001, status: SHIPPING}\n" +
			"  snapshot shop.orders {id: 1001, status: NEW}\n" +
			"  truncate shop.orders\n\n" +
			"or statements INSERT INTO shop.orders (id, status) VALUES (1001, 'NEW'), or Debezium's\n" +
			"events in JSON, with their schemas or without, each with its key and a tab before it\n" +
			"or without. Lines that begin with # or -- are comments. Types come from the schema of\n" +
			"an event, from --tables, from test_tables in a rule file, or from the values.\n\n" +
			"The exit code is 1 when a rule fails for a change, 3 when something can't be read.",
		Example: lines("echo 'insert shop.orders {id: 1, status: NEW}' | cdc transform rules/orders.yaml",
			"kafka-console-consumer --topic shop.orders ... | cdc transform --tables tables.json rules/orders.yaml"),
		Args: cobra.ArbitraryArgs,
	}
	flags := dryRunFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		d, sources, err := flags.open(cmd, args)
		if err != nil {
			return err
		}
		if _, _, err := d.program(sources); err != nil { // before anything is waited for
			return err
		}
		changes, err := dryrun.ReadChanges(cmd.InOrStdin(), "standard input")
		if err != nil {
			return asRuleError(err)
		}
		return (&transformer{dryRun: d, connector: flags.connector, sources: sources, engines: map[dryrun.Origin]*dryrun.Engine{}}).all(changes, cmd.OutOrStdout())
	}
	return cmd
}

// transformer has an engine for each pipeline whose events it meets: their topics
// begin with the name that the events have, unless a flag says another.
type transformer struct {
	*dryRun
	connector string // that was asked for
	sources   []*rulefile.Source
	engines   map[dryrun.Origin]*dryrun.Engine
}

// all runs the changes in order and prints what leaves.
func (t *transformer) all(changes []*dryrun.Change, w io.Writer) error {
	for _, c := range changes {
		e, err := t.engine(c)
		if err != nil {
			return err
		}
		if err := e.Learn(c); err != nil {
			return asRuleError(err)
		}
	}
	out := bufio.NewWriter(w)
	for _, c := range changes {
		e, err := t.engine(c)
		if err != nil {
			return err
		}
		records, err := e.Run(c)
		for i := range records {
			if _, err := out.Write(append(records[i].AppendJSON(nil), '\n')); err != nil {
				return err
			}
		}
		if err != nil {
			return errors.Join(placed(c, err), out.Flush())
		}
	}
	return out.Flush()
}

// placed adds to an error where the change stands that met it.
func placed(c *dryrun.Change, err error) error {
	if len(dryrun.Placed(err)) > 0 {
		return asRuleError(err)
	}
	return fmt.Errorf("%s: %w", c.At, err)
}

// engine finds or makes the engine of a change.
func (t *transformer) engine(c *dryrun.Change) (*dryrun.Engine, error) {
	o := c.Origin()
	if found := t.engines[o]; found != nil {
		return found, nil
	}
	one := *t.dryRun
	if err := one.take(o, t.connector); err != nil {
		return nil, &configError{fmt.Errorf("%s: %w", c.At, err)}
	}
	program, files, err := one.program(t.sources)
	if err != nil {
		return nil, err
	}
	e, err := dryrun.NewEngine(program, files, one.setup)
	if err != nil {
		return nil, asRuleError(err)
	}
	t.engines[o] = e
	return e, nil
}

// take sets what an event says of the pipeline that wrote it.
func (d *dryRun) take(o dryrun.Origin, asked string) error {
	if o.Connector == "" {
		return nil
	}
	if o.Connector != d.setup.Connector {
		if asked != "" || d.rules != nil || d.setup.Tables != nil {
			return fmt.Errorf("the event is of %s, and the source is %s", rulefile.Printable(o.Connector), d.setup.Connector)
		}
		if err := d.standalone(o.Connector); err != nil {
			return err
		}
		ruleFormat(&d.setup.Rules, d.setup.Encoding.Format)
	}
	if !d.prefixed && o.Name != "" {
		d.setup.Rules.Prefix = o.Name
	}
	if o.Database != "" {
		d.setup.Database = o.Database
	}
	if o.Version != "" {
		d.setup.Encoding.Version, d.setup.Rules.Version = o.Version, o.Version
	}
	return nil
}
