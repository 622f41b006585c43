package binlog

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"

	"cdc/binlog/ddl"
	"cdc/event"
)

func lockSource(t *testing.T, tables ...string) *Source {
	t.Helper()
	c := Default()
	c.User, c.Tables = "cdc", tables
	s, err := New("p", MySQL, c, &memoryJournal{}, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestLockFindings(t *testing.T) {
	s := lockSource(t, "*.*")
	const replica = "GRANT SELECT, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `CDC`@`%`"
	databases := []string{"shop_a", "Crm"}
	tests := map[string]struct {
		grants []string
		fix    string // empty: nothing is wrong
	}{
		"all":              {[]string{"GRANT ALL PRIVILEGES ON *.* TO `CDC`@`%`"}, ""},
		"reload":           {[]string{"GRANT SELECT, RELOAD ON *.* TO `CDC`@`%`"}, ""},
		"flush":            {[]string{replica, "GRANT FLUSH_TABLES ON *.* TO `CDC`@`%`"}, ""},
		"lock everywhere":  {[]string{"GRANT SELECT, LOCK TABLES ON *.* TO `CDC`@`%`"}, ""},
		"lock in each":     {[]string{replica, "GRANT LOCK TABLES ON `SHOP\\_A`.* TO `CDC`@`%`", "GRANT ALL PRIVILEGES ON `C%`.* TO `CDC`@`%`"}, ""},
		"through a role":   {[]string{replica, "GRANT `READER`@`%` TO `CDC`@`%`"}, ""},
		"lock in one":      {[]string{replica, "GRANT SELECT, LOCK TABLES ON `SHOP_A`.* TO `CDC`@`%`"}, "GRANT LOCK TABLES ON `Crm`.* TO 'cdc'@'%' (or, for all databases, GRANT RELOAD ON *.* TO 'cdc'@'%')"},
		"lock on a table":  {[]string{replica, "GRANT LOCK TABLES ON `SHOP_A`.* TO `CDC`@`%`", "GRANT SELECT ON `CRM`.`T` TO `CDC`@`%`"}, "GRANT LOCK TABLES ON `Crm`.* TO 'cdc'@'%' (or, for all databases, GRANT RELOAD ON *.* TO 'cdc'@'%')"},
		"neither anywhere": {[]string{replica}, "GRANT LOCK TABLES ON `shop_a`.* TO 'cdc'@'%'; GRANT LOCK TABLES ON `Crm`.* TO 'cdc'@'%' (or, for all databases, GRANT RELOAD ON *.* TO 'cdc'@'%')"},
	}
	for name, tt := range tests {
		got := s.lockFindings("snapshot lock", tt.grants, databases)
		if len(got) != 1 || got[0].Fix != tt.fix || (got[0].Level == event.LevelFail) != (tt.fix != "") {
			t.Errorf("%s: got %+v, want fix %q", name, got, tt.fix)
		}
	}
}

func TestDatabasesOf(t *testing.T) {
	got := databasesOf([]described{{name: ddl.Name{Database: "a", Table: "x"}}, {name: ddl.Name{Database: "a", Table: "y"}}, {name: ddl.Name{Database: "b", Table: "x"}}})
	if diff := cmp.Diff([]string{"a", "b"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestUnmatched(t *testing.T) {
	list := []described{{name: ddl.Name{Database: "shop", Table: "orders"}}, {name: ddl.Name{Database: "shop", Table: "items"}}}
	got := unmatched([]string{"shop.*", "shop.order", "!crm.*", "crm.*", "shop.it*"}, list)
	if diff := cmp.Diff([]string{"shop.order", "crm.*"}, got); diff != "" {
		t.Error(diff)
	}
	if got := unmatched([]string{"a.b"}, nil); len(got) != 1 {
		t.Errorf("no tables at all: %v", got)
	}
}
