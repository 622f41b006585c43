package binlog

import (
	"errors"

	"cdc/event"
)

// flavor is the family of the server.
type flavor uint8

const (
	mysql flavor = iota
	mariadb
)

func (f flavor) String() string {
	if f == mariadb {
		return "mariadb"
	}
	return "mysql"
}

// errFactsDiffer: the catalogue's facts are of another version of the table
// than the table map. The caller looks into its history or reads the catalogue
// again.
var errFactsDiffer = errors.New("catalogue and table map differ")

// columnFact is what the catalogue (information_schema.columns) says about a
// column. It is stored in the schema history.
type columnFact struct {
	Name string `json:"name"`
	// Type is COLUMN_TYPE, verbatim: "int unsigned", "enum('a','b')".
	Type string `json:"type"`
	// Charset and Collation are CHARACTER_SET_NAME and COLLATION_NAME; empty for
	// columns that aren't text.
	Charset   string `json:"charset,omitempty"`
	Collation string `json:"collation,omitempty"`
	Nullable  bool   `json:"nullable,omitempty"`
	// Default is the value of a literal default as text, without quotes; nil for
	// none (and for DEFAULT NULL). For an expression it is the expression's text
	// and DefaultExpr is true: "CURRENT_TIMESTAMP(6)", "uuid()".
	Default     *string `json:"default,omitempty"`
	DefaultExpr bool    `json:"default_expr,omitempty"`
	// Extra is EXTRA, verbatim: "auto_increment", "VIRTUAL GENERATED",
	// "INVISIBLE", "on update CURRENT_TIMESTAMP".
	Extra string `json:"extra,omitempty"`
}

// tableFacts is what the catalogue says about one version of a table. It is
// stored in the schema history.
type tableFacts struct {
	Database string       `json:"database"`
	Table    string       `json:"table"`
	Columns  []columnFact `json:"columns"`
	// Key names the columns of the record key in key order: the primary key,
	// else the first UNIQUE index of plain columns; empty for none.
	Key []string `json:"key,omitempty"`
	// Primary says that Key is the primary key.
	Primary bool `json:"primary,omitempty"`
}

// schema turns the facts into a schema. A type that can't be handled is an
// error that wraps event.ErrUnsupported and names table, column and type.
func (f *tableFacts) schema(fl flavor) (*event.Schema, error) {
	return nil, event.ErrUnsupported
}
