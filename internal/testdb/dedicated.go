package testdb

import (
	"context"
	"net"
	"strconv"
	"testing"

	"cdc/internal/testbed"
)

// Dedicated is a server of one test, which may stop, kill and restart it and
// change its settings. It keeps its address and its data.
type Dedicated struct {
	*Server
	server *testbed.Server
}

// NewMySQL starts a MySQL server for this test alone, with further arguments
// of mysqld.
func NewMySQL(t testing.TB, args ...string) *Dedicated {
	t.Helper()
	return New(t, testbed.MySQL, args...)
}

// NewMariaDB starts a MariaDB server for this test alone, with further
// arguments of mariadbd.
func NewMariaDB(t testing.TB, args ...string) *Dedicated {
	t.Helper()
	return New(t, testbed.MariaDB, args...)
}

// NewPostgres starts a PostgreSQL server of a major version, 15 to 18, for
// this test alone, with further arguments of postgres ("-c", "name=value").
func NewPostgres(t testing.TB, major int, args ...string) *Dedicated {
	t.Helper()
	return New(t, postgresKind(t, major), args...)
}

// NewKafka starts a Kafka broker for this test alone, with further properties
// ("name=value"), in which testbed.Server.Args tells what {port:NAME} means.
func NewKafka(t testing.TB, properties ...string) *Dedicated {
	t.Helper()
	return New(t, testbed.Kafka, properties...)
}

// New starts a server of any kind for this test alone.
func New(t testing.TB, kind testbed.Kind, args ...string) *Dedicated {
	t.Helper()
	home, server, err := prepare(t.Context(), kind, args)
	check(t, err)
	d := &Dedicated{Server: serverOf(server, home), server: server}
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context()) // the test's own is over by now
		if err := server.Kill(ctx); err != nil {
			t.Error(err)
		}
		if err := server.Remove(); err != nil {
			t.Error(err)
		}
	})
	d.Start(t)
	return d
}

func prepare(ctx context.Context, kind testbed.Kind, args []string) (*testbed.Home, *testbed.Server, error) {
	process.mu.Lock()
	defer process.mu.Unlock()
	home, err := homeLocked(context.WithoutCancel(ctx))
	if err != nil {
		return nil, nil, err
	}
	server, err := home.New(ctx, kind, args...)
	return home, server, err
}

// Start starts the server again after Stop or Kill, and returns when it serves.
func (d *Dedicated) Start(t testing.TB) {
	t.Helper()
	if err := d.server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Stop ends the server in good order.
func (d *Dedicated) Stop(t testing.TB) {
	t.Helper()
	if err := d.server.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Kill ends the server as a crash would.
func (d *Dedicated) Kill(t testing.TB) {
	t.Helper()
	if err := d.server.Kill(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// SetArgs replaces the further arguments, from the next start on.
func (d *Dedicated) SetArgs(args ...string) { d.server.Args = args }

// NamedAddr returns the address of the port that {port:NAME} stands for in the
// properties of Kafka.
func (d *Dedicated) NamedAddr(name string) string {
	return net.JoinHostPort(d.Host, strconv.Itoa(d.server.NamedPort(name)))
}

// DataDir returns the path of the server's data.
func (d *Dedicated) DataDir() string { return d.server.Data() }
