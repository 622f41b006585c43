//go:build integration

package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// goldenRoot holds one folder for each source and in it one for each case.
const goldenRoot = "../../testdata/golden"

// goldenCase is a case as it was recorded.
type goldenCase struct {
	dir       string
	Source    string
	Databases []string
	Config    map[string]string
	Volatile  []string
	Recorded  struct{ Records map[string]int }
}

// goldenRecord is one recorded record. Key and value are the bytes without
// schema; nil stands for null.
type goldenRecord struct {
	topic      string
	partition  int32
	key, value []byte
	headers    []goldenHeader
}

type goldenHeader struct{ Key, Value string }

// goldenCases reads every case that there is.
func goldenCases(t *testing.T) map[string]*goldenCase {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(goldenRoot, "*", "*", "case.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings in %s: %v", goldenRoot, err)
	}
	cases := map[string]*goldenCase{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c := &goldenCase{dir: filepath.Dir(file)}
		if err := json.Unmarshal(text, c); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		name, err := filepath.Rel(goldenRoot, c.dir)
		if err != nil {
			t.Fatal(err)
		}
		cases[filepath.ToSlash(name)] = c
	}
	return cases
}

func (c *goldenCase) read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(c.dir, name))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(text)
}

// records returns what was recorded, and how many records of the topic of
// schema changes are left out.
func (c *goldenCase) records(t *testing.T) (records []goldenRecord, leftOut int) {
	t.Helper()
	prefix := c.Config["topic.prefix"]
	lines := bufio.NewScanner(strings.NewReader(c.read(t, "events.jsonl")))
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var raw struct {
			Topic      string
			Partition  int32
			Key, Value json.RawMessage
			Headers    []goldenHeader
		}
		if err := json.Unmarshal(lines.Bytes(), &raw); err != nil {
			t.Fatalf("%s: %v", c.dir, err)
		}
		if raw.Topic != prefix {
			records = append(records, goldenRecord{
				topic: raw.Topic, partition: raw.Partition, headers: raw.Headers,
				key: c.payload(t, "key", raw.Key), value: c.payload(t, "value", raw.Value),
			})
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return records, c.Recorded.Records[prefix]
}

// payload returns the bytes that a converter without schemas writes.
func (c *goldenCase) payload(t *testing.T, part string, raw json.RawMessage) []byte {
	t.Helper()
	if bytes.Equal(raw, []byte("null")) {
		return nil
	}
	if c.Config[part+".converter.schemas.enable"] != "true" {
		return raw
	}
	var both struct{ Payload json.RawMessage }
	if err := json.Unmarshal(raw, &both); err != nil || both.Payload == nil {
		t.Fatalf("%s: no payload in %.200s: %v", c.dir, raw, err)
	}
	return both.Payload
}

// volatile returns the paths below key or value that differ in every run.
func (c *goldenCase) volatile(part string) [][]string {
	var paths [][]string
	for _, path := range c.Volatile {
		rest, ok := strings.CutPrefix(path, "$."+part+".")
		if !ok {
			continue
		}
		if c.Config[part+".converter.schemas.enable"] == "true" {
			rest = strings.TrimPrefix(rest, "payload.")
		}
		paths = append(paths, strings.Split(rest, "."))
	}
	return paths
}

// plain properties say nothing about the records that we write.
var plain = []string{
	"connector.class", "tasks.max", "poll.interval.ms", "snapshot.locking.mode", "plugin.name", "topic.prefix",
	"schema.history.internal.store.only.captured.databases.ddl",
	"key.converter.schemas.enable", "value.converter.schemas.enable",
}

// settings translates the connector's properties into ours. What has no
// translation yet is returned as notYet.
type settings struct {
	tables    []string
	mode      string
	truncates bool // are emitted
	notYet    []string
}

var (
	simpleName  = regexp.MustCompile(`\A\w+\z`)
	simpleTable = regexp.MustCompile(`\A\w+(\\)?\.(\w+|\.\*)\z`)
)

func (c *goldenCase) settings() settings {
	s := settings{mode: "initial"}
	for name, value := range c.Config {
		if !s.take(name, value) && !slices.Contains(plain, name) {
			s.notYet = append(s.notYet, name)
		}
	}
	slices.Sort(s.notYet)
	if s.tables == nil {
		s.tables = []string{"*.*"}
	}
	return s
}

// take reports whether the property was understood.
func (s *settings) take(name, value string) bool {
	switch name {
	case "key.converter", "value.converter":
		return value == "org.apache.kafka.connect.json.JsonConverter"
	case "tombstones.on.delete":
		return value == "true"
	case "snapshot.mode":
		s.mode = value
		return value == "initial" || value == "no_data" || value == "when_needed" || value == "initial_only"
	case "skipped.operations":
		s.truncates = value == "none"
		return value == "none" || value == "t"
	case "database.include.list":
		return s.takeList(value, simpleName, ".*")
	case "table.include.list":
		s.tables = nil // it says more than the list of databases
		return s.takeList(value, simpleTable, "")
	default:
		return false
	}
}

// takeList turns a list of simple regular expressions into patterns.
func (s *settings) takeList(value string, simple *regexp.Regexp, suffix string) bool {
	if suffix != "" && s.tables != nil {
		return true // table.include.list came first
	}
	for item := range strings.SplitSeq(value, ",") {
		if !simple.MatchString(item) {
			return false
		}
		item = strings.NewReplacer(`\.`, ".", "..*", ".*").Replace(item)
		s.tables = append(s.tables, item+suffix)
	}
	return true
}

// step is a run of statements with a direction before it: "", stop, start,
// restart, or settle for those that only wait.
type step struct {
	direction  string
	statements string
}

func (c *goldenCase) steps(t *testing.T) []step {
	t.Helper()
	steps := []step{{}}
	for line := range strings.Lines(c.read(t, "changes.sql")) {
		text, ok := strings.CutPrefix(line, "-- @")
		if !ok {
			steps[len(steps)-1].statements += line
			continue
		}
		direction, _, _ := strings.Cut(strings.TrimSpace(text), " ")
		switch direction {
		case "wait", "quiet":
			direction = "settle"
		case "stop", "start", "restart":
		default:
			t.Fatalf("%s: direction %q", c.dir, direction)
		}
		steps = append(steps, step{direction: direction})
	}
	return steps
}
