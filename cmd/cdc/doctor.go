package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"cdc/event"
)

func newDoctor() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Examine the servers that a configuration names",
		Long: "Connect to the sources and the broker of a configuration and look at what capture\n" +
			"needs: server settings, grants, replication slot, publication, replica identity,\n" +
			"broker. Each finding comes with the statement that mends it. Nothing is changed.\n" +
			"The exit code is 1 when something fails.",
		Args: cobra.NoArgs,
	}
	file := configFlag(cmd)
	asJSON := cmd.Flags().Bool("json", false, "print one JSON object per finding")
	timeout := cmd.Flags().Duration("timeout", 30*time.Second, "how long the examination of one pipeline may take")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := loadConfig(*file)
		if err != nil {
			return err
		}
		rules, err := loadRules(c)
		if err != nil {
			return err
		}
		failed := false
		for _, name := range c.names() {
			b := &builder{name: name, config: c.Pipelines[name], rules: rules[name]}
			findings := b.examine(cmd.Context(), *timeout)
			printer := printFindings
			if *asJSON {
				printer = printFindingsJSON
			}
			failed = printer(cmd.OutOrStdout(), name, findings, event.LevelOK) || failed
		}
		if failed {
			return &reported{errors.New("something fails")}
		}
		return nil
	}
	return cmd
}

// weight orders the levels.
func weight(l event.Level) int {
	switch l {
	case event.LevelFail:
		return 2
	case event.LevelWarn:
		return 1
	default:
		return 0
	}
}

// printFindings prints the findings of at least a level and reports whether one
// of them fails.
func printFindings(out io.Writer, pipeline string, findings []event.Finding, least event.Level) (failed bool) {
	for _, f := range findings {
		failed = failed || f.Level == event.LevelFail
		if weight(f.Level) < weight(least) {
			continue
		}
		fmt.Fprintf(out, "%-4s  %s  %s: %s\n", f.Level, pipeline, f.Check, f.Detail)
		if f.Fix != "" {
			fmt.Fprintf(out, "      mend: %s\n", f.Fix)
		}
	}
	return failed
}

func printFindingsJSON(out io.Writer, pipeline string, findings []event.Finding, _ event.Level) (failed bool) {
	type line struct {
		Pipeline string `json:"pipeline"`
		Level    string `json:"level"`
		Check    string `json:"check"`
		Detail   string `json:"detail"`
		Fix      string `json:"fix,omitempty"`
	}
	enc := json.NewEncoder(out)
	for _, f := range findings {
		failed = failed || f.Level == event.LevelFail
		if err := enc.Encode(line{pipeline, f.Level, f.Check, f.Detail, f.Fix}); err != nil {
			return true
		}
	}
	return failed
}
