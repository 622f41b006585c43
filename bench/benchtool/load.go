package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// load holds what is written.
type load struct {
	target
	table   string
	create  bool
	rows    int
	updates int
	tx      int
	conns   int
	mixed   int
	orders  int

	db *sql.DB
	d  dialect
}

// runLoad writes a table, and a backlog of changes of it:
//
//	load -table t -create                             an empty table
//	load -table t -rows 1000000 -updates 600000       large transactions
//	load -table s -rows 200000 -tx 1 -conns 8         single-row transactions
//	load -table v -mixed 1000000                      several versions of each key
//	load -table orders -orders 600000                 orders that are sold, which rules are for
func runLoad(ctx context.Context, args []string, out io.Writer) error {
	var l load
	f := flag.NewFlagSet("load", flag.ContinueOnError)
	l.flags(f)
	f.StringVar(&l.table, "table", "t", "name of the table")
	f.BoolVar(&l.create, "create", false, "drop and create the table")
	f.IntVar(&l.rows, "rows", 0, "rows to insert")
	f.IntVar(&l.updates, "updates", 0, "rows to update after that")
	f.IntVar(&l.tx, "tx", 10000, "rows of a transaction")
	f.IntVar(&l.conns, "conns", 1, "connections; only with -tx 1")
	f.IntVar(&l.mixed, "mixed", 0, "changes of a mixed load, instead of -rows and -updates")
	f.IntVar(&l.orders, "orders", 0, "orders to sell, in the table orders")
	if err := f.Parse(args); err != nil {
		return err
	}
	var err error
	if l.db, l.d, err = l.open(); err != nil {
		return err
	}
	defer l.db.Close()
	l.db.SetMaxOpenConns(l.conns)
	l.db.SetMaxIdleConns(l.conns)
	start := time.Now()
	for _, step := range []func(context.Context) error{l.createTable, l.insert, l.update, l.mix, l.sell} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("table %s: %w", l.table, err)
		}
	}
	fmt.Fprintf(out, "%s: table %s written in %.1f s\n", l.source, l.table, time.Since(start).Seconds())
	return nil
}

func (l *load) createTable(ctx context.Context) error {
	if !l.create {
		return nil
	}
	if err := l.exec(ctx, "drop table if exists %s", l.table); err != nil {
		return err
	}
	if l.table == ordersTable {
		return l.createOrders(ctx)
	}
	return l.exec(ctx, `create table %s (id int primary key, k int not null, c char(120) not null, pad char(60) not null,
		amount decimal(10,2) not null, name varchar(20) not null, created %s not null, updated %s not null)`,
		l.table, l.d.created, l.d.updated)
}

func (l *load) exec(ctx context.Context, format string, args ...any) error {
	_, err := l.db.ExecContext(ctx, fmt.Sprintf(format, args...))
	return err
}

func (l *load) insert(ctx context.Context) error {
	if l.tx == 1 {
		return l.insertSingly(ctx)
	}
	r := newRandom(0)
	for first := 1; first <= l.rows; first += l.tx {
		row := func(b *strings.Builder, id int) { r.row(b, id, r.IntN(1_000_000)) }
		if err := l.insertAll(ctx, first, min(first+l.tx-1, l.rows), row); err != nil {
			return err
		}
	}
	return nil
}

// insertAll inserts rows first to last in one transaction; row appends the values of
// one.
func (l *load) insertAll(ctx context.Context, first, last int, row func(b *strings.Builder, id int)) error {
	const perStatement = 1000
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for id := first; id <= last; id += perStatement {
		var b strings.Builder
		fmt.Fprintf(&b, "insert into %s values ", l.table)
		for i := id; i <= min(id+perStatement-1, last); i++ {
			if i > id {
				b.WriteByte(',')
			}
			row(&b, i)
		}
		if _, err := tx.ExecContext(ctx, b.String()); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// insertSingly inserts each row in a transaction of its own, through several
// connections.
func (l *load) insertSingly(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for c := range l.conns {
		group.Go(func() error {
			r := newRandom(c)
			for id := c + 1; id <= l.rows; id += l.conns {
				var b strings.Builder
				fmt.Fprintf(&b, "insert into %s values ", l.table)
				r.row(&b, id, r.IntN(1_000_000))
				if _, err := l.db.ExecContext(ctx, b.String()); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

func (l *load) update(ctx context.Context) error {
	for first := 1; first <= l.updates; first += l.tx {
		if err := l.updateRange(ctx, first, min(first+l.tx-1, l.updates)); err != nil {
			return err
		}
	}
	return nil
}

func (l *load) updateRange(ctx context.Context, first, last int) error {
	return l.exec(ctx, "update %s set k=k+1, amount=abs(amount-0.25), updated=%s where id between %d and %d", l.table, l.d.now, first, last)
}

// random makes the content of rows, the same in each run.
type random struct{ *rand.Rand }

func newRandom(stream int) *random {
	return &random{rand.New(rand.NewPCG(7, uint64(stream)))}
}

// row appends the values of one row: about 250 bytes, most of it digits that
// don't compress much.
func (r *random) row(b *strings.Builder, id, k int) {
	t := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.Int64N(3e16)))
	fmt.Fprintf(b, "(%d,%d,'%s','%s',%d.%02d,'user-%d','%s','%s')", id, k, r.groups(10), r.groups(5),
		r.IntN(9_999_999), r.IntN(100), r.IntN(1e9), t.Format("2006-01-02 15:04:05.000"), t.Format("2006-01-02 15:04:05.000000"))
}

func (r *random) groups(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte('-')
		}
		fmt.Fprintf(&b, "%011d", r.Int64N(1e11))
	}
	return b.String()
}
