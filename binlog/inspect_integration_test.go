//go:build integration

package binlog

import (
	"strings"
	"testing"

	"cdc/event"
	"cdc/internal/testdb"
)

// found returns the findings of one check that speak of a table.
func found(t *testing.T, s *Source, check, table string) []event.Finding {
	t.Helper()
	var list []event.Finding
	for _, f := range s.Doctor(t.Context()) {
		if f.Check == check && strings.Contains(f.Detail, "table "+table+" ") {
			t.Logf("%+v", f)
			list = append(list, f)
		}
	}
	return list
}

func TestDoctorTables(t *testing.T) {
	t.Run("mysql", func(t *testing.T) { testDoctorTables(t, testdb.MySQL(t), MySQL, "") })
	t.Run("mysql with native foreign keys", func(t *testing.T) {
		testDoctorTables(t, testdb.NewMySQL(t, "--innodb-native-foreign-keys=ON").Server, MySQL, "innodb_native_foreign_keys=OFF")
	})
	t.Run("mariadb", func(t *testing.T) { testDoctorTables(t, testdb.MariaDB(t), MariaDB, "DROP FOREIGN KEY `fk`") })
}

// testDoctorTables wants the findings on cascades to say fix, or none when it
// is empty; and what the log then really holds.
func testDoctorTables(t *testing.T, srv *testdb.Server, fl Flavor, fix string) {
	db := srv.Database(t)
	srv.Exec(t, db, "create table a (id int primary key)", "create table m (id int primary key) engine=MyISAM", "create table apart_m (id int primary key) engine=MyISAM",
		"create table child (id int primary key, a int, constraint fk foreign key (a) references a (id) on delete cascade)",
		"create table apart (id int primary key, a int, foreign key (a) references a (id) on delete set null)",
		"create table strict (id int primary key, a int, foreign key (a) references a (id) on delete restrict)")
	s := newSource(t, fl, configOf(srv, db+".*", "!"+db+".apart*"), &memoryJournal{})
	for table, want := range map[string]int{"m": 1, "a": 0, "apart_m": 0} {
		if got := found(t, s, "engine", db+"."+table); len(got) != want {
			t.Errorf("table %s: %+v", table, got)
		}
	}
	want := map[string]int{"child": 1, "apart": 0, "strict": 0}
	if fix == "" {
		want["child"] = 0
	}
	for table, want := range want {
		got := found(t, s, "foreign keys", db+"."+table)
		if len(got) != want {
			t.Errorf("table %s: %+v", table, got)
		}
		for _, f := range got {
			if f.Level != event.LevelWarn || !strings.Contains(f.Fix, fix) {
				t.Errorf("table %s: %+v", table, f)
			}
		}
	}

	r := start(t, s, "", all{}).connected()
	srv.Exec(t, db, "insert into a values (1)", "insert into child values (1,1)", "delete from a", "insert into strict values (1,null)")
	logged := 0
	for _, row := range r.rows(4) {
		if row.Table == db+".child" && row.Op == "d" {
			logged++
		}
	}
	if (logged == 1) != (fix == "") {
		t.Errorf("%d cascaded deletes are in the log", logged)
	}
}

// TestDoctorSnapshotLock: the doctor finds what would stop a snapshot, and what
// it says mends it.
func TestDoctorSnapshotLock(t *testing.T) {
	srv := testdb.MySQL(t)
	db := srv.Database(t)
	user := "l" + db[len(db)-9:]
	srv.Exec(t, db, "create table a (id int primary key)",
		"create user '"+user+"'@'%' identified by 'secret'",
		"grant select, replication slave, replication client on *.* to '"+user+"'@'%'")
	defer srv.Exec(t, "", "drop user '"+user+"'@'%'")
	c := configOf(srv, db+".*", db+".nothing_*")
	c.User, c.Password = user, "secret"
	s := newSource(t, MySQL, c, &memoryJournal{})
	if !strings.Contains(findings(t, s, "tables"), db+".nothing_*") {
		t.Error("a pattern without tables isn't named")
	}
	grant := "GRANT LOCK TABLES ON `" + db + "`.* TO '" + user + "'@'%'"
	if got := findings(t, s, "snapshot lock"); !strings.Contains(got, grant) {
		t.Errorf("got %s", got)
	}
	if _, err := s.OpenView(t.Context(), nil, all{}); err == nil || !strings.Contains(err.Error(), grant) {
		t.Errorf("a snapshot says %v", err)
	}
	srv.Exec(t, "", grant)
	if got := findings(t, s, "snapshot lock"); strings.Contains(got, "GRANT") {
		t.Errorf("with the grant: %s", got)
	}
	v, err := s.OpenView(t.Context(), nil, all{})
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// findings prints those of one check.
func findings(t *testing.T, s *Source, check string) string {
	t.Helper()
	var b strings.Builder
	for _, f := range s.Doctor(t.Context()) {
		if f.Check == check {
			b.WriteString(f.Detail + ": " + f.Fix + "\n")
		}
	}
	return b.String()
}
