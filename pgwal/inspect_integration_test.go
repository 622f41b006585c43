//go:build integration

package pgwal

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"cdc/event"
	"cdc/internal/testdb"
)

func finding(list []event.Finding, check string, level event.Level) *event.Finding {
	for i := range list {
		if list[i].Check == check && list[i].Level == level {
			return &list[i]
		}
	}
	return nil
}

func TestDoctorFindsNothingWrong(t *testing.T) {
	everyVersion(t, func(t *testing.T, major int) {
		b := newBed(t, major, "create table a (id int primary key)")
		for range 2 { // before the first start, and after it
			for _, f := range b.source().Doctor(t.Context()) {
				if f.Level != event.LevelOK || f.Detail == "" {
					t.Errorf("%+v", f)
				}
			}
			r := b.start("")
			r.wait(t, "the first position", func() bool { return r.position != "" })
			r.stop(t)
		}
	})
}

func TestDoctorFindings(t *testing.T) {
	for _, test := range []struct {
		name   string
		setup  []string
		change func(*Config)
		check  string
		level  event.Level
		fix    string
	}{
		{"no identity", []string{"create table n (id int)"}, nil, "replica identity", event.LevelWarn, `ALTER TABLE "public"."n" REPLICA IDENTITY FULL`},
		{"harmed", []string{"create table n (id int)", "create publication cdc_test for all tables"}, nil, "publication", event.LevelFail, `ALTER TABLE "public"."n" REPLICA IDENTITY FULL`},
		{"foreign publication", []string{"create table a (id int primary key)", "create publication cdc_test"}, nil, "publication", event.LevelWarn, `ALTER PUBLICATION "cdc_test" ADD TABLE ONLY "public"."a"`},
		{"wrong password", nil, func(c *Config) { c.User, c.Password = "cdc", "wrong" }, "connection", event.LevelFail, "check user and password"},
		{"no database", nil, func(c *Config) { c.Database = "nowhere" }, "connection", event.LevelFail, "check database"},
		{"no slot", nil, func(c *Config) { c.SlotAutocreate = false }, "slot", event.LevelFail, "pg_create_logical_replication_slot"},
		{"no publication", nil, func(c *Config) { c.PublicationAutocreate = Disabled }, "publication", event.LevelFail, `CREATE PUBLICATION "cdc_test"`},
		{"no table", nil, func(c *Config) { c.Tables = []string{"shop.*"} }, "tables", event.LevelWarn, "schema.table"},
		{"not the owner", []string{"create table a (id int primary key)"}, func(c *Config) { c.User, c.Password = "cdc", "cdc" }, "publication", event.LevelFail, "CREATE PUBLICATION"},
		{"hidden rows", []string{"create table a (id int primary key)", "alter table a enable row level security"}, func(c *Config) { c.User, c.Password = "cdc", "cdc" }, "row security", event.LevelFail, "BYPASSRLS"},
		{"type without a form", []string{"create table a (id int primary key, p box)"}, nil, "column types", event.LevelWarn, "include_unknown_datatypes"},
		{"key that moved", []string{"create table a (id int primary key, n int not null unique)", "alter table a replica identity using index a_n_key"}, nil, "replica identity", event.LevelWarn, `ALTER TABLE "public"."a" REPLICA IDENTITY DEFAULT`},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBed(t, 18, test.setup...)
			if test.change != nil {
				test.change(&b.config)
			}
			list := b.source().Doctor(t.Context())
			f := finding(list, test.check, test.level)
			if f == nil || !strings.Contains(f.Fix, test.fix) {
				t.Errorf("no %s of %s with %q in %+v", test.level, test.check, test.fix, list)
			}
			for _, f := range list {
				if strings.Contains(fmt.Sprint(f), "wrong") && test.name == "wrong password" {
					t.Errorf("the password shows in %+v", f)
				}
			}
		})
	}
}

func TestDoctorGrants(t *testing.T) {
	b := newBed(t, 18, "create table a (id int primary key)")
	role := testdb.UniqueName(t)
	b.exec("create role "+role+" login password 'x'", "grant connect on database "+b.db+" to "+role)
	defer b.exec("drop owned by "+role, "drop role "+role)
	b.config.User, b.config.Password = role, "x"
	list := b.source().Doctor(t.Context())
	for check, fix := range map[string]string{
		"role":                   "WITH LOGIN REPLICATION",
		"replication connection": "WITH LOGIN REPLICATION",
		"grants":                 "GRANT SELECT",
		"publication":            "CREATE PUBLICATION",
	} {
		if f := finding(list, check, event.LevelFail); f == nil || !strings.Contains(f.Fix, fix) {
			t.Errorf("no failure of %s with %q in %+v", check, fix, list)
		}
	}
	if err := b.start("").failed(t); !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), "REPLICATION") {
		t.Errorf("the stream ended with %v", err)
	}
}

func TestStartRefusesASlotThatIsNotForUs(t *testing.T) {
	b := newBed(t, 18, "create table a (id int primary key)")
	other := newBed(t, 18)
	other.exec("select pg_create_logical_replication_slot('" + other.config.Slot + "', 'pgoutput')")
	plugin := testdb.UniqueName(t)
	physical := testdb.UniqueName(t)
	b.exec("select pg_create_logical_replication_slot('"+plugin+"', 'test_decoding')", "select pg_create_physical_replication_slot('"+physical+"')")
	defer b.exec("select pg_drop_replication_slot('" + physical + "')")
	for slot, want := range map[string]string{
		other.config.Slot: "belongs to the database",
		plugin:            "belongs to the plugin test_decoding",
		physical:          "is a physical slot",
	} {
		b.config.Slot = slot
		if err := b.start("").failed(t); !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want a refusal with %q", err, want)
		}
	}
}

// TestStartRefusesASlotInUse: of another application at once, of our own
// predecessor until it is gone.
func TestStartRefusesASlotInUse(t *testing.T) {
	b := newBed(t, 18, "create table a (id int primary key)")
	r := b.start("")
	r.wait(t, "the first position", func() bool { return r.position != "" })
	config := b.config
	config.Publication = "cdc_test"
	stranger, err := New("stranger", config, testLog(t))
	if err != nil {
		t.Fatal(err)
	}
	other := b.startSource(stranger, r.stored(), newCollector(stranger))
	if err := other.failed(t); !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), "pg_terminate_backend") {
		t.Errorf("got %v, want a refusal that names the process", err)
	}
	core, seen := observer.New(zap.WarnLevel)
	s, err := New("test", b.config, zap.New(core))
	if err != nil {
		t.Fatal(err)
	}
	next := b.startSource(s, r.stored(), newCollector(s))
	eventually(t, "the successor waits", func() bool { return seen.FilterMessageSnippet("still in use").Len() > 0 })
	r.stop(t)
	b.exec("insert into a values (1)")
	next.want(t, "c public.a 1")
}

func TestStartRefusesWALLevel(t *testing.T) {
	server := testdb.NewPostgres(t, 18, "-c", "wal_level=replica")
	b := newBedOn(t, server.Server, "create table a (id int primary key)")
	if err := b.start("").failed(t); !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), "ALTER SYSTEM SET wal_level = 'logical'") {
		t.Errorf("got %v, want the statement that sets wal_level", err)
	}
	if f := finding(b.source().Doctor(t.Context()), "server settings", event.LevelFail); f == nil || !strings.Contains(f.Fix, "wal_level") {
		t.Errorf("doctor says %+v", f)
	}
}

func TestStartRefusesWhenAllSlotsAreTaken(t *testing.T) {
	server := testdb.NewPostgres(t, 15, "-c", "max_replication_slots=1")
	b := newBedOn(t, server.Server, "create table a (id int primary key)", "select pg_create_physical_replication_slot('only')")
	if err := b.start("").failed(t); !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), "max_replication_slots") {
		t.Errorf("got %v, want the setting to raise", err)
	}
}

func TestSchemas(t *testing.T) {
	b := newBed(t, 18, "create table a (id int primary key)", "create table n (p point)", "create table other (id int primary key)")
	b.config.Tables = []string{"public.?"}
	list, err := b.source().Schemas(t.Context())
	if err != nil || len(list) != 1 || list[0].Name() != "public.a" {
		t.Errorf("got %v, %v, want only public.a", list, err)
	}
	b.exec("create table u (id int primary key, p box)")
	if list, err = b.source().Schemas(t.Context()); err != nil || len(list) != 2 || len(list[1].Columns) != 1 {
		t.Errorf("got %v, %v, want u without its column", list, err)
	}
}
