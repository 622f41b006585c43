package pgwal

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"cdc/event"
)

// Schemas returns the tables that the configuration takes and that are, or will
// be, published, as they are now.
func (s *Source) Schemas(ctx context.Context) ([]*event.Schema, error) {
	c, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer closeConn(ctx, c)
	captured, p, err := s.captured(ctx, c)
	if err != nil {
		return nil, err
	}
	var list []*event.Schema
	for _, f := range captured {
		schema, _ := f.schema(s.cfg.Database, p.columnsOf(f), &s.cfg.Capture)
		list = append(list, schema)
	}
	return list, nil
}

// captured finds the tables whose changes will come, and the publication, nil for
// none yet.
func (s *Source) captured(ctx context.Context, c *pgx.Conn) ([]*tableFacts, *publication, error) {
	p, err := s.loadPublication(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	all, err := s.loadCandidates(ctx, c, p)
	if err != nil {
		return nil, nil, err
	}
	takes := map[tableName]bool{}
	for _, t := range all {
		takes[t.tableName] = t.Matched && (p.has(t.tableName) || t.Identity && (p == nil || p.Ours))
	}
	facts, err := loadFacts(ctx, c, func(schema, table string) bool { return takes[tableName{schema, table}] })
	return facts, p, err
}

// Doctor looks at everything that capture needs on the server and says how to
// mend what is wrong. It changes nothing.
func (s *Source) Doctor(ctx context.Context) []event.Finding {
	c, err := s.connect(ctx)
	if err != nil {
		return []event.Finding{failed("connection", err)}
	}
	defer closeConn(ctx, c)
	findings := []event.Finding{fine("connection", "connected to %s, database %s", s.cfg.Host, s.cfg.Database)}
	for _, check := range []struct {
		name string
		run  func(context.Context, *pgx.Conn) ([]event.Finding, error)
	}{
		{"server settings", s.doctorServer},
		{"role", s.doctorRole},
		{"replication connection", s.doctorReplication},
		{"slot", s.doctorSlot},
		{"publication", s.doctorPublication},
		{"tables", s.doctorTables},
	} {
		list, err := check.run(ctx, c)
		findings = append(findings, list...)
		if err != nil {
			findings = append(findings, failed(check.name, err))
		}
	}
	return findings
}

func fine(check, detail string, args ...any) event.Finding {
	return event.Finding{Level: event.LevelOK, Check: check, Detail: fmt.Sprintf(detail, args...)}
}

// failed makes a finding of an error, whose text may end with what mends it.
func failed(check string, err error) event.Finding {
	f := event.Finding{Level: event.LevelFail, Check: check, Detail: err.Error()}
	if detail, fix, ok := strings.Cut(f.Detail, "; "); ok {
		f.Detail, f.Fix = detail, strings.TrimPrefix(fix, "run: ")
	}
	for _, kind := range []error{event.ErrConfig, event.ErrPositionLost, event.ErrUnsupported} {
		if errors.Is(err, kind) {
			f.Detail = strings.TrimPrefix(f.Detail, kind.Error()+": ")
		}
	}
	return f
}

func (s *Source) doctorServer(ctx context.Context, c *pgx.Conn) ([]event.Finding, error) {
	server, err := s.loadServer(ctx, c)
	if err == nil {
		err = server.check()
	}
	if err != nil {
		return nil, err
	}
	return []event.Finding{fine("server settings", "PostgreSQL %d.%d, wal_level %s", server.Version/10000, server.Version%10000, server.WALLevel)}, nil
}

// roleQuery: on managed servers a membership stands for the attribute.
const roleQuery = `
select rolsuper or rolreplication or exists(
         select from pg_auth_members m join pg_roles g on g.oid = m.roleid
         where m.member = r.oid and g.rolname in ('rds_replication', 'cloudsqlsuperuser', 'azure_pg_admin'))
from pg_roles r where rolname = current_user`

func (s *Source) doctorRole(ctx context.Context, c *pgx.Conn) ([]event.Finding, error) {
	var may bool
	if err := c.QueryRow(ctx, roleQuery).Scan(&may); err != nil {
		return nil, s.explain("read role", err)
	}
	if !may {
		return []event.Finding{{
			Level: event.LevelFail, Check: "role", Detail: "role " + s.cfg.User + " has no REPLICATION attribute",
			Fix: "ALTER ROLE " + quoteName(s.cfg.User) + " WITH LOGIN REPLICATION",
		}}, nil
	}
	return []event.Finding{fine("role", "role %s may replicate", s.cfg.User)}, nil
}

func (s *Source) doctorReplication(ctx context.Context, _ *pgx.Conn) ([]event.Finding, error) {
	repl, _, err := s.connectReplication(ctx)
	if err != nil {
		return nil, err
	}
	defer repl.Close(ctx)
	id, end, err := s.identifySystem(ctx, repl)
	if err != nil {
		return nil, err
	}
	return []event.Finding{fine("replication connection", "system identifier %s, log ends at %s", id.System, lsn(end))}, nil
}

const freeSlotsQuery = `select current_setting('max_replication_slots')::int - (select count(*) from pg_replication_slots)::int`

func (s *Source) doctorSlot(ctx context.Context, c *pgx.Conn) ([]event.Finding, error) {
	slot, err := s.loadSlot(ctx, c, s.cfg.Slot)
	if err != nil {
		return nil, err
	}
	if slot == nil {
		return s.doctorNoSlot(ctx, c)
	}
	if err := s.checkSlot(s.cfg.Slot, slot); err != nil {
		return nil, err
	}
	f := fine("slot", "slot %s is confirmed up to %s, wal_status %s", s.cfg.Slot, lsn(slot.Confirmed), slot.WALStatus)
	switch {
	case slot.ActivePID != 0 && !slot.HolderIsOurs:
		f.Level = event.LevelWarn
		f.Detail = fmt.Sprintf("slot %s is in use by process %d (application %q, from %s)", s.cfg.Slot, slot.ActivePID, slot.Holder, slot.HolderAddress)
		f.Fix = fmt.Sprintf("SELECT pg_terminate_backend(%d)", slot.ActivePID)
	case slot.WALStatus == "unreserved":
		f.Level = event.LevelWarn
		f.Fix = "ALTER SYSTEM SET max_slot_wal_keep_size = -1; SELECT pg_reload_conf(); and let the pipeline catch up"
	}
	return []event.Finding{f}, nil
}

func (s *Source) doctorNoSlot(ctx context.Context, c *pgx.Conn) ([]event.Finding, error) {
	if !s.cfg.SlotAutocreate {
		return nil, s.noSlot()
	}
	var free int
	if err := c.QueryRow(ctx, freeSlotsQuery).Scan(&free); err != nil {
		return nil, s.explain("read slots", err)
	}
	if free < 1 {
		return []event.Finding{{
			Level: event.LevelFail, Check: "slot", Detail: "all replication slots of the server are taken",
			Fix: "drop one that nobody needs, or ALTER SYSTEM SET max_replication_slots = <more> and restart the server",
		}}, nil
	}
	return []event.Finding{fine("slot", "slot %s will be made at the first start", s.cfg.Slot)}, nil
}

func (s *Source) doctorPublication(ctx context.Context, c *pgx.Conn) ([]event.Finding, error) {
	p, err := s.loadPublication(ctx, c)
	if err != nil {
		return nil, err
	}
	all, err := s.loadCandidates(ctx, c, p)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return s.doctorNoPublication(ctx, c, all)
	}
	var list []event.Finding
	missing, why := wanted(all, p), "which isn't this pipeline's"
	if p.Ours { // what the role owns will be added
		if missing, err = s.notOwned(ctx, c, missing); err != nil {
			return nil, err
		}
		why = "whose owner doesn't own the tables"
	}
	if len(missing) > 0 {
		list = append(list, event.Finding{
			Level: event.LevelWarn, Check: "publication",
			Detail: fmt.Sprintf("publication %s, %s, lacks %v", s.cfg.Publication, why, missing),
			Fix:    "ALTER PUBLICATION " + quoteName(s.cfg.Publication) + " ADD TABLE " + tableList(missing),
		})
	}
	for _, t := range lacking(all, func(t candidate) bool { return p.has(t.tableName) }) {
		list = append(list, event.Finding{
			Level: event.LevelFail, Check: "publication",
			Detail: fmt.Sprintf("%s is published and has no replica identity: PostgreSQL refuses every UPDATE and DELETE on it", t),
			Fix:    identitySQL(t),
		})
	}
	if len(list) == 0 {
		list = append(list, fine("publication", "publication %s has %d tables", s.cfg.Publication, len(p.Tables)))
	}
	return list, nil
}

// doctorNoPublication checks whether the publication can be made.
func (s *Source) doctorNoPublication(ctx context.Context, c *pgx.Conn, all []candidate) ([]event.Finding, error) {
	form, err := s.publicationForm(ctx, c, all)
	if err != nil {
		return nil, err
	}
	sql := "CREATE PUBLICATION " + quoteName(s.cfg.Publication) + form + s.withRoot()
	if s.cfg.PublicationAutocreate == Disabled {
		return []event.Finding{{Level: event.LevelFail, Check: "publication", Detail: "publication " + s.cfg.Publication + " doesn't exist", Fix: sql}}, nil
	}
	var mayCreate bool
	if err := c.QueryRow(ctx, "select has_database_privilege(current_database(), 'create')").Scan(&mayCreate); err != nil {
		return nil, s.explain("read grants", err)
	}
	alien, err := s.notOwned(ctx, c, wanted(all, nil))
	if err != nil {
		return nil, err
	}
	if !mayCreate || len(alien) > 0 {
		return []event.Finding{{
			Level: event.LevelFail, Check: "publication",
			Detail: fmt.Sprintf("role %s can't make publication %s: it needs CREATE on the database and to own the tables", s.cfg.User, s.cfg.Publication),
			Fix:    sql,
		}}, nil
	}
	return []event.Finding{fine("publication", "will be made at the first start: %s", sql)}, nil
}

const ownedQuery = `
select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and pg_has_role(c.relowner, 'USAGE')`

// notOwned are the tables whose owner the role isn't.
func (s *Source) notOwned(ctx context.Context, c *pgx.Conn, tables []tableName) ([]tableName, error) {
	rows, err := c.Query(ctx, ownedQuery)
	if err != nil {
		return nil, s.explain("read owners", err)
	}
	owned, err := pgx.CollectRows(rows, pgx.RowToStructByPos[tableName])
	if err != nil {
		return nil, s.explain("read owners", err)
	}
	has := map[tableName]bool{}
	for _, t := range owned {
		has[t] = true
	}
	var list []tableName
	for _, t := range tables {
		if !has[t] {
			list = append(list, t)
		}
	}
	return list, nil
}

func (s *Source) doctorTables(ctx context.Context, c *pgx.Conn) ([]event.Finding, error) {
	captured, p, err := s.captured(ctx, c)
	if err != nil {
		return nil, err
	}
	all, err := s.loadCandidates(ctx, c, p)
	if err != nil {
		return nil, err
	}
	var list []event.Finding
	for _, t := range lacking(all, func(t candidate) bool { return t.Matched }) {
		list = append(list, event.Finding{
			Level: event.LevelWarn, Check: "replica identity",
			Detail: fmt.Sprintf("%s matches, but has neither a primary key nor another replica identity: it is not captured", t),
			Fix:    identitySQL(t),
		})
	}
	for _, f := range captured {
		more, err := s.doctorTable(ctx, c, f, p)
		if err != nil {
			return list, err
		}
		list = append(list, more...)
	}
	if len(captured) == 0 {
		list = append(list, event.Finding{
			Level: event.LevelWarn, Check: "tables", Detail: fmt.Sprintf("no table matches %q yet", s.cfg.Tables),
			Fix: "check tables: patterns are schema.table, not database.table",
		})
	} else {
		list = append(list, fine("tables", "%d tables are captured", len(captured)))
	}
	return list, nil
}

// doctorTable checks what the snapshot needs of one table.
func (s *Source) doctorTable(ctx context.Context, c *pgx.Conn, f *tableFacts, p *publication) ([]event.Finding, error) {
	name := quoteTable(f.Namespace, f.Table)
	list := s.doctorColumns(f, p)
	var mayRead, hidesRows bool
	err := c.QueryRow(ctx, "select has_table_privilege($1::oid, 'select') and has_schema_privilege($2::text, 'usage'), row_security_active($1::oid)",
		f.OID, f.Namespace).Scan(&mayRead, &hidesRows)
	if err != nil {
		return list, s.explain("read grants", err)
	}
	if !mayRead {
		list = append(list, event.Finding{
			Level: event.LevelFail, Check: "grants", Detail: "role " + s.cfg.User + " can't read " + name + " for a snapshot",
			Fix: "GRANT USAGE ON SCHEMA " + quoteName(f.Namespace) + " TO " + quoteName(s.cfg.User) + "; GRANT SELECT ON " + name + " TO " + quoteName(s.cfg.User),
		})
	}
	if hidesRows {
		list = append(list, event.Finding{
			Level: event.LevelFail, Check: "row security", Detail: "row security of " + name + " hides rows from role " + s.cfg.User + " in a snapshot",
			Fix: "ALTER ROLE " + quoteName(s.cfg.User) + " BYPASSRLS",
		})
	}
	return list, nil
}

// doctorColumns looks for columns that are left out, and for a record key that
// isn't the primary key.
func (s *Source) doctorColumns(f *tableFacts, p *publication) []event.Finding {
	schema, formless := f.schema(s.cfg.Database, p.columnsOf(f), &s.cfg.Capture)
	var list []event.Finding
	for i := range formless {
		list = append(list, event.Finding{
			Level: event.LevelWarn, Check: "column types",
			Detail: fmt.Sprintf("column %q of %s is left out: its type %s has no form in an event", formless[i].Name, f.name(), formless[i].TypeName),
			Fix:    "set events.include_unknown_datatypes: true to have its text as bytes",
		})
	}
	if f.KeyMoved {
		list = append(list, event.Finding{
			Level: event.LevelWarn, Check: "replica identity",
			Detail: fmt.Sprintf("the replica identity of %s is an index without the columns of the primary key: the record key is %s", f.name(), schema.KeyNames()),
			Fix:    "ALTER TABLE " + quoteTable(f.Namespace, f.Table) + " REPLICA IDENTITY DEFAULT",
		})
	}
	return list
}
