package event

// Capture says what a source hands over beside the rows of its tables, and how
// it chooses record keys. The zero Capture asks for rows only.
type Capture struct {
	// Transactions: MarkBegin and MarkEnd, Row.Order and Row.TableOrder.
	Transactions bool
	// Skipped are operations whose rows never leave: Transactions gives them no
	// number and doesn't count them.
	Skipped []Op
	// SchemaChanges: MarkSchemaChange, for streamed statements and at a snapshot
	// (MySQL, MariaDB).
	SchemaChanges bool
	// SchemaComments: the comments of tables and columns in schema changes
	// (MySQL; MariaDB's always have them).
	SchemaComments bool
	// Query: Origin.Query (MySQL, MariaDB).
	Query bool
	// UnknownTypes: columns of types without a form of their own are handed over
	// as LogicalUnknown instead of left out (PostgreSQL).
	UnknownTypes bool
	// Keys override the keys of tables; nil for none.
	Keys *Keys
	// Unfit takes values that have no form; nil takes them as PolicyDebezium does
	// and counts nothing.
	Unfit *Unfit
}
