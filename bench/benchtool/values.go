package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// valueRow is a line of the table of values: a type, and the benchmarks that
// measure it in each direction; empty where a source or format has none.
type valueRow struct{ title, mysql, postgres, encode string }

// What begins the names of the benchmarks of values.
const (
	mysqlValues    = "cdc/binlog DecodeValue/"
	postgresValues = "cdc/pgwal DecodeValue/"
	encodeValues   = "cdc/sink/encode Value/"
)

// valueRows are the types that more than one of them has; the others follow under
// their own names.
var valueRows = []valueRow{
	{"int", "int", "integer", "int"},
	{"bigint", "bigint", "bigint", "bigint"},
	{"bigint unsigned, precise", "bigint-unsigned", "", "bigint_unsigned_precise"},
	{"tinyint, boolean", "tinyint", "boolean", "boolean"},
	{"year", "year", "", "year"},
	{"float, real", "float", "real", "float"},
	{"double", "double", "double", "double"},
	{"decimal", "decimal", "numeric(10,2)", "decimal"},
	{"decimal of 30 digits and more", "", "numeric(38,20)", "decimal_30_digits"},
	{"numeric without scale", "", "numeric", "numeric"},
	{"varchar", "varchar", "varchar", "varchar_10"},
	{"text", "text", "text", "text_80_ascii"},
	{"json, jsonb", "json", "jsonb", "json_200"},
	{"enum", "enum", "enum", "enum"},
	{"uuid", "uuid", "uuid", "uuid"},
	{"varbinary, bytea", "varbinary", "bytea", "bytes_64"},
	{"bit", "bit", "bit(8)", "bits"},
	{"date", "date", "date", "date"},
	{"time", "time", "time", "time"},
	{"datetime, timestamp without zone", "datetime", "timestamp", "datetime_6"},
	{"timestamp, timestamptz", "timestamp", "timestamptz", "timestamptz"},
	{"interval", "", "interval", "interval"},
	{"hstore", "", "hstore", "hstore"},
	{"array of integers (6, 50)", "", "integer[]", "array_of_50_ints"},
	{"point", "point", "point", "point"},
	{"vector", "vector", "vector", ""},
	{"geometry", "geometry", "geometry", ""},
}

// runValues prints the table of ns per value by type and format.
func runValues(_ context.Context, args []string, out io.Writer) error {
	all, err := loadFigures("values", args)
	if err != nil {
		return err
	}
	text, err := valueSection(all)
	if err != nil {
		return err
	}
	fmt.Fprint(out, text)
	return nil
}

// valueSection prints every figure of a value once. A name of the list that
// nothing was measured for is an error: the benchmark has another name now.
func valueSection(all figures) (string, error) {
	var b strings.Builder
	b.WriteString("| ns per value | decode MySQL | decode PostgreSQL | encode json, json_schema | encode avro |\n|---|---|---|---|---|\n")
	rest := maps.Clone(all)
	for _, row := range valueRows {
		if err := row.print(&b, all, rest); err != nil {
			return "", err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rest)) {
		if _, left := rest[name]; !left {
			continue
		}
		if row, ok := ownRow(name); ok {
			if err := row.print(&b, all, rest); err != nil {
				return "", err
			}
		}
	}
	return b.String(), nil
}

// ownRow is the line of a benchmark that no other shares.
func ownRow(name string) (valueRow, bool) {
	if s, ok := strings.CutPrefix(name, mysqlValues); ok {
		return valueRow{title: s, mysql: s}, true
	}
	if s, ok := strings.CutPrefix(name, postgresValues); ok {
		return valueRow{title: s, postgres: s}, true
	}
	if s, ok := strings.CutPrefix(name, encodeValues); ok {
		s = s[:strings.LastIndexByte(s, '/')]
		return valueRow{title: s, encode: s}, true
	}
	return valueRow{}, false
}

// print appends the line and takes its figures out of rest.
func (r valueRow) print(b *strings.Builder, all, rest figures) error {
	fmt.Fprintf(b, "| %s", r.title)
	for _, name := range r.names() {
		if name == "" {
			b.WriteString(" | ")
			continue
		}
		ns, found := all[name]
		if !found {
			return fmt.Errorf("no figure of %s", name)
		}
		delete(rest, name)
		fmt.Fprintf(b, " | %.*f", digits(ns), ns)
	}
	b.WriteString(" |\n")
	return nil
}

// names are the benchmarks of the line's columns.
func (r valueRow) names() (list [4]string) {
	if r.mysql != "" {
		list[0] = mysqlValues + r.mysql
	}
	if r.postgres != "" {
		list[1] = postgresValues + r.postgres
	}
	if r.encode != "" {
		list[2], list[3] = encodeValues+r.encode+"/json", encodeValues+r.encode+"/avro"
	}
	return list
}

// digits shows a figure no finer than it can be measured.
func digits(ns float64) int {
	if ns < 10 {
		return 1
	}
	return 0
}
