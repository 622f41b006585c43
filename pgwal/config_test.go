package pgwal

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"go.uber.org/zap"

	"cdc/event"
)

func goodConfig() Config {
	c := Default()
	c.User, c.Database, c.Tables = "cdc", "app", []string{"public.*"}
	return c
}

func TestConfigValidate(t *testing.T) {
	if err := goodConfig().Validate(); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Config){
		"host: ":                       func(c *Config) { c.Host = "" },
		"port: ":                       func(c *Config) { c.Port = 70000 },
		"user: ":                       func(c *Config) { c.User = "" },
		"database: ":                   func(c *Config) { c.Database = "" },
		"slot: ":                       func(c *Config) { c.Slot = "Shop-1" },
		"publication: ":                func(c *Config) { c.Publication = strings.Repeat("p", 64) },
		"tables: ":                     func(c *Config) { c.Tables = nil },
		"tables[1]: ":                  func(c *Config) { c.Tables = []string{"public.a", "orders"} },
		"snapshot.mode: ":              func(c *Config) { c.Snapshot.Mode = "always" },
		"publication_autocreate: ":     func(c *Config) { c.PublicationAutocreate = "yes" },
		"status_interval: ":            func(c *Config) { c.StatusInterval = 0 },
		"receive_timeout: ":            func(c *Config) { c.ReceiveTimeout = time.Millisecond },
		"connect_timeout: ":            func(c *Config) { c.ConnectTimeout = -1 },
		"publication_check_interval: ": func(c *Config) { c.PublicationCheckInterval = 0 },
		"tls.mode: ":                   func(c *Config) { c.TLS.Mode = "on" },
	} {
		c := goodConfig()
		change(&c)
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestOwnNames(t *testing.T) {
	for pipeline, want := range map[string]string{
		"shop":                   "cdc_shop",
		"Shop-EU.1":              "cdc_shop_eu_1",
		"größe":                  "cdc_gr____e",
		strings.Repeat("a", 100): "cdc_" + strings.Repeat("a", 59),
	} {
		c := goodConfig().named(pipeline)
		if c.Slot != want || c.Publication != want || !slotName.MatchString(c.Slot) {
			t.Errorf("%s: slot %s, publication %s, want %s", pipeline, c.Slot, c.Publication, want)
		}
	}
	c := goodConfig()
	c.Slot, c.Publication = "mine", "My Pub"
	if c = c.named("shop"); c.Slot != "mine" || c.Publication != "My Pub" {
		t.Errorf("names that were set became %s and %s", c.Slot, c.Publication)
	}
}

func TestErrorsSayHowToMend(t *testing.T) {
	s, err := New("shop", goodConfig(), zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ code, text, want string }{
		{"28P01", "password authentication failed", "password"},
		{"28000", "no pg_hba.conf entry", "pg_hba.conf"},
		{"3D000", "database does not exist", "database"},
		{"08P01", "unsupported startup parameter: replication", "PgBouncer"},
		{"42501", "permission denied to start WAL sender", `ALTER ROLE "cdc" WITH LOGIN REPLICATION`},
		{"53400", "all replication slots are in use", "max_replication_slots"},
	} {
		got := s.explain("connect", &pgconn.PgError{Code: test.code, Message: test.text})
		if !errors.Is(got, event.ErrConfig) || !strings.Contains(got.Error(), test.want) || !strings.Contains(got.Error(), test.text) {
			t.Errorf("%s: got %v, want %q in it", test.code, got, test.want)
		}
	}
	for _, passing := range []error{
		&pgconn.PgError{Code: "57P03", Message: "the database system is starting up"},
		&pgconn.PgError{Code: "53300", Message: "too many connections"},
		errors.New("connection refused"),
	} {
		if got := s.explain("connect", passing); permanent(got) {
			t.Errorf("%v became permanent: %v", passing, got)
		}
	}
	lost := &pgconn.PgError{Code: "55000", Message: `can no longer get changes from replication slot "cdc_shop"`}
	if got := s.streamError(lost); !errors.Is(got, event.ErrPositionLost) {
		t.Errorf("got %v, want position lost", got)
	}
}
