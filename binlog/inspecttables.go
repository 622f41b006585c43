package binlog

import (
	"context"
	"fmt"
	"strings"

	"cdc/binlog/ddl"
	"cdc/event"
)

// tables checks the tables that would be captured.
func (s *Source) tables(ctx context.Context, c *control, srv *server) []event.Finding {
	tables, err := c.describeTables(ctx, s.match)
	if err != nil {
		return []event.Finding{fail("tables", err.Error(), "")}
	}
	var list []event.Finding
	if idle := unmatched(s.config.Tables, tables); len(idle) > 0 {
		list = append(list, warn("tables", unmatchedDetail(idle), s.unmatchedFix()))
	}
	if len(tables) == 0 {
		return list
	}
	list = append(list, ok("tables", fmt.Sprintf("%d captured", len(tables))))
	list = append(list, s.snapshotLock(ctx, c, srv, tables)...)
	lost, way := srv.losesCascades()
	for _, t := range tables {
		list = append(list, s.table(ctx, c, t)...)
		list = append(list, t.engineFinding()...)
		if lost {
			list = append(list, c.cascades(ctx, t.name, way)...)
		}
	}
	return list
}

// table checks one table.
func (s *Source) table(ctx context.Context, c *control, t described) []event.Finding {
	n := t.name
	if t.versioned {
		return []event.Finding{fail("tables", fmt.Sprintf("table %s is system-versioned: the rows of its history would look like new rows of the same key", n), leaveOut(n))}
	}
	f, err := c.tableFacts(ctx, s.flavor, n)
	if err != nil {
		return []event.Finding{fail("tables", err.Error(), "")}
	}
	if f == nil {
		return nil // dropped meanwhile
	}
	schema, err := schemaOf(f, s.flavor)
	if err != nil {
		return []event.Finding{fail("tables", err.Error(), leaveOut(n))}
	}
	if len(schema.Key) == 0 {
		return []event.Finding{warn("tables", fmt.Sprintf("table %s has neither a primary key nor a unique index: its records have no key", n),
			fmt.Sprintf("ALTER TABLE %s ADD PRIMARY KEY (...)", n.SQL()))}
	}
	return nil
}

func leaveOut(n ddl.Name) string {
	return fmt.Sprintf("exclude the table: tables: [..., %q]", "!"+n.String())
}

// engineFinding warns of a table that the snapshot doesn't see at one moment.
func (t *described) engineFinding() []event.Finding {
	if strings.EqualFold(t.engine, "InnoDB") || t.engine == "" {
		return nil
	}
	return []event.Finding{warn("engine", fmt.Sprintf("table %s is of the engine %s: a snapshot doesn't see it at one moment, so a row that changes meanwhile may come as it is later, and then its changes once more", t.name, t.engine),
		fmt.Sprintf("ALTER TABLE %s ENGINE=InnoDB, or write nothing to it during a snapshot", t.name.SQL()))}
}
