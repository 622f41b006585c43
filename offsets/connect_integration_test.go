//go:build integration

package offsets_test

import (
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"cdc/event"
	"cdc/internal/testdb"
	"cdc/offsets"
)

// connector is one offset that Kafka Connect's own reader is asked for.
type connector struct {
	offset event.Offset // stored by us, or
	raw    string       // these bytes
	want   string       // what Connect makes of it
}

// TestConnectReadsOffsets has Kafka Connect's own classes read what the store
// has written, key and value, from a real broker: a Debezium connector of the
// same name and topic prefix goes on where we were.
func TestConnectReadsOffsets(t *testing.T) {
	connectors := map[string]connector{
		"mysql": {
			offset: event.Offset{
				Position: `{"ts_sec":1767225600,"file":"binlog.000003","pos":6442450944,"gtids":"3e11fa47-71ca-11e1-9e33-c80aa9429562:1-57","server_id":1,"cdc":"{\"server\":\"3e11fa47-71ca-11e1-9e33-c80aa9429562\",\"skip\":3}"}`,
				Rules:    "8f14e45f",
			},
			want: `{"ts_sec":1767225600,"file":"binlog.000003","pos":6442450944,"gtids":"3e11fa47-71ca-11e1-9e33-c80aa9429562:1-57","server_id":1,"cdc":"{\"server\":\"3e11fa47-71ca-11e1-9e33-c80aa9429562\",\"skip\":3,\"rules\":\"8f14e45f\"}"}`,
		},
		"postgres": {
			offset: event.Offset{Position: `{"lsn_proc":24023400,"lsn_commit":24023400,"lsn":24023400,"txId":571,"ts_usec":1767225600130456,"messageType":"INSERT","cdc":"{\"start\":24023400}"}`},
			want:   `{"lsn_proc":24023400,"lsn_commit":24023400,"lsn":24023400,"txId":571,"ts_usec":1767225600130456,"messageType":"INSERT","cdc":"{\"start\":24023400}"}`,
		},
		"snapshot": {
			offset: event.Offset{Snapshot: []byte(`{"slot":"cdc_shop","ours":true,"tables":["a","ä"]}`)},
			want:   `{"cdc":"{\"snapshot\":\"{\\\"slot\\\":\\\"cdc_shop\\\",\\\"ours\\\":true,\\\"tables\\\":[\\\"a\\\",\\\"ä\\\"]}\"}"}`,
		},
		"debezium":  {raw: `{"transaction_id":null,"file":"b.1","pos":4,"event":2,"row":1}`, want: `{"transaction_id":null,"file":"b.1","pos":4,"event":2,"row":1}`},
		"nested":    {raw: `{"lsn":1,"cdc":{"start":1}}`, want: `null`}, // or this test could not fail
		"list":      {raw: `{"lsn":1,"cdc":["start"]}`, want: `null`},
		"forgotten": {want: `null`},
	}
	brokers, topic := testdb.Kafka(t), testdb.UniqueName(t)
	storeAll(t, brokers, topic, connectors)
	var names []string
	for name := range connectors {
		names = append(names, name)
	}
	lines := connectReader(t, append([]string{brokers[0], topic, "shop"}, names...))
	if len(lines) != len(names) {
		t.Fatalf("the reader printed %d lines for %d connectors:\n%s", len(lines), len(names), strings.Join(lines, "\n"))
	}
	for i, name := range names {
		if diff := cmp.Diff(fieldsOf(t, connectors[name].want), fieldsOf(t, lines[i])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// storeAll writes the offsets through our store, except for raw bytes.
func storeAll(t *testing.T, brokers []string, topic string, connectors map[string]connector) {
	t.Helper()
	opts := []kgo.Opt{kgo.SeedBrokers(brokers...), kgo.RecordPartitioner(kgo.ManualPartitioner())}
	s, err := offsets.OpenKafka(t.Context(), opts, topic, "shop")
	if err != nil {
		t.Fatal(err)
	}
	defer closeIt(t, s)
	client, err := kgo.NewClient(opts...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for name, c := range connectors {
		switch {
		case c.raw != "":
			r := &kgo.Record{Topic: topic, Key: []byte(`["` + name + `",{"server":"shop"}]`), Value: []byte(c.raw)}
			err = client.ProduceSync(t.Context(), r).FirstErr()
		case c.want == "null":
			err = errors.Join(s.Save(t.Context(), name, event.Offset{Position: `{"lsn":1}`}), s.Delete(t.Context(), name))
		default:
			err = s.Save(t.Context(), name, c.offset)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// connectReader runs Connect's reader and returns the lines that it prints.
func connectReader(t *testing.T, args []string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	options := []string{
		"-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8",
		"-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp", testdb.KafkaClasspath(t), filepath.Join("testdata", "ConnectReader.java"),
	}
	cmd := exec.CommandContext(ctx, "java", append(options, args...)...)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, complaints.String())
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// fieldsOf reads a line of JSON; numbers stay as they are written.
func fieldsOf(t *testing.T, line string) map[string]json.RawMessage {
	t.Helper()
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(line), &fields); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	return fields
}
