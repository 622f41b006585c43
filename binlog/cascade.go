package binlog

import (
	"context"
	"fmt"
	"strings"

	"cdc/event"
)

// cascades warns of foreign keys by which the server changes rows of a table
// without logging it. The list of constraints in the catalogue hides those of
// tables that one may only read on MariaDB; the table's definition doesn't.
func (c *control) cascades(ctx context.Context, n tableName, way string) []event.Finding {
	r, err := c.rows(ctx, "SHOW CREATE TABLE "+n.sql())
	if err != nil || r.RowNumber() == 0 {
		return nil // dropped meanwhile, or what else keeps it from being read has its finding
	}
	if way != "" {
		way += ", or "
	}
	var list []event.Finding
	for _, k := range cascadingKeys(text(r, 0, 1), n.database) {
		list = append(list, warn("foreign keys",
			fmt.Sprintf("foreign key %s of table %s (%s) changes rows together with those of %s, and the server doesn't write these changes to the binlog", k.name, n, strings.Join(k.rules, " "), k.parent),
			fmt.Sprintf("%sALTER TABLE %s DROP FOREIGN KEY %s, add it again with ON DELETE RESTRICT ON UPDATE RESTRICT and let the application change the rows of %s itself", way, n.sql(), identifier(k.name), n)))
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

// foreignKey is one that changes rows when those that it refers to change.
type foreignKey struct {
	name   string
	parent tableName
	rules  []string // "ON DELETE CASCADE"
}

// cascadingKeys finds the cascading foreign keys in what SHOW CREATE TABLE says.
func cascadingKeys(create, database string) []foreignKey {
	p := &parser{lexer: lexer{s: create}, database: database}
	p.advance()
	var list []foreignKey
	var key foreignKey
	for p.t.kind != tokenEnd && p.t.kind != tokenBroken {
		switch {
		case p.accept("CONSTRAINT"):
			key = foreignKey{name: p.t.text}
		case p.accept("REFERENCES"):
			key.parent, _ = p.table()
		case p.accept("ON"):
			rule, ok := p.cascade()
			if !ok {
				break
			}
			if key.rules = append(key.rules, rule); len(key.rules) > 1 {
				list = list[:len(list)-1]
			}
			list = append(list, key)
		default:
			p.advance()
		}
	}
	return list
}

// cascade reads what follows ON, and reports whether it is a rule that changes
// rows. "ON UPDATE current_timestamp()" of a column isn't.
func (p *parser) cascade() (rule string, ok bool) {
	if !p.t.is("DELETE") && !p.t.is("UPDATE") {
		return "", false
	}
	rule = "ON " + strings.ToUpper(p.t.text)
	p.advance()
	switch {
	case p.accept("CASCADE"):
		return rule + " CASCADE", true
	case p.accept("SET"):
		return rule + " SET " + strings.ToUpper(p.t.text), true
	default:
		return "", false
	}
}
