package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"io"
	"strings"

	_ "github.com/go-sql-driver/mysql" // database/sql driver "mysql"
	_ "github.com/jackc/pgx/v5/stdlib" // database/sql driver "pgx"
)

// dialect is what differs between the databases.
type dialect struct {
	driver string
	// types of the columns created and updated.
	created, updated string
	// now is the time, anew for each row.
	now string
	// insert is a prepared single-row insert into a table.
	insert string
}

var dialects = map[string]dialect{
	"mysql":    {"mysql", "datetime(3)", "timestamp(6)", "now(6)", "insert into %s values (?,?,?,?,?,?,?,?)"},
	"mariadb":  {"mysql", "datetime(3)", "timestamp(6)", "now(6)", "insert into %s values (?,?,?,?,?,?,?,?)"},
	"postgres": {"pgx", "timestamp(3)", "timestamptz(6)", "clock_timestamp()", "insert into %s values ($1,$2,$3,$4,$5,$6,$7,$8)"},
}

// target holds the flags that name a database.
type target struct{ source, dsn string }

func (t *target) flags(f *flag.FlagSet) {
	f.StringVar(&t.source, "db", "mysql", "mysql, mariadb or postgres")
	f.StringVar(&t.dsn, "dsn", "", "data source name, as the driver wants it")
}

func (t *target) open() (*sql.DB, dialect, error) {
	d, found := dialects[t.source]
	if !found {
		return nil, d, fmt.Errorf("-db: %q is not one of mysql, mariadb, postgres", t.source)
	}
	db, err := sql.Open(d.driver, t.dsn)
	if err != nil {
		return nil, d, fmt.Errorf("open database: %w", err)
	}
	return db, d, nil
}

// runSQL runs statements and prints their rows, columns apart by tabs.
func runSQL(ctx context.Context, args []string, out io.Writer) error {
	var t target
	f := flag.NewFlagSet("sql", flag.ContinueOnError)
	t.flags(f)
	if err := f.Parse(args); err != nil {
		return err
	}
	db, _, err := t.open()
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // one session for all statements
	for _, statement := range f.Args() {
		if err := query(ctx, db, statement, out); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

func query(ctx context.Context, db *sql.DB, statement string, out io.Writer) error {
	rows, err := db.QueryContext(ctx, statement)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	cells, pointers := make([]sql.NullString, len(columns)), make([]any, len(columns))
	for i := range cells {
		pointers[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(pointers...); err != nil {
			return err
		}
		texts := make([]string, len(cells))
		for i, c := range cells {
			texts[i] = c.String
		}
		fmt.Fprintln(out, strings.Join(texts, "\t"))
	}
	return rows.Err()
}
