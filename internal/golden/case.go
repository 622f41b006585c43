package golden

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// The sources of cases.
const (
	sourceMySQL    = "mysql"
	sourceMariaDB  = "mariadb"
	sourcePostgres = "postgres"
)

// Case is a case as it was recorded.
type Case struct {
	// Name is the path of the folder below the root, for messages only.
	Name string `json:"-"`
	// Source is mysql, mariadb or postgres; Server and ServerVersion say which.
	Source        string `json:"source"`
	Server        string `json:"server"`
	ServerVersion string `json:"server_version"`
	// Connector is the version of Debezium.
	Connector string            `json:"connector_version"`
	Databases []string          `json:"databases"`
	Config    map[string]string `json:"config"`
	Volatile  []string          `json:"volatile"`
	// Topics are expressions of topics beside those that begin with the prefix.
	Topics []string `json:"topics"`
	// Exclusive: the records depend on everything that happens on the server.
	Exclusive bool `json:"exclusive"`
	// DDLInEvents: the schema change topic is in events.jsonl, not in ddl.jsonl.
	DDLInEvents bool `json:"ddl_in_events"`
	// Wire says how keys and values stand in the lines: json, string or hex.
	Wire     map[string]string `json:"wire"`
	Recorded struct {
		TaskState string         `json:"task_state"`
		Records   map[string]int `json:"records"`
	} `json:"recorded"`

	dir string
}

// Load reads every case in root, which is the folder of a case or any folder
// above such folders.
func Load(root string) ([]*Case, error) {
	var cases []*Case
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() != "case.json" {
			return err
		}
		c, err := read(root, filepath.Dir(path))
		cases = append(cases, c)
		return err
	})
	if err == nil && len(cases) == 0 {
		err = errors.New("no case.json in it")
	}
	if err != nil {
		return nil, fmt.Errorf("read cases in %s: %w", root, err)
	}
	return cases, nil
}

func read(root, dir string) (*Case, error) {
	text, err := os.ReadFile(filepath.Join(dir, "case.json"))
	if err != nil {
		return nil, err
	}
	c := &Case{dir: dir}
	if err := json.Unmarshal(text, c); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	name, err := filepath.Rel(root, dir)
	if err != nil {
		return nil, err
	}
	if c.Name = filepath.ToSlash(name); c.Name == "." {
		c.Name = filepath.Base(dir)
	}
	return c, c.check()
}

func (c *Case) check() error {
	switch {
	case !slices.Contains([]string{sourceMySQL, sourceMariaDB, sourcePostgres}, c.Source):
		return fmt.Errorf("%s: source %q is none that we know", c.dir, c.Source)
	case len(c.Databases) == 0:
		return fmt.Errorf("%s: no databases", c.dir)
	case c.Prefix() == "":
		return fmt.Errorf("%s: the connector has no topic.prefix", c.dir)
	}
	_, err := parsePaths(c.Volatile)
	for _, expr := range c.Topics {
		if err == nil {
			_, err = regexp.Compile(expr)
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.dir, err)
	}
	return nil
}

// Prefix is the topic prefix, the name of the schema change topic.
func (c *Case) Prefix() string { return c.Config["topic.prefix"] }

// Owns reports whether a topic is one of the case.
func (c *Case) Owns(topic string) bool {
	rest, ok := strings.CutPrefix(topic, c.Prefix())
	delimiter := cmp.Or(c.Config["topic.delimiter"], ".")
	return ok && (rest == "" || strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, delimiter)) || topic == c.HeartbeatTopic() || c.routed(topic)
}

// routed reports whether a transform sends records there.
func (c *Case) routed(topic string) bool {
	return slices.ContainsFunc(c.Topics, func(expr string) bool {
		matched, err := regexp.MatchString(`\A(?:`+expr+`)\z`, topic)
		return matched && err == nil
	})
}

// Names are what no other case may use at the same time, in the order in which
// they are to be taken.
func (c *Case) Names() []string {
	names := []string{"topics of " + c.Prefix()}
	for _, list := range [][]string{c.Databases, slices.Collect(maps.Keys(c.Recorded.Records))} {
		names = append(names, list...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Failed reports whether the connector stopped: then there may be more records
// than it wrote.
func (c *Case) Failed() bool { return c.Recorded.TaskState == "FAILED" }

// Setup is the script that runs before the connector starts.
func (c *Case) Setup() (string, error) { return c.file("setup.sql") }

// file reads a file of the case; empty when it isn't there.
func (c *Case) file(name string) (string, error) {
	text, err := os.ReadFile(filepath.Join(c.dir, name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return string(text), nil
}

func (c *Case) has(name string) bool {
	_, err := os.Stat(filepath.Join(c.dir, name))
	return err == nil
}

func (c *Case) postgres() bool { return c.Source == sourcePostgres }

// scripts returns all statements, in lower case, for the rules that argue from
// them.
func (c *Case) scripts() (string, error) {
	setup, err := c.Setup()
	if err != nil {
		return "", err
	}
	changes, err := c.file("changes.sql")
	return strings.ToLower(setup + "\n" + changes), err
}
