package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cdc/event"
	"cdc/internal/dryrun"
	"cdc/transform/rulefile"
)

func newSchema() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Print what tables and rule files are like",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSchemaRules(), newSchemaDump())
	return cmd
}

func newSchemaRules() *cobra.Command {
	return &cobra.Command{
		Use:   "rules",
		Short: "Print the JSON Schema of rule files, for editors",
		Long: "Print the JSON Schema (draft 2020-12) of rule files. Editors complete and check with\n" +
			"it; `cdc validate` and `cdc test` also know what expressions mean.",
		Example: lines("cdc schema rules > rules.schema.json",
			"# then, on the first line of a rule file:", "# yaml-language-server: $schema=rules.schema.json"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s\n", rulefile.JSONSchema())
			return err
		},
	}
}

func newSchemaDump() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "dump",
		Short: "Write the captured tables of a pipeline as JSON",
		Long: "Connect to a pipeline's source and write its captured tables with their exact types\n" +
			"as JSON, for --tables of `cdc test`, `cdc transform`, `cdc explain` and `cdc validate`.\n" +
			"No row is read. Comments and defaults of columns are in it.",
		Example: lines("cdc schema dump -c cdc.yaml > tables.json", "cdc schema dump -c cdc.yaml --pipeline shop > shop.json"),
		Args:    cobra.NoArgs,
	}
	file := configFlag(cmd)
	pipeline := pipelineFlag(cmd)
	timeout := cmd.Flags().Duration("timeout", 30*time.Second, "how long the server may take")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, name, err := pipelineOf(*file, named(*pipeline))
		if err != nil {
			return err
		}
		b := &builder{name: name, config: c.Pipelines[name]}
		tables, err := b.tablesWithin(cmd.Context(), *timeout)
		if err != nil {
			return err
		}
		d := dryrun.Dump{Connector: b.config.Source.connector(), Tables: tables}
		return d.Write(cmd.OutOrStdout())
	}
	return cmd
}

// pipelineFlag names a pipeline of the configuration.
func pipelineFlag(cmd *cobra.Command) *string {
	return cmd.Flags().StringP("pipeline", "p", "", "the pipeline, where the configuration has several")
}

// named makes the argument of pipelineOf of a flag.
func named(pipeline string) []string {
	if pipeline == "" {
		return nil
	}
	return []string{pipeline}
}

// tablesWithin asks the source for its tables.
func (b *builder) tablesWithin(ctx context.Context, limit time.Duration) ([]*event.Schema, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tables, err := b.tables(ctx)
	if err == nil && len(tables) == 0 {
		err = errors.New("no table is captured; see cdc doctor")
	}
	return tables, err
}
