package pgwal

import (
	"context"
	"slices"

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
	all, err := queryTables(ctx, c, everyTable)
	if err != nil {
		return nil, err
	}
	tables := slices.DeleteFunc(all, func(f *tableFacts) bool { return !match(f.Namespace, f.Table) })
	return tables, complete(ctx, c, tables)
}

// loadTable reads the facts of one table; nil when there is none of that OID.
func loadTable(ctx context.Context, c *pgx.Conn, oid uint32) (*tableFacts, error) {
	tables, err := queryTables(ctx, c, oneTable, oid)
	if err != nil || len(tables) == 0 {
		return nil, err
	}
	return tables[0], complete(ctx, c, tables)
}

// schema makes the schema of the rows that a snapshot reads: all columns but
// generated ones, which the log doesn't carry either. Columns are in table order.
// A column of a type that isn't supported is an event.ErrUnsupported.
func (f *tableFacts) schema(database string) (*event.Schema, error) {
	logged := make([]columnFact, 0, len(f.Columns))
	for _, c := range f.Columns {
		if c.Generated == "" {
			logged = append(logged, c)
		}
	}
	s, unsupported := makeSchema(database, f.Namespace, f.Table, logged, f.Key)
	if unsupported != nil {
		return nil, unsupported
	}
	s.Version = 1
	return s, nil
}

// complete fills in columns, their types, and keys.
func complete(ctx context.Context, c *pgx.Conn, tables []*tableFacts) error {
	byOID := make(map[uint32]*tableFacts, len(tables))
	oids := make([]uint32, 0, len(tables))
	for _, f := range tables {
		byOID[f.OID] = f
		oids = append(oids, f.OID)
	}
	if len(oids) == 0 {
		return nil
	}
	if err := queryColumns(ctx, c, oids, byOID); err != nil {
		return err
	}
	if err := resolveTypes(ctx, c, tables); err != nil {
		return err
	}
	return queryKeys(ctx, c, oids, byOID)
}

// indexFact is a unique index.
type indexFact struct {
	primary, identity, plain bool
	columns                  []string
}

// chooseKey takes the first index, the primary key before others, whose parts are all columns that the log carries. Columns
// of an index that is the replica identity come first when the choice isn't
// within them, since old rows hold nothing else.
func (f *tableFacts) chooseKey(indexes []indexFact) {
	for _, x := range indexes {
		if x.identity {
			f.IdentityKey = x.columns
		}
		if f.Key == nil && x.plain && f.logs(x.columns) {
			f.Key = x.columns
		}
	}
	if f.ReplicaIdentity != 'i' || f.IdentityKey == nil {
		return
	}
	for _, name := range f.Key {
		if !slices.Contains(f.IdentityKey, name) {
			f.Key = f.IdentityKey
			return
		}
	}
}

// logs reports whether the log carries all these columns.
func (f *tableFacts) logs(columns []string) bool {
	for _, name := range columns {
		at := slices.IndexFunc(f.Columns, func(c columnFact) bool { return c.Name == name })
		if at < 0 || f.Columns[at].Generated != "" {
			return false
		}
	}
	return true
}
