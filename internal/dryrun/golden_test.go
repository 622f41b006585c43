package dryrun

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"cdc/transform"
)

// recorded is a line of a recording.
type recorded struct {
	Topic      string
	Key, Value json.RawMessage
}

func recordedEvents(t *testing.T, name string) (list []recorded) {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "testdata", "golden", name, "events.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var r recorded
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	if lines.Err() != nil {
		t.Fatalf("%s: no events: %v", name, lines.Err())
	}
	return list
}

// Events that Debezium recorded with default options come out as they went in,
// through no rule.
func TestEventsComeOutAsTheyWentIn(t *testing.T) {
	for _, name := range []string{
		"mariadb/generated-defaults", "mariadb/decimal-modes", "mariadb/enum-bits-more", "mysql/bits", "mysql/binary-bytes", "mysql/defaults", "mysql/enum-set",
		"mysql/floats", "mysql/ints-signed", "mysql/ints-unsigned", "mysql/json", "mysql/key-types", "mysql/spatial", "mysql/vector", "mysql/temporal-default", "mysql/tx-metadata", "mysql/ops-pk", "mysql/ops-nokey",
		"postgres/arrays", "postgres/binary", "postgres/hstore-ltree-citext", "postgres/postgis", "postgres/pgvector", "postgres/interval-numeric", "postgres/net-uuid-xml-money", "postgres/temporal-default", "postgres/ops-pk", "postgres/ops-truncate", "postgres/toast", "postgres/not-null-fallbacks",
	} {
		if _, err := os.Stat(filepath.Join("..", "..", "testdata", "golden", name, "events.jsonl")); err != nil {
			t.Error(err)
			continue
		}
		t.Run(name, func(t *testing.T) { comesOut(t, name) })
	}
}

func comesOut(t *testing.T, name string) {
	var engine *Engine
	rows := 0
	for i, r := range recordedEvents(t, name) {
		in := append(append(append([]byte{}, r.Key...), '\t'), r.Value...)
		changes, err := ReadChanges(bytes.NewReader(in), name)
		if err != nil {
			t.Fatal(err)
		}
		if len(changes) == 0 {
			continue
		}
		if engine == nil {
			engine = engineOf(t, changes[0].Origin())
		}
		got, err := engine.Run(changes[0])
		if err != nil || len(got) == 0 {
			t.Fatalf("event %d: got %d records, %v", i, len(got), err)
		}
		rows++
		key, ours, theirs := appendRaw(nil, got[0].Key), withoutNanos(got[0].Value), withoutNanos(r.Value)
		if got[0].Topic != r.Topic || !bytes.Equal(ours, theirs) || !bytes.Equal(key, r.Key) {
			t.Fatalf("event %d: got\n%s %s %s, want\n%s %s %s", i, got[0].Topic, key, ours, r.Topic, r.Key, theirs)
		}
	}
	if rows == 0 {
		t.Error("no event was compared")
	}
}

// sourceNanos are what MariaDB's source block says below a microsecond, which a
// batch doesn't hold.
var sourceNanos = regexp.MustCompile(`("ts_ns":\d+)\d{3}(,"table")`)

func withoutNanos(value []byte) []byte { return sourceNanos.ReplaceAll(value, []byte("${1}${2}")) }

func engineOf(t *testing.T, o Origin) *Engine {
	t.Helper()
	s := Setup{Connector: o.Connector, Database: o.Database, Rules: transform.Options{Prefix: o.Name}}
	s.Encoding.Version = o.Version
	s.Encoding.Format.Value = "json_schema"
	e, err := NewEngine(transform.PassAll(s.Complete().Rules), nil, s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
