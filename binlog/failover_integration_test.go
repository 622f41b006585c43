//go:build integration

package binlog

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cdc/event"
	"cdc/internal/testdb"
)

// TestFailover goes on at a replica of the server that it began with.
func TestFailover(t *testing.T) {
	t.Run("mysql", func(t *testing.T) {
		testFailover(t, testdb.NewMySQL(t), testdb.NewMySQL(t), MySQL,
			"change replication source to source_host='127.0.0.1', source_port=%d, source_user='root', source_auto_position=1, get_source_public_key=1", "start replica", "stop replica")
	})
	t.Run("mariadb", func(t *testing.T) {
		testFailover(t, testdb.NewMariaDB(t, "--log-slave-updates"), testdb.NewMariaDB(t, "--log-slave-updates"), MariaDB,
			"change master to master_host='127.0.0.1', master_port=%d, master_user='root', master_use_gtid=slave_pos, master_ssl=0", "start slave", "stop slave")
	})
}

func testFailover(t *testing.T, primary, replica *testdb.Dedicated, fl Flavor, change, begin, end string) {
	const db = "shop"
	primary.Exec(t, "", "create database shop")
	replica.Exec(t, "", fmt.Sprintf(change, primary.Port), begin)
	primary.Exec(t, db, "create table t (id int primary key, v varchar(10))", "insert into t values (1,'a')")
	s := newSource(t, fl, configOf(primary.Server, "shop.*"), &memoryJournal{})
	r := start(t, s, "", all{}).connected()
	primary.Exec(t, db, "insert into t values (2,'b')")
	r.rows(1)
	from := r.position()
	r.stop()
	primary.Exec(t, db, "insert into t values (3,'c')")
	waitForRow(t, replica.Server, db, 3)
	replica.Exec(t, "", end)
	primary.Kill(t)
	replica.Exec(t, db, "insert into t values (4,'d')")

	s = newSource(t, fl, configOf(replica.Server, "shop.*"), &memoryJournal{})
	r = start(t, s, from, all{})
	rows := r.rows(2)
	want(t, rows, "c t {id=3 v=c}\nc t {id=4 v=d}")
	if rows[0].Server == rows[1].Server {
		t.Errorf("both rows are of server %d", rows[0].Server)
	}
	p, err := parsePosition(fl, r.position())
	if err != nil || p.server == "" || strings.Contains(string(from), p.server) {
		t.Errorf("position %+v, %v after %s", p, err, from)
	}
}

func waitForRow(t *testing.T, srv *testdb.Server, db string, id int) {
	t.Helper()
	conn := srv.DB(t, "")
	deadline := time.Now().Add(20 * time.Second)
	for {
		var n int
		err := conn.QueryRowContext(t.Context(), "select count(*) from "+db+".t where id=?", id).Scan(&n)
		if err == nil && n == 1 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("row %d doesn't come to the replica: %v", id, err)
		}
		<-time.After(50 * time.Millisecond)
	}
}

// TestFileOfAnotherServer: without GTIDs, a file and an offset are of one server
// only.
func TestFileOfAnotherServer(t *testing.T) {
	off := []string{"--gtid-mode=OFF", "--enforce-gtid-consistency=OFF"}
	a, b := testdb.NewMySQL(t, off...), testdb.NewMySQL(t, off...)
	r := start(t, newSource(t, MySQL, configOf(a.Server, "shop.*"), &memoryJournal{}), "", all{}).connected()
	a.Exec(t, "", "create database shop")
	a.Exec(t, "shop", "create table t (id int primary key)", "insert into t values (1)")
	r.rows(1)
	from := r.position()
	err := newSource(t, MySQL, configOf(b.Server, "shop.*"), &memoryJournal{}).Stream(t.Context(), from, all{}, newCollector())
	t.Log(err)
	if !errors.Is(err, event.ErrPositionLost) {
		t.Errorf("got %v", err)
	}
}
