package main

import (
	"io"
	"path/filepath"
	"strings"
	"testing"

	"cdc/bench/check"
)

func TestReport(t *testing.T) {
	dir := t.TempDir()
	write := func(file string, results ...any) {
		t.Helper()
		for _, r := range results {
			if err := appendResult(io.Discard, filepath.Join(dir, file), r); err != nil {
				t.Fatal(err)
			}
		}
	}
	write("drain-mysql.jsonl",
		drainResult{Product: "debezium", Rate: 30000, CPU: 40, PeakRSS: 1700},
		drainResult{Product: "cdc", Rate: 120000, CPU: 5, PeakRSS: 50},
		drainResult{Product: "debezium", Rate: 40000, CPU: 42, PeakRSS: 1700},
		drainResult{Product: "cdc", Rate: 150000, CPU: 4, PeakRSS: 60},
		drainResult{Product: "debezium", Rate: 20000, CPU: 44, PeakRSS: 1700},
		drainResult{Product: "cdc", Rate: 90000, CPU: 6, PeakRSS: 40},
	)
	write("latency-postgres.jsonl", latencyResult{Product: "cdc", Rate: 1000, Sent: quantiles{P50: 3.25, P99: 9}})
	write("kill9-postgres.jsonl",
		killResult{Source: "postgres", Changes: 1000, Kills: []death{{End: 500, Acknowledged: 40, InFlight: 10, Duplicates: 50}}},
		killResult{Source: "postgres", Changes: 1000, Kills: []death{{End: 600, Acknowledged: 40, InFlight: 10, Duplicates: 51}}},
		killResult{Source: "postgres", Changes: 1000, Kills: []death{{End: 700}}, Report: check.Report{Missing: 1}},
	)

	var b strings.Builder
	if err := runReport(t.Context(), []string{"-dir", dir}, &b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| mysql | debezium | 3 | 30000 (20000 - 40000) |",
		"| mysql | cdc | 3 | 120000 (90000 - 150000) |",
		"| mysql | **cdc is better by** |  | **4.0x** |",
		"| **8.4x** |",  // CPU, 42 over 5
		"| **34.0x** |", // memory, 1700 over 50
		"| postgres | cdc | 1 | 3.2 | 9.0 |",
		"| postgres | 1 | 1000 | 500 | 0 | 40 | 10 | 50 | 50 | 0 | 0 | 0 | ok |",
		"| postgres | 2 | 1000 | 600 | 0 | 40 | 10 | 50 | 51 | 0 | 0 | 0 | **WRONG** |",
		"| 1 | 0 | 0 | **WRONG** |",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in the report:\n%s", want, b.String())
		}
	}
}

func TestReportOfNothing(t *testing.T) {
	var b strings.Builder
	if err := runReport(t.Context(), []string{"-dir", t.TempDir()}, &b); err != nil || b.Len() > 0 {
		t.Errorf("report of an empty folder: %q, %v", b.String(), err)
	}
}

func TestQuantiles(t *testing.T) {
	v := make([]float64, 1000)
	for i := range v {
		v[i] = float64(len(v) - i) // 1000 ... 1
	}
	if got, want := quantilesOf(v), (quantiles{P50: 501, P99: 991, P999: 1000, Max: 1000}); got != want {
		t.Errorf("quantilesOf(1..1000) = %+v, want %+v", got, want)
	}
	if got := quantilesOf(nil); got != (quantiles{}) {
		t.Errorf("quantilesOf(nothing) = %+v", got)
	}
}
