package encode

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cdc/event"
)

// expandedTable has a key, a text that is expanded, and another column; the value
// is the text by itself.
func expandedTable(kind event.Kind, modes ...string) *event.Schema {
	text := typ(kind, event.Nullable)
	text.Logical, text.Symbols = event.LogicalExpanded, modes
	s := table(1, col("id", 0, typ(event.KindString, 0)), col("payload", 1, text), col("kind", 2, typ(event.KindString, 0)))
	return s.Project(s.Columns[1:2])
}

func expandedRows(view *event.Schema, kind event.Kind, texts ...string) *builder {
	b := newBuilder(view)
	b.target = &event.Target{Topic: "t", Name: "p.t", Shape: event.ShapeValue, Key: event.KeyValue}
	for _, text := range texts {
		b.add(event.OpCreate, 0, nil, vals(b.text(event.KindString, "k"), b.text(kind, text), b.text(event.KindString, "Created")))
	}
	return b
}

// expandsTo prints the value that a text is expanded to in JSON with schemas.
func expandsTo(t *testing.T, text string, modes ...string) string {
	t.Helper()
	view := expandedTable(event.KindString, modes...)
	b := expandedRows(view, event.KindString, text)
	return string(b.encode(t, inSchema(mysqlConf)).Value(0))
}

// TestExpandLikeDebezium expands the texts of recorded cases, whose columns are of
// type text, so that what the database holds is what was inserted.
func TestExpandLikeDebezium(t *testing.T) {
	// Of objects in an array that differ, Debezium takes the first in the order of a
	// hash table whose order is another one in every process, and drops what isn't
	// in it. Here nothing is dropped.
	dropped := map[string]string{
		`{"a":[{"x":{"y":1}},{"x":{"z":1}}]}`: `{"schema":{"type":"struct","fields":[{"type":"array","items":{"type":"struct","fields":[{"type":"struct","fields":` +
			`[{"type":"int32","optional":true,"field":"y"},{"type":"int32","optional":true,"field":"z"}],"optional":true,"name":"payload.a.x","field":"x"}],` +
			`"optional":false,"name":"payload.a"},"optional":true,"field":"a"}],"optional":true,"name":"payload"},"payload":{"a":[{"x":{"y":1,"z":null}},{"x":{"y":null,"z":1}}]}}`,
	}
	insert := regexp.MustCompile(`,'(o-\d+)','Created','(.*)'\);$`)
	for name, modes := range map[string][]string{"postgres/outbox-expand-text": nil, "postgres/outbox-expand-bytes": {event.ExpandBytes}} {
		texts := map[string]string{}
		for line := range strings.Lines(readFile(t, name, "changes.sql")) {
			if m := insert.FindStringSubmatch(strings.TrimRight(line, "\n")); m != nil {
				texts[m[1]] = strings.ReplaceAll(m[2], "''", "'")
			}
		}
		n := 0
		for key, want := range recordedValues(t, name) {
			text, ok := texts[key]
			if !ok {
				t.Errorf("%s, %s: no statement inserts it", name, key)
				continue
			}
			if ours, is := dropped[text]; is {
				want = ours
			}
			if got := expandsTo(t, text, modes...); got != want {
				t.Errorf("%s, %s: %s\n got %s\nwant %s", name, key, text, got, want)
			}
			n++
		}
		if n < 20 {
			t.Errorf("%s: %d values were compared", name, n)
		}
	}
}

func readFile(t *testing.T, name, file string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(goldenRoot, name, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// recordedValues returns values as they were recorded, by the payload of the key.
func recordedValues(t *testing.T, name string) map[string]string {
	t.Helper()
	values := map[string]string{}
	lines := bufio.NewScanner(strings.NewReader(readFile(t, name, "events.jsonl")))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r struct {
			Key   struct{ Payload string }
			Value json.RawMessage
		}
		mustUnmarshal(t, lines.Bytes(), &r)
		values[r.Key.Payload] = string(r.Value)
	}
	return values
}

// Where Debezium's connector would stop, the text stays text, or what fits is
// found.
func TestExpandWhereDebeziumStops(t *testing.T) {
	const text = `{"schema":{"type":"string","optional":true},"payload":`
	field := func(schema, payload string) string {
		return `{"schema":{"type":"struct","fields":[` + schema + `],"optional":true,"name":"payload"},"payload":` + payload + `}`
	}
	for _, c := range []struct{ text, want string }{
		{`[1,2]`, `{"schema":{"type":"array","items":{"type":"int32","optional":true},"optional":true},"payload":[1,2]}`},
		{`[{"a":1}]`, `{"schema":{"type":"array","items":{"type":"struct","fields":[{"type":"int32","optional":true,"field":"a"}],"optional":true,"name":"payload"},"optional":true},"payload":[{"a":1}]}`},
		{`{"n":9223372036854775808}`, text + `"{\"n\":9223372036854775808}"}`},
		{`{"a":[{"x":1},{"x":"s"}]}`, text + `"{\"a\":[{\"x\":1},{\"x\":\"s\"}]}"}`},
		{
			`{"a":[{"x":1},{"x":3000000000},{"x":2}]}`,
			field(`{"type":"array","items":{"type":"struct","fields":[{"type":"int64","optional":true,"field":"x"}],"optional":false,"name":"payload.a"},"optional":true,"field":"a"}`,
				`{"a":[{"x":1},{"x":3000000000},{"x":2}]}`),
		},
		{
			`{"a":[{"x":1},null,{"y":2}]}`,
			field(`{"type":"array","items":{"type":"struct","fields":[{"type":"int32","optional":true,"field":"x"},{"type":"int32","optional":true,"field":"y"}],"optional":true,"name":"payload.a"},"optional":true,"field":"a"}`,
				`{"a":[{"x":1,"y":null},null,{"x":null,"y":2}]}`),
		},
		{
			`{"a":[{"l":[{"p":1}]},{"l":[{"q":1}]}]}`,
			field(`{"type":"array","items":{"type":"struct","fields":[{"type":"array","items":{"type":"struct","fields":[{"type":"int32","optional":true,"field":"p"},{"type":"int32","optional":true,"field":"q"}],`+
				`"optional":true,"name":"payload.a.l"},"optional":true,"field":"l"}],"optional":false,"name":"payload.a"},"optional":true,"field":"a"}`,
				`{"a":[{"l":[{"p":1,"q":null}]},{"l":[{"p":null,"q":1}]}]}`),
		},
		{`{"a":[[1],["b"]]}`, text + `"{\"a\":[[1],[\"b\"]]}"}`},
		{strings.Repeat(`{"a":`, maxJSONDepth+2) + "1" + strings.Repeat("}", maxJSONDepth+2), ""},
		{`{"a":"\ud83d\ude00 \ud83d"}`, field(`{"type":"string","optional":true,"field":"a"}`, `{"a":"\uD83D\uDE00 `+"\uFFFD"+`"}`)},
	} {
		if c.want == "" {
			c.want = text + string(appendString(nil, []byte(c.text))) + "}"
		}
		if got := expandsTo(t, c.text); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

func TestExpandModes(t *testing.T) {
	const text = `{"n":null,"e":[],"a":1}`
	for _, c := range []struct {
		modes []string
		want  string
	}{
		{nil, `{"a":1}`},
		{[]string{event.ExpandIgnore, event.ExpandIgnore}, `{"a":1}`},
		{[]string{event.ExpandBytes}, `{"n":null,"a":1}`},
		{[]string{"", event.ExpandStrings}, `{"e":[],"a":1}`},
		{[]string{event.ExpandBytes, event.ExpandStrings}, `{"n":null,"e":[],"a":1}`},
	} {
		b := expandedRows(expandedTable(event.KindJSON, c.modes...), event.KindJSON, text)
		if got := string(b.encode(t, mysqlConf).Value(0)); got != c.want {
			t.Errorf("%v: got %s, want %s", c.modes, got, c.want)
		}
	}
	if got := expandsTo(t, "[]", "", event.ExpandStrings); got != `{"schema":{"type":"array","items":{"type":"string","optional":true},"optional":true},"payload":[]}` {
		t.Errorf("got %s", got)
	}
	for _, modes := range [][]string{{"what"}, {"", "what"}} {
		b := expandedRows(expandedTable(event.KindJSON, modes...), event.KindJSON, text)
		if _, err := b.try(t, mysqlConf); !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), `"what"`) {
			t.Errorf("%v: got error %v", modes, err)
		}
	}
}

// Beside other fields, and in a struct, the schema is that of the value around.
func TestExpandInARow(t *testing.T) {
	view := *expandedTable(event.KindJSON)
	payload := view.Columns[0]
	payload.From, payload.Name = "doc", "body"
	view.Columns = []event.Column{
		{Name: "body", From: "payload", Ord: 1, Type: payload.Type}, {Name: "in", Fields: []event.Column{payload, col("kind", 2, typ(event.KindString, 0))}},
	}
	b := expandedRows(&view, event.KindJSON, `{"a":1}`, `"text"`, `{"b":[true]}`)
	*b.target = event.Target{Topic: "t", Name: "p.t", Shape: event.ShapeRow, Version: 3}
	c := inSchema(mysqlConf)
	c.Format.Key = FormatJSON
	row := func(body, payload string) string {
		return `{"id":"k"} {"schema":{"type":"struct","fields":[` + body[:len(body)-1] + `,"field":"body"},{"type":"struct","fields":[` +
			strings.Replace(body[:len(body)-1], `"name":"payload"`, `"name":"doc"`, 1) + `,"field":"body"},{"type":"string","optional":false,"field":"kind"}],"optional":false,"name":"p.t.Value.in","field":"in"}],"optional":false,"name":"p.t.Value","version":3},` +
			`"payload":{"body":` + payload + `,"in":{"body":` + payload + `,"kind":"Created"}}}`
	}
	compareAll(t, b.encode(t, c),
		row(`{"type":"struct","fields":[{"type":"int32","optional":true,"field":"a"}],"optional":true,"name":"payload"}`, `{"a":1}`),
		row(`{"type":"string","optional":true,"name":"io.debezium.data.Json","version":1}`, `"\"text\""`),
		row(`{"type":"struct","fields":[{"type":"array","items":{"type":"boolean","optional":true},"optional":true,"field":"b"}],"optional":true,"name":"payload"}`, `{"b":[true]}`))
	b.sameInBoth(t, mysqlConf, newFake(t))
}

func TestExpandInAvro(t *testing.T) {
	fake := newFake(t)
	texts := []string{
		`{"id": 1, "no": false, "big": 9007199254740993, "dbl": 1.5, "exp": 1000.0, "int": 2147483647, "neg": -1, "nil": null, "txt": "é\"", "yes": true, "over": 2147483648, "whole": 2.0}`,
		`{"nums": [1, 2, 3], "tags": ["x", "y"], "order": {"no": 7, "addr": {"zip": "X"}, "lines": [{"qty": 2, "sku": "a"}, {"qty": 3, "sku": "b"}]}}`,
		`{"s":"","z":1}`, `"text"`, `[1]`, `[]`, `{"m":[[{"a":1}],[{"b":2}]]}`, `{"with space":{"1":2}}`,
	}
	b := expandedRows(expandedTable(event.KindJSON), event.KindJSON, texts...)
	b.add(event.OpCreate, 0, nil, vals(b.text(event.KindString, "k"), event.Null, b.text(event.KindString, "Created")))
	f := b.sameInBoth(t, mysqlConf, fake)
	if f.Value(len(texts)) != nil {
		t.Error("a null by itself is a record without a value in Avro")
	}
	// Two records without a name can't be told apart in Avro.
	unnamed := expandedRows(expandedTable(event.KindJSON), event.KindJSON, `{"m":[[{"a":1}]],"n":[[{"c":1}]]}`)
	c := avroConf(t, mysqlConf, fake)
	if got := avroRecords(t, c, unnamed.encode(t, c))[0]; got != `"k" "{\"m\":[[{\"a\":1}]],\"n\":[[{\"c\":1}]]}"` {
		t.Errorf("got %s", got)
	}
	// Bytes and schemas of the first three are those that were recorded.
	recorded := recordedBytes(t, "mysql/outbox-avro-expand")
	for i, want := range recorded.values {
		if got := f.Value(i)[5:]; !bytes.Equal(got, want) {
			t.Errorf("record %d:\n got %x\nwant %x", i, got, want)
		}
		if got := registered(t, c, f.Value(i)); got != recorded.schemas[i] {
			t.Errorf("record %d:\n got %s\nwant %s", i, got, recorded.schemas[i])
		}
	}
}

type recordedAvro struct {
	values  [][]byte
	schemas []string
}

// recordedBytes are the values of a recorded topic that have one, and their
// schemas.
func recordedBytes(t *testing.T, name string) (r recordedAvro) {
	t.Helper()
	byID := map[int]string{}
	for line := range strings.Lines(readFile(t, name, "schemas.jsonl")) {
		var s struct {
			ID     int
			Schema json.RawMessage
		}
		mustUnmarshal(t, []byte(line), &s)
		byID[s.ID] = string(s.Schema)
	}
	for line := range strings.Lines(readFile(t, name, "events.jsonl")) {
		var e struct {
			Topic string
			Value *struct{ Hex string }
		}
		mustUnmarshal(t, []byte(line), &e)
		if e.Value == nil || !strings.HasPrefix(e.Topic, "outbox.") {
			continue
		}
		var id int
		var body []byte
		if _, err := fmt.Sscanf(e.Value.Hex, "00%8x%x", &id, &body); err != nil {
			t.Fatal(err)
		}
		r.values, r.schemas = append(r.values, body), append(r.schemas, byID[id])
	}
	return r
}

func TestExpandRefused(t *testing.T) {
	b := expandedRows(expandedTable(event.KindJSON), event.KindJSON, `{"a":1}`)
	*b.target = event.Target{Topic: "t"}
	if _, err := b.try(t, inSchema(mysqlConf)); !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), "emit a row") {
		t.Errorf("got error %v", err)
	}
	if f := b.encode(t, mysqlConf); !bytes.Contains(f.Value(0), []byte(`"after":{"payload":{"a":1}}`)) {
		t.Errorf("got %s", f.Value(0))
	}
}

// What is made of a text is bounded, however its members multiply.
func TestExpandIsBounded(t *testing.T) {
	var objects, siblings strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&objects, `{"f%d":1},`, i)
		fmt.Fprintf(&siblings, `"f%d":{},`, i)
	}
	name := strings.Repeat("n", 100_000)
	for _, text := range []string{
		`{"a":[` + strings.TrimSuffix(objects.String(), ",") + `]}`,
		`{"` + name + `":{` + strings.TrimSuffix(siblings.String(), ",") + `}}`,
		`[` + strings.TrimSuffix(strings.Repeat("1,", maxJSONValues), ",") + `]`,
	} {
		x := &expansion{key: "payload", fields: newAdjuster("", true), schemas: newAdjuster("", false)}
		if _, err := x.of([]byte(text)); err == nil {
			t.Errorf("a text of %d bytes was expanded", len(text))
		}
	}
}
