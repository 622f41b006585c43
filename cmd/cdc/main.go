// Command cdc carries committed row changes from MySQL, MariaDB or PostgreSQL
// to Kafka. This package is the composition root: the only place that knows
// every part.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"cdc/transform/rulefile"
)

// version is set by the linker.
var version = "dev"

// The exit codes.
const (
	exitOK      = 0
	exitFailure = 1 // something failed while working
	exitUsage   = 2 // the command line makes no sense
	exitConfig  = 3 // the configuration or a rule file can't be used
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the program. The first SIGTERM or SIGINT ends ctx, which stops
// everything cleanly; the second one ends the process at once.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	defer signal.Stop(signals)
	go func() {
		select {
		case <-signals:
			stop()
		case <-ctx.Done():
			return
		}
		<-signals
		os.Exit(exitFailure)
	}()

	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	if _, quiet := errors.AsType[*reported](err); !quiet {
		fmt.Fprintln(stderr, rulefile.Print(err))
	}
	return exitCode(err)
}

// reported is an error that the user has already been told.
type reported struct{ err error }

func (r *reported) Error() string { return r.err.Error() }
func (r *reported) Unwrap() error { return r.err }

// usageError is a command line that makes no sense.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func exitCode(err error) int {
	if _, usage := errors.AsType[*usageError](err); usage {
		return exitUsage
	}
	if _, config := errors.AsType[*configError](err); config {
		return exitConfig
	}
	return exitFailure
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "cdc",
		Short: "Carry row changes from MySQL, MariaDB or PostgreSQL to Kafka",
		Long: "cdc reads the binlog of MySQL or MariaDB, or the write-ahead log of PostgreSQL,\n" +
			"passes the committed row changes through rules, and writes them to Kafka topics\n" +
			"as Debezium's events.",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())}
	})
	root.AddCommand(
		newRun(), newValidate(), newDoctor(), newOffsets(), newConfig(),
		newHealth(), newTest(), newTransform(), newExplain(), newSchema(), newTap(), newDemo(), newVersion(),
	)
	strictArgs(root)
	return root
}

// strictArgs makes wrong arguments of any command usage errors.
func strictArgs(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return &usageError{fmt.Errorf("%w; see %s --help", err, c.CommandPath())}
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		strictArgs(sub)
	}
}

// configFlag adds the flag that every command with a configuration has.
func configFlag(cmd *cobra.Command) *string {
	file := cmd.Flags().StringP("config", "c", "cdc.yaml", "configuration file")
	_ = cmd.MarkFlagFilename("config", "yaml", "yml") // fails only for a flag that doesn't exist
	return file
}
