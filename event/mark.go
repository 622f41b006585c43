package event

// MarkKind says what a Mark tells.
type MarkKind uint8

// The kinds of a Mark.
const (
	// MarkBegin and MarkEnd: a transaction begins and ends
	// (Capture.Transactions).
	MarkBegin MarkKind = iota + 1
	MarkEnd
	// MarkSchemaChange: a statement that changed tables (Capture.SchemaChanges).
	MarkSchemaChange
	// MarkMessage: a logical decoding message (PostgreSQL).
	MarkMessage
	// MarkHeartbeat: nothing happened; made by the engine.
	MarkHeartbeat
)

// Mark is something that isn't a row of a table and has its place among the
// rows.
type Mark struct {
	Kind MarkKind
	// Row: the mark stands before Batch.Rows[Row], or behind all rows.
	Row int32
	// Origin is an index into Batch.Origins; -1 for a heartbeat.
	Origin int32
	// Off is the LSN of the mark (PostgreSQL) or the position of its event in the
	// binlog file (MySQL).
	Off uint64
	// Order and TableOrder of a message, as in Row.
	Order, TableOrder uint32
	// Events is the number of events in the transaction (MarkEnd), and Counts
	// those of each table: Batch.Counts[CountsAt:CountsEnd].
	Events              uint32
	CountsAt, CountsEnd int32
	// Change is what a MarkSchemaChange tells; nil for others. Shared, immutable.
	Change *SchemaChange
	// Prefix and Content are those of a MarkMessage: a KindString and a KindBytes
	// in the arena of the batch. Transactional: it belongs to a transaction.
	Prefix, Content Value
	Transactional   bool
}

// TableCount is how many events of a transaction are of one table.
type TableCount struct {
	// Table is Schema.Name, shared text.
	Table  string
	Events uint32
}

// SchemaChange is a statement that changed tables, in the form in which
// Debezium tells it on the schema change topic.
type SchemaChange struct {
	// Database may be empty. Table is what source.table holds: one name, or
	// several with commas between them; empty for none.
	Database, Table string
	// DDL is the text of the statement.
	DDL     string
	Changes []TableChange
	// Snapshot: told at the start of a snapshot. Last: nothing follows in that
	// snapshot, not even a row.
	Snapshot, Last bool
}

// TableChange is what happened to one table.
type TableChange struct {
	// Type is CREATE, ALTER or DROP.
	Type string
	// ID is the quoted name, "db"."table" with the quotes.
	ID string
	// Table is the new shape; nil for DROP.
	Table *TableInfo
}

// TableInfo describes a table on the schema change topic.
type TableInfo struct {
	Charset string // its default character set, empty for unknown
	Key     []string
	Columns []ColumnInfo
	Comment *string // nil for null
}

// ColumnInfo describes a column on the schema change topic. A nil pointer is
// null there.
type ColumnInfo struct {
	Name                                 string
	JDBCType                             int32
	TypeName, TypeExpression             string
	Charset                              *string
	Length, Scale                        *int32
	Position                             int32 // from 1
	Optional, AutoIncremented, Generated bool
	Comment, Default                     *string
	EnumValues                           []string // nil for null
}
