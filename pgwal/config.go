package pgwal

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"cdc/event"
	"cdc/security"
)

// Config says which server, which tables, and how the replication slot and the
// publication are kept. [Default] fills what has a default.
type Config struct {
	// Host is a name or an address, or the folder of a Unix socket.
	Host     string          `yaml:"host"`
	Port     int             `yaml:"port"`
	User     string          `yaml:"user"`
	Password security.Secret `yaml:"password"`
	// Database is the one database that the slot belongs to.
	Database string `yaml:"database"`
	// Slot and Publication are cdc_<pipeline> when they are empty.
	Slot        string `yaml:"slot"`
	Publication string `yaml:"publication"`
	// Tables are patterns of schema.table, see [event.Tables].
	Tables   []string     `yaml:"tables"`
	Snapshot Snapshot     `yaml:"snapshot"`
	TLS      security.TLS `yaml:"tls"`
	// SlotAutocreate makes the slot when it is missing and no position is
	// stored. Without it a missing slot is an error.
	SlotAutocreate bool `yaml:"slot_autocreate"`
	// PublicationAutocreate is auto, all_tables, filtered or disabled.
	PublicationAutocreate Autocreate `yaml:"publication_autocreate"`
	// PublicationCheckInterval is how often the publication is compared with
	// the tables of the catalogue.
	PublicationCheckInterval time.Duration `yaml:"publication_check_interval"`
	// StatusInterval is how often the server hears which position is safe, at
	// least.
	StatusInterval time.Duration `yaml:"status_interval"`
	// ReceiveTimeout is how long the server may be silent, though asked for an
	// answer, before the connection counts as dead.
	ReceiveTimeout time.Duration `yaml:"receive_timeout"`
	ConnectTimeout time.Duration `yaml:"connect_timeout"`
	// PublishViaPartitionRoot tells the changes of partitions as those of the
	// table that they are partitions of. It holds for a publication that this
	// pipeline makes.
	PublishViaPartitionRoot bool `yaml:"publish_via_partition_root"`
	// MessagePrefixInclude and MessagePrefixExclude are regular expressions for
	// the whole prefix of logical messages (pg_logical_emit_message), one list at
	// most; without one every message is handed over.
	MessagePrefixInclude []string `yaml:"message_prefix_include_list"`
	MessagePrefixExclude []string `yaml:"message_prefix_exclude_list"`
	// TemporarySlot: a stream without a position makes a slot that goes with its
	// connection, and can't go on when that one breaks. For a look at the log that
	// leaves nothing behind; set by the program.
	TemporarySlot bool `yaml:"-"`
	// Capture is what is handed over beside rows; the pipeline sets it.
	Capture event.Capture `yaml:"-"`
}

// Snapshot says what is read before the log.
type Snapshot struct {
	// Mode is initial, no_data, when_needed or initial_only.
	Mode string `yaml:"mode"`
}

// Autocreate says who makes the publication.
type Autocreate string

// The ways to keep the publication.
const (
	// AutoPublication publishes whole schemas where the role may and every table
	// of them has a replica identity, else a list of tables.
	AutoPublication Autocreate = "auto"
	// AllTables publishes every table of the database. It is refused while one
	// of them has no replica identity; one that is made later is published too.
	AllTables Autocreate = "all_tables"
	// Filtered publishes a list of the tables that the patterns take.
	Filtered Autocreate = "filtered"
	// Disabled leaves the publication to somebody else.
	Disabled Autocreate = "disabled"
)

// Default returns the settings of a source that nobody has touched.
func Default() Config {
	return Config{
		Host: "127.0.0.1", Port: 5432,
		Snapshot:                 Snapshot{Mode: "initial"},
		SlotAutocreate:           true,
		PublicationAutocreate:    AutoPublication,
		PublicationCheckInterval: time.Minute,
		StatusInterval:           10 * time.Second,
		ReceiveTimeout:           time.Minute,
		ConnectTimeout:           30 * time.Second,
	}
}

// Validate reports the first setting that can't work. Its message begins with
// the setting's path below the source. It connects to nothing.
func (c Config) Validate() error {
	for _, check := range []func(Config) error{checkNames, checkChoices, checkTables, checkMessages, checkTimes} {
		if err := check(c); err != nil {
			return err
		}
	}
	if err := c.TLS.Validate(); err != nil {
		return fmt.Errorf("tls.%w", err)
	}
	return nil
}

// maxName is how long PostgreSQL lets the name of anything be, in bytes.
const maxName = 63

var slotName = regexp.MustCompile(`\A[a-z0-9_]{1,63}\z`)

func checkNames(c Config) error {
	switch {
	case c.Host == "":
		return errors.New("host: is missing")
	case c.Port < 1 || c.Port > 65535:
		return fmt.Errorf("port: %d is not between 1 and 65535", c.Port)
	case c.User == "":
		return errors.New("user: is missing")
	case c.Database == "":
		return errors.New("database: is missing; a replication slot belongs to one database")
	case c.Slot != "" && !slotName.MatchString(c.Slot):
		return fmt.Errorf("slot: %q is not a slot name; PostgreSQL takes up to 63 of a-z, 0-9 and _", c.Slot)
	case len(c.Publication) > maxName || strings.ContainsRune(c.Publication, 0):
		return fmt.Errorf("publication: %q is longer than %d bytes", c.Publication, maxName)
	}
	return nil
}

func checkChoices(c Config) error {
	switch c.Snapshot.Mode {
	case "initial", "no_data", "when_needed", "initial_only":
	default:
		return fmt.Errorf("snapshot.mode: %q is not one of initial, no_data, when_needed, initial_only", c.Snapshot.Mode)
	}
	switch c.PublicationAutocreate {
	case AutoPublication, AllTables, Filtered, Disabled:
	default:
		return fmt.Errorf("publication_autocreate: %q is not one of auto, all_tables, filtered, disabled", c.PublicationAutocreate)
	}
	return nil
}

func checkTables(c Config) error {
	if len(c.Tables) == 0 {
		return errors.New(`tables: is empty; name at least one pattern, for example "public.*"`)
	}
	_, err := event.ParseTables(c.Tables)
	if bad := (*event.PatternError)(nil); errors.As(err, &bad) {
		return fmt.Errorf("tables[%d]: %w", bad.Index, err)
	}
	return err
}

func checkMessages(c Config) error {
	_, err := parsePrefixes(c.MessagePrefixInclude, c.MessagePrefixExclude)
	return err
}

func checkTimes(c Config) error {
	for _, d := range []struct {
		name       string
		value, min time.Duration
	}{
		{"status_interval", c.StatusInterval, 100 * time.Millisecond},
		{"receive_timeout", c.ReceiveTimeout, time.Second},
		{"connect_timeout", c.ConnectTimeout, 100 * time.Millisecond},
		{"publication_check_interval", c.PublicationCheckInterval, time.Second},
	} {
		if d.value < d.min {
			return fmt.Errorf("%s: %s is too short; at least %s", d.name, d.value, d.min)
		}
	}
	return nil
}

// named fills in the names that are derived from the pipeline's.
func (c Config) named(pipeline string) Config {
	if c.Slot == "" {
		c.Slot = ownName(pipeline)
	}
	if c.Publication == "" {
		c.Publication = ownName(pipeline)
	}
	return c
}

// ownName makes a name that PostgreSQL takes for a slot.
func ownName(pipeline string) string {
	name := []byte("cdc_" + strings.ToLower(pipeline))
	for i, b := range name {
		if (b < 'a' || b > 'z') && (b < '0' || b > '9') {
			name[i] = '_'
		}
	}
	return string(name[:min(len(name), maxName)])
}
