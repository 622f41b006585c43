package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// ordersTable is the table that rules are measured with. It has columns of its own.
const ordersTable = "orders"

// createOrders makes the table of orders. Rules read the row before an update, so
// PostgreSQL is told to log it; MySQL and MariaDB do so anyway.
func (l *load) createOrders(ctx context.Context) error {
	if err := l.exec(ctx, `create table %s (id bigint primary key, customer_id bigint not null, status varchar(24) not null,
		currency varchar(3) not null, note varchar(100) not null, amount decimal(12,2) not null, created_at %s not null,
		updated_at %s not null, items int not null, paid boolean not null)`, l.table, l.d.created, l.d.updated); err != nil {
		return err
	}
	if l.source != "postgres" {
		return nil
	}
	return l.exec(ctx, "alter table %s replica identity full", l.table)
}

// sell inserts orders and takes them through three changes, a lot of them at a time:
// a transaction for each of the changes. The last one is that of the status, which
// the order rule lets through: a drain ends with a record whatever is left out.
func (l *load) sell(ctx context.Context) error {
	r := newRandom(0)
	for first := 1; first <= l.orders; first += l.tx {
		last := min(first+l.tx-1, l.orders)
		if err := l.insertAll(ctx, first, last, func(b *strings.Builder, id int) { r.order(b, id) }); err != nil {
			return err
		}
		for _, change := range []string{"amount=amount+1", "note=concat('ring twice, ',left(note,70))", "status='paid'"} {
			if err := l.exec(ctx, "update %s set %s, updated_at=%s where id between %d and %d", l.table, change, l.d.now, first, last); err != nil {
				return err
			}
		}
	}
	return nil
}

// order appends the values of one order: about 190 bytes, most of them a note.
func (r *random) order(b *strings.Builder, id int) {
	t := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.Int64N(3e16)))
	fmt.Fprintf(b, "(%d,%d,'new','EUR','%s',%d.%02d,'%s','%s',%d,%t)", id, r.IntN(1e6), r.groups(7), r.IntN(9_999_999), r.IntN(100),
		t.Format("2006-01-02 15:04:05.000"), t.Format("2006-01-02 15:04:05.000000"), 1+r.IntN(9), r.IntN(2) == 0)
}
