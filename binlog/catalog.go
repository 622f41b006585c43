package binlog

import (
	"context"
	"fmt"
	"slices"
	"strings"

	gomysql "github.com/go-mysql-org/go-mysql/mysql"

	"cdc/binlog/charsets"
	"cdc/binlog/ddl"
	"cdc/event"
)

// systemSchemas are never captured.
var systemSchemas = []string{"mysql", "information_schema", "performance_schema", "sys"}

// described is what the list of tables says about one.
type described struct {
	name      ddl.Name
	engine    string
	versioned bool // MariaDB's WITH SYSTEM VERSIONING
}

// listTables returns the base tables that match, in the order of their names.
func (c *control) listTables(ctx context.Context, match *event.Tables) ([]ddl.Name, error) {
	list, err := c.describeTables(ctx, match)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	names := make([]ddl.Name, len(list))
	for i := range list {
		names[i] = list[i].name
	}
	return names, nil
}

// describeTables is listTables with what else the list says. It asks for one
// database after the other: a question for all makes the server open the views of
// its own schema sys too, which is slow, and has crashed MariaDB 11.4.5 when the
// connection ended meanwhile.
func (c *control) describeTables(ctx context.Context, match *event.Tables) ([]described, error) {
	r, err := c.rows(ctx, "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA ORDER BY SCHEMA_NAME")
	if err != nil {
		return nil, fmt.Errorf("list databases: %w", err)
	}
	var list []described
	for i := range r.RowNumber() {
		database := text(r, i, 0)
		if slices.Contains(systemSchemas, strings.ToLower(database)) {
			continue
		}
		of, err := c.describeDatabase(ctx, database, match)
		if err != nil {
			return nil, err
		}
		list = append(list, of...)
	}
	return list, nil
}

func (c *control) describeDatabase(ctx context.Context, database string, match *event.Tables) ([]described, error) {
	r, err := c.rows(ctx, "SELECT TABLE_NAME, TABLE_TYPE, ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA="+literal(database)+
		" AND TABLE_TYPE IN ('BASE TABLE','SYSTEM VERSIONED') ORDER BY TABLE_NAME")
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	var list []described
	for i := range r.RowNumber() {
		n := ddl.Name{Database: database, Table: text(r, i, 0)}
		if match.Match(n.Database, n.Table) {
			list = append(list, described{name: n, versioned: text(r, i, 1) == "SYSTEM VERSIONED", engine: text(r, i, 2)})
		}
	}
	return list, nil
}

// text returns a value of a result set, empty for NULL.
func text(r *gomysql.Resultset, row, column int) string {
	s, err := r.GetString(row, column)
	if err != nil {
		return ""
	}
	return s
}

func null(r *gomysql.Resultset, row, column int) bool {
	yes, err := r.IsNull(row, column)
	return err != nil || yes
}

// tableFacts reads what the catalogue says about a table, nil when there is no
// such table.
func (c *control) tableFacts(ctx context.Context, fl Flavor, n ddl.Name) (*ddl.Table, error) {
	r, err := c.rows(ctx, "SELECT COLUMN_NAME, COLUMN_TYPE, CHARACTER_SET_NAME, COLLATION_NAME, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, GENERATION_EXPRESSION, COLUMN_COMMENT FROM information_schema.COLUMNS"+
		" WHERE TABLE_SCHEMA="+literal(n.Database)+" AND TABLE_NAME="+literal(n.Table)+" ORDER BY ORDINAL_POSITION")
	if err != nil {
		return nil, fmt.Errorf("read columns of %s: %w", n, err)
	}
	if r.RowNumber() == 0 {
		return nil, nil //nolint:nilnil // no such table
	}
	f := &ddl.Table{Database: n.Database, Table: n.Table}
	for i := range r.RowNumber() {
		f.Columns = append(f.Columns, columnFactOf(fl, r, i))
	}
	if err := c.mendDefaults(ctx, fl, f); err != nil {
		return nil, fmt.Errorf("read the definition of %s: %w", n, err)
	}
	if err := c.key(ctx, f); err != nil {
		return nil, fmt.Errorf("read indexes of %s: %w", n, err)
	}
	if r, err = c.rows(ctx, "SELECT TABLE_COLLATION, TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA="+literal(n.Database)+" AND TABLE_NAME="+literal(n.Table)); err != nil {
		return nil, fmt.Errorf("read the options of %s: %w", n, err)
	}
	if r.RowNumber() > 0 {
		f.Charset, f.Comment = charsets.ByCollation(text(r, 0, 0)), text(r, 0, 1)
	}
	return f, nil
}

// databaseCharset is the default character set of the tables of a database.
func (c *control) databaseCharset(ctx context.Context, database string) (string, error) {
	r, err := c.rows(ctx, "SELECT DEFAULT_CHARACTER_SET_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME="+literal(database))
	if err != nil {
		return "", fmt.Errorf("read the character set of database %s: %w", database, err)
	}
	if r.RowNumber() == 0 {
		return "", nil
	}
	return text(r, 0, 0), nil
}

func columnFactOf(fl Flavor, r *gomysql.Resultset, i int) ddl.Column {
	f := ddl.Column{
		Name: text(r, i, 0), Type: text(r, i, 1), Charset: text(r, i, 2), Collation: text(r, i, 3),
		Nullable: strings.EqualFold(text(r, i, 4), "YES"), Extra: text(r, i, 6), Comment: text(r, i, 8), Period: fl == MariaDB && period(text(r, i, 7)),
	}
	var value *string
	if !null(r, i, 5) {
		v := text(r, i, 5)
		value = &v
	}
	f.SetDefault(fl, value)
	return f
}

// key finds the primary key, or else the first unique index, unless that has an
// expression. The server lists unique indexes without nullable columns first.
func (c *control) key(ctx context.Context, f *ddl.Table) error {
	r, err := c.rows(ctx, "SHOW INDEX FROM "+ddl.Identifier(f.Database)+"."+ddl.Identifier(f.Table))
	if err != nil {
		return err
	}
	const nonUnique, keyName, columnName, subPart = 1, 2, 4, 7
	var primary []string
	for i := range r.RowNumber() {
		name := text(r, i, keyName)
		switch {
		case text(r, i, nonUnique) != "0":
			continue
		case name == "PRIMARY":
			primary = append(primary, text(r, i, columnName))
			continue
		case len(f.Unique) == 0 || f.Unique[len(f.Unique)-1].Name != name:
			f.Unique = append(f.Unique, ddl.Index{Name: name})
		}
		last := &f.Unique[len(f.Unique)-1]
		if null(r, i, columnName) {
			last.Expression = true
		} else {
			last.Columns = append(last.Columns, text(r, i, columnName))
			last.Prefix = last.Prefix || !null(r, i, subPart)
		}
	}
	f.UseKey(primary)
	return nil
}

// mendDefaults reads the defaults that the catalogue may have spoilt from SHOW
// CREATE TABLE, which has all of them.
func (c *control) mendDefaults(ctx context.Context, fl Flavor, f *ddl.Table) error {
	if !f.MayBeCut(fl) {
		return nil
	}
	r, err := c.rows(ctx, "SHOW CREATE TABLE "+ddl.Identifier(f.Database)+"."+ddl.Identifier(f.Table))
	if err != nil || r.RowNumber() == 0 {
		return err
	}
	f.TakeBinaryDefaults(fl, text(r, 0, 1))
	return nil
}
