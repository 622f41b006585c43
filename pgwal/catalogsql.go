package pgwal

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Permanent tables of users: only they are written to the log.
const (
	selectTables = `
select c.oid, n.nspname::text, c.relname::text, c.relkind::text, c.relispartition,
       c.relreplident::text, c.reltuples::bigint
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p') and c.relpersistence = 'p' and c.oid >= 16384`
	everyTable = selectTables + ` and n.nspname not in ('pg_catalog', 'information_schema')
 order by n.nspname, c.relname`
	oneTable = selectTables + ` and c.oid = $1`
)

const selectColumns = `
select a.attrelid, a.attname::text, a.atttypid, a.atttypmod,
       pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
       coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), ''),
       a.attgenerated::text, a.attidentity::text, a.attndims::int,
       coalesce(pg_catalog.col_description(a.attrelid, a.attnum), '')
  from pg_catalog.pg_attribute a
  left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
 where a.attrelid = any($1) and a.attnum > 0 and not a.attisdropped
 order by a.attrelid, a.attnum`

// An index that is invalid (being built, or left by a build that failed) promises
// nothing. Names sort by their bytes; a clustered index comes first, as in the
// JDBC metadata that Debezium reads.
const selectIndexes = `
select i.indrelid, i.indisprimary, i.indisreplident, i.indimmediate, i.indexprs is null,
       array(select a.attname::text
               from unnest(i.indkey::int2[]) with ordinality k(num, pos)
               join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.num
              where k.pos <= i.indnkeyatts order by k.pos)
  from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
 where i.indrelid = any($1) and i.indisunique and i.indisvalid
 order by i.indrelid, i.indisprimary desc, i.indisclustered desc, c.relname`

func queryTables(ctx context.Context, c *pgx.Conn, sql string, args ...any) ([]*tableFacts, error) {
	rows, err := c.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	tables, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (*tableFacts, error) {
		var f tableFacts
		var kind, identity string
		err := r.Scan(&f.OID, &f.Namespace, &f.Table, &kind, &f.Partition, &identity, &f.Estimate)
		if err == nil && (len(kind) != 1 || len(identity) != 1) {
			err = fmt.Errorf("table %s.%s is of an unknown kind", f.Namespace, f.Table)
		}
		if err == nil {
			f.Kind, f.ReplicaIdentity = kind[0], identity[0]
		}
		return &f, err
	})
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	return tables, nil
}

func queryColumns(ctx context.Context, c *pgx.Conn, oids []uint32, byOID map[uint32]*tableFacts) error {
	rows, err := c.Query(ctx, selectColumns, oids)
	if err != nil {
		return fmt.Errorf("list columns: %w", err)
	}
	var oid uint32
	var dims int32
	var f columnFact
	_, err = pgx.ForEachRow(rows, []any{
		&oid, &f.Name, &f.TypeOID, &f.Mod, &f.TypeName, &f.NotNull, &f.Default, &f.Generated, &f.Identity, &dims, &f.Comment,
	}, func() error {
		f.Dims = dimsOf(dims)
		byOID[oid].Columns = append(byOID[oid].Columns, f)
		return nil
	})
	if err != nil {
		return fmt.Errorf("list columns: %w", err)
	}
	return nil
}

func queryKeys(ctx context.Context, c *pgx.Conn, oids []uint32, byOID map[uint32]*tableFacts) error {
	rows, err := c.Query(ctx, selectIndexes, oids)
	if err != nil {
		return fmt.Errorf("list unique indexes: %w", err)
	}
	indexes := map[uint32][]indexFact{}
	var oid uint32
	var x indexFact
	_, err = pgx.ForEachRow(rows, []any{&oid, &x.primary, &x.identity, &x.immediate, &x.plain, &x.columns}, func() error {
		indexes[oid] = append(indexes[oid], x)
		x.columns = nil
		return nil
	})
	if err != nil {
		return fmt.Errorf("list unique indexes: %w", err)
	}
	for oid, list := range indexes {
		byOID[oid].chooseKey(list)
	}
	return nil
}
