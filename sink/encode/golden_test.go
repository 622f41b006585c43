package encode

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
	// keyText and valueText are what was recorded, with schemas.
	keyText, valueText string
	fields             []goldenField
	keyFields          []string
	headName           string
	headValue          string
	headers            []string
}

// goldenField is a column as the recorded schema describes it.
type goldenField struct {
	Type       string            `json:"type"`
	Optional   bool              `json:"optional"`
	Name       string            `json:"name"`
	Parameters map[string]string `json:"parameters"`
	Default    json.RawMessage   `json:"default"`
	Doc        string            `json:"doc"`
	Field      string            `json:"field"`
	Fields     []goldenField     `json:"fields"`
	Items      *goldenField      `json:"items"`
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
	Origin    string
	OriginLSN uint64  `json:"origin_lsn"`
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
	tables := map[string]bool{}
	for lines.Scan() {
		r := parseGolden(t, lines.Bytes())
		if len(r.fields) > 0 || bytes.Contains(r.value, []byte(`"source":`)) && !bytes.Contains(r.value, []byte(`"op":"m"`)) {
			tables[r.topic] = true
		}
		if tables[r.topic] {
			list = append(list, r)
		}
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
	if schema.Fields == nil && r.key != nil {
		r.keyFields = fieldNames(t, r.key)
	}
	r.keyText, r.valueText = string(raw.Key), string(raw.Value)
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

// fieldNames are the keys of an object in their order, where they stand alone.
func fieldNames(t *testing.T, object []byte) (names []string) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(object))
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	for d.More() {
		var value json.RawMessage
		name, err := d.Token()
		if err == nil {
			err = d.Decode(&value)
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name.(string)) //nolint:forcetypeassert // the key of an object
	}
	return names
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

// TestGolden replays the recordings: values are read back from the recorded text
// by the recorded schema, written anew and compared as bytes, with schemas and
// without.
func TestGolden(t *testing.T) {
	replayed := 0
	for _, name := range goldenFolders(t) {
		c := openCase(t, name)
		if c.notOurs() != "" {
			continue
		}
		replayed++
		t.Run(name, func(t *testing.T) {
			list := readGolden(t, name)
			if !c.schemas && !addSchemas(t, list) {
				return // nothing says what the tables are like
			}
			digits := zonedDigits(t, list)
			for len(list) > 0 {
				n := oneRow(list)
				c.replayRow(t, list[:n], digits)
				list = list[n:]
			}
		})
	}
	if replayed < 60 {
		t.Errorf("replayed only %d cases", replayed)
	}
}

// oneRow returns how many of the first records come from one row.
func oneRow(list []goldenRecord) int {
	n := 1
	for n < len(list) && list[n].topic == list[0].topic &&
		(list[n].value == nil || list[n].headName == oldKeyName && (list[n-1].value == nil || list[n-1].headName == newKeyName)) {
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
				for _, text := range zonedTexts(f, image[f.Field]) {
					digits[f.Field] = max(digits[f.Field], fractionLen(string(text)))
				}
			}
		}
	}
	return digits
}

// zonedTexts are the zoned timestamps in a value: itself, or its elements.
func zonedTexts(f goldenField, value json.RawMessage) (list []json.RawMessage) {
	const zoned = "io.debezium.time.ZonedTimestamp"
	switch {
	case f.Name == zoned:
		list = append(list, value)
	case f.Items != nil && f.Items.Name == zoned && json.Unmarshal(value, &list) != nil:
		return nil // not in this row
	}
	return list
}

func fractionLen(text string) int {
	_, fraction, _ := strings.Cut(strings.Trim(text, `"Z`), ".")
	return len(fraction)
}

func (c *goldenCase) replayRow(t *testing.T, list []goldenRecord, digits map[string]int) {
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
	if list[len(list)-1].headName == oldKeyName {
		row.Op, row.Flags = event.OpUpdate, event.KeyChanged
	}
	for _, schemas := range []bool{false, true} {
		f := in.encode(row, first, c.options, c.formatWith(schemas))
		if len(f.Records) != len(list) {
			t.Fatalf("%s: got %d records, want %d", list[0].value, len(f.Records), len(list))
		}
		for i, want := range list {
			if i > 0 && want.value != nil { // its clock was read later than that of the first
				want.value = bytes.Replace(want.value, clockOf(last), clockOf(first), 1)
				want.valueText = strings.Replace(want.valueText, string(clockOf(last)), string(clockOf(first)), 1)
			}
			compareRecord(t, f, i, want, in, schemas && c.schemas)
		}
		if !c.schemas {
			break
		}
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

func compareRecord(t *testing.T, f *event.Frame, i int, want goldenRecord, in *replay, schemas bool) {
	t.Helper()
	name, head, _ := f.KeyHeader(i)
	if name != want.headName || string(head) != want.headValue {
		t.Errorf("header\n got %s %s\nwant %s %s", name, head, want.headName, want.headValue)
	}
	key, value := string(want.key), string(want.value)
	if schemas {
		key, value = want.keyText, want.valueText
	}
	if want.key == nil {
		key = ""
	}
	if want.value == nil {
		value = ""
	}
	for _, pair := range [][2]string{{string(f.Key(i)), key}, {string(f.Value(i)), value}} {
		if got, want := pair[0], in.ours.Replace(pair[1]); got != want {
			at := 0
			for at < len(got) && at < len(want) && got[at] == want[at] {
				at++
			}
			t.Fatalf("record %d, from byte %d on\n got %.900s\nwant %.900s", i, at, got[max(at-100, 0):], want[max(at-100, 0):])
		}
	}
}

// TestGoldenHeaders compares all headers and their order.
func TestGoldenHeaders(t *testing.T) {
	for name, prefix := range map[string]string{"mysql/ops-pk": "gold_my_ops_pk", "mysql/headers-json": "gold_my_headers_json"} {
		format := openCase(t, name).format
		for _, r := range readGolden(t, name) {
			var names []string
			if r.headName != "" {
				names = append(names, r.headName+"="+r.headValue)
			}
			_, run, _ := strings.Cut(r.headers[len(r.headers)-1], "=")
			for _, h := range format.Headers("mysql", prefix, strings.Trim(run, `"`)) {
				names = append(names, h.Key+"="+string(h.Value))
			}
			if got, want := strings.Join(names, " "), strings.Join(r.headers, " "); got != want {
				t.Errorf("headers: got %s, want %s", got, want)
			}
		}
	}
}

// addSchemas says what the tables are like that were recorded without schemas,
// and false where they are others.
func addSchemas(t *testing.T, list []goldenRecord) bool {
	t.Helper()
	for i := range list {
		for _, image := range list[i].images(t) {
			if len(image) != 2 || image["id"] == nil || image["v"] == nil || image["id"][0] == '"' {
				return false
			}
		}
		list[i].fields = []goldenField{{Type: "int32", Field: "id"}, {Type: "string", Field: "v", Optional: true}}
		list[i].keyFields = []string{"id"}
	}
	return true
}

// images are those of the record that aren't null.
func (r goldenRecord) images(t *testing.T) (list []map[string]json.RawMessage) {
	t.Helper()
	var env goldenEnvelope
	if r.value != nil {
		mustUnmarshal(t, r.value, &env)
	}
	for _, image := range []map[string]json.RawMessage{env.Before, env.After} {
		if image != nil {
			list = append(list, image)
		}
	}
	return list
}
