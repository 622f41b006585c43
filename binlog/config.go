package binlog

import (
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"cdc/binlog/flavor"
	"cdc/event"
	"cdc/security"
)

// Flavor is the family of the server.
type Flavor = flavor.Flavor

// The families.
const (
	MySQL   = flavor.MySQL
	MariaDB = flavor.MariaDB
)

// Config says which server to read and what of it.
type Config struct {
	Host     string          `yaml:"host"`
	Port     int             `yaml:"port"`
	User     string          `yaml:"user"`
	Password security.Secret `yaml:"password"`
	// Tables are patterns "database.table"; see event.Tables.
	Tables   []string       `yaml:"tables"`
	Snapshot SnapshotConfig `yaml:"snapshot"`
	// ServerID is what the source calls itself among the server's replicas; 0
	// takes one that is derived from the pipeline's name.
	ServerID uint32       `yaml:"server_id"`
	TLS      security.TLS `yaml:"tls"`
	// ConnectTimeout limits one attempt to connect.
	ConnectTimeout time.Duration `yaml:"connect_timeout"`
	// HeartbeatInterval is how often an idle server says that it is there. After
	// three intervals of silence the connection counts as dead.
	HeartbeatInterval time.Duration `yaml:"heartbeat_interval"`
	// WriteTimeout is how long the server waits for us when we don't read
	// because the sink is busy (its net_write_timeout). A connection that it
	// gives up is made again.
	WriteTimeout time.Duration `yaml:"write_timeout"`
	// LockTimeout is how long a snapshot waits for its short lock.
	LockTimeout time.Duration `yaml:"lock_timeout"`
	// IncludeQuery hands over the statement of each row, where the server logs it
	// (binlog_rows_query_log_events, binlog_annotate_row_events).
	IncludeQuery bool `yaml:"include_query"`
	// EnableTimeAdjuster reads years of one or two digits in dates as MySQL reads
	// them in a literal: 69 is 2069, 70 is 1970.
	EnableTimeAdjuster bool `yaml:"enable_time_adjuster"`
	// AcceptPartialRowImages takes rows that lack columns (binlog_row_image other
	// than FULL). What the log lacks is handed over as unavailable.
	AcceptPartialRowImages bool `yaml:"accept_partial_row_images"`
	// Capture says what is handed over beside the rows; set by the program.
	Capture event.Capture `yaml:"-"`
}

// SnapshotConfig says whether the tables are read before the log.
type SnapshotConfig struct {
	// Mode is initial, no_data, when_needed or initial_only. The engine acts on
	// it, not this package.
	Mode string `yaml:"mode"`
}

// Default returns the configuration that holds unless something is set.
func Default() Config {
	return Config{
		Host: "127.0.0.1", Port: 3306, Snapshot: SnapshotConfig{Mode: "initial"},
		ConnectTimeout: 10 * time.Second, HeartbeatInterval: 10 * time.Second,
		WriteTimeout: time.Hour, LockTimeout: 30 * time.Second,
		EnableTimeAdjuster: true,
	}
}

// Validate reports the first setting that can't be, as "path: reason". It opens
// no connection.
func (c *Config) Validate() error {
	if c.Host == "" {
		return errors.New("host: must be set")
	}
	if c.Port < 1 || c.Port > 65535 {
		return fmt.Errorf("port: %d is not between 1 and 65535", c.Port)
	}
	if c.User == "" {
		return errors.New("user: must be set")
	}
	if len(c.Tables) == 0 {
		return errors.New(`tables: must list at least one pattern, for example ["shop.*"]`)
	}
	if err := validateTables(c.Tables); err != nil {
		return err
	}
	switch c.Snapshot.Mode {
	case "initial", "no_data", "when_needed", "initial_only":
	default:
		return fmt.Errorf("snapshot.mode: %q is not one of initial, no_data, when_needed, initial_only", c.Snapshot.Mode)
	}
	if err := c.TLS.Validate(); err != nil {
		return fmt.Errorf("tls.%w", err)
	}
	return c.validateTimes()
}

func validateTables(patterns []string) error {
	_, err := event.ParseTables(patterns)
	if bad, ok := errors.AsType[*event.PatternError](err); ok {
		return fmt.Errorf("tables[%d]: %w", bad.Index, bad)
	}
	return err
}

func (c *Config) validateTimes() error {
	for _, t := range []struct {
		path string
		d    time.Duration
		max  time.Duration
	}{
		{"connect_timeout", c.ConnectTimeout, time.Hour},
		{"heartbeat_interval", c.HeartbeatInterval, time.Hour},
		{"write_timeout", c.WriteTimeout, 365 * 24 * time.Hour},
		{"lock_timeout", c.LockTimeout, 365 * 24 * time.Hour},
	} {
		if t.d < time.Second || t.d > t.max {
			return fmt.Errorf("%s: %s is not between 1s and %s", t.path, t.d, t.max)
		}
	}
	return nil
}

// oldRows says what the log holds of rows before a change: a session that writes
// less is refused unless it is accepted.
func (c *Config) oldRows() event.OldRows {
	if c.AcceptPartialRowImages {
		return event.OldUnknown
	}
	return event.OldFull
}

// serverID returns the id under which the source registers. Derived ids lie
// far above those that people give by hand.
func (c *Config) serverID(pipeline string) uint32 {
	if c.ServerID != 0 {
		return c.ServerID
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(pipeline)) // a hash takes anything
	return h.Sum32() | 1<<31
}
