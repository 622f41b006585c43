// Package testdb gives integration tests real servers: MySQL, MariaDB,
// PostgreSQL, Kafka and a schema registry. Only tests import it.
//
//	func TestInsert(t *testing.T) {
//		mysql := testdb.MySQL(t)
//		db := mysql.Database(t)
//		mysql.Exec(t, db, "create table orders (id int primary key)")
//		...
//	}
//
// # Path of one server
//
// A shared server ([MySQL], [MariaDB], [Postgres], [Kafka], [Registry]) is the
// one that the environment names (CDC_TEST_MYSQL, CDC_TEST_MARIADB,
// CDC_TEST_POSTGRES for 18, CDC_TEST_POSTGRES15, CDC_TEST_KAFKA,
// CDC_TEST_REGISTRY), as "make test" does through internal/testbed/withservers;
// each holds [user[:password]@]host:port of an administrator, that of the
// registry the URL of its API. Where the variable isn't set, this package starts
// one from the files of "make testbed", once for the test binary; so it does in
// any case with those that few tests ask for: [MariaDBVersion] 10.11
// (CDC_TEST_MARIADB1011), [Postgres] 16 and 17 (CDC_TEST_POSTGRES16 and 17) and
// [PostGIS] (CDC_TEST_POSTGIS). Where that can't be done either, the test is
// skipped with the reason, or fails when CI is set.
//
// A server that a test stops, kills, or sets up in its own way is made by [New]
// from the files of the test bed, and ends with the test.
//
// Tests that share a server stay apart by database ([Server.Database]) and, in
// Kafka, by topic ([UniqueName]). Don't change a global setting, purge the
// binlog or read the whole log of a shared server: that's what New is for.
//
// # Concurrency
//
// Safe for parallel tests; a [Dedicated] server belongs to one test.
//
// # Ownership
//
// Databases are dropped, and dedicated servers ended, when their test ends.
// Shared servers end with the process that started them. No goroutine runs on
// behalf of a server.
//
// # Testing
//
// testdb_integration_test.go does a round trip with each kind, and a crash.
package testdb
