package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// ruleSets are what the backlog of orders is drained with, in the order of the
// table; the first has no rules.
var ruleSets = []string{"whole", "projection", "order"}

var ruleDrainColumns = []column[drainResult]{
	{"changes/s", func(r drainResult) float64 { return r.Rate }, 0, more},
	{"CPU s per M changes", func(r drainResult) float64 { return r.CPU }, 2, less},
	{"changes/s, later half", func(r drainResult) float64 { return r.Later }, 0, more},
	{"peak RSS MiB", func(r drainResult) float64 { return r.PeakRSS }, 0, less},
	{"broker CPU s per M", func(r drainResult) float64 { return r.KafkaCPU }, 2, less},
	{"database CPU s per M", func(r drainResult) float64 { return r.DatabaseCPU }, 2, less},
	{"machine busy %", func(r drainResult) float64 { return r.Busy }, 0, 0},
	{"changes", func(r drainResult) float64 { return float64(r.Changes) }, 0, 0},
	{"records", func(r drainResult) float64 { return float64(r.Records) }, 0, 0},
	{"extra", func(r drainResult) float64 { return float64(r.Extra) }, 0, 0},
}

// judged is how many of the columns, from the first on, must be better with rules:
// in the best round, since what else the machine does only makes a round worse.
const judged = 2

// runRuleDrains prints what a drain with rules takes beside one without, and fails
// when it isn't better by rate and by CPU.
func runRuleDrains(_ context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("ruledrains", flag.ContinueOnError)
	dir := f.String("dir", ".", "folder of the results")
	if err := f.Parse(args); err != nil {
		return err
	}
	const title = "\n## Draining a backlog of orders\n\nMedian (lowest - highest) of the rounds, rules in turns.\n"
	text, err := section(*dir, "rules", title, ruleSets, ruleDrainColumns, func(r drainResult) string { return r.Product })
	if err != nil {
		return err
	}
	fmt.Fprint(out, strings.Replace(text, "| product |", "| rules |", 1))
	return judgeRuleDrains(*dir)
}

func judgeRuleDrains(dir string) error {
	var faults []error
	for _, source := range sources {
		results, err := readResults[drainResult](filepath.Join(dir, "rules-"+source+".jsonl"))
		if err != nil {
			return err
		}
		if len(results) > 0 {
			faults = append(faults, judgeRuleDrain(source, results)...)
		}
	}
	return errors.Join(faults...)
}

func judgeRuleDrain(source string, results []drainResult) (faults []error) {
	by := map[string][]drainResult{}
	for _, r := range results {
		by[r.Product] = append(by[r.Product], r)
		if r.Extra != 0 {
			faults = append(faults, fmt.Errorf("%s, %s: %d records too many", source, r.Product, r.Extra))
		}
	}
	for _, set := range ruleSets {
		if len(by[set]) == 0 {
			return append(faults, fmt.Errorf("%s: no drain of %q", source, set))
		}
	}
	whole := by[ruleSets[0]]
	for _, set := range ruleSets[1:] {
		for _, c := range ruleDrainColumns[:judged] {
			with, without := spreadOf(by[set], c.value), spreadOf(whole, c.value)
			a, b := with.best(c.compare), without.best(c.compare)
			if c.compare == more && a <= b || c.compare == less && a >= b {
				faults = append(faults, fmt.Errorf("%s, %s: %s is %.*f at best, without rules %.*f", source, set, c.title, c.digits, a, c.digits, b))
			}
		}
	}
	return faults
}

// best is the figure of the best round, for a figure of which more or less is better.
func (s spread) best(compare int) float64 {
	if compare == more {
		return s.high
	}
	return s.low
}
