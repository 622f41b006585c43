package encode

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
)

const (
	goldenRoot = "../../testdata/golden"
	oldKeyName = "__debezium.oldkey"
	newKeyName = "__debezium.newkey"
)

// goldenRecord is a record as it was recorded, without its schemas.
type goldenRecord struct {
	topic      string
	key, value []byte // nil for null
	fields     []goldenField
	keyFields  []string
	headName   string
	headValue  string
	headers    []string
}

// goldenField is a column as the recorded schema describes it.
type goldenField struct {
	Type       string            `json:"type"`
	Optional   bool              `json:"optional"`
	Name       string            `json:"name"`
	Parameters map[string]string `json:"parameters"`
	Default    json.RawMessage   `json:"default"`
	Field      string            `json:"field"`
	Fields     []goldenField     `json:"fields"`
}

type goldenSource struct {
	Version   string  `json:"version"`
	Connector string  `json:"connector"`
	Name      string  `json:"name"`
	Snapshot  string  `json:"snapshot"`
	DB        string  `json:"db"`
	Sequence  *string `json:"sequence"`
	Micros    int64   `json:"ts_us"`
	Nanos     int64   `json:"ts_ns"`
	Schema    string  `json:"schema"`
	Table     string  `json:"table"`
	Server    uint32  `json:"server_id"`
	GTID      *string `json:"gtid"`
	File      string  `json:"file"`
	Pos       uint64  `json:"pos"`
	Row       uint32  `json:"row"`
	Thread    uint32  `json:"thread"`
	XID       uint64  `json:"txId"`
	LSN       uint64  `json:"lsn"`
	Query     *string `json:"query"`
}

type goldenEnvelope struct {
	Before map[string]json.RawMessage `json:"before"`
	After  map[string]json.RawMessage `json:"after"`
	Source goldenSource               `json:"source"`
	Op     string                     `json:"op"`
	Nanos  int64                      `json:"ts_ns"`

	Transaction struct {
		Order      uint32 `json:"total_order"`
		TableOrder uint32 `json:"data_collection_order"`
	} `json:"transaction"`
}

func readGolden(t *testing.T, name string) []goldenRecord {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(goldenRoot, name, "events.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var list []goldenRecord
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if r := parseGolden(t, lines.Bytes()); strings.Count(r.topic, ".") >= 2 {
			list = append(list, r)
		}
	}
	if len(list) == 0 {
		t.Fatalf("%s: no records", name)
	}
	return list
}

func parseGolden(t *testing.T, line []byte) goldenRecord {
	t.Helper()
	var raw struct {
		Topic      string
		Key, Value json.RawMessage
		Headers    []struct{ Key, Value string }
	}
	mustUnmarshal(t, line, &raw)
	r := goldenRecord{topic: raw.Topic}
	var schema goldenField
	r.key, schema = withoutSchema(t, raw.Key)
	for _, f := range schema.Fields {
		r.keyFields = append(r.keyFields, f.Field)
	}
	r.value, schema = withoutSchema(t, raw.Value)
	for _, f := range schema.Fields {
		if f.Field == "after" {
			r.fields = f.Fields
		}
	}
	for _, h := range raw.Headers {
		r.headers = append(r.headers, h.Key+"="+h.Value)
		if h.Key == oldKeyName || h.Key == newKeyName {
			r.headName, r.headValue = h.Key, h.Value
		}
	}
	return r
}

// withoutSchema returns the bytes that JsonConverter prints when it is told to
// leave the schema out.
func withoutSchema(t *testing.T, raw json.RawMessage) ([]byte, goldenField) {
	t.Helper()
	if string(raw) == "null" {
		return nil, goldenField{}
	}
	var both struct {
		Schema  *goldenField
		Payload json.RawMessage
	}
	mustUnmarshal(t, raw, &both)
	if both.Schema == nil {
		return raw, goldenField{}
	}
	return both.Payload, *both.Schema
}

func mustUnmarshal(t *testing.T, data []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%v in %.200s", err, data)
	}
}

// goldenCases are replayed as a whole: values are read back from the recorded
// text by the recorded schema, written anew and compared as bytes.
var goldenCases = []string{
	"mysql/ops-pk", "mysql/ops-nokey", "mysql/ops-truncate", "mysql/ints-signed", "mysql/decimal-precise", "mysql/floats",
	"mysql/temporal-default", "mysql/text", "mysql/binary-bytes", "mysql/bits", "mysql/json", "mysql/enum-set", "mysql/snapshot",
	"mysql/snapshot-types", "mysql/defaults", "mysql/key-types", "mysql/zero-dates", "mysql/long-text", "mysql/generated-invisible",
	"mysql/ddl-columns", "mysql/names", "mysql/tx-compressed", "mysql/cascade",
	"mysql/tx-metadata", "mysql/query-text", "mysql/heartbeat", "mysql/ddl-tables",
	"mariadb/ops-pk", "mariadb/ints", "mariadb/temporal", "mariadb/text-binary", "mariadb/snapshot", "mariadb/snapshot-types",
	"mariadb/generated-defaults", "mariadb/tx-metadata", "mariadb/ddl",
	"postgres/ops-pk", "postgres/ops-nokey", "postgres/ops-truncate", "postgres/ints", "postgres/decimal-precise", "postgres/floats",
	"postgres/temporal-default", "postgres/text", "postgres/binary", "postgres/json", "postgres/snapshot", "postgres/key-types",
	"postgres/key-columns", "postgres/replica-identity", "postgres/ddl-columns", "postgres/names", "postgres/net-uuid-xml-money",
	"postgres/generated", "postgres/restart", "postgres/tx-metadata", "postgres/heartbeat", "postgres/logical-messages",
}

func TestGolden(t *testing.T) {
	for _, name := range goldenCases {
		t.Run(name, func(t *testing.T) {
			list := readGolden(t, name)
			digits := zonedDigits(t, list)
			for len(list) > 0 {
				n := oneRow(list)
				replayRow(t, list[:n], digits)
				list = list[n:]
			}
		})
	}
}

// oneRow returns how many of the first records come from one row.
func oneRow(list []goldenRecord) int {
	n := 1
	for n < len(list) && list[n].topic == list[0].topic &&
		(list[n].value == nil || list[n].headName == oldKeyName && list[n-1].value == nil) {
		n++
	}
	return n
}

// zonedDigits finds how many fraction digits each zoned timestamp column has:
// a snapshot of MySQL leaves trailing zeros out, which we don't.
func zonedDigits(t *testing.T, list []goldenRecord) map[string]int {
	t.Helper()
	digits := map[string]int{}
	for _, r := range list {
		if r.value == nil {
			continue
		}
		var env goldenEnvelope
		mustUnmarshal(t, r.value, &env)
		for _, f := range r.fields {
			for _, image := range []map[string]json.RawMessage{env.Before, env.After} {
				if f.Name == "io.debezium.time.ZonedTimestamp" {
					digits[f.Field] = max(digits[f.Field], fractionLen(string(image[f.Field])))
				}
			}
		}
	}
	return digits
}

func fractionLen(text string) int {
	_, fraction, _ := strings.Cut(strings.Trim(text, `"Z`), ".")
	return len(fraction)
}

func replayRow(t *testing.T, list []goldenRecord, digits map[string]int) {
	t.Helper()
	var first, last goldenEnvelope
	mustUnmarshal(t, list[0].value, &first)
	mustUnmarshal(t, list[len(list)-1].valueOr(list[0]), &last)

	in := newReplay(t, list[0], first.Source, digits)
	row := event.Row{Schema: in.schema, Op: event.Op(first.Op[0]), Before: -1, After: -1}
	if first.Before != nil {
		row.Before = in.image(first.Before)
	}
	if after := last.After; after != nil {
		row.After = in.image(after)
	}
	if len(list) == 3 {
		row.Op, row.Flags = event.OpUpdate, event.KeyChanged
	}
	f := in.encode(row, first)
	if len(f.Records) != len(list) {
		t.Fatalf("%s: got %d records, want %d", list[0].value, len(f.Records), len(list))
	}
	for i, want := range list {
		if i == 2 { // its clock was read later than that of the first
			want.value = bytes.Replace(want.value, clockOf(last), clockOf(first), 1)
		}
		compareRecord(t, f, i, want, in)
	}
}

func (r goldenRecord) valueOr(o goldenRecord) []byte {
	if r.value != nil {
		return r.value
	}
	return o.value
}

func clockOf(e goldenEnvelope) []byte {
	var w writer
	w.stamp(time.Unix(0, e.Nanos))
	return w.clock[:w.clockLen]
}

func compareRecord(t *testing.T, f *event.Frame, i int, want goldenRecord, in *replay) {
	t.Helper()
	name, head, _ := f.KeyHeader(i)
	if name != want.headName || string(head) != want.headValue {
		t.Errorf("header\n got %s %s\nwant %s %s", name, head, want.headName, want.headValue)
	}
	for _, pair := range [][2][]byte{{f.Key(i), want.key}, {f.Value(i), want.value}} {
		got, want := string(pair[0]), in.ours.Replace(string(pair[1]))
		if got != want || (pair[0] == nil) != (pair[1] == nil) {
			t.Errorf("record %d\n got %s\nwant %s", i, got, want)
		}
	}
}

// TestGoldenHeaders compares all headers and their order.
func TestGoldenHeaders(t *testing.T) {
	for _, r := range readGolden(t, "mysql/ops-pk") {
		var names []string
		if r.headName != "" {
			names = append(names, r.headName+"="+r.headValue)
		}
		for _, h := range Headers("mysql", "gold_my_ops_pk", "01a2056c-5314-7c77-b80b-93f3c1293669") {
			names = append(names, h.Key+"="+string(h.Value))
		}
		if got, want := strings.Join(names, " "), strings.Join(r.headers, " "); got != want {
			t.Errorf("headers: got %s, want %s", got, want)
		}
	}
}

// TestGoldenFolders: every recording is replayed by one of the tests.
func TestGoldenFolders(t *testing.T) {
	want := append([]string{"mysql/schemaless", "postgres/schemaless"}, goldenCases...)
	slices.Sort(want)
	found, err := filepath.Glob(filepath.Join(goldenRoot, "*", "*", "events.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, path := range found {
		name, err := filepath.Rel(goldenRoot, filepath.Dir(path))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, filepath.ToSlash(name))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cases (-replayed +recorded):\n%s", diff)
	}
}

// TestGoldenSchemaless replays what was recorded without schemas.
func TestGoldenSchemaless(t *testing.T) {
	fields := []goldenField{{Type: "int32", Field: "id"}, {Type: "string", Field: "v", Optional: true}}
	for _, name := range []string{"mysql/schemaless", "postgres/schemaless"} {
		list := readGolden(t, name)
		for i := range list {
			list[i].fields, list[i].keyFields = fields, []string{"id"}
		}
		for len(list) > 0 {
			n := oneRow(list)
			replayRow(t, list[:n], nil)
			list = list[n:]
		}
	}
}
