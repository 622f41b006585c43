package binlog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.uber.org/zap"

	"cdc/binlog/ddl"
	"cdc/event"
)

// Doctor connects once and reports what it finds: settings, grants, and the
// tables that would be captured.
func (s *Source) Doctor(ctx context.Context) []event.Finding {
	e, err := newEndpoint(&s.config)
	if err != nil {
		return []event.Finding{{Level: event.LevelFail, Check: "connection", Detail: err.Error()}}
	}
	c, err := e.connect(ctx)
	if err != nil {
		return []event.Finding{{
			Level: event.LevelFail, Check: "connection", Detail: err.Error(),
			Fix: "check host, port, user, password and tls of the source, and that the server is up",
		}}
	}
	defer c.hangUp()
	srv, err := c.ask(ctx)
	if err != nil {
		return []event.Finding{{Level: event.LevelFail, Check: "settings", Detail: err.Error()}}
	}
	list := []event.Finding{ok("connection", fmt.Sprintf("%s %s at %s", srv.flavor, srv.version, e.addr))}
	list = append(list, s.settings(srv)...)
	list = append(list, s.grants(ctx, c, srv)...)
	list = append(list, c.filters(ctx, srv)...)
	return append(list, s.tables(ctx, c, srv)...)
}

func ok(check, detail string) event.Finding {
	return event.Finding{Level: event.LevelOK, Check: check, Detail: detail}
}

func fail(check, detail, fix string) event.Finding {
	return event.Finding{Level: event.LevelFail, Check: check, Detail: detail, Fix: fix}
}

func warn(check, detail, fix string) event.Finding {
	return event.Finding{Level: event.LevelWarn, Check: check, Detail: detail, Fix: fix}
}

// settings checks the server's global variables.
func (s *Source) settings(srv *server) []event.Finding {
	if srv.flavor != s.flavor {
		return []event.Finding{fail("flavor", fmt.Sprintf("the server is %s %s, the source is configured as %s", srv.flavor, srv.version, s.flavor),
			fmt.Sprintf("write source: {%s: ...}", srv.flavor))}
	}
	var list []event.Finding
	oldest := 800
	if srv.flavor == MariaDB {
		oldest = 1005
	}
	if n := srv.number(); n != 0 && n < oldest {
		list = append(list, fail("version", fmt.Sprintf("%s is too old", srv.version), fmt.Sprintf("upgrade to %d.%d or later", oldest/100, oldest%100)))
	}
	if !srv.is("log_bin", "ON") {
		return append(list, fail("log_bin", "the binlog is off", "set log_bin=binlog and a server_id in the server's configuration file, and restart it"))
	}
	list = append(list, s.querySetting(srv)...)
	list = append(list, srv.must("binlog_format", "ROW"), s.rowImage(srv), srv.metadata())
	if srv.flavor == MySQL && !srv.gtid {
		list = append(list, warn("gtid_mode", "GTIDs are off: the position is a file and an offset, which hold on this server only", "SET GLOBAL gtid_mode=ON, by the steps of the manual"))
	}
	if srv.is("server_id", "0") {
		list = append(list, fail("server_id", "the server has no server_id: it takes no replicas", "SET GLOBAL server_id=1, and set it in the configuration file"))
	}
	return list
}

// querySetting checks that the log holds the statements, when they are asked for.
func (s *Source) querySetting(srv *server) []event.Finding {
	if !s.config.Capture.Query {
		return nil
	}
	variable := "binlog_rows_query_log_events"
	if srv.flavor == MariaDB {
		variable = "binlog_annotate_row_events"
	}
	if srv.is(variable, "ON") {
		return []event.Finding{ok(variable, "ON")}
	}
	return []event.Finding{warn(variable, "is OFF: include_query finds no statements in the log, but of sessions that have turned it on",
		fmt.Sprintf("SET GLOBAL %s=ON, and set it in the server's configuration file; sessions that are open keep the old value", variable))}
}

// rowImage checks that rows come whole, unless others are taken as well.
func (s *Source) rowImage(srv *server) event.Finding {
	const variable, whole = "binlog_row_image", "FULL"
	have := srv.vars[variable]
	if !s.config.AcceptPartialRowImages || strings.EqualFold(have, whole) {
		return srv.must(variable, whole)
	}
	return warn(variable, "is "+have+": for what the log lacks of a row the placeholder stands in its events, and the pipeline stops at a column whose type has none; so it is for a JSON column that was changed in part", "SET GLOBAL "+variable+"="+whole)
}

// metadata looks at what table maps hold. Without names the history of the
// schema must do.
func (s *server) metadata() event.Finding {
	f := s.must("binlog_row_metadata", "FULL")
	if have, known := s.vars["binlog_row_metadata"]; known && f.Level == event.LevelFail {
		f.Level = event.LevelWarn
		f.Detail = fmt.Sprintf("is %s: the log has no column names, so tables are followed by their statements in the log, and the pipeline stops at the first row that doesn't fit", have)
	}
	return f
}

func (s *server) must(variable, value string) event.Finding {
	have, known := s.vars[variable]
	switch {
	case strings.EqualFold(have, value):
		return ok(variable, have)
	case !known:
		return fail(variable, "the server doesn't know it: it is too old", "upgrade the server")
	default:
		return fail(variable, fmt.Sprintf("is %s, must be %s", have, value),
			fmt.Sprintf("SET GLOBAL %s='%s', and set it in the server's configuration file; sessions that are open keep the old value", variable, value))
	}
}

// failed makes one error of the findings that forbid a start.
func failed(list []event.Finding) error {
	var all []error
	for _, f := range list {
		if f.Level == event.LevelFail {
			text := f.Check + ": " + f.Detail
			if f.Fix != "" {
				text += ": " + f.Fix
			}
			all = append(all, errors.New(text))
		}
	}
	if len(all) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %w", event.ErrConfig, errors.Join(all...))
}

// grants checks what the user may do, by doing it where that changes nothing.
func (s *Source) grants(ctx context.Context, c *control, srv *server) []event.Finding {
	r, err := c.rows(ctx, "SHOW GRANTS")
	if err != nil {
		return []event.Finding{warn("grants", err.Error(), "")}
	}
	var all []string
	for i := range r.RowNumber() {
		all = append(all, strings.ToUpper(text(r, i, 0)))
	}
	user := "'" + s.config.User + "'@'%'"
	var list []event.Finding
	for _, needed := range neededGrants(srv) {
		switch {
		case granted(all, needed):
			list = append(list, ok("grants", needed[0]))
		case throughRole(all):
			list = append(list, ok("grants", needed[0]+" may come from a role"))
		default:
			list = append(list, fail("grants", fmt.Sprintf("user %q doesn't have %s", s.config.User, needed[0]), fmt.Sprintf("GRANT %s ON *.* TO %s", needed[0], user)))
		}
	}
	return append(list, s.replica(ctx, c, srv)...)
}

// neededGrants lists, for each thing that is done, the privileges of which one
// is enough.
func neededGrants(srv *server) [][]string {
	if srv.flavor == MariaDB {
		return [][]string{{"REPLICATION SLAVE", "REPLICATION REPLICA"}, {"BINLOG MONITOR", "REPLICATION CLIENT", "SUPER"}}
	}
	return [][]string{{"REPLICATION SLAVE"}, {"REPLICATION CLIENT", "SUPER"}}
}

// throughRole reports whether the user has a role, of which the list says
// nothing.
func throughRole(grants []string) bool {
	return slices.ContainsFunc(grants, func(g string) bool { return !strings.Contains(g, " ON ") })
}

// granted reports whether some global grant names one of the privileges.
func granted(grants, privileges []string) bool {
	for _, g := range grants {
		head, rest, found := strings.Cut(g, " ON ")
		if !found || !strings.HasPrefix(rest, "*.*") {
			continue
		}
		for have := range strings.SplitSeq(strings.TrimPrefix(head, "GRANT "), ",") {
			have = strings.TrimSpace(have)
			if have == "ALL PRIVILEGES" || slices.Contains(privileges, have) {
				return true
			}
		}
	}
	return false
}

// replica checks that a server that replicates itself logs what it applies.
func (s *Source) replica(ctx context.Context, c *control, srv *server) []event.Finding {
	r, err := c.rows(ctx, "SHOW REPLICA STATUS")
	if err != nil { // the old words, for MySQL before 8.0.22
		r, err = c.rows(ctx, "SHOW SLAVE STATUS")
	}
	if err != nil || r.RowNumber() == 0 {
		return nil // not a replica, or not ours to know
	}
	if srv.is("log_replica_updates", "ON") || srv.is("log_slave_updates", "ON") {
		return []event.Finding{ok("log_replica_updates", "ON")}
	}
	return []event.Finding{fail("log_replica_updates", "the server is a replica and doesn't log what it applies", "set log_replica_updates=ON (MariaDB: log_slave_updates=ON) in its configuration file and restart it, or read its source")}
}

// filters reports databases whose changes the server doesn't log.
func (c *control) filters(ctx context.Context, srv *server) []event.Finding {
	r, err := c.rows(ctx, srv.statusStatement())
	if err != nil || r.RowNumber() == 0 {
		return nil // other findings say why
	}
	const doDB, ignoreDB = 2, 3
	var list []event.Finding
	for column, option := range map[int]string{doDB: "binlog_do_db", ignoreDB: "binlog_ignore_db"} {
		if v := text(r, 0, column); v != "" {
			list = append(list, warn(option, fmt.Sprintf("is %s: the server leaves changes out of the binlog", v), "remove "+option+" from the server's configuration file and restart it"))
		}
	}
	return list
}

// Schemas returns the tables that would be captured as the server has them now.
func (s *Source) Schemas(ctx context.Context) ([]*event.Schema, error) {
	e, err := newEndpoint(&s.config)
	if err != nil {
		return nil, err
	}
	c, err := e.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer c.hangUp()
	names, err := c.listTables(ctx, s.match)
	if err != nil {
		return nil, err
	}
	list, err := s.schemas(ctx, c, names)
	out := make([]*event.Schema, len(list))
	for i := range list {
		out[i] = list[i].schema
	}
	return out, err
}

// tableAndSchema is a table with its facts.
type tableAndSchema struct {
	facts  *ddl.Table
	schema *event.Schema
}

// schemas describes tables; one that is gone meanwhile is left out.
func (s *Source) schemas(ctx context.Context, c *control, names []ddl.Name) ([]tableAndSchema, error) {
	list := make([]tableAndSchema, 0, len(names))
	for _, n := range names {
		f, err := c.tableFacts(ctx, s.flavor, n)
		if err != nil {
			return nil, err
		}
		if f == nil {
			continue
		}
		schema, err := schemaOf(f, s.flavor)
		if err != nil {
			return nil, err
		}
		schema.Version, schema.Old = 1, s.config.oldRows()
		s.config.Capture.Keys.Apply(schema)
		list = append(list, tableAndSchema{f, schema})
	}
	return list, nil
}

// warnings logs what isn't right but doesn't forbid a start.
func (s *Source) warnings(list []event.Finding) {
	for _, f := range list {
		if f.Level == event.LevelWarn {
			s.log.Warn(f.Check+": "+f.Detail, zap.String("fix", f.Fix))
		}
	}
}
