package pgwal

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5"
)

// enums are the labels of enum types as they were when this process first saw
// them. A label that is added later comes as a value, but the schemas that list
// the labels stay as they are until the next start, as in Debezium: else it would
// be chance in which row a table's schema changes.
type enums struct {
	mu     sync.Mutex
	labels map[uint32][]string
}

const selectEnums = `
select enumtypid, array_agg(enumlabel::text order by enumsortorder) from pg_catalog.pg_enum group by enumtypid`

// load sees every enum type of the database, when a stream begins.
func (e *enums) load(ctx context.Context, c *pgx.Conn) error {
	rows, err := c.Query(ctx, selectEnums)
	if err != nil {
		return err
	}
	var oid uint32
	var labels []string
	_, err = pgx.ForEachRow(rows, []any{&oid, &labels}, func() error {
		e.pin(oid, labels)
		labels = nil
		return nil
	})
	return err
}

// pin returns the labels that were seen first.
func (e *enums) pin(oid uint32, labels []string) []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if first, ok := e.labels[oid]; ok {
		return first
	}
	if e.labels == nil {
		e.labels = map[uint32][]string{}
	}
	e.labels[oid] = labels
	return labels
}

// pinColumn pins the labels of a column, or of the elements of an array.
func (e *enums) pinColumn(c *columnFact) {
	for ; c != nil; c = c.Elem {
		if c.Kind == kindEnum {
			c.Enum = e.pin(c.BaseOID, c.Enum)
		}
	}
}

func (e *enums) pinTables(tables []*tableFacts) {
	for _, f := range tables {
		for i := range f.Columns {
			e.pinColumn(&f.Columns[i])
		}
	}
}
