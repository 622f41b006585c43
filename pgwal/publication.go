package pgwal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"go.uber.org/zap"

	"cdc/event"
)

// Which form a publication of ours takes is a choice between two evils. A list
// of tables misses the rows that a new table gets before it is added. A
// publication of a whole schema takes in every new table, also one without a
// replica identity, and then PostgreSQL refuses the application's UPDATEs and
// DELETEs on it. So whole schemas are published only where all their tables
// have an identity, and as soon as one without turns up, the publication is
// made a list.

// publication is what the server says about the publication.
type publication struct {
	AllTables bool
	ViaRoot   bool // the changes of partitions are told as those of their root
	Schemas   bool // has TABLES IN SCHEMA
	Ours      bool // made by this pipeline, and the role may change it
	// Generated: generated columns may be among the published ones.
	Generated bool
	// Tables are the published ones with their published columns; nil for all.
	Tables map[tableName][]string
}

// has reports whether a table is published; nothing is in a nil publication.
func (p *publication) has(t tableName) bool {
	if p == nil {
		return false
	}
	_, ok := p.Tables[t]
	return ok
}

// columnsOf returns the published columns of a table; nil for all but generated
// ones. Early releases of PostgreSQL 15 tell generated columns, too, which no
// log before that of 18 has.
func (p *publication) columnsOf(f *tableFacts) []string {
	if p == nil || p.Tables[f.name()] == nil {
		return nil
	}
	var names []string
	for i := range f.Columns {
		c := &f.Columns[i]
		if (c.Generated == "" || p.Generated) && slices.Contains(p.Tables[f.name()], c.Name) {
			names = append(names, c.Name)
		}
	}
	return names
}

type tableName struct{ Schema, Table string }

func (t tableName) String() string { return t.Schema + "." + t.Table }

// candidate is a table that could be published.
type candidate struct {
	tableName
	Partition   bool // of another table
	Partitioned bool // into other tables
	Identity    bool // has a replica identity, so that it can be published without harm
	Matched     bool // the patterns take it
}

const publicationQuery = `
select p.puballtables, p.pubviaroot, exists(select from pg_publication_namespace n where n.pnpubid = p.oid),
       coalesce(obj_description(p.oid, 'pg_publication'), ''), pg_has_role(p.pubowner, 'USAGE'),
       current_setting('server_version_num')::int >= 180000
from pg_publication p where p.pubname = $1`

// candidateQuery: a partitioned table has no rows of its own, and as many replica
// identities as it has partitions.
const (
	candidateQuery = `
select n.nspname, c.relname, c.relispartition, c.relkind = 'p', case c.relkind when 'p' then not exists(
         select from pg_partition_tree(c.oid) t join pg_class l on l.oid = t.relid where t.isleaf and l.relkind = 'r' and not (` + hasIdentity + `))
         else (select ` + hasIdentity + ` from pg_class l where l.oid = c.oid) end
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and c.relpersistence = 'p' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by 1, 2`
	hasIdentity = `case l.relreplident
         when 'f' then true
         when 'd' then exists(select from pg_index i where i.indrelid = l.oid and i.indisprimary and i.indisvalid)
         when 'i' then exists(select from pg_index i where i.indrelid = l.oid and i.indisreplident and i.indisvalid)
         else false end`
)

func (s *Source) loadPublication(ctx context.Context, c *pgx.Conn) (*publication, error) {
	var p publication
	var comment string
	var usable bool
	err := c.QueryRow(ctx, publicationQuery, s.cfg.Publication).Scan(&p.AllTables, &p.ViaRoot, &p.Schemas, &comment, &usable, &p.Generated)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, s.explain("read publication", err)
	}
	p.Ours = usable && comment == s.publicationComment() && s.cfg.PublicationAutocreate != Disabled
	p.Tables = map[tableName][]string{}
	rows, err := c.Query(ctx, "select schemaname, tablename, attnames::text[] from pg_publication_tables where pubname = $1", s.cfg.Publication)
	if err != nil {
		return nil, s.explain("read publication", err)
	}
	var name tableName
	var columns []string
	_, err = pgx.ForEachRow(rows, []any{&name.Schema, &name.Table, &columns}, func() error {
		p.Tables[name] = columns
		columns = nil
		return nil
	})
	if err != nil {
		return nil, s.explain("read publication", err)
	}
	return &p, nil
}

func (s *Source) publicationComment() string { return "kept by cdc, pipeline " + s.pipeline }

// loadCandidates lists what could be published: partitions, or the tables that
// they are partitions of, as the publication has it or, without one, the
// configuration.
func (s *Source) loadCandidates(ctx context.Context, c *pgx.Conn, p *publication) ([]candidate, error) {
	viaRoot := s.cfg.PublishViaPartitionRoot
	if p != nil && !p.Ours {
		viaRoot = p.ViaRoot
	}

	rows, err := c.Query(ctx, candidateQuery)
	if err != nil {
		return nil, s.explain("read tables", err)
	}
	var list []candidate
	var t candidate
	_, err = pgx.ForEachRow(rows, []any{&t.Schema, &t.Table, &t.Partition, &t.Partitioned, &t.Identity}, func() error {
		if viaRoot && t.Partition || !viaRoot && t.Partitioned {
			return nil
		}
		t.Matched = s.tables.Match(t.Schema, t.Table)
		list = append(list, t)
		return nil
	})
	if err != nil {
		return nil, s.explain("read tables", err)
	}
	return list, nil
}

// keepPublication makes the publication when it is missing and may be made,
// and otherwise brings it in line with the tables, or reports where it isn't.
func (s *Source) keepPublication(ctx context.Context, c *pgx.Conn) error {
	p, err := s.loadPublication(ctx, c)
	if err != nil {
		return err
	}
	all, err := s.loadCandidates(ctx, c, p)
	if err != nil {
		return err
	}
	if p != nil {
		return s.reconcile(ctx, c, p, all)
	}
	form, err := s.publicationForm(ctx, c, all)
	if err != nil {
		return err
	}
	sql := "CREATE PUBLICATION " + quoteName(s.cfg.Publication) + form + s.withRoot()
	if s.cfg.PublicationAutocreate == Disabled {
		return fmt.Errorf("%w: publication %q doesn't exist; run: %s", event.ErrConfig, s.cfg.Publication, sql)
	}
	if err := s.changePublication(ctx, c, sql, s.commentSQL()); err != nil {
		return err
	}
	s.log.Info("made the publication", zap.String("publication", s.cfg.Publication), zap.String("statement", sql))
	s.reportLacking(&publication{}, all)
	return nil
}

// withRoot is the option that follows what is published.
func (s *Source) withRoot() string {
	if s.cfg.PublishViaPartitionRoot {
		return " WITH (publish_via_partition_root = true)"
	}
	return ""
}

func (s *Source) commentSQL() string {
	return "COMMENT ON PUBLICATION " + quoteName(s.cfg.Publication) + " IS " + quoteText(s.publicationComment())
}

// changePublication runs statements in one transaction, so that the stream
// never sees the publication missing. It doesn't wait long behind somebody's
// lock: the next check tries again.
func (s *Source) changePublication(ctx context.Context, c *pgx.Conn, statements ...string) error {
	err := pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
		for _, sql := range append([]string{"set local lock_timeout = '10s'"}, statements...) {
			if _, err := tx.Exec(ctx, sql); err != nil {
				return err
			}
		}
		return nil
	})
	var server *pgconn.PgError
	if errors.As(err, &server) && server.Code == codePrivilege {
		return fmt.Errorf("%w: %s (SQLSTATE %s); let the owner of the tables run: %s", event.ErrConfig, server.Message, server.Code, statements[0])
	}
	if err != nil {
		return s.explain("change publication", err)
	}
	return nil
}

// publicationForm is what follows the name in CREATE PUBLICATION.
func (s *Source) publicationForm(ctx context.Context, c *pgx.Conn, all []candidate) (string, error) {
	switch s.cfg.PublicationAutocreate {
	case AllTables:
		if bad := lacking(all, func(candidate) bool { return true }); len(bad) > 0 {
			return "", fmt.Errorf("%w: publication_autocreate: all_tables would make UPDATE and DELETE fail on %s, which has no replica identity; run: %s; or set filtered",
				event.ErrConfig, bad[0], identitySQL(bad[0]))
		}
		return " FOR ALL TABLES", nil
	case AutoPublication:
		if whole := wholeSchemas(s.cfg.Tables, all); whole != "" {
			var super bool
			if err := c.QueryRow(ctx, "select rolsuper from pg_roles where rolname = current_user").Scan(&super); err != nil {
				return "", s.explain("read role", err)
			}
			if super {
				return whole, nil
			}
		}
	case Filtered, Disabled:
	}
	return listForm(wanted(all, nil)), nil
}

// listForm is the form that names tables; none is possible, too.
func listForm(list []tableName) string {
	if len(list) == 0 {
		return ""
	}
	return " FOR TABLE " + tableList(list)
}

// wholeSchemas is the form for patterns that are nothing but whole schemas, all
// of whose tables have a replica identity; otherwise it is empty.
func wholeSchemas(patterns []string, all []candidate) string {
	var names []string
	for _, p := range patterns {
		schema, ok := strings.CutSuffix(p, ".*")
		if !ok || (schema != "*" && strings.ContainsAny(schema, `*?[\!.`)) {
			return ""
		}
		names = append(names, schema)
	}
	every := slices.Contains(names, "*")
	if len(lacking(all, func(t candidate) bool { return every || slices.Contains(names, t.Schema) })) > 0 {
		return ""
	}
	if every {
		return " FOR ALL TABLES"
	}
	for i, name := range names {
		if !slices.ContainsFunc(all, func(t candidate) bool { return t.Schema == name }) {
			return "" // perhaps it doesn't exist yet
		}
		names[i] = quoteName(name)
	}
	return " FOR TABLES IN SCHEMA " + strings.Join(names, ", ")
}

// wanted are the tables that belong into the publication and aren't in have.
func wanted(all []candidate, have *publication) []tableName {
	var list []tableName
	for _, t := range all {
		if t.Matched && t.Identity && !have.has(t.tableName) {
			list = append(list, t.tableName)
		}
	}
	return list
}

// lacking are the tables without a replica identity that take takes.
func lacking(all []candidate, take func(candidate) bool) []tableName {
	var list []tableName
	for _, t := range all {
		if !t.Identity && take(t) {
			list = append(list, t.tableName)
		}
	}
	return list
}

func tableList(list []tableName) string {
	quoted := make([]string, len(list))
	for i, t := range list {
		quoted[i] = "ONLY " + quoteTable(t.Schema, t.Table)
	}
	return strings.Join(quoted, ", ")
}

func identitySQL(t tableName) string {
	return "ALTER TABLE " + quoteTable(t.Schema, t.Table) + " REPLICA IDENTITY FULL"
}

// reconcile compares the publication with the tables.
func (s *Source) reconcile(ctx context.Context, c *pgx.Conn, p *publication, all []candidate) error {
	defer s.reported.look()()
	name := quoteName(s.cfg.Publication)
	harmed := lacking(all, func(t candidate) bool { return p.has(t.tableName) })
	missing := wanted(all, p)
	if p.Ours && p.ViaRoot != s.cfg.PublishViaPartitionRoot {
		sql := fmt.Sprintf("ALTER PUBLICATION %s SET (publish_via_partition_root = %t)", name, s.cfg.PublishViaPartitionRoot)
		if err := s.changePublication(ctx, c, sql); err != nil {
			return err
		}
		s.log.Info("changed the publication", zap.String("statement", sql))
	}
	var err error
	switch {
	case p.Ours && len(harmed) > 0 && (p.Schemas || p.AllTables) && s.cfg.PublicationAutocreate != AllTables:
		err = s.changePublication(ctx, c, "DROP PUBLICATION "+name, "CREATE PUBLICATION "+name+listForm(wanted(all, nil))+s.withRoot(), s.commentSQL())
		s.logChange("a table without a replica identity appeared: the publication is a list of tables now", harmed, err)
	case p.Ours && len(missing) > 0:
		err = s.changePublication(ctx, c, "ALTER PUBLICATION "+name+" ADD TABLE "+tableList(missing))
		s.logChange("added tables to the publication: their changes are captured from now on, rows written before are not", missing, err)
	case len(missing) > 0:
		s.report("tables match but aren't in the publication, which isn't this pipeline's: their changes are not captured", missing,
			"ALTER PUBLICATION "+name+" ADD TABLE "+tableList(missing))
	}
	s.reportLacking(p, all)
	if errors.Is(err, event.ErrConfig) {
		s.report("the publication can't be changed", missing, err.Error())
		return nil
	}
	return err
}

func (s *Source) logChange(what string, list []tableName, err error) {
	if err == nil {
		s.log.Info(what, zap.String("publication", s.cfg.Publication), zap.Stringers("tables", list))
	}
}

// reportLacking tells of tables that can't be published, and of those that are
// though they lack a replica identity.
func (s *Source) reportLacking(p *publication, all []candidate) {
	for _, t := range lacking(all, func(t candidate) bool { return t.Matched || p.has(t.tableName) }) {
		text := "a table that matches has no replica identity and isn't published: its changes are not captured"
		if p.has(t) {
			text = "a published table has no replica identity: PostgreSQL refuses every UPDATE and DELETE on it"
		}
		s.report(text, []tableName{t}, identitySQL(t))
	}
}

// report warns, once for the same text.
func (s *Source) report(text string, tables []tableName, mend string) {
	key := fmt.Sprint(text, tables)
	s.reported.note(fmt.Sprintf("%s: %v; mend: %s", text, tables, mend))
	if s.reported.add(key) {
		s.log.Warn(text, zap.String("publication", s.cfg.Publication), zap.Stringers("tables", tables), zap.String("mend", mend))
	}
}
