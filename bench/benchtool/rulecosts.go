package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// What begins the names of the benchmarks of rules.
const (
	mysqlRules    = "cdc/binlog Rules/update/"
	postgresRules = "cdc/pgwal Rules/update/"
	filtered      = "cdc/transform Filtered/"
	manyRules     = "cdc/transform Many/"
	verbs         = "cdc/transform Verbs/"
	conditions    = "cdc/transform/expr Conditions/"
	expressions   = "cdc/transform/expr Values/"
)

// What a row may cost, in nanoseconds, and what binding may take.
const (
	orderRuleAllowed = 60
	closureAllowed   = 40
	generalAllowed   = 600
	bindAllowed      = 1e9
	// manyAllowed is how many times a row may cost with 500 rules what it costs with
	// one: what two runs differ, and what other plans in the caches cost.
	manyAllowed = 1.3
)

// ruleCost is a figure with its limit; what over names is taken off, factor is that
// of its limit as the figure named by times.
type ruleCost struct {
	title, name, over string
	allowed           float64
	times             string
}

var ruleCosts = []ruleCost{
	{title: "order rule, a filtered row, over its decode, MySQL", name: mysqlRules + "filtered", over: mysqlRules + "needed", allowed: orderRuleAllowed},
	{title: "order rule, a filtered row, over its decode, PostgreSQL", name: postgresRules + "filtered", over: postgresRules + "needed", allowed: orderRuleAllowed},
	{title: "order rule, a filtered row, by itself", name: filtered + "order_rule", allowed: orderRuleAllowed},
	{title: "order rule for \"shipping\", a filtered row, by itself", name: filtered + "order_rule,_shipping", allowed: orderRuleAllowed},
	{title: "a filtered row, 1 rule", name: manyRules + "one_rule,_one_table"},
	{title: "the same, 500 rules", name: manyRules + "500_rules,_one_table", allowed: manyAllowed, times: manyRules + "one_rule,_one_table"},
	{title: "the same, rows of 1,000 tables in turns, 1 rule", name: manyRules + "one_rule,_1000_tables"},
	{title: "the same, 500 rules", name: manyRules + "500_rules,_1000_tables", allowed: manyAllowed, times: manyRules + "one_rule,_1000_tables"},
	{title: "a batch of one filtered row, 1 rule", name: manyRules + "one_rule,_batch_of_one"},
	{title: "the same, 500 rules", name: manyRules + "500_rules,_batch_of_one", allowed: manyAllowed, times: manyRules + "one_rule,_batch_of_one"},
	{title: "reading 500 rules (once)", name: manyRules + "load"},
	{title: "binding them to 1,000 tables (once)", name: manyRules + "bind", allowed: bindAllowed},
}

// conditionLimits are the limits of conditions, by how their names begin.
var conditionLimits = []struct {
	begins  string
	allowed float64
}{{"closure,_", closureAllowed}, {"CEL,_", generalAllowed}}

// measured are the figure of a cost and its limit; 0 for none.
func (c ruleCost) measured(all figures) (ns, limit float64, err error) {
	limit = c.allowed
	for _, name := range []string{c.name, c.over, c.times} {
		if _, found := all[name]; name != "" && !found {
			return 0, 0, fmt.Errorf("no figure of %s", name)
		}
	}
	if c.times != "" {
		limit *= all[c.times]
	}
	return all[c.name] - all[c.over], limit, nil
}

// allCosts are the costs of the list, and those of every condition.
func allCosts(all figures) ([]ruleCost, error) {
	list := slices.Clone(ruleCosts)
	for _, limit := range conditionLimits {
		names := namesOf(all, conditions+limit.begins)
		if len(names) == 0 {
			return nil, fmt.Errorf("no figure of %s", conditions+limit.begins)
		}
		for _, name := range names {
			list = append(list, ruleCost{title: "condition: " + spoken(name, conditions), name: name, allowed: limit.allowed})
		}
	}
	return list, nil
}

// namesOf are the benchmarks whose names begin so, in order.
func namesOf(all figures, begins string) (names []string) {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if strings.HasPrefix(name, begins) {
			names = append(names, name)
		}
	}
	return names
}

// runRuleCosts prints what rules cost a row and fails when it is more than it may.
func runRuleCosts(_ context.Context, args []string, out io.Writer) error {
	all, err := loadFigures("rulecosts", args)
	if err != nil {
		return err
	}
	for _, section := range []func(figures) (string, error){ruleCostSection, ruleRowSection, ruleVerbSection} {
		text, err := section(all)
		if err != nil {
			return err
		}
		fmt.Fprint(out, text)
	}
	return judgeRuleCosts(all)
}

// ruleCostSection prints what has a limit, and what it is compared with.
func ruleCostSection(all figures) (string, error) {
	costs, err := allCosts(all)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("| | ns | allowed |\n|---|---|---|\n")
	for _, c := range costs {
		ns, limit, err := c.measured(all)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", c.title, timeText(ns), limitText(limit))
	}
	return b.String(), nil
}

// ruleRowSection prints what a row takes from the log to its record, without rules
// and with them.
func ruleRowSection(all figures) (string, error) {
	var b strings.Builder
	b.WriteString("\n| ns per updated row | decode, all columns | decode, columns of the order rule | and the rule, row filtered | all columns to JSON | orderId and status to JSON |\n|---|---|---|---|---|---|\n")
	for _, source := range []struct{ title, name string }{{"MySQL", mysqlRules}, {"PostgreSQL, replica identity FULL", postgresRules}} {
		cells := []string{source.title}
		for _, part := range []string{"whole", "needed", "filtered", "whole+json", "fields+json"} {
			ns, found := all[source.name+part]
			if !found {
				return "", fmt.Errorf("no figure of %s", source.name+part)
			}
			cells = append(cells, fmt.Sprintf("%.0f", ns))
		}
		b.WriteString(row(cells))
	}
	return b.String(), nil
}

// ruleVerbSection prints what has no limit: verbs, values that rules compute, and
// conditions with functions that have work of their own.
func ruleVerbSection(all figures) (string, error) {
	var b strings.Builder
	b.WriteString("\n| | ns per row that leaves |\n|---|---|\n")
	for _, kind := range []struct{ title, begins, name string }{
		{"", verbs, verbs},
		{"value: ", expressions, expressions},
		{"condition: ", conditions + "function", conditions},
	} {
		names := namesOf(all, kind.begins)
		if len(names) == 0 {
			return "", fmt.Errorf("no figure of %s", kind.begins)
		}
		for _, name := range names {
			fmt.Fprintf(&b, "| %s%s | %.*f |\n", kind.title, spoken(name, kind.name), digits(all[name]), all[name])
		}
	}
	return b.String(), nil
}

// spoken is the name of a benchmark without what begins it.
func spoken(name, begins string) string {
	name = strings.TrimPrefix(name, begins)
	if begins == verbs {
		return strings.ReplaceAll(name, ",_", ", ") // names of verbs have underscores
	}
	return strings.ReplaceAll(name, "_", " ")
}

// timeText is a time in nanoseconds, or where these are many in milliseconds.
func timeText(ns float64) string {
	const millisecond = 1e6
	if ns >= millisecond {
		return fmt.Sprintf("%.0f ms", ns/millisecond)
	}
	return fmt.Sprintf("%.*f", digits(ns), ns)
}

func limitText(limit float64) string {
	if limit == 0 {
		return ""
	}
	return timeText(limit)
}

// judgeRuleCosts tells what costs more than it may.
func judgeRuleCosts(all figures) error {
	costs, err := allCosts(all)
	if err != nil {
		return err
	}
	var faults []error
	for _, c := range costs {
		ns, limit, err := c.measured(all)
		if err != nil {
			return err
		}
		if limit > 0 && ns > limit {
			faults = append(faults, fmt.Errorf("%s: %s, allowed are %s", c.title, timeText(ns), timeText(limit)))
		}
	}
	return errors.Join(faults...)
}
