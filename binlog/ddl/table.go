package ddl

import "strings"

// Column is what the catalogue (information_schema.columns) says about a
// column. It is stored in the schema history.
type Column struct {
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
	// and DefaultExpr is true: "CURRENT_TIMESTAMP(6)", "uuid()". See SetDefault.
	Default     *string `json:"default,omitempty"`
	DefaultExpr bool    `json:"default_expr,omitempty"`
	// Extra is EXTRA, verbatim: "auto_increment", "VIRTUAL GENERATED",
	// "INVISIBLE", "on update CURRENT_TIMESTAMP".
	Extra string `json:"extra,omitempty"`
	// Comment is COLUMN_COMMENT.
	Comment string `json:"comment,omitempty"`
	// Period: MariaDB's GENERATED ALWAYS AS ROW START or ROW END.
	Period bool `json:"period,omitempty"`
	// Written is how a statement in the log spells the column; nil when only the
	// catalogue has told of it.
	Written *Written `json:"written,omitempty"`
}

// Written is what a statement says of a column where the catalogue says it
// in other words.
type Written struct {
	// Type is the type's text: "integer(5)", "bool".
	Type    string `json:"type"`
	Charset string `json:"charset,omitempty"`
	// Default is the default as Debezium shows it; nil for none.
	Default *string `json:"default,omitempty"`
}

// Index is a unique index.
type Index struct {
	Name    string   `json:"name,omitempty"`
	Columns []string `json:"columns,omitempty"`
	// Expression: some part of it is none of a column. Prefix: some part is only
	// the beginning of one.
	Expression bool `json:"expression,omitempty"`
	Prefix     bool `json:"prefix,omitempty"`
}

// Table is what the catalogue says about one version of a table. It is
// stored in the schema history.
type Table struct {
	Database string   `json:"database"`
	Table    string   `json:"table"`
	Columns  []Column `json:"columns"`
	// Key names the columns of the record key in key order: the primary key,
	// else the first UNIQUE index of plain columns; empty for none.
	Key []string `json:"key,omitempty"`
	// Primary says that Key is the primary key.
	Primary bool `json:"primary,omitempty"`
	// Unique are the unique indexes beside the primary key, in the server's order.
	Unique []Index `json:"unique,omitempty"`
	// Charset is the table's default character set; empty for unknown.
	Charset string `json:"charset,omitempty"`
	Comment string `json:"comment,omitempty"`
}

// Generated tells a generated column from one with an expression default, which
// MySQL marks as DEFAULT_GENERATED.
func (c *Column) Generated() bool {
	extra := strings.ToUpper(c.Extra)
	return strings.Contains(extra, "VIRTUAL GENERATED") || strings.Contains(extra, "STORED GENERATED")
}

// Versioned reports whether it is a table with declared period
// columns.
func (f *Table) Versioned() bool {
	for i := range f.Columns {
		if f.Columns[i].Period {
			return true
		}
	}
	return false
}

// Name is the table's name.
func (f *Table) Name() Name { return Name{f.Database, f.Table} }
