//go:build integration

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cdc/internal/testbed"
)

// TestTakeOverFromDebezium sets a document as Debezium's connector stores it in
// the middle of a transaction. Streaming starts there, without a snapshot: what
// lies before isn't sent, and the transaction that Debezium was in is sent from
// its beginning.
func TestTakeOverFromDebezium(t *testing.T) {
	onEverySource(t, func(t *testing.T, db *database) {
		db.exec(t, "create table orders (id int primary key)")
		p := newPipe(t, db, "orders", "e2e_mark")
		document := db.debeziumStops(t, p)
		project := newProject(t, p)
		project.runWith(t, document, "offsets", "set").wants(t, 0)
		project.once(t, p, "insert into orders values (6)")
		wantOps(t, p.brokers, p.topic("orders"), "c3", "c4", "c5", "c6")
	})
}

// debeziumStops does two transactions and returns what Debezium stores when it
// stops behind the second row of the second one.
func (d *database) debeziumStops(t *testing.T, p *pipe) string {
	t.Helper()
	if d.postgres() {
		return d.postgresStops(t, p)
	}
	d.exec(t, "insert into orders values (1), (2)")
	file, pos, gtids := d.logPosition(t)
	d.exec(t, "begin", "insert into orders values (3)", "insert into orders values (4), (5)", "commit")
	// The place of BEGIN, and the events and rows to pass over.
	return fmt.Sprintf(`{"transaction_id":null,"ts_sec":1767225600,"file":%q,"pos":%d,"gtids":%q,"row":1,"server_id":1,"event":4}`, file, pos, gtids)
}

// logPosition is where the binlog of a shared server ends: others write too.
func (d *database) logPosition(t *testing.T) (file string, pos uint64, gtids string) {
	t.Helper()
	if d.server.Kind == testbed.MariaDB {
		var ignored string
		if err := d.admin.QueryRowContext(t.Context(), "show master status").Scan(&file, &pos, &ignored, &ignored); err != nil {
			t.Fatal(err)
		}
		d.one(t, &gtids, "select binlog_gtid_pos(?, ?)", file, pos)
		return file, pos, gtids
	}
	var ignored string
	if err := d.admin.QueryRowContext(t.Context(), "show binary log status").Scan(&file, &pos, &ignored, &ignored, &gtids); err != nil {
		t.Fatal(err)
	}
	return file, pos, strings.ReplaceAll(gtids, "\n", "")
}

// postgresStops makes slot and publication as Debezium does, too.
func (d *database) postgresStops(t *testing.T, p *pipe) string {
	t.Helper()
	slot := "dbz" + d.user
	p.source = append(p.source, "slot: "+slot, "slot_autocreate: false", "publication: dbz_publication", "publication_autocreate: disabled")
	d.exec(t,
		"create publication dbz_publication for table orders, e2e_mark",
		fmt.Sprintf("select pg_create_logical_replication_slot('%s', 'pgoutput')", slot),
		"insert into orders values (1), (2)",
	)
	var commit, row int64
	const end = "select pg_current_wal_insert_lsn() - '0/0'::pg_lsn"
	d.one(t, &commit, end)
	d.exec(t, "begin", "insert into orders values (3)", "insert into orders values (4), (5)", "commit")
	d.one(t, &row, end)
	return fmt.Sprintf(`{"lsn_proc":%d,"messageType":"INSERT","lsn_commit":%d,"lsn":%d,"txId":771,"ts_usec":1767225600130456}`, row, commit, row)
}

// TestTakeOverByFilePosition is for servers without GTIDs.
func TestTakeOverByFilePosition(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, sources()["mysql"](t))
	db.exec(t, "create table orders (id int primary key)", "insert into orders values (1)")
	file, pos, _ := db.logPosition(t)
	db.exec(t, "insert into orders values (2), (3)")
	p := newPipe(t, db, "orders", "e2e_mark")
	project := newProject(t, p)
	project.runWith(t, fmt.Sprintf(`{"ts_sec":1767225600,"file":%q,"pos":%d,"row":1,"server_id":1,"event":2}`, file, pos), "offsets", "set").wants(t, 0)
	project.once(t, p)
	wantOps(t, p.brokers, p.topic("orders"), "c2", "c3")
}

// TestTakeOverRefused: documents that say where nobody can go on.
func TestTakeOverRefused(t *testing.T) {
	onEverySource(t, func(t *testing.T, db *database) {
		db.exec(t, "create table orders (id int primary key)")
		p := newPipe(t, db, "orders")
		document := db.debeziumStops(t, p)
		project := newProject(t, p)
		snapshotting := strings.TrimSuffix(document, "}") + `,"snapshot":"INITIAL","snapshot_completed":false,"last_snapshot_record":false}`
		project.runWith(t, snapshotting, "offsets", "set").wants(t, 3, "standard input", "in the middle of a snapshot", "reset")
		for _, text := range []string{"", "{", `["shop",{"server":"shop"}]`, `{"source":{"lsn":1}}`} {
			r := project.runWith(t, text, "offsets", "set")
			if !slices.Contains([]int{1, 3}, r.code) || !strings.Contains(r.out, "standard input") {
				t.Errorf("%q: exit code %d, want an error of standard input:\n%s", text, r.code, r.out)
			}
		}
	})
}
