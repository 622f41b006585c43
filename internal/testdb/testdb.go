package testdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"

	"cdc/internal/testbed"
)

// MySQL returns the shared MySQL server (9.x): binlog in row format with full
// images and metadata, GTIDs on.
func MySQL(t testing.TB) *Server {
	t.Helper()
	return shared(t, testbed.MySQL)
}

// MariaDB returns the shared MariaDB server (11.4), set up likewise.
func MariaDB(t testing.TB) *Server {
	t.Helper()
	return shared(t, testbed.MariaDB)
}

// MariaDBVersion returns a MariaDB server, "10.11" or "11.4", set up likewise.
// That of 10.11 is one of this test binary, started when it is first asked for.
func MariaDBVersion(t testing.TB, version string) *Server {
	t.Helper()
	return shared(t, mariadbKind(t, version))
}

// Postgres returns a PostgreSQL server of a major version, 15 to 18, with
// wal_level=logical and the extensions of PostgreSQL itself. Those of 16 and 17
// are of this test binary, started when they are first asked for.
func Postgres(t testing.TB, major int) *Server {
	t.Helper()
	return shared(t, postgresKind(t, major))
}

// PostGIS returns a PostgreSQL server (18) that has the extensions postgis and
// vector; it is one of this test binary, started when it is first asked for.
func PostGIS(t testing.TB) *Server {
	t.Helper()
	return shared(t, testbed.PostgresGIS)
}

// Kafka returns the addresses of the shared Kafka brokers (4.x). Topics aren't
// made by themselves; name them with UniqueName.
func Kafka(t testing.TB) []string {
	t.Helper()
	return []string{shared(t, testbed.Kafka).Addr()}
}

// KafkaClasspath returns the classpath of Kafka's and Kafka Connect's own
// classes, for a test that asks them.
func KafkaClasspath(t testing.TB) string {
	t.Helper()
	bed, err := testbed.Find()
	check(t, err)
	path, err := bed.KafkaClasspath()
	check(t, err)
	return path
}

func postgresKind(t testing.TB, major int) testbed.Kind {
	t.Helper()
	switch major {
	case 15:
		return testbed.Postgres15
	case 16:
		return testbed.Postgres16
	case 17:
		return testbed.Postgres17
	case 18:
		return testbed.Postgres18
	default:
		t.Fatalf("testdb has PostgreSQL 15 to 18, not %d", major)
		return ""
	}
}

func mariadbKind(t testing.TB, version string) testbed.Kind {
	t.Helper()
	switch version {
	case "11.4":
		return testbed.MariaDB
	case "10.11":
		return testbed.MariaDBOld
	default:
		t.Fatalf("testdb has MariaDB 10.11 and 11.4, not %s", version)
		return ""
	}
}

// process is what this test binary started itself. There is one, since servers
// are to be shared by all tests of the binary and a test can't hand anything to
// the next.
var process struct {
	mu      sync.Mutex
	home    *testbed.Home           // guarded by mu
	servers map[testbed.Kind]result // guarded by mu
}

type result struct {
	server *Server
	err    error
}

func shared(t testing.TB, kind testbed.Kind) *Server {
	t.Helper()
	process.mu.Lock()
	defer process.mu.Unlock()
	r, ok := process.servers[kind]
	if !ok {
		r.server, r.err = obtain(context.WithoutCancel(t.Context()), kind)
		if process.servers == nil {
			process.servers = make(map[testbed.Kind]result)
		}
		process.servers[kind] = r
	}
	check(t, r.err)
	return r.server
}

// obtain finds the server in the environment, or starts one. The caller holds
// process.mu.
func obtain(ctx context.Context, kind testbed.Kind) (*Server, error) {
	if text := os.Getenv(kind.Env()); text != "" {
		server, err := parseServer(kind, text)
		if err != nil {
			return nil, err
		}
		server.CAFile = os.Getenv(testbed.EnvCA)
		return server, nil
	}
	home, err := homeLocked(ctx)
	if err != nil {
		return nil, err
	}
	server, err := home.New(ctx, kind)
	if err != nil {
		return nil, err
	}
	if err := server.Start(ctx); err != nil {
		return nil, err
	}
	return serverOf(server, home), nil
}

func homeLocked(ctx context.Context) (*testbed.Home, error) {
	if process.home != nil {
		return process.home, nil
	}
	bed, err := testbed.Find()
	if err != nil {
		return nil, err
	}
	process.home, err = testbed.Open(ctx, bed)
	return process.home, err
}

// check ends the test unless there is a server: skipped where the files are
// missing, failed where they are there and don't work, and always failed in CI.
func check(t testing.TB, err error) {
	t.Helper()
	switch {
	case err == nil:
	case errors.Is(err, testbed.ErrMissing) && os.Getenv("CI") == "":
		t.Skip(err)
	default:
		t.Fatal(err)
	}
}

// NeedCA skips a test where the server is somebody's own and nobody said who
// signed its certificate. In CI it fails instead.
func NeedCA(t testing.TB, s *Server) {
	t.Helper()
	const reason = "the certificate authority of this server is not known: set CDC_TEST_CA"
	switch {
	case s.CAFile != "":
	case os.Getenv("CI") == "":
		t.Skip(reason)
	default:
		t.Fatal(reason)
	}
}

// UniqueName returns a name that no other test uses, in this run or another,
// made of lower-case letters, digits and underscores, at most 40 characters
// long: for databases, topics, slots and publications.
func UniqueName(t testing.TB) string {
	t.Helper()
	const longest = 25
	name := []byte("cdc_")
	for _, c := range []byte(t.Name()) {
		if len(name) == longest {
			break
		}
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			name = append(name, c)
		case c >= 'A' && c <= 'Z':
			name = append(name, c-'A'+'a')
		default:
			name = append(name, '_')
		}
	}
	return fmt.Sprintf("%s_%s", name, randomText())
}
