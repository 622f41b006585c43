package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"

	"github.com/spf13/cobra"

	"cdc/internal/dryrun"
	"cdc/transform"
	"cdc/transform/rulefile"
)

func newTest() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "test [flags] [FILE...]",
		Short: "Run the tests in rule files",
		Long: "Run the tests that stand in rule files under \"tests\": changes go through the rules,\n" +
			"and the records that leave are compared with the expected ones. Nothing is\n" +
			"connected to. Each file stands for itself, unless --together is given.\n\n" +
			"With --config a pipeline's options hold; without FILEs its rule files are tested,\n" +
			"as one list of rules. Decimals are compared as numbers, whatever the format.\n\n" +
			"The exit code is 1 when a test fails, 3 when a file can't be used.",
		Example: lines("cdc test rules/*.yaml", "cdc test --tables tables.json --junit report.xml rules/orders.yaml",
			"cdc test -c cdc.yaml -p shop --run 'delete|update' -v"),
		Args: cobra.ArbitraryArgs,
	}
	flags := dryRunFlags(cmd)
	junit := cmd.Flags().String("junit", "", "write a JUnit report to this file, too")
	run := cmd.Flags().String("run", "", "only tests whose name matches this regular expression (RE2)")
	verbose := cmd.Flags().BoolP("verbose", "v", false, "name the tests that pass, too")
	together := cmd.Flags().Bool("together", false, "read all files as one list of rules, as a pipeline does")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o := dryrun.TestOptions{Together: *together || len(args) == 0}
		if *run != "" {
			match, err := regexp.Compile(*run)
			if err != nil {
				return &usageError{fmt.Errorf("--run: %w", err)}
			}
			o.Run = match
		}
		report, err := flags.test(cmd, args, o)
		if err != nil {
			return err
		}
		if err := writeJUnit(report, *junit); err != nil {
			return err
		}
		if o.Run != nil && len(report.Results) == 0 {
			return &usageError{fmt.Errorf("--run %q matches no test", *run)}
		}
		out := cmd.OutOrStdout()
		if err := report.Print(out, dryrun.PrintOptions{Verbose: *verbose, Colour: isTerminal(out)}); err != nil {
			return err
		}
		if report.Failed() > 0 {
			return &reported{errors.New("tests failed")}
		}
		return nil
	}
	return cmd
}

// test runs the tests of the files.
func (f *dryFlags) test(cmd *cobra.Command, args []string, o dryrun.TestOptions) (*dryrun.Report, error) {
	d, sources, err := f.open(cmd, args)
	if err != nil {
		return nil, err
	}
	warn := warnTo(cmd.ErrOrStderr())
	if !o.Together {
		d.warnings = ownWarnings // what one file lacks, another one may have
	}
	o.Warn = func(p *transform.Program) { warn.tell(d.warnings(p)) }
	report, err := dryrun.RunTests(sources, d.setup, o)
	return report, asRuleError(err)
}

func writeJUnit(r *dryrun.Report, file string) error {
	if file == "" {
		return nil
	}
	f, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("write the JUnit report: %w", err)
	}
	return errors.Join(r.WriteJUnit(f), f.Close())
}

// testRules runs the tests in a pipeline's rule files, with its options.
func (b *builder) testRules(sources []*rulefile.Source) error {
	setup, err := b.dryRun()
	if err != nil {
		return err
	}
	report, err := dryrun.RunTests(sources, setup, dryrun.TestOptions{Together: true})
	if err != nil {
		return asRuleError(err)
	}
	return report.Err()
}
