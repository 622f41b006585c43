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
	// TypeName is the type as format_type spells it, for messages; OwnName its
	// plain name.
	TypeName, OwnName string
	NotNull           bool
	// Default is the expression of the default, empty for none.
	Default string
	// Generated is pg_attribute.attgenerated, Identity its attidentity.
	Generated, Identity string
	Comment             string
	// Dims is the number of dimensions that an array was declared with; 0 for
	// not known.
	Dims int16
	// Enum holds the labels of an enum type in their order.
	Enum []string
	// BaseOID and BaseMod are the type that a domain is made of at the end, or
	// TypeOID and Mod where the type is no domain. BaseName is the plain name
	// of that type, Kind its pg_type.typtype, 0 for not known.
	BaseOID  uint32
	BaseMod  int32
	BaseName string
	Kind     byte
	// Elem describes the elements of an array; nil for another type, and for a
	// built-in array, whose elements are known anyway.
	Elem *columnFact
	// MoneyDigits is how many digits the server's money has behind the point;
	// nil for not known.
	MoneyDigits *int16
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
	// Primary names the columns of the primary key, where old rows can be told by it.
	Primary []string
	// KeyMoved: Key is IdentityKey, since old rows don't hold the columns that it
	// would be otherwise.
	KeyMoved bool
	// Estimate is the planner's guess at the number of rows; -1 for unknown.
	Estimate int64
}

func (f *tableFacts) name() tableName { return tableName{f.Namespace, f.Table} }

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

// schema makes the schema of the rows that a snapshot reads: the columns that
// are published, in table order; nil for all but generated ones. Without a form
// are those that it lacks because of their type.
func (f *tableFacts) schema(database string, published []string, capture *event.Capture) (s *event.Schema, formless []columnFact) {
	logged := make([]columnFact, 0, len(f.Columns))
	for _, c := range f.Columns {
		if published == nil && c.Generated == "" || slices.Contains(published, c.Name) {
			logged = append(logged, c)
		}
	}
	s, formless = makeSchema(database, f.Namespace, f.Table, logged, f.Key, capture)
	s.Version = 1
	identity := f.identity()
	s.Old, s.OldColumns = oldRows(f.ReplicaIdentity, len(logged), func(i int) bool { return slices.Contains(identity, logged[i].Name) })
	return s, formless
}

// identity names the columns of the index by which old rows are told.
func (f *tableFacts) identity() []string {
	if f.ReplicaIdentity == 'i' {
		return f.IdentityKey
	}
	return f.Primary
}

// oldRows says what the log holds of a row before a change: under a replica
// identity, of a row of n columns, of which some are part of the identity.
func oldRows(identity byte, n int, part func(i int) bool) (event.OldRows, []int) {
	switch identity {
	case 'f':
		return event.OldFull, nil
	case 'n':
		return event.OldNone, nil
	}
	var columns []int
	for i := range n {
		if part(i) {
			columns = append(columns, i)
		}
	}
	if columns == nil { // no primary key, or the index is gone
		return event.OldNone, nil
	}
	return event.OldKey, columns
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
	if err := resolveTypes(ctx, c, columnsOf(tables)); err != nil {
		return err
	}
	return queryKeys(ctx, c, oids, byOID)
}

func columnsOf(tables []*tableFacts) []*columnFact {
	var list []*columnFact
	for _, f := range tables {
		for i := range f.Columns {
			list = append(list, &f.Columns[i])
		}
	}
	return list
}

// indexFact is a unique index.
type indexFact struct {
	primary, identity, plain bool
	immediate                bool // not DEFERRABLE, as a primary key must be to tell old rows
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
		if x.primary && x.immediate {
			f.Primary = x.columns
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
			f.Key, f.KeyMoved = f.IdentityKey, true
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
