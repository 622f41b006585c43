package pgwal

import (
	"slices"
	"strings"

	"cdc/event"
)

// referenceTable is what PostGIS keeps its reference systems in: thousands of
// rows that come with the extension and are nobody's changes. Debezium never
// takes it either.
const referenceTable = "spatial_ref_sys"

// captured are the tables of the configuration.
type captured struct {
	*event.Tables
	// reference: a pattern asks for the referenceTable by its name.
	reference bool
}

func parseTables(patterns []string) (captured, error) {
	tables, err := event.ParseTables(patterns)
	named := slices.ContainsFunc(patterns, func(p string) bool { return strings.HasSuffix(p, "."+referenceTable) })
	return captured{tables, named}, err
}

// Match reports whether a table is captured.
func (c captured) Match(schema, table string) bool {
	return (table != referenceTable || c.reference) && c.Tables.Match(schema, table)
}
