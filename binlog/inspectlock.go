package binlog

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cdc/binlog/ddl"
	"cdc/event"
)

// snapshotLock checks that a snapshot can have its short lock, where the server
// needs one: a snapshot looks for the same, see opener.open.
func (s *Source) snapshotLock(ctx context.Context, c *control, srv *server, tables []described) []event.Finding {
	const check = "snapshot lock"
	status, err := c.snapshotStatus(ctx)
	if err != nil {
		return []event.Finding{warn(check, err.Error(), "")}
	}
	if _, places := status["binlog_snapshot_gtid_executed"]; places || len(status) > 0 && (srv.flavor == MariaDB || !srv.gtid) {
		return []event.Finding{ok(check, "not needed")}
	}
	r, err := c.rows(ctx, "SHOW GRANTS")
	if err != nil {
		return nil // the finding on grants says why
	}
	grants := make([]string, r.RowNumber())
	for i := range grants {
		grants[i] = strings.ToUpper(text(r, i, 0))
	}
	return s.lockFindings(check, grants, databasesOf(tables))
}

func (s *Source) lockFindings(check string, grants, databases []string) []event.Finding {
	switch lacking := mayNotLock(grants, databases); {
	case granted(grants, []string{"RELOAD", "FLUSH_TABLES"}):
		return []event.Finding{ok(check, "RELOAD")}
	case len(lacking) == 0:
		return []event.Finding{ok(check, "LOCK TABLES")}
	case throughRole(grants):
		return []event.Finding{ok(check, "LOCK TABLES or RELOAD may come from a role")}
	default:
		return []event.Finding{fail(check, fmt.Sprintf("user %q may neither lock the tables of %s nor all, which a snapshot does for a moment", s.config.User, strings.Join(lacking, ", ")),
			s.lockGrants(lacking))}
	}
}

// databasesOf lists the databases of tables, which are in the order of their
// names.
func databasesOf(tables []described) []string {
	var list []string
	for _, t := range tables {
		list = append(list, t.name.Database)
	}
	return slices.Compact(list)
}

// mayNotLock are the databases for which no grant, in upper case, gives LOCK
// TABLES.
func mayNotLock(grants, databases []string) []string {
	if granted(grants, []string{"LOCK TABLES"}) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(databases), func(database string) bool {
		return slices.ContainsFunc(grants, func(g string) bool { return locks(g, strings.ToUpper(database)) })
	})
}

// locks reports whether a grant on a whole database gives LOCK TABLES on this
// one. Its name may be a pattern as of LIKE.
func locks(grant, database string) bool {
	head, rest, found := strings.Cut(strings.TrimPrefix(grant, "GRANT "), " ON `")
	name, _, whole := strings.Cut(rest, "`.* ")
	if !found || !whole || !like(strings.ReplaceAll(name, "``", "`"), database) {
		return false
	}
	for p := range strings.SplitSeq(head, ",") {
		if p = strings.TrimSpace(p); p == "LOCK TABLES" || p == "ALL PRIVILEGES" {
			return true
		}
	}
	return false
}

// like matches a name with a pattern of %, _ and backslashes.
func like(pattern, name string) bool {
	if pattern == "" {
		return name == ""
	}
	switch c := pattern[0]; {
	case c == '%':
		return like(pattern[1:], name) || name != "" && like(pattern, name[1:])
	case c == '\\' && len(pattern) > 1:
		return name != "" && name[0] == pattern[1] && like(pattern[2:], name[1:])
	default:
		return name != "" && (c == '_' || c == name[0]) && like(pattern[1:], name[1:])
	}
}

// lockGrants are the statements that let a snapshot lock.
func (s *Source) lockGrants(databases []string) string {
	if len(databases) == 0 {
		return "GRANT RELOAD ON *.* TO " + s.account()
	}
	list := make([]string, len(databases))
	for i, d := range databases {
		list[i] = fmt.Sprintf("GRANT LOCK TABLES ON %s.* TO %s", ddl.Identifier(d), s.account())
	}
	return strings.Join(list, "; ") + " (or, for all databases, GRANT RELOAD ON *.* TO " + s.account() + ")"
}

// noLock is the error of a snapshot that may not lock.
func (o *opener) noLock(ctx context.Context, c *control) error {
	tables, err := c.describeTables(ctx, o.source.match)
	if err != nil {
		return err
	}
	return fmt.Errorf("%w: user %q may neither lock the captured tables nor all: %s",
		event.ErrConfig, o.source.config.User, o.source.lockGrants(databasesOf(tables)))
}
