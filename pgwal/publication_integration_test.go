//go:build integration

package pgwal

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cdc/event"
)

const pubTables = "select coalesce(string_agg(schemaname || '.' || tablename, ' ' order by 1), '') from pg_publication_tables where pubname = 'cdc_test'"

const pubKind = `select case when puballtables then 'all' when exists(select from pg_publication_namespace where pnpubid = p.oid) then 'schemas' else 'list' end
	from pg_publication p where pubname = 'cdc_test'`

func TestPublicationForm(t *testing.T) {
	for _, test := range []struct {
		name     string
		mode     Autocreate
		patterns []string
		tables   []string
		kind     string
		has      string
	}{
		{"one schema", AutoPublication, []string{"public.*"}, []string{"a"}, "schemas", "public.a"},
		{"all", AutoPublication, []string{"*.*"}, []string{"a"}, "all", "public.a"},
		{"one table", AutoPublication, []string{"public.a"}, []string{"a", "b"}, "list", "public.a"},
		{"exclusion", AutoPublication, []string{"public.*", "!public.b"}, []string{"a", "b"}, "list", "public.a"},
		{"a table lacks identity", AutoPublication, []string{"public.*"}, []string{"a", "-n"}, "list", "public.a"},
		{"no table yet", AutoPublication, []string{"later.*"}, nil, "list", ""},
		{"filtered", Filtered, []string{"public.*"}, []string{"a"}, "list", "public.a"},
		{"all_tables", AllTables, []string{"public.a"}, []string{"a", "b"}, "all", "public.a public.b"},
	} {
		t.Run(test.name, func(t *testing.T) {
			everyVersion(t, func(t *testing.T, major int) {
				b := newBed(t, major)
				for _, name := range test.tables {
					if bare, ok := strings.CutPrefix(name, "-"); ok {
						b.exec("create table " + bare + " (id int)")
					} else {
						b.exec("create table " + name + " (id int primary key)")
					}
				}
				b.config.PublicationAutocreate, b.config.Tables = test.mode, test.patterns
				if err := b.source().keepPublication(t.Context(), b.admin); err != nil {
					t.Fatal(err)
				}
				if got := b.text(pubKind); got != test.kind {
					t.Errorf("got kind %s, want %s", got, test.kind)
				}
				if got := b.text(pubTables); got != test.has {
					t.Errorf("got tables %q, want %q", got, test.has)
				}
			})
		})
	}
}

func TestAllTablesIsRefusedWhereItWouldDoHarm(t *testing.T) {
	b := newBed(t, 18, "create table n (id int)")
	b.config.PublicationAutocreate = AllTables
	err := b.source().keepPublication(t.Context(), b.admin)
	if !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), "REPLICA IDENTITY FULL") {
		t.Errorf("got %v, want a refusal with the statement", err)
	}
}

// TestNewTables: those that can be published are captured soon, one that would
// harm the application turns a publication of a schema into a list.
func TestNewTables(t *testing.T) {
	for _, mode := range []Autocreate{AutoPublication, Filtered} {
		for _, patterns := range []string{"public.*", "*.*"} {
			t.Run(fmt.Sprint(mode, " ", patterns), func(t *testing.T) {
				everyVersion(t, func(t *testing.T, major int) { testNewTables(t, major, mode, patterns) })
			})
		}
	}
}

func testNewTables(t *testing.T, major int, mode Autocreate, patterns string) {
	b := newBed(t, major, "create table a (id int primary key)")
	b.config.PublicationAutocreate, b.config.Tables = mode, []string{patterns}
	b.config.PublicationCheckInterval = time.Second
	r := b.start("")
	r.wait(t, "the first position", func() bool { return r.position != "" })

	b.exec("create table b (id int primary key)")
	eventually(t, "the new table is published", func() bool { return b.text(pubTables) == "public.a public.b" })
	b.exec("insert into b values (1)")
	r.want(t, "c public.b 1")

	b.exec("create table n (id int)", "insert into n values (1)")
	eventually(t, "the application may update the table without identity", func() bool {
		return b.text(pubKind) == "list" && b.text(pubTables) == "public.a public.b"
	})
	b.exec("update n set id = 2")
	b.exec("insert into a values (7)", "insert into b values (8)")
	r.wait(t, "rows after the change of the publication", func() bool { return len(r.rows) > 0 && r.rows[len(r.rows)-1] == "c public.b 8" })

	b.exec("alter table n replica identity full")
	eventually(t, "the mended table is published", func() bool { return b.text(pubTables) == "public.a public.b public.n" })
	b.exec("update n set id = 3")
	r.wait(t, "the mended table's rows", func() bool { return r.rows[len(r.rows)-1] == "u public.n 2 -> 3" })
	r.stop(t)
}

func TestForeignPublicationIsLeftAlone(t *testing.T) {
	b := newBed(t, 18, "create table a (id int primary key)", "create table b (id int primary key)", "create publication cdc_test for table a")
	s := b.source()
	if err := s.keepPublication(t.Context(), b.admin); err != nil {
		t.Fatal(err)
	}
	if got := b.text(pubTables); got != "public.a" {
		t.Errorf("the publication has %q, want it left alone", got)
	}
	_, v := b.takeSnapshot(s, nil)
	if n := len(v.Tables()); n != 1 || v.Tables()[0].Table != "a" {
		t.Errorf("%d tables in the snapshot, want only the published one", n)
	}
}

func TestDisabledPublicationMustExist(t *testing.T) {
	b := newBed(t, 18, "create table a (id int primary key)")
	b.config.PublicationAutocreate, b.config.Tables = Disabled, []string{"public.a"}
	err := b.start("").failed(t)
	if !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), `CREATE PUBLICATION "cdc_test" FOR TABLE ONLY "public"."a"`) {
		t.Errorf("got %v, want the statement that makes the publication", err)
	}
}

func TestRoleThatDoesNotOwnTheTables(t *testing.T) {
	b := newBed(t, 18, "create table a (id int primary key)")
	b.config.User, b.config.Password = "cdc", "cdc"
	err := b.start("").failed(t)
	if !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), "CREATE PUBLICATION") {
		t.Errorf("got %v, want the statement that makes the publication", err)
	}
	b.exec("create publication cdc_test for table a")
	r := b.start("")
	r.wait(t, "the first position", func() bool { return r.position != "" })
	b.exec("insert into a values (1)")
	r.want(t, "c public.a 1")
}
