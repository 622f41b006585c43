package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// figures are the nanoseconds of benchmarks, by package and name, without
// "Benchmark" and the number of processors: "cdc/binlog DecodeValue/int". Of
// several runs the fastest counts: what disturbs a run only makes it slower.
type figures map[string]float64

// benchmarkLine is a result as "go test -bench" prints it.
var benchmarkLine = regexp.MustCompile(`^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+(.*)$`)

// readFigures reads the output of "go test -bench".
func readFigures(r io.Reader) (figures, error) {
	all, pkg := figures{}, ""
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if name, ok := strings.CutPrefix(lines.Text(), "pkg: "); ok {
			pkg = name
			continue
		}
		m := benchmarkLine.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		ns, err := nanoseconds(strings.Fields(m[2]))
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", m[1], err)
		}
		name := pkg + " " + m[1]
		if before, seen := all[name]; !seen || ns < before {
			all[name] = ns
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read benchmarks: %w", err)
	}
	return all, nil
}

// nanoseconds returns the most particular figure among pairs of number and unit:
// that of a value, of a row, of a round.
func nanoseconds(pairs []string) (float64, error) {
	units := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		units[pairs[i+1]] = pairs[i]
	}
	for _, unit := range []string{"ns/value", "ns/row", "ns/op"} {
		if number, ok := units[unit]; ok {
			return strconv.ParseFloat(number, 64)
		}
	}
	return 0, errors.New("no time per value, row or round")
}

// loadFigures parses the arguments of a command that takes one file of figures.
func loadFigures(name string, args []string) (figures, error) {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	path := f.String("in", "", "output of go test -bench")
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	file, err := os.Open(*path)
	if err != nil {
		return nil, fmt.Errorf("open figures: %w", err)
	}
	all, err := readFigures(file)
	return all, errors.Join(err, file.Close())
}
