package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
)

// fastRules are figures of rules that keep to all limits.
func fastRules() figures {
	all := figures{
		conditions + "closure,_column": 10, conditions + "CEL,_exists": 300, conditions + "function,_sha256": 900,
		verbs + "add_fields": 50, expressions + "closure,_choice": 9,
	}
	for _, c := range ruleCosts {
		for _, name := range []string{c.name, c.over, c.times} {
			all[name] = 30
		}
	}
	delete(all, "")
	for _, source := range []string{mysqlRules, postgresRules} {
		for _, part := range []string{"whole", "needed", "filtered", "whole+json", "fields+json"} {
			all[source+part] = 100
		}
	}
	return all
}

// Each limit fails by itself, and what wasn't measured is no success.
func TestJudgeRuleCosts(t *testing.T) {
	if err := judgeRuleCosts(fastRules()); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		ns   float64
		want string
	}{
		{mysqlRules + "filtered", 161, "MySQL: 61, allowed are 60"},
		{postgresRules + "needed", 39, "PostgreSQL: 61,"},
		{filtered + "order_rule", 61, "by itself: 61,"},
		{conditions + "closure,_column", 41, "closure, column: 41, allowed are 40"},
		{conditions + "CEL,_exists", 601, "CEL, exists: 601, allowed are 600"},
		{manyRules + "500_rules,_one_table", 40, "500 rules: 40, allowed are 39"},
		{manyRules + "bind", 1.1e9, "binding them to 1,000 tables (once): 1100 ms, allowed are 1000 ms"},
	} {
		all := fastRules()
		all[tt.name] = tt.ns
		if err := judgeRuleCosts(all); err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s %v: %v, want %q alone", tt.name, tt.ns, err, tt.want)
		}
	}
	for _, name := range []string{manyRules + "bind", mysqlRules + "needed", conditions + "CEL,_exists"} {
		all := fastRules()
		delete(all, name)
		if err := judgeRuleCosts(all); err == nil || !strings.Contains(err.Error(), "no figure of "+name[:len(name)-1]) && !strings.Contains(err.Error(), "no figure of "+conditions) {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

func TestRuleSections(t *testing.T) {
	all := fastRules()
	all[mysqlRules+"filtered"] = 113.4
	for want, section := range map[string]func(figures) (string, error){
		"| order rule, a filtered row, over its decode, MySQL | 13 | 60 |\n":           ruleCostSection,
		"| condition: CEL, exists | 300 | 600 |\n":                                     ruleCostSection,
		"| MySQL | 100 | 100 | 113 | 100 | 100 |\n":                                    ruleRowSection,
		"| add_fields | 50 |\n| value: closure, choice | 9.0 |\n| condition: function": ruleVerbSection,
	} {
		text, err := section(all)
		if err != nil || !strings.Contains(text, want) {
			t.Errorf("no %q: %v\n%s", want, err, text)
		}
		if _, err := section(figures{}); err == nil {
			t.Errorf("nothing was measured and nobody says so: %s", want)
		}
	}
}

// Rules that are slower than none, drain too much, or weren't measured, fail.
func TestRuleDrains(t *testing.T) {
	drains := func(change func(r *drainResult)) string {
		dir := t.TempDir()
		for _, set := range ruleSets {
			r := drainResult{Product: set, Rate: 200, Later: 200, CPU: 1, Changes: 40, Records: 20}
			if set == "whole" {
				r.Rate, r.Later, r.CPU = 100, 100, 2
			}
			if change(&r); r.Product == "" {
				continue
			}
			if err := appendResult(io.Discard, filepath.Join(dir, "rules-mysql.jsonl"), r); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	order := func(change func(r *drainResult)) func(*drainResult) {
		return func(r *drainResult) {
			if r.Product == "order" {
				change(r)
			}
		}
	}
	for want, dir := range map[string]string{
		"": drains(func(*drainResult) {}),
		"mysql, order: changes/s is 100 at best, without rules 100": drains(order(func(r *drainResult) { r.Rate = 100 })),
		"CPU s per M changes is 2.50 at best":                       drains(order(func(r *drainResult) { r.CPU = 2.5 })),
		"1 records too many":                                        drains(order(func(r *drainResult) { r.Extra = 1 })),
		`no drain of "order"`:                                       drains(order(func(r *drainResult) { r.Product = "" })),
	} {
		var b strings.Builder
		err := runRuleDrains(t.Context(), []string{"-dir", dir}, &b)
		if want == "" && err != nil || !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%v, want %q", err, want)
		}
		if text := "| mysql | **projection is better by** |  | **2.0x** | **2.0x** | **2.0x** |"; !strings.Contains(b.String(), text) {
			t.Errorf("no %q in\n%s", text, b.String())
		}
	}
}
