//go:build integration

package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"cdc/internal/testbed"
	"cdc/internal/testdb"
)

// refuses runs the program and wants it to end as failed, with these texts, and
// the doctor to say so too.
func (p *project) refuses(t *testing.T, texts ...string) {
	t.Helper()
	s := p.start(t)
	result{s.exit(), s.out.String()}.wants(t, 1, texts...)
}

// TestWrongPassword: the cause, and never the password.
func TestWrongPassword(t *testing.T) {
	onEverySource(t, func(t *testing.T, db *database) {
		wrong := *db
		wrong.password = "Wrong-" + db.password
		p := newProject(t, newPipe(t, &wrong, "*"))
		p.refuses(t, db.user)
		p.run(t, "doctor").wants(t, 1, db.user)
		p.run(t, "validate", "--online").wants(t, 1, db.user)
	})
}

// TestUnreachable: a server that isn't there is waited for, and the reason can
// be asked for.
func TestUnreachable(t *testing.T) {
	onEverySource(t, func(t *testing.T, db *database) {
		away, server := *db, *db.server
		server.Port = 1
		away.server = &server
		p := newProject(t, newPipe(t, &away, "*"))
		s := p.start(t)
		s.poll("the reason", func() bool {
			code, body := s.get("/readyz")
			return code == http.StatusServiceUnavailable && strings.Contains(body, "connection refused")
		})
		if code, _ := s.get("/healthz"); code != http.StatusOK {
			t.Errorf("/healthz gives %d while waiting for a server, want 200", code)
		}
		s.stop()
		p.run(t, "doctor").wants(t, 1, "connection refused")
	})
}

// TestMySQLSettings changes one setting after the other to what makes capture
// wrong.
func TestMySQLSettings(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(testing.TB, ...string) *testdb.Dedicated{
		"mysql": testdb.NewMySQL, "mariadb": testdb.NewMariaDB,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t)
			db := newDatabase(t, server.Server)
			db.exec(t, "create table t (id int primary key)")
			p := newProject(t, newPipe(t, db, "*"))
			p.start(t).streams(p.pipelines[0].name).stop()
			for _, setting := range []struct{ name, bad, good string }{
				{"binlog_row_image", "MINIMAL", "FULL"}, {"binlog_format", "STATEMENT", "ROW"},
			} {
				db.exec(t, fmt.Sprintf("set global %s = '%s'", setting.name, setting.bad))
				mend := fmt.Sprintf("SET GLOBAL %s", setting.name)
				p.refuses(t, setting.name, setting.bad, mend)
				p.run(t, "doctor").wants(t, 1, setting.bad, mend)
				db.exec(t, fmt.Sprintf("set global %s = '%s'", setting.name, setting.good))
			}
			// Less to go by, and not wrong.
			db.exec(t, "set global binlog_row_metadata = 'MINIMAL'")
			p.run(t, "doctor").wants(t, 0, "binlog_row_metadata", "SET GLOBAL binlog_row_metadata")
			db.exec(t, "set global binlog_row_metadata = 'FULL'")
			purgedPosition(t, db, p)
		})
	}
}

// purgedPosition takes away the log that the stored position needs. It must not
// start from anywhere else by itself.
func purgedPosition(t *testing.T, db *database, p *project) {
	db.exec(t, "insert into t values (1)", "flush binary logs", "flush binary logs")
	if db.server.Kind == testbed.MariaDB {
		db.exec(t, "set global slave_connections_needed_for_purge = 0")
	}
	eventually(t, "the log is purged", func() bool { // which waits for who still reads it
		files := binlogs(t, db)
		if len(files) > 1 {
			db.exec(t, fmt.Sprintf("purge binary logs to '%s'", files[len(files)-1]))
		}
		return len(files) == 1
	})
	p.refuses(t, "offsets reset")
	if n := endOffset(t, newAdmin(t, p.pipelines[0].brokers), p.pipelines[0].topic("t")); n != 0 {
		t.Errorf("%d records came all the same", n)
	}
	p.pipelines[0].mode = "when_needed"
	p.write(t)
	s := p.start(t)
	s.wants("snapshot read")
	db.mark(s, p.pipelines[0])
	s.stop()
	got := changes(t, readAll(t, p.pipelines[0].brokers, p.pipelines[0].topic("t"))[p.pipelines[0].topic("t")])
	if len(got) != 1 || !strings.Contains(got[0], `r null {"id":1}`) {
		t.Errorf("when_needed: got %q, want the row read again", got)
	}
}

// binlogs lists the files of the server's log.
func binlogs(t *testing.T, db *database) []string {
	t.Helper()
	rows, err := db.admin.QueryContext(t.Context(), "show binary logs")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for rows.Next() {
		var file, rest string
		into := []any{&file}
		for range columns[1:] {
			into = append(into, &rest)
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// TestMissingGrants: each with the statement that mends it.
func TestMissingGrants(t *testing.T) {
	onEverySource(t, func(t *testing.T, db *database) {
		p := newProject(t, newPipe(t, db, "*"))
		if db.postgres() {
			db.server.Exec(t, db.name, fmt.Sprintf("alter role %s noreplication", db.user))
			p.refuses(t, "ALTER ROLE", "REPLICATION")
			p.run(t, "doctor").wants(t, 1, "ALTER ROLE")
			db.server.Exec(t, db.name, fmt.Sprintf("alter role %s replication", db.user), "create table foreign_table (id int primary key)")
			// A table of somebody else's is left out, and said.
			mend := `ALTER PUBLICATION`
			s := p.start(t).streams(p.pipelines[0].name)
			s.wants("foreign_table")
			s.wants(mend)
			s.stop()
			p.run(t, "doctor").wants(t, 1, "foreign_table", mend, "GRANT SELECT")
			return
		}
		db.server.Exec(t, "", fmt.Sprintf("revoke replication slave on *.* from '%s'@'%%'", db.user))
		p.refuses(t, "GRANT", "REPLICATION SLAVE")
		p.run(t, "doctor").wants(t, 1, "REPLICATION SLAVE")
	})
}

// TestPostgresSlots: slots that can't be read, and the one that has gone.
func TestPostgresSlots(t *testing.T) {
	t.Parallel()
	for _, major := range []int{15, 18} {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, testdb.Postgres(t, major))
			db.exec(t, "create table t (id int primary key)")
			slot := testdb.UniqueName(t)
			pipe := newPipe(t, db, "*")
			pipe.source = append(pipe.source, "slot: "+slot)
			p := newProject(t, pipe)

			db.exec(t, fmt.Sprintf("select pg_create_logical_replication_slot('%s', 'test_decoding')", slot))
			p.refuses(t, slot, "test_decoding")
			db.exec(t, fmt.Sprintf("select pg_drop_replication_slot('%s')", slot))

			first := p.start(t).streams(pipe.name)
			other := newPipe(t, db, "*")
			other.source = append(other.source, "slot: "+slot)
			newProject(t, other).refuses(t, slot, "in use", "pg_terminate_backend")
			first.stop()

			eventually(t, "the slot is free", func() bool {
				var active bool
				db.one(t, &active, "select active from pg_replication_slots where slot_name = $1", slot)
				return !active
			})
			db.exec(t, fmt.Sprintf("select pg_drop_replication_slot('%s')", slot), "insert into t values (1)")
			p.refuses(t, slot, "doesn't exist", "reset")
		})
	}
}

// TestPostgresWALLevel: a server that writes too little into its log.
func TestPostgresWALLevel(t *testing.T) {
	t.Parallel()
	server := testdb.NewPostgres(t, 18, "-c", "wal_level=replica")
	p := newProject(t, newPipe(t, newDatabase(t, server.Server), "*"))
	p.refuses(t, "wal_level is replica", "ALTER SYSTEM SET wal_level")
	p.run(t, "doctor").wants(t, 1, "wal_level", "ALTER SYSTEM SET wal_level")
	p.run(t, "validate", "--online").wants(t, 1, "wal_level")
}

// TestForeignOffset: a position of another server.
func TestForeignOffset(t *testing.T) {
	t.Parallel()
	for name, servers := range map[string][2]func(testing.TB) *testdb.Server{
		"mysql":    {testdb.MySQL, func(t testing.TB) *testdb.Server { return testdb.NewMySQL(t).Server }},
		"mariadb":  {testdb.MariaDB, func(t testing.TB) *testdb.Server { return testdb.NewMariaDB(t).Server }},
		"postgres": {sources()["postgres15"], sources()["postgres18"]},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			here, there := newDatabase(t, servers[0](t)), newDatabase(t, servers[1](t))
			p := newProject(t, newPipe(t, here, "*"))
			p.start(t).streams(p.pipelines[0].name).stop()
			p.pipelines[0].db = there
			p.pipelines[0].tables = []string{there.space() + ".*"}
			p.write(t)
			p.refuses(t, "server")
		})
	}
}

// TestUnknownColumn: a rule that doesn't fit the table, at the start and later.
func TestUnknownColumn(t *testing.T) {
	onEverySource(t, func(t *testing.T, db *database) {
		db.exec(t, "create table orders (id int primary key, status varchar(20))")
		if db.postgres() { // else changed() is what the rule stumbles over first
			db.exec(t, "alter table orders replica identity full")
		}
		pipe := newPipe(t, db, "orders", "e2e_mark")
		pipe.rules = []string{"rules.yaml"}
		p := newProject(t, pipe)
		rules := strings.Replace(goodRules, "shop.orders", db.space()+".orders", 1)
		p.file(t, "rules.yaml", strings.Replace(rules, "status: status", "status: statsu", 1))
		for _, command := range [][]string{{"run"}, {"validate", "--online"}} {
			p.run(t, command...).wants(t, 3, "rules.yaml:7:35: ", "statsu", "status")
		}
		p.run(t, "validate").wants(t, 0)

		p.file(t, "rules.yaml", rules)
		p.run(t, "validate", "--online").wants(t, 0)
		s := p.start(t).streams(pipe.name)
		db.exec(t, "insert into orders values (1, 'new')", "alter table orders rename column status to state", "insert into orders values (2, 'new')")
		if code := s.exit(); code == 0 {
			t.Error("the exit code is 0")
		}
		result{code: 0, out: s.out.String()}.wants(t, 0, "rules.yaml:", "status")
		got := changes(t, readAll(t, pipe.brokers, pipe.topic("orders"))[pipe.topic("orders")])
		if len(got) != 1 {
			t.Errorf("got %q, want the row of the first version alone", got)
		}
	})
}

// TestLargeRecord: a record that the broker doesn't take stops the pipeline at
// its row.
func TestLargeRecord(t *testing.T) {
	onEverySource(t, func(t *testing.T, db *database) {
		db.exec(t, "create table big (id int primary key, v text)")
		pipe := newPipe(t, db, "*")
		pipe.kafka = append(pipe.kafka, "topics: {max_message_bytes: 20KiB}", "compression: none")
		p := newProject(t, pipe)
		s := p.start(t).streams(pipe.name)
		db.exec(t, "insert into big values (1, 'small')", fmt.Sprintf("insert into big values (2, '%s')", strings.Repeat("large", 10_000)), "insert into big values (3, 'small')")
		place := "bin.0"
		if db.postgres() {
			place = "0/"
		}
		result{s.exit(), s.out.String()}.wants(t, 1, db.space()+".big", place, "max.message.bytes")
		if strings.Contains(s.out.String(), "largelarge") {
			t.Error("the value of a row was printed")
		}
		got := changes(t, readAll(t, pipe.brokers, pipe.topic("big"))[pipe.topic("big")])
		if len(got) != 1 || !strings.Contains(got[0], "small") {
			t.Errorf("got %.200q, want the row before the large one", got)
		}
		p.refuses(t, db.space()+".big") // it stops there again, and doesn't pass over it
	})
}
