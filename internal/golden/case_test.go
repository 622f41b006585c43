package golden

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const corpus = "../../testdata/golden"

// write makes the folder of a case.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

const smallCase = `{"source":"mysql","databases":["d"],"config":{"topic.prefix":"p"},"volatile":["$.timestamp"]}`

func TestLoad(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "a", "b"), map[string]string{"case.json": smallCase})
	write(t, filepath.Join(root, "c"), map[string]string{"case.json": smallCase})
	for dir, want := range map[string]string{root: "a/b c", filepath.Join(root, "a"): "b", filepath.Join(root, "c"): "c"} {
		cases, err := Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, c := range cases {
			names = append(names, c.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: got %s, want %s", dir, got, want)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	for want, text := range map[string]string{
		"no case.json":      "",
		"unexpected end":    "{",
		`source "oracle"`:   strings.Replace(smallCase, "mysql", "oracle", 1),
		"no databases":      strings.Replace(smallCase, `["d"]`, "[]", 1),
		"topic.prefix":      strings.Replace(smallCase, "topic.prefix", "x", 1),
		"can't be under":    strings.Replace(smallCase, "$.timestamp", "$.value.a[?(@.b)]", 1),
		`record has no "x"`: strings.Replace(smallCase, "$.timestamp", "$.x", 1),
	} {
		root := t.TempDir()
		if text != "" {
			write(t, root, map[string]string{"case.json": text})
		}
		if _, err := Load(root); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func one(t *testing.T, files map[string]string) *Case {
	t.Helper()
	root := t.TempDir()
	write(t, root, map[string]string{"case.json": smallCase})
	write(t, root, files)
	cases, err := Load(root)
	if err != nil {
		t.Fatal(err)
	}
	return cases[0]
}

func TestRecords(t *testing.T) {
	c := one(t, map[string]string{
		"events.jsonl": `{"topic":"p","partition":0,"timestamp":1,"key":null,"value":{"b" : 1.0E10, "a":"\u00e4"},"headers":[]}` + "\n" +
			`{"topic":"p.d.t","partition":2,"timestamp":3,"key":{"hex":"00"},"value":{"hex": "00ff"},"headers":[{"key": "h", "value": "x"},{"key": "n", "value": null},{"key": "b", "value": {"hex": "01"}}]}` + "\n",
	})
	all, err := c.records("events.jsonl")
	if err != nil || len(all) != 2 {
		t.Fatalf("%d records, %v", len(all), err)
	}
	if first := all[0]; first.Key != nil || string(first.Value) != `{"b" : 1.0E10, "a":"\u00e4"}` {
		t.Errorf("got %s, want the bytes as they are", first.Value)
	}
	r := all[1]
	if r.Partition != 2 || string(r.Key) != `{"hex":"00"}` || string(r.Value) != "\x00\xff" {
		t.Errorf("key %q, value %q", r.Key, r.Value)
	}
	if len(r.Headers) != 3 || string(r.Headers[0].Value) != "x" || r.Headers[1].Value != nil || string(r.Headers[2].Value) != "\x01" {
		t.Errorf("headers %v", r.Headers)
	}
	events, err := c.Events()
	if err != nil || len(events) != 1 {
		t.Errorf("%d events without the schema changes, %v", len(events), err)
	}
}

func TestSteps(t *testing.T) {
	c := one(t, map[string]string{"changes.sql": "insert 1;\n-- @wait 1.5\ninsert 2;\n-- a comment\n-- @stop\ninsert 3;\n-- @start\n-- @signal {\"a\":1}\n-- @quiet\n"})
	steps, err := c.Steps()
	if err != nil {
		t.Fatal(err)
	}
	var got []Direction
	for _, s := range steps {
		got = append(got, s.Direction)
	}
	if want := []Direction{Go, Settle, Stop, Start, Signal, Settle}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if steps[0].Statements != "insert 1;\n" || steps[1].Statements != "insert 2;\n-- a comment\n" || steps[1].Wait != 1500*time.Millisecond {
		t.Errorf("got %q", steps)
	}
	if _, err := one(t, map[string]string{"changes.sql": "-- @dance\n"}).Steps(); err == nil {
		t.Error("an unknown direction is taken")
	}
}

// TestCorpus reads every recording that there is.
func TestCorpus(t *testing.T) {
	cases, err := Load(corpus)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		if _, err := c.Steps(); err != nil {
			t.Error(err)
		}
		k := &comparison{Case: c, tally: &Tally{}}
		want, err := k.wanted()
		if err != nil {
			t.Error(err)
			continue
		}
		if slices.Contains(c.classes(), "ContentBasedRouter") {
			continue // whose tombstones aren't taken for what they were recorded as
		}
		for topic, n := range c.Recorded.Records {
			if len(want[topic]) != n && topic != c.Prefix() { // schema changes of other databases may have been counted
				t.Errorf("%s, topic %s: read %d records, %d were recorded", c.Name, topic, len(want[topic]), n)
			}
		}
	}
}
