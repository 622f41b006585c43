//go:build integration

package testdb_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"cdc/internal/testdb"
)

func TestRoundTrip(t *testing.T) {
	servers := map[string]func(testing.TB) *testdb.Server{
		"mysql":      testdb.MySQL,
		"mariadb":    testdb.MariaDB,
		"postgres15": func(t testing.TB) *testdb.Server { return testdb.Postgres(t, 15) },
		"postgres18": func(t testing.TB) *testdb.Server { return testdb.Postgres(t, 18) },
		"mariadb10":  func(t testing.TB) *testdb.Server { return testdb.MariaDBVersion(t, "10.11") },
		"postgres16": func(t testing.TB) *testdb.Server { return testdb.Postgres(t, 16) },
		"postgres17": func(t testing.TB) *testdb.Server { return testdb.Postgres(t, 17) },
		"postgis":    testdb.PostGIS,
	}
	for name, get := range servers {
		t.Run(name, func(t *testing.T) {
			s := get(t)
			db := s.Database(t)
			s.Exec(t, db, "create table orders (id int primary key, status varchar(20))", "insert into orders values (1, 'new')")
			checkStatus(t, s, db, "new")
		})
	}
}

// TestExtensions makes every extension that tests of types need.
func TestExtensions(t *testing.T) {
	own := []string{"hstore", "ltree", "citext"}
	for name, tt := range map[string]struct {
		server     *testdb.Server
		extensions []string
	}{
		"15": {testdb.Postgres(t, 15), own}, "18": {testdb.Postgres(t, 18), own}, "gis": {testdb.PostGIS(t), append(own, "postgis", "vector")},
	} {
		t.Run(name, func(t *testing.T) {
			db := tt.server.Database(t)
			for _, extension := range tt.extensions {
				tt.server.Exec(t, db, "create extension "+extension)
			}
		})
	}
}

func checkStatus(t *testing.T, s *testdb.Server, database, want string) {
	t.Helper()
	var got string
	if err := s.DB(t, database).QueryRowContext(t.Context(), "select status from orders where id = 1").Scan(&got); err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("status is %q, want %q", got, want)
	}
}

func TestMySQLIsReadyForCapture(t *testing.T) {
	for name, s := range map[string]*testdb.Server{
		"mysql": testdb.MySQL(t), "mariadb": testdb.MariaDB(t), "mariadb10": testdb.MariaDBVersion(t, "10.11"),
	} {
		t.Run(name, func(t *testing.T) {
			for variable, want := range map[string]string{
				"log_bin": "1", "binlog_format": "ROW", "binlog_row_image": "FULL", "binlog_row_metadata": "FULL",
			} {
				var got string
				if err := s.DB(t, "").QueryRowContext(t.Context(), "select @@global."+variable).Scan(&got); err != nil {
					t.Fatal(err)
				}
				if got != want {
					t.Errorf("%s is %s, want %s", variable, got, want)
				}
			}
		})
	}
}

// TestCDCUser logs in as the replication user and reads a table.
func TestCDCUser(t *testing.T) {
	for name, s := range map[string]*testdb.Server{
		"mysql": testdb.MySQL(t), "mariadb": testdb.MariaDB(t), "postgres15": testdb.Postgres(t, 15), "postgres18": testdb.Postgres(t, 18),
	} {
		t.Run(name, func(t *testing.T) {
			db := s.Database(t)
			s.Exec(t, db, "create table orders (id int primary key, status varchar(20))", "insert into orders values (1, 'paid')")
			cdc := *s
			cdc.User, cdc.Password = testdb.CDCUser, testdb.CDCPassword
			checkStatus(t, &cdc, db, "paid")
		})
	}
}

func TestPostgresSlotGoesWithTheDatabase(t *testing.T) {
	for _, major := range []int{15, 18} {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			s := testdb.Postgres(t, major)
			slot := testdb.UniqueName(t)
			t.Run("user", func(t *testing.T) {
				s.Exec(t, s.Database(t), fmt.Sprintf("select pg_create_logical_replication_slot('%s', 'pgoutput')", slot))
			})
			var count int
			if err := s.DB(t, "").QueryRowContext(t.Context(), "select count(*) from pg_replication_slots where slot_name = $1", slot).Scan(&count); err != nil {
				t.Fatal(err)
			}
			if count != 0 {
				t.Errorf("%d slots are left, want none", count)
			}
		})
	}
}

func TestPostgresTLS(t *testing.T) {
	s := testdb.Postgres(t, 18)
	testdb.NeedCA(t, s)
	text, err := os.ReadFile(s.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	config, err := pgx.ParseConfig(s.DSN("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	config.TLSConfig = &tls.Config{RootCAs: pool, ServerName: s.Host, MinVersion: tls.VersionTLS12}
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestKafkaProduceConsume(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	topic := testdb.UniqueName(t)
	client, err := kgo.NewClient(kgo.SeedBrokers(testdb.Kafka(t)...), kgo.ConsumeTopics(topic), kgo.DefaultProduceTopic(topic))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := kadm.NewClient(client).CreateTopic(ctx, 1, 1, nil, topic); err != nil {
		t.Fatal(err)
	}
	if err := client.ProduceSync(ctx, kgo.StringRecord("hello")).FirstErr(); err != nil {
		t.Fatal(err)
	}
	fetches := client.PollFetches(ctx)
	if err := fetches.Err(); err != nil {
		t.Fatal(err)
	}
	records := fetches.Records()
	if len(records) != 1 || string(records[0].Value) != "hello" {
		t.Errorf("got %d records, want the one that was produced", len(records))
	}
}

// TestDedicatedSurvives stops and crashes each database: its address and its
// committed rows stay.
func TestDedicatedSurvives(t *testing.T) {
	makers := map[string]func(testing.TB) *testdb.Dedicated{
		"mysql":    func(t testing.TB) *testdb.Dedicated { return testdb.NewMySQL(t, "--server-id=4711") },
		"mariadb":  func(t testing.TB) *testdb.Dedicated { return testdb.NewMariaDB(t, "--server-id=4711") },
		"postgres": func(t testing.TB) *testdb.Dedicated { return testdb.NewPostgres(t, 18, "-c", "max_wal_senders=3") },
	}
	for name, start := range makers {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			db := s.Database(t)
			s.Exec(t, db, "create table orders (id int primary key, status varchar(20))", "insert into orders values (1, 'new')")
			s.Kill(t)
			checkClosed(t, s.Addr())
			s.Start(t)
			checkStatus(t, s.Server, db, "new")
			s.Exec(t, db, "update orders set status = 'shipping'")
			s.Stop(t)
			checkClosed(t, s.Addr())
			s.Start(t)
			checkStatus(t, s.Server, db, "shipping")
		})
	}
}

func checkClosed(t *testing.T, addr string) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
	if err == nil {
		conn.Close()
		t.Errorf("%s still answers", addr)
	}
}

func TestDedicatedKafkaRestarts(t *testing.T) {
	s := testdb.NewKafka(t, "message.max.bytes=2000")
	topic := testdb.UniqueName(t)
	client, err := kgo.NewClient(kgo.SeedBrokers(s.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	if _, err := admin.CreateTopic(t.Context(), 1, 1, nil, topic); err != nil {
		t.Fatal(err)
	}
	s.Kill(t)
	s.Start(t)
	topics, err := admin.ListTopics(t.Context(), topic)
	if err != nil {
		t.Fatal(err)
	}
	if !topics.Has(topic) {
		t.Errorf("topic %s is gone after the restart", topic)
	}
}
