package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// sources in the order of the tables.
var sources = []string{"mysql", "mariadb", "postgres"}

// backlogs that have results of their own, by the end of the files' names: the
// usual one and that of single-row transactions.
var backlogs = []string{"", "-s"}

// products in the order of the tables; the second is compared with the first.
var products = []string{"debezium", "cdc"}

// runReport prints the results of a folder as Markdown.
func runReport(_ context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("report", flag.ContinueOnError)
	dir := f.String("dir", ".", "folder of the results")
	if err := f.Parse(args); err != nil {
		return err
	}
	for _, section := range []func(string) (string, error){drainSection, latencySection, killSection} {
		text, err := section(*dir)
		if err != nil {
			return err
		}
		fmt.Fprint(out, text)
	}
	return nil
}

// column is one column of a table of results of one kind.
type column[T any] struct {
	title  string
	value  func(T) float64
	digits int
	// compare prints the first product's median over the second's, or the
	// other way round, so that larger is better for the second; 0 for neither.
	compare int
}

const (
	less = -1 // is better
	more = +1
)

var drainColumns = []column[drainResult]{
	{"rows/s", func(r drainResult) float64 { return r.Rate }, 0, more},
	{"rows/s, later half", func(r drainResult) float64 { return r.Later }, 0, more},
	{"CPU s per M", func(r drainResult) float64 { return r.CPU }, 2, less},
	{"CPU s per M, later half", func(r drainResult) float64 { return r.CPULater }, 2, less},
	{"first event s", func(r drainResult) float64 { return r.Startup }, 2, less},
	{"peak RSS MiB", func(r drainResult) float64 { return r.PeakRSS }, 0, less},
	{"broker CPU s per M", func(r drainResult) float64 { return r.KafkaCPU }, 1, 0},
	{"database CPU s per M", func(r drainResult) float64 { return r.DatabaseCPU }, 1, 0},
	{"machine busy %", func(r drainResult) float64 { return r.Busy }, 0, 0},
	{"records", func(r drainResult) float64 { return float64(r.Records) }, 0, 0},
	{"extra", func(r drainResult) float64 { return float64(r.Extra) }, 0, 0},
}

var latencyColumns = []column[latencyResult]{
	{"p50 ms", func(r latencyResult) float64 { return r.Sent.P50 }, 1, less},
	{"p99 ms", func(r latencyResult) float64 { return r.Sent.P99 }, 1, less},
	{"p99.9 ms", func(r latencyResult) float64 { return r.Sent.P999 }, 1, less},
	{"max ms", func(r latencyResult) float64 { return r.Sent.Max }, 1, less},
	{"p50 ms from commit", func(r latencyResult) float64 { return r.Commit.P50 }, 1, less},
	{"p99 ms from commit", func(r latencyResult) float64 { return r.Commit.P99 }, 1, less},
	{"planned/s", func(r latencyResult) float64 { return float64(r.Rate) }, 0, 0},
	{"written/s", func(r latencyResult) float64 { return r.Wrote }, 0, 0},
	{"sent late", func(r latencyResult) float64 { return float64(r.Late) }, 0, 0},
	{"missing", func(r latencyResult) float64 { return float64(r.Missing) }, 0, 0},
	{"twice", func(r latencyResult) float64 { return float64(r.Twice) }, 0, 0},
	{"cores", func(r latencyResult) float64 { return r.Cores }, 2, less},
	{"machine busy %", func(r latencyResult) float64 { return r.Busy }, 0, 0},
}

func drainSection(dir string) (string, error) {
	const title = "\n## Draining a backlog\n\nMedian (lowest - highest) of the rounds, products in turns.\n"
	return section(dir, "drain", title, products, drainColumns, func(r drainResult) string { return r.Product })
}

func latencySection(dir string) (string, error) {
	const title = "\n## Latency of single-row transactions\n\nFrom before the insert is sent to the consumer's hands. Median (lowest - highest) of the rounds.\n"
	return section(dir, "latency", title, products, latencyColumns, func(r latencyResult) string { return r.Product })
}

// section prints the table of one kind of result; nothing where there is none. The
// first of the names is what the others are compared with.
func section[T any](dir, kind, title string, names []string, columns []column[T], product func(T) string) (string, error) {
	var b strings.Builder
	for _, source := range sources {
		for _, backlog := range backlogs {
			results, err := readResults[T](filepath.Join(dir, kind+"-"+source+backlog+".jsonl"))
			if err != nil {
				return "", err
			}
			if len(results) == 0 {
				continue
			}
			if b.Len() == 0 {
				b.WriteString(title + "\n" + heading(columns))
			}
			b.WriteString(sourceRows(source+backlog, results, names, columns, product))
		}
	}
	return b.String(), nil
}

func heading[T any](columns []column[T]) string {
	titles := []string{"source", "product", "rounds"}
	for _, c := range columns {
		titles = append(titles, c.title)
	}
	return row(titles) + "|" + strings.Repeat("---|", len(titles)) + "\n"
}

func row(cells []string) string { return "| " + strings.Join(cells, " | ") + " |\n" }

// sourceRows prints a row for each name, and how much better it is than the first.
func sourceRows[T any](source string, results []T, names []string, columns []column[T], product func(T) string) string {
	var b strings.Builder
	var first []float64
	for _, name := range names {
		own := slices.DeleteFunc(slices.Clone(results), func(r T) bool { return product(r) != name })
		if len(own) == 0 {
			continue
		}
		cells := []string{source, name, fmt.Sprint(len(own))}
		var medians []float64
		for _, c := range columns {
			s := spreadOf(own, c.value)
			medians = append(medians, s.median)
			cells = append(cells, s.text(c.digits))
		}
		b.WriteString(row(cells))
		if name == names[0] {
			first = medians
		} else if first != nil {
			b.WriteString(comparison(source, name, columns, first, medians))
		}
	}
	return b.String()
}

// comparison prints how many times better the second, which has that name, is.
func comparison[T any](source, name string, columns []column[T], first, second []float64) string {
	cells := []string{source, "**" + name + " is better by**", ""}
	for i, c := range columns {
		a, b := first[i], second[i]
		if c.compare == more {
			a, b = b, a
		}
		if c.compare == 0 || b == 0 {
			cells = append(cells, "")
			continue
		}
		cells = append(cells, fmt.Sprintf("**%.1fx**", a/b))
	}
	return row(cells)
}

// spread of one figure over the rounds.
type spread struct{ low, median, high float64 }

func spreadOf[T any](results []T, value func(T) float64) spread {
	v := make([]float64, len(results))
	for i, r := range results {
		v[i] = value(r)
	}
	slices.Sort(v)
	n := len(v)
	return spread{v[0], (v[(n-1)/2] + v[n/2]) / 2, v[n-1]}
}

func (s spread) text(digits int) string {
	if s.low == s.high {
		return fmt.Sprintf("%.*f", digits, s.median)
	}
	return fmt.Sprintf("%.*f (%.*f - %.*f)", digits, s.median, digits, s.low, digits, s.high)
}
