//go:build integration

package e2e

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"testing"

	"cdc/internal/testbed"
	"cdc/internal/testdb"
)

// database is a database of one test, and the user that cdc is given for it:
// with the grants that README.md names and not one more.
type database struct {
	server   *testdb.Server
	name     string
	user     string
	password string
	admin    *sql.DB // of PostgreSQL: as the user, who owns the database
	marks    int
}

// sources are the servers that a test of every kind of source runs on.
func sources() map[string]func(testing.TB) *testdb.Server {
	return map[string]func(testing.TB) *testdb.Server{
		"mysql":      testdb.MySQL,
		"mariadb":    testdb.MariaDB,
		"postgres15": func(t testing.TB) *testdb.Server { return testdb.Postgres(t, 15) },
		"postgres18": func(t testing.TB) *testdb.Server { return testdb.Postgres(t, 18) },
	}
}

// onEverySource runs a test in parallel on each kind of source.
func onEverySource(t *testing.T, test func(t *testing.T, db *database)) {
	t.Parallel()
	for name, server := range sources() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newDatabase(t, server(t)))
		})
	}
}

// newDatabase makes a database with a user of its own, until the test ends.
func newDatabase(t testing.TB, server *testdb.Server) *database {
	t.Helper()
	d := newUser(t, server)
	d.name = server.Database(t)
	if !d.postgres() {
		d.admin = server.DB(t, d.name)
		d.exec(t, createMarks)
		return d
	}
	server.Exec(t, "", fmt.Sprintf("alter database %s owner to %s", d.name, d.user))
	owner := *server
	owner.User, owner.Password = d.user, d.password
	d.admin = owner.DB(t, d.name)
	d.exec(t, createMarks)
	return d
}

const createMarks = "create table if not exists e2e_mark (n int primary key)"

// newUser makes the user alone.
func newUser(t testing.TB, server *testdb.Server) *database {
	t.Helper()
	name := testdb.UniqueName(t)
	user := "u" + name[len(name)-9:]
	d := &database{server: server, user: user, password: "Secret-" + user + "-äß$x"}
	t.Cleanup(func() { d.dropUser(t) }) // after the database has gone
	server.Exec(t, "", d.userSQL()...)
	return d
}

// userSQL gives what README.md says that cdc needs.
func (d *database) userSQL() []string {
	password := strings.ReplaceAll(d.password, "'", "''")
	switch kind := d.server.Kind; {
	case kind == testbed.MySQL:
		return []string{
			fmt.Sprintf("create user '%s'@'%%' identified by '%s'", d.user, password),
			fmt.Sprintf("grant select, reload, replication slave, replication client on *.* to '%s'@'%%'", d.user),
		}
	case kind.IsMariaDB():
		return []string{
			fmt.Sprintf("create user '%s'@'%%' identified by '%s'", d.user, password),
			fmt.Sprintf("grant select, replication slave, binlog monitor on *.* to '%s'@'%%'", d.user),
		}
	default:
		return []string{fmt.Sprintf("create role %s login replication password '%s'", d.user, password)}
	}
}

func (d *database) dropUser(t testing.TB) {
	drop := fmt.Sprintf("drop user '%s'@'%%'", d.user)
	if d.postgres() {
		drop = "drop role " + d.user
	}
	db := d.server.DB(t, "")
	defer db.Close()
	ctx, cancel := afterTest(t)
	defer cancel()
	if _, err := db.ExecContext(ctx, drop); err != nil {
		t.Errorf("drop the user of the test: %v", err)
	}
}

// afterTest returns a context for a cleanup: the test's own is over by then.
func afterTest(t testing.TB) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(t.Context()), patience)
}

func (d *database) postgres() bool {
	return d.server.Kind.IsPostgres()
}

// sourceName is the key of the source in cdc.yaml.
func (d *database) sourceName() string {
	switch kind := d.server.Kind; {
	case kind == testbed.MySQL:
		return "mysql"
	case kind.IsMariaDB():
		return "mariadb"
	default:
		return "postgres"
	}
}

// space is the first part of a table's name in patterns and topics.
func (d *database) space() string {
	if d.postgres() {
		return "public"
	}
	return d.name
}

// exec runs statements one after the other, each a transaction unless it says
// otherwise, on one connection.
func (d *database) exec(t testing.TB, statements ...string) {
	t.Helper()
	if err := d.tryExec(t.Context(), statements...); err != nil {
		t.Fatal(err)
	}
}

func (d *database) tryExec(ctx context.Context, statements ...string) error {
	conn, err := d.admin.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, statement := range statements {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			// Not back to the pool in the middle of a transaction.
			drop := conn.Raw(func(any) error { return driver.ErrBadConn })
			return fmt.Errorf("exec %.200q: %w", statement, errors.Join(err, drop))
		}
	}
	return nil
}

// one asks for one value.
func (d *database) one(t testing.TB, into any, query string, args ...any) {
	t.Helper()
	if err := d.admin.QueryRowContext(t.Context(), query, args...).Scan(into); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// mark puts a row behind everything that was changed so far and waits until it
// is in Kafka. Then stop delivers what is on its way.
func (d *database) mark(s *service, p *pipe) {
	s.t.Helper()
	s.poll("the mark is in Kafka", d.marked(s.t, p))
}

// marked puts the row and returns what says whether it is in Kafka.
func (d *database) marked(t testing.TB, p *pipe) func() bool {
	t.Helper()
	if d.marks == 0 {
		d.exec(t, createMarks)
	}
	d.marks++
	d.exec(t, fmt.Sprintf("insert into e2e_mark values (%d)", d.marks))
	topic, admin, want := p.topic("e2e_mark"), newAdmin(t, p.brokers), int64(d.marks)
	return func() bool { return endOffset(t, admin, topic) >= want }
}
