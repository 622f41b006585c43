// Command benchtool is what the scripts of the bench call: it writes backlogs,
// accounts a product that drains them, times single changes, kills a product
// and checks what it delivered, prints the tables, and judges what a row costs.
//
//	benchtool COMMAND -help
//
// # Path of one figure
//
// A command measures one run and appends one line of JSON to a file (results.go);
// the command report reads those files and prints medians.
//
// # Concurrency
//
// Each command runs alone; load and latency write through several connections.
//
// # Ownership
//
// A command that starts a product ends it, by its process id, before it returns.
//
// # Testing
//
// What judges is in package check and tested there; report is tested on
// made-up results.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

// command is one of the things that the tool does.
type command func(ctx context.Context, args []string, out io.Writer) error

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM) //nolint:forbidigo // the process begins here
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "benchtool:", err)
		os.Exit(1) //nolint:forbidigo // and ends here
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	commands := map[string]command{
		"sql": runSQL, "position": runPosition, "topic": runTopic, "load": runLoad,
		"drain": runDrain, "latency": runLatency, "kill9": runKill9, "report": runReport,
		"rows": runRows, "values": runValues, "rulecosts": runRuleCosts, "ruledrains": runRuleDrains,
	}
	names := strings.Join(slices.Sorted(maps.Keys(commands)), ", ")
	if len(args) == 0 {
		return fmt.Errorf("no command; there are %s", names)
	}
	c, found := commands[args[0]]
	if !found {
		return fmt.Errorf("no command %q; there are %s", args[0], names)
	}
	if err := c(ctx, args[1:], out); err != nil && !errors.Is(err, flag.ErrHelp) {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	return nil
}
