package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"cdc/binlog"
	"cdc/event"
	"cdc/offsets"
	"cdc/pgwal"
	"cdc/pipeline"
)

func newOffsets() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "offsets",
		Short: "Look at or change where a stopped pipeline goes on",
		Long: "The offset is one JSON document in the shape that Debezium stores, see\n" +
			"docs/operations.md. Change it only while the pipeline is stopped.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newOffsetsGet(), newOffsetsSet(), newOffsetsReset())
	return cmd
}

func newOffsetsGet() *cobra.Command {
	cmd := &cobra.Command{
		Use: "get [pipeline]", Short: "Print the stored offset", Args: cobra.MaximumNArgs(1),
	}
	file := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return withStore(cmd, *file, args, func(ctx context.Context, name string, store pipeline.Offsets) error {
			o, found, err := store.Load(ctx, name)
			if err != nil {
				return err
			}
			if !found {
				return fmt.Errorf("pipeline %s: no offset is stored", name)
			}
			doc, err := offsets.Encode(o)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", doc)
			return err
		})
	}
	return cmd
}

func newOffsetsSet() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "set [pipeline]",
		Short: "Store the offset that is read from standard input",
		Long:  "Store the offset that is read from standard input, as `cdc offsets get` prints it\nor as Debezium stores it.",
		Args:  cobra.MaximumNArgs(1),
	}
	file := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		text, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), maxConfigBytes))
		if err != nil {
			return fmt.Errorf("read the offset: %w", err)
		}
		o, err := offsets.Decode([]byte(strings.TrimSpace(string(text))))
		if err != nil {
			return &configError{fmt.Errorf("standard input: %w", err)}
		}
		c, name, err := pipelineOf(*file, args)
		if err != nil {
			return err
		}
		if err := c.Pipelines[name].Source.checkPosition(o.Position); err != nil {
			return &configError{fmt.Errorf("standard input: pipeline %s can't go on there: %w", name, err)}
		}
		return withStore(cmd, *file, args, func(ctx context.Context, name string, store pipeline.Offsets) error {
			return store.Save(ctx, name, o)
		})
	}
	return cmd
}

func newOffsetsReset() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reset [pipeline]",
		Short: "Forget the offset: the next start begins as the first one did",
		Long: "Forget the offset. The next start begins as the first one did: with a snapshot,\n" +
			"unless snapshot.mode is no_data. A PostgreSQL replication slot is kept; drop it\n" +
			"to have it made anew.",
		Args: cobra.MaximumNArgs(1),
	}
	file := configFlag(cmd)
	yes := cmd.Flags().Bool("yes", false, "do it; without this flag nothing is changed")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return withStore(cmd, *file, args, func(ctx context.Context, name string, store pipeline.Offsets) error {
			if !*yes {
				return &usageError{fmt.Errorf("pipeline %s would forget its offset; repeat with --yes", name)}
			}
			return store.Delete(ctx, name)
		})
	}
	return cmd
}

// withStore opens the offset store of the pipeline that args name, or of the
// only one there is.
func withStore(cmd *cobra.Command, file string, args []string, do func(context.Context, string, pipeline.Offsets) error) error {
	c, name, err := pipelineOf(file, args)
	if err != nil {
		return err
	}
	b := &builder{name: name, config: c.Pipelines[name]}
	store, err := b.store(cmd.Context(), zap.NewNop())
	if err != nil {
		return err
	}
	return errors.Join(do(cmd.Context(), name, store), store.Close())
}

// pipelineOf reads the configuration and finds the pipeline that args name.
func pipelineOf(file string, args []string) (*Config, string, error) {
	c, err := loadConfig(file)
	if err != nil {
		return nil, "", err
	}
	name, err := onePipeline(c, args)
	return c, name, err
}

// checkPosition reports why the source can't go on at a position. There is none
// in the offset of a snapshot that has begun.
func (s *SourceConfig) checkPosition(p event.Position) error {
	switch {
	case p == "":
		return nil
	case s.MySQL != nil:
		return binlog.CheckPosition(binlog.MySQL, p)
	case s.MariaDB != nil:
		return binlog.CheckPosition(binlog.MariaDB, p)
	default:
		return pgwal.CheckPosition(p)
	}
}

func onePipeline(c *Config, args []string) (string, error) {
	names := c.names()
	if len(args) == 0 {
		if len(names) == 1 {
			return names[0], nil
		}
		return "", &usageError{fmt.Errorf("there are several pipelines; name one of %s", strings.Join(names, ", "))}
	}
	if c.Pipelines[args[0]] == nil {
		return "", &usageError{fmt.Errorf("no pipeline %q%s", args[0], suggest(args[0], c.Pipelines))}
	}
	return args[0], nil
}
