package main

import (
	"fmt"
	"strings"
	"testing"
)

const benchOutput = `goos: linux
pkg: cdc/binlog
cpu: some
BenchmarkDecodeValue/int-2         	 100	      900 ns/op	         9.25 ns/value	 0 B/op	 0 allocs/op
BenchmarkDecodeValue/int-2         	 100	      800 ns/op	         8.25 ns/value	 0 B/op	 0 allocs/op
PASS
pkg: cdc/pgwal
BenchmarkDecodeValue/bit(8)        	 100	      31.5 ns/op	 0 B/op
`

func TestReadFigures(t *testing.T) {
	got, err := readFigures(strings.NewReader(benchOutput))
	if err != nil {
		t.Fatal(err)
	}
	wanted := figures{"cdc/binlog DecodeValue/int": 8.25, "cdc/pgwal DecodeValue/bit(8)": 31.5}
	for name, want := range wanted {
		if got[name] != want || len(got) != 2 {
			t.Errorf("%s is %v, want %v; all: %v", name, got[name], want, got)
		}
	}
	if _, err := readFigures(strings.NewReader("BenchmarkX-2 100 12 MB/s\n")); err == nil {
		t.Error("a benchmark without a time was taken")
	}
}

// Each clause fails by itself, and what wasn't measured is no success.
func TestJudgeRows(t *testing.T) {
	measured := func(part string, ns float64) figures {
		all := figures{}
		for _, r := range benchRows {
			for p, of := range map[string]float64{"decode": 100, "json": 1000, "json_schema": 1120, "avro": 1000, "copy": 100} {
				all[r.name+"/"+p] = of
			}
		}
		all[benchRows[1].name+"/"+part] = ns
		return all
	}
	for _, tt := range []struct {
		part string
		ns   float64
		want string
	}{
		{"decode", 100, ""},
		{"avro", 1001, "MySQL, update: avro takes 1001 ns"},
		{"json_schema", 1121, "MySQL, update: json_schema takes 1121 ns"},
		{"copy", 90, "1108 ns"},
	} {
		err := judgeRows(measured(tt.part, tt.ns))
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s %v: %v, want %q", tt.part, tt.ns, err, tt.want)
		}
	}
	all := measured("decode", 100)
	delete(all, benchRows[2].name+"/copy")
	if err := judgeRows(all); err == nil {
		t.Error("a figure is missing and nobody says so")
	}
	if _, err := rowSection(all); err == nil {
		t.Error("a figure is missing in the table and nobody says so")
	}
}

func TestValueSection(t *testing.T) {
	all := figures{"cdc/pgwal Row/insert/json": 1, mysqlValues + "set": 41.6, encodeValues + "hashed/json": 5.04, encodeValues + "hashed/avro": 300}
	for _, r := range valueRows {
		for i, name := range r.names() {
			if name != "" {
				all[name] = float64(i + 1)
			}
		}
	}
	text, err := valueSection(all)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"| int | 1.0 | 2.0 | 3.0 | 4.0 |", "| vector | 1.0 | 2.0 |  |  |", "| set | 42 |  |  |  |", "| hashed |  |  | 5.0 | 300 |",
	} {
		if strings.Count(text, line+"\n") != 1 {
			t.Errorf("%q isn't there once:\n%s", line, text)
		}
	}
	if n, want := strings.Count(text, "\n"), len(valueRows)+4; n != want {
		t.Errorf("%d lines, want %d", n, want)
	}
	delete(all, mysqlValues+"int")
	if _, err := valueSection(all); err == nil || !strings.Contains(fmt.Sprint(err), "DecodeValue/int") {
		t.Errorf("got %v", err)
	}
}
