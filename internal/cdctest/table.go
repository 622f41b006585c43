package cdctest

import (
	"strings"

	"cdc/event"
)

// Col is a nullable column.
func Col(name string, k event.Kind) event.Column {
	return event.Column{Name: name, Type: event.Type{Kind: k, Flags: event.Nullable}}
}

// Key is a column of the record key. Keys keep the order of the columns.
func Key(name string, k event.Kind) event.Column {
	return event.Column{Name: name, Type: event.Type{Kind: k}, Ord: keyMark}
}

// keyMark tells Table which columns are the key.
const keyMark = -1

// Table makes the first version of a MySQL table; name is "database.table".
func Table(name string, columns ...event.Column) *event.Schema {
	db, table, _ := strings.Cut(name, ".")
	return build(&event.Schema{Database: db, Table: table}, columns)
}

// PostgresTable makes the first version of a PostgreSQL table in the database
// app; name is "schema.table".
func PostgresTable(name string, columns ...event.Column) *event.Schema {
	ns, table, _ := strings.Cut(name, ".")
	return build(&event.Schema{Database: "app", Namespace: ns, Table: table}, columns)
}

func build(s *event.Schema, columns []event.Column) *event.Schema {
	s.Version, s.Width = 1, len(columns)
	for i, c := range columns {
		key := c.Ord == keyMark
		c.Ord = i
		s.Columns = append(s.Columns, c)
		if key {
			s.Key = append(s.Key, c)
		}
	}
	return s
}
