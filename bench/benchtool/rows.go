package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// benchRow is a row whose decode and encode together are measured.
type benchRow struct{ title, name string }

var benchRows = []benchRow{
	{"MySQL, insert", "cdc/binlog Row/insert"},
	{"MySQL, update", "cdc/binlog Row/update"},
	{"PostgreSQL, insert", "cdc/pgwal Row/insert"},
}

// rowParts are what is measured of a row, in the order of the table.
var rowParts = []string{"decode", "json", "json_schema", "avro", "copy"}

// copiesAllowed is how many copies of the schema's bytes json_schema may cost
// beyond json.
const copiesAllowed = 1.2

// ofRow returns the figures of a row.
func (all figures) ofRow(r benchRow) (map[string]float64, error) {
	parts := map[string]float64{}
	for _, part := range rowParts {
		ns, found := all[r.name+"/"+part]
		if !found {
			return nil, fmt.Errorf("no figure of %s/%s", r.name, part)
		}
		parts[part] = ns
	}
	return parts, nil
}

// runRows prints what a row costs in each format and fails when one costs more
// than it may.
func runRows(_ context.Context, args []string, out io.Writer) error {
	all, err := loadFigures("rows", args)
	if err != nil {
		return err
	}
	text, err := rowSection(all)
	if err != nil {
		return err
	}
	fmt.Fprint(out, text)
	return judgeRows(all)
}

func rowSection(all figures) (string, error) {
	var b strings.Builder
	b.WriteString("| ns per row | decode | decode + json | decode + json_schema | allowed | decode + avro | copy of the schemas |\n|---|---|---|---|---|---|---|\n")
	for _, r := range benchRows {
		p, err := all.ofRow(r)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "| %s | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f |\n", r.title,
			p["decode"], p["json"], p["json_schema"], schemaLimit(p), p["avro"], p["copy"])
	}
	return b.String(), nil
}

// schemaLimit is what json_schema may cost.
func schemaLimit(p map[string]float64) float64 { return p["json"] + copiesAllowed*p["copy"] }

// judgeRows tells which rows cost more than they may.
func judgeRows(all figures) error {
	var faults []error
	for _, r := range benchRows {
		p, err := all.ofRow(r)
		if err != nil {
			return err
		}
		if p["avro"] > p["json"] {
			faults = append(faults, fmt.Errorf("%s: avro takes %.0f ns, json %.0f ns: it must not be slower", r.title, p["avro"], p["json"]))
		}
		if p["json_schema"] > schemaLimit(p) {
			faults = append(faults, fmt.Errorf("%s: json_schema takes %.0f ns, more than json and %.1f copies of the schemas, %.0f ns",
				r.title, p["json_schema"], copiesAllowed, schemaLimit(p)))
		}
	}
	return errors.Join(faults...)
}
