package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// binlogPosition and walPosition are offsets as Debezium stores them.
type binlogPosition struct {
	Seconds int64  `json:"ts_sec"`
	File    string `json:"file"`
	Pos     uint64 `json:"pos"`
	GTIDs   string `json:"gtids"`
}

type walPosition struct {
	Proc   uint64 `json:"lsn_proc"`
	Commit uint64 `json:"lsn_commit"`
	LSN    uint64 `json:"lsn"`
}

// runPosition prints where the log of a server ends, or where a slot begins.
func runPosition(ctx context.Context, args []string, out io.Writer) error {
	var t target
	f := flag.NewFlagSet("position", flag.ContinueOnError)
	t.flags(f)
	slot := f.String("slot", "", "PostgreSQL: replication slot whose beginning is printed")
	if err := f.Parse(args); err != nil {
		return err
	}
	db, _, err := t.open()
	if err != nil {
		return err
	}
	defer db.Close()
	var position any
	if t.source == "postgres" {
		position, err = slotPosition(ctx, db, *slot)
	} else {
		position, err = logEnd(ctx, db, t.source)
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(position)
}

func slotPosition(ctx context.Context, db *sql.DB, slot string) (walPosition, error) {
	var lsn uint64
	err := db.QueryRowContext(ctx, "select (confirmed_flush_lsn - '0/0')::bigint from pg_replication_slots where slot_name = $1", slot).Scan(&lsn)
	if err != nil {
		return walPosition{}, fmt.Errorf("position of slot %q: %w", slot, err)
	}
	return walPosition{Proc: lsn, Commit: lsn, LSN: lsn}, nil
}

func logEnd(ctx context.Context, db *sql.DB, source string) (binlogPosition, error) {
	p := binlogPosition{Seconds: 1}
	statement := "show binary log status"
	if source == "mariadb" {
		statement = "show binlog status"
	}
	rows, err := db.QueryContext(ctx, statement)
	if err != nil {
		return p, fmt.Errorf("position: %w", err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return p, fmt.Errorf("position: %w", err)
	}
	if !rows.Next() {
		return p, errors.Join(errors.New("position: the server writes no binlog"), rows.Err())
	}
	values := []any{&p.File, &p.Pos, new(string), new(string), &p.GTIDs}
	if len(columns) < len(values) { // MariaDB has no set of GTIDs here
		values = values[:len(columns)]
	}
	if err := rows.Scan(values...); err != nil {
		return p, fmt.Errorf("position: %w", err)
	}
	if source == "mariadb" {
		if err := db.QueryRowContext(ctx, "select @@global.gtid_binlog_pos").Scan(&p.GTIDs); err != nil {
			return p, fmt.Errorf("position: %w", err)
		}
	}
	p.GTIDs = strings.ReplaceAll(p.GTIDs, "\n", "")
	return p, rows.Err()
}
