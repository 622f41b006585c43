package pgwal

import (
	"context"

	"github.com/jackc/pgx/v5"

	"cdc/event"
)

// columnFact is what the catalogue says about one column.
type columnFact struct {
	Name    string
	TypeOID uint32
	// Mod is the type modifier; -1 for none.
	Mod int32
	// TypeName is the type as format_type spells it, for messages.
	TypeName string
	NotNull  bool
	// Default is the expression of the default, empty for none.
	Default string
	// Generated is pg_attribute.attgenerated, Identity its attidentity.
	Generated, Identity string
	// Enum holds the labels of an enum type in their order.
	Enum []string
	// BaseOID and BaseMod are the type that a domain is made of at the end, or
	// TypeOID and Mod where the type is no domain. BaseName is the plain name
	// of that type.
	BaseOID  uint32
	BaseMod  int32
	BaseName string
}

// tableFacts is what the catalogue says about one table.
type tableFacts struct {
	OID              uint32
	Namespace, Table string
	// Kind is pg_class.relkind: 'r' for a table, 'p' for a partitioned one.
	Kind byte
	// Partition says that the table is a partition of another one.
	Partition bool
	// ReplicaIdentity is pg_class.relreplident: 'd', 'n', 'f' or 'i'.
	ReplicaIdentity byte
	// Columns are the live columns in their order, generated ones included.
	Columns []columnFact
	// Key names the columns of the record key in key order; empty for none.
	Key []string
	// IdentityKey names the columns of the index that is the replica identity
	// (ReplicaIdentity 'i').
	IdentityKey []string
	// Estimate is the planner's guess at the number of rows; -1 for unknown.
	Estimate int64
}

// loadFacts reads the facts of all permanent tables that match takes, ordered
// by schema and name.
func loadFacts(ctx context.Context, c *pgx.Conn, match func(schema, table string) bool) ([]*tableFacts, error) {
	return nil, ctx.Err()
}

// loadTable reads the facts of one table; nil when there is none of that OID.
func loadTable(ctx context.Context, c *pgx.Conn, oid uint32) (*tableFacts, error) {
	return nil, ctx.Err()
}

// schema makes the schema of the rows that a snapshot reads: all columns but
// generated ones, which the log doesn't carry. Its columns stand in table order.
func (f *tableFacts) schema(database string) (*event.Schema, error) {
	return nil, nil
}
