package testdb

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"cdc/internal/testbed"
)

// The user that a replication client is given. It may read all tables and the
// log; on PostgreSQL it may also create in the databases of Server.Database.
const (
	CDCUser     = "cdc"
	CDCPassword = "cdc"
)

// Server says where a server is and who may do everything there.
type Server struct {
	Kind     testbed.Kind
	Host     string
	Port     int
	User     string
	Password string
	// CAFile is the certificate of the authority that signed the server's, for
	// 127.0.0.1 and localhost; empty when it isn't known.
	CAFile string
}

// ClientFiles returns a certificate and its key that the server trusts, where
// CAFile is known. An account of MySQL and MariaDB asks for one when it was made
// with REQUIRE X509, PostgreSQL asks the members of the role certified.
func (s *Server) ClientFiles() (cert, key string) { return testbed.ClientFiles(s.CAFile) }

func serverOf(s *testbed.Server, home *testbed.Home) *Server {
	return &Server{Kind: s.Kind, Host: "127.0.0.1", Port: s.Port, User: s.Kind.Admin(), CAFile: home.CAFile()}
}

// parseServer reads [user[:password]@]host:port.
func parseServer(kind testbed.Kind, text string) (*Server, error) {
	u, err := url.Parse("//" + text)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("%s: want [user[:password]@]host:port", kind.Env()) // the text may hold a password
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		return nil, fmt.Errorf("%s: the address has no port: want [user[:password]@]host:port", kind.Env())
	}
	s := &Server{Kind: kind, Host: u.Hostname(), Port: port, User: kind.Admin()}
	if name := u.User.Username(); name != "" {
		s.User = name
	}
	s.Password, _ = u.User.Password()
	return s, nil
}

// Addr returns host:port.
func (s *Server) Addr() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// DSN returns the administrator's data source name for a database: of
// github.com/go-sql-driver/mysql for MySQL and MariaDB, a URL for PostgreSQL.
func (s *Server) DSN(database string) string {
	if s.postgres() {
		u := url.URL{Scheme: "postgres", Host: s.Addr(), Path: "/" + database, RawQuery: "sslmode=disable"}
		u.User = url.User(s.User)
		if s.Password != "" {
			u.User = url.UserPassword(s.User, s.Password)
		}
		return u.String()
	}
	c := mysql.NewConfig()
	c.User, c.Passwd, c.Net, c.Addr, c.DBName = s.User, s.Password, "tcp", s.Addr(), database
	c.MultiStatements = true
	return c.FormatDSN()
}

func (s *Server) postgres() bool {
	return s.Kind.IsPostgres()
}

// DB opens a database as the administrator, until the test ends. It uses the
// drivers "mysql" (github.com/go-sql-driver/mysql) and "pgx". An empty name is
// no database at all for MySQL and MariaDB, and "postgres" for PostgreSQL.
func (s *Server) DB(t testing.TB, database string) *sql.DB {
	t.Helper()
	driver := "mysql"
	if s.postgres() {
		driver = "pgx"
		if database == "" {
			database = "postgres"
		}
	}
	db, err := sql.Open(driver, s.DSN(database))
	if err != nil {
		t.Fatalf("open %s: %v", s.Kind, err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// Exec runs statements one after the other on one connection, as the
// administrator, in a database.
func (s *Server) Exec(t testing.TB, database string, statements ...string) {
	t.Helper()
	db := s.DB(t, database)
	defer db.Close()
	if err := execAll(t.Context(), db, statements); err != nil {
		t.Fatalf("%s: %v", s.Kind, err)
	}
}

func execAll(ctx context.Context, db *sql.DB, statements []string) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close()
	for _, statement := range statements {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("exec %q: %w", statement, err)
		}
	}
	return nil
}

// Database creates a database for this test alone and returns its name. When
// the test ends it is dropped, in PostgreSQL with the slots on it.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	name := UniqueName(t)
	s.create(t, name, s.createSQL(name)...)
	return name
}

// DatabaseNamed creates a database under a name of the test's choice, in the
// character set that is the server's default, in place of one that is there.
// When the test ends it is dropped likewise.
func (s *Server) DatabaseNamed(t testing.TB, name string) {
	t.Helper()
	s.Exec(t, "", s.dropSQL(name)...)
	s.create(t, name, "create database "+name)
}

func (s *Server) create(t testing.TB, name string, statements ...string) {
	t.Helper()
	s.Exec(t, "", statements...)
	t.Cleanup(func() {
		db := s.DB(t, "")
		defer db.Close()
		// The test's context is over by now.
		if err := execAll(context.WithoutCancel(t.Context()), db, s.dropSQL(name)); err != nil {
			t.Errorf("drop the database of the test: %v", err)
		}
	})
}

func (s *Server) createSQL(name string) []string {
	if s.postgres() {
		return []string{"create database " + name, "grant create on database " + name + " to " + CDCUser}
	}
	return []string{"create database " + name + " character set utf8mb4"}
}

// dropSQL ends the walsenders first: a database with a slot in use can't go.
func (s *Server) dropSQL(name string) []string {
	if !s.postgres() {
		return []string{"drop database if exists " + name}
	}
	const dropSlots = `do $$
	declare slot record;
	begin
		for slot in select slot_name, active_pid from pg_replication_slots where database = '%s' and not temporary loop
			for i in 1..100 loop
				perform pg_terminate_backend(active_pid) from pg_replication_slots
					where slot_name = slot.slot_name and active_pid is not null;
				exit when not found;
				perform pg_sleep(0.05);
			end loop;
			perform pg_drop_replication_slot(slot.slot_name);
		end loop;
	end $$`
	return []string{fmt.Sprintf(dropSlots, name), "drop database if exists " + name + " with (force)"}
}

// randomText returns 8 letters and digits.
func randomText() string { return strings.ToLower(rand.Text()[:8]) }
