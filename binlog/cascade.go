package binlog

import (
	"context"
	"fmt"
	"strings"

	"cdc/binlog/ddl"
	"cdc/event"
)

// cascades warns of foreign keys by which the server changes rows of a table
// without logging it. The list of constraints in the catalogue hides those of
// tables that one may only read on MariaDB; the table's definition doesn't.
func (c *control) cascades(ctx context.Context, n ddl.Name, way string) []event.Finding {
	r, err := c.rows(ctx, "SHOW CREATE TABLE "+n.SQL())
	if err != nil || r.RowNumber() == 0 {
		return nil // dropped meanwhile, or what else keeps it from being read has its finding
	}
	if way != "" {
		way += ", or "
	}
	var list []event.Finding
	for _, k := range ddl.CascadingKeys(text(r, 0, 1), n.Database) {
		list = append(list, warn("foreign keys",
			fmt.Sprintf("foreign key %s of table %s (%s) changes rows together with those of %s, and the server doesn't write these changes to the binlog", k.Name, n, strings.Join(k.Rules, " "), k.Parent),
			fmt.Sprintf("%sALTER TABLE %s DROP FOREIGN KEY %s, add it again with ON DELETE RESTRICT ON UPDATE RESTRICT and let the application change the rows of %s itself", way, n.SQL(), ddl.Identifier(k.Name), n)))
	}
	return list
}

// losesCascades reports whether the server keeps the changes of cascading
// foreign keys out of the binlog, and how to make it write them, if there is a
// way.
func (s *server) losesCascades() (lost bool, way string) {
	const first = 906 // from 9.6 on they are done above the storage engine
	switch n := s.number(); {
	case s.flavor == MariaDB:
		return true, ""
	case n < first:
		return true, "upgrade to MySQL 9.6 or later"
	case s.is("innodb_native_foreign_keys", "ON"):
		return true, "set innodb_native_foreign_keys=OFF in the server's configuration file and restart it"
	default:
		return false, ""
	}
}
