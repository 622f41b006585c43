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
	Tables    map[tableName]bool
}

type tableName struct{ Schema, Table string }

func (t tableName) String() string { return t.Schema + "." + t.Table }

// candidate is a table that could be published.
type candidate struct {
	tableName
	Partition bool // of another table
	Identity  bool // has a replica identity, so that it can be published without harm
	Matched   bool // the patterns take it
}

const publicationQuery = `
select p.puballtables, p.pubviaroot, exists(select from pg_publication_namespace n where n.pnpubid = p.oid),
       coalesce(obj_description(p.oid, 'pg_publication'), ''), pg_has_role(p.pubowner, 'USAGE')
from pg_publication p where p.pubname = $1`

// candidateQuery: a partitioned table has no rows of its own; its partitions
// are tables like others.
const candidateQuery = `
select n.nspname, c.relname, c.relispartition, case c.relreplident
         when 'f' then true
         when 'd' then exists(select from pg_index i where i.indrelid = c.oid and i.indisprimary and i.indisvalid)
         when 'i' then exists(select from pg_index i where i.indrelid = c.oid and i.indisreplident and i.indisvalid)
         else false end
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and c.relpersistence = 'p' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by 1, 2`

func (s *Source) loadPublication(ctx context.Context, c *pgx.Conn) (*publication, error) {
	var p publication
	var comment string
	var usable bool
	err := c.QueryRow(ctx, publicationQuery, s.cfg.Publication).Scan(&p.AllTables, &p.ViaRoot, &p.Schemas, &comment, &usable)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, s.explain("read publication", err)
	}
	p.Ours = usable && comment == s.publicationComment() && s.cfg.PublicationAutocreate != Disabled
	p.Tables = map[tableName]bool{}
	rows, err := c.Query(ctx, "select schemaname, tablename from pg_publication_tables where pubname = $1", s.cfg.Publication)
	if err != nil {
		return nil, s.explain("read publication", err)
	}
	var name tableName
	_, err = pgx.ForEachRow(rows, []any{&name.Schema, &name.Table}, func() error {
		p.Tables[name] = true
		return nil
	})
	if err != nil {
		return nil, s.explain("read publication", err)
	}
	return &p, nil
}

func (s *Source) publicationComment() string { return "kept by cdc, pipeline " + s.pipeline }

func (s *Source) loadCandidates(ctx context.Context, c *pgx.Conn) ([]candidate, error) {
	rows, err := c.Query(ctx, candidateQuery)
	if err != nil {
		return nil, s.explain("read tables", err)
	}
	var list []candidate
	var t candidate
	_, err = pgx.ForEachRow(rows, []any{&t.Schema, &t.Table, &t.Partition, &t.Identity}, func() error {
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
	all, err := s.loadCandidates(ctx, c)
	if err != nil {
		return err
	}
	if p != nil && p.ViaRoot && !p.Ours { // then the roots matter
		all = slices.DeleteFunc(all, func(t candidate) bool { return t.Partition })
	}
	if p != nil {
		return s.reconcile(ctx, c, p, all)
	}
	form, err := s.publicationForm(ctx, c, all)
	if err != nil {
		return err
	}
	sql := "CREATE PUBLICATION " + quoteName(s.cfg.Publication) + form
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
func wanted(all []candidate, have map[tableName]bool) []tableName {
	var list []tableName
	for _, t := range all {
		if t.Matched && t.Identity && !have[t.tableName] {
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
	harmed := lacking(all, func(t candidate) bool { return p.Tables[t.tableName] })
	missing := wanted(all, p.Tables)
	var err error
	switch {
	case p.Ours && len(harmed) > 0 && (p.Schemas || p.AllTables) && s.cfg.PublicationAutocreate != AllTables:
		err = s.changePublication(ctx, c, "DROP PUBLICATION "+name, "CREATE PUBLICATION "+name+listForm(wanted(all, nil)), s.commentSQL())
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
	for _, t := range lacking(all, func(t candidate) bool { return t.Matched || p.Tables[t.tableName] }) {
		text := "a table that matches has no replica identity and isn't published: its changes are not captured"
		if p.Tables[t] {
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
