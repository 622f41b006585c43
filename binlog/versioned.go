package binlog

import (
	"fmt"
	"strings"

	"cdc/binlog/ddl"
	"cdc/event"
)

// MariaDB's system-versioned tables log a second row for each UPDATE and turn a
// DELETE into an UPDATE: what the table was before, as a row of the same key.
// Nothing in the log tells such a row from a new one, so these tables are
// refused, wherever they are met: in the catalogue at the start, in the text of
// the statement that makes one, and at the first table map.

// refuseVersioned is the error for a system-versioned table.
func refuseVersioned(n ddl.Name) error {
	return fmt.Errorf("%w: table %s is system-versioned: the rows of its history would look like new rows of the same key: leave it out, tables: [..., %q]",
		event.ErrUnsupported, n, "!"+n.String())
}

// period reports whether the column is the begin or end of a row version. The
// catalogue shows only those that have been declared by name.
func period(generation string) bool {
	return strings.EqualFold(generation, "ROW START") || strings.EqualFold(generation, "ROW END")
}

// versioned reports whether the map ends with the two columns that a
// system-versioned table has when none are declared: the server gives them
// these names and adds row_end to the key. A copy of such a table can have them
// too, but then the catalogue knows them.
func (m *tableMap) versioned() bool {
	n := len(m.columns)
	if m.flavor != MariaDB || n < 3 {
		return false
	}
	start, end := &m.columns[n-2], &m.columns[n-1]
	return strings.EqualFold(start.name, "row_start") && strings.EqualFold(end.name, "row_end") &&
		start.code == end.code && !start.nullable && !end.nullable
}
