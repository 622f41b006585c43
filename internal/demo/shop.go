package demo

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Dialect is the SQL that a database speaks.
type Dialect int

// The dialects.
const (
	PostgreSQL Dialect = iota
	MySQL
)

// Shop is a small shop in a database: customers, and orders that are placed,
// paid, shipped, cancelled and deleted.
type Shop struct {
	db      *sql.DB
	dialect Dialect
}

// mark is the comment by which the demo knows what it has made.
const mark = "made by cdc demo"

// NewShop makes the schema shop with its tables. A schema of that name that the
// demo hasn't made is somebody's own, and refused.
func NewShop(ctx context.Context, db *sql.DB, d Dialect) (*Shop, error) {
	s := &Shop{db, d}
	if err := s.refuseForeign(ctx); err != nil {
		return nil, err
	}
	for _, statement := range s.schema() {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return nil, fmt.Errorf("make the shop: %w", err)
		}
	}
	return s, nil
}

// refuseForeign reports a shop that isn't ours.
func (s *Shop) refuseForeign(ctx context.Context) error {
	query := `SELECT count(*), count(*) FILTER (WHERE obj_description(oid, 'pg_namespace') = '` + mark + `')
		FROM pg_namespace WHERE nspname = 'shop'`
	if s.dialect == MySQL {
		query = `SELECT count(*), (SELECT count(*) FROM information_schema.TABLES
			WHERE TABLE_SCHEMA = 'shop' AND TABLE_NAME = 'orders' AND TABLE_COMMENT = '` + mark + `')
			FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = 'shop'`
	}
	var there, ours int
	if err := s.db.QueryRowContext(ctx, query).Scan(&there, &ours); err != nil {
		return fmt.Errorf("look for a shop: %w", err)
	}
	if there > 0 && ours == 0 {
		return errors.New("this server has a schema shop that the demo hasn't made, and the demo would write into it; nothing was changed: use a server without one")
	}
	return nil
}

// Forget removes the replication slot and the publication of the demo, which
// would otherwise hold back PostgreSQL's log. The schema shop stays.
func (s *Shop) Forget(ctx context.Context, slot, publication string) error {
	if s.dialect == MySQL {
		return nil
	}
	_, dropErr := s.db.ExecContext(ctx, `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1`, slot)
	_, err := s.db.ExecContext(ctx, `DROP PUBLICATION IF EXISTS `+publication)
	if err = errors.Join(dropErr, err); err != nil {
		return fmt.Errorf("remove slot and publication: %w", err)
	}
	return nil
}

func (s *Shop) schema() []string {
	if s.dialect == MySQL {
		return []string{
			`CREATE DATABASE IF NOT EXISTS shop`,
			`CREATE TABLE IF NOT EXISTS shop.customers (
				id BIGINT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(100) NOT NULL, email VARCHAR(200) NOT NULL)`,
			`CREATE TABLE IF NOT EXISTS shop.orders (
				id BIGINT AUTO_INCREMENT PRIMARY KEY, customer_id BIGINT NOT NULL,
				status ENUM('new', 'paid', 'shipping', 'cancelled') NOT NULL DEFAULT 'new',
				total DECIMAL(10, 2) NOT NULL, placed_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)) COMMENT '` + mark + `'`,
		}
	}
	return []string{
		`CREATE SCHEMA IF NOT EXISTS shop`,
		`COMMENT ON SCHEMA shop IS '` + mark + `'`,
		`CREATE TABLE IF NOT EXISTS shop.customers (
			id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL)`,
		`CREATE TABLE IF NOT EXISTS shop.orders (
			id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id BIGINT NOT NULL,
			status TEXT NOT NULL DEFAULT 'new', total NUMERIC(10, 2) NOT NULL,
			placed_at TIMESTAMPTZ NOT NULL DEFAULT now())`,
		// changed("status") compares with the row as it was, so that must be in the log.
		`ALTER TABLE shop.orders REPLICA IDENTITY FULL`,
	}
}

// Play writes one round of the workload, a step every pause: two customers, of
// whom each places an order; one is paid and shipped, the other cancelled and
// deleted. say tells each step.
func (s *Shop) Play(ctx context.Context, pause time.Duration, say func(string)) error {
	ada, err := s.customer(ctx, "Ada", "ada@example.com")
	if err != nil {
		return err
	}
	bob, err := s.customer(ctx, "Bob", "bob@example.com")
	if err != nil {
		return err
	}
	var first, second int64
	steps := []struct {
		text string
		do   func() error
	}{
		{"Ada places an order", func() (err error) { first, err = s.order(ctx, ada, "120.50"); return err }},
		{"Bob places an order", func() (err error) { second, err = s.order(ctx, bob, "9.90"); return err }},
		{"Ada's order is paid", func() error { return s.status(ctx, first, "paid") }},
		{"Bob's order gets another total", func() error {
			return s.exec(ctx, `UPDATE shop.orders SET total = ? WHERE id = ?`, "12.40", second)
		}},
		{"Ada's order moves to shipping", func() error { return s.status(ctx, first, "shipping") }},
		{"Bob's order is cancelled", func() error { return s.status(ctx, second, "cancelled") }},
		{"Bob's order is deleted", func() error { return s.exec(ctx, `DELETE FROM shop.orders WHERE id = ?`, second) }},
	}
	for _, step := range steps {
		say(step.text)
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", step.text, err)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (s *Shop) customer(ctx context.Context, name, email string) (int64, error) {
	return s.insert(ctx, `INSERT INTO shop.customers (name, email) VALUES (?, ?)`, name, email)
}

func (s *Shop) order(ctx context.Context, customer int64, total string) (int64, error) {
	return s.insert(ctx, `INSERT INTO shop.orders (customer_id, total) VALUES (?, ?)`, customer, total)
}

func (s *Shop) status(ctx context.Context, order int64, status string) error {
	return s.exec(ctx, `UPDATE shop.orders SET status = ? WHERE id = ?`, status, order)
}

func (s *Shop) exec(ctx context.Context, statement string, args ...any) error {
	_, err := s.db.ExecContext(ctx, s.placeholders(statement), args...)
	return err
}

// insert returns the id of the new row.
func (s *Shop) insert(ctx context.Context, statement string, args ...any) (id int64, err error) {
	if s.dialect == PostgreSQL {
		err = s.db.QueryRowContext(ctx, s.placeholders(statement)+" RETURNING id", args...).Scan(&id)
		return id, err
	}
	result, err := s.db.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

// placeholders turns ? into $1, $2 ... for PostgreSQL.
func (s *Shop) placeholders(statement string) string {
	if s.dialect == MySQL {
		return statement
	}
	var b strings.Builder
	n := 0
	for _, part := range strings.SplitAfter(statement, "?") {
		if head, ok := strings.CutSuffix(part, "?"); ok {
			n++
			fmt.Fprintf(&b, "%s$%d", head, n)
			continue
		}
		b.WriteString(part)
	}
	return b.String()
}
