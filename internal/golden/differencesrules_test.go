package golden

import (
	"strings"
	"testing"
)

// TestDifferencesOfRules: each is bound to the transform that causes it.
func TestDifferencesOfRules(t *testing.T) {
	const (
		unwrapped = "type=io.debezium.transforms.ExtractNewRecordState"
		router    = "type=io.debezium.transforms.outbox.EventRouter|table.expand.json.payload=true"
		cast      = "type=x.Cast$Value|spec=a:string,n:int64"
		masked    = "type=x.MaskField$Value|fields=a,j|replacement=***"
		outboxRow = "create table t (id int, payload json)"
	)
	for _, tt := range []struct {
		name, transforms, script string
		config                   string
		part, path, ours, theirs string
		value                    string
		want                     string
	}{
		{"empty key", "drop.fields.from.key=true", "", "", "key", "", "null", `{"schema":{},"payload":{}}`, `{"a":1}`, "empty object"},
		{"another key", "drop.fields.from.key=true", "", "", "key", "", "null", `{"schema":{},"payload":{"id":1}}`, `{"a":1}`, ""},
		{"empty key without the option", unwrapped, "", "", "key", "", "null", `{"schema":{},"payload":{}}`, `{"a":1}`, ""},
		{"lost member", router, outboxRow + "; insert into t values ('{\"y\":1}')", "", "value", "payload.a[0].x.y", "1", "", "", "data is lost"},
		{"its schema", router, outboxRow, "", "value", "schema.fields[a].items.fields[x].fields[y]", `{"field":"y"}`, "", "", "data is lost"},
		{"a value that nobody wrote", router, outboxRow, "", "value", "payload.a[0].x.y", "7", "", "", ""},
		{"a member of an item", router, outboxRow, "", "value", "payload.a[0].x", "null", "", "", ""},
		{"order", router, outboxRow, "", "value", "payload.a[0]", `{"x":1,"y":2}`, `{"y":2,"x":1}`, "", "hash table"},
		{"other values", router, outboxRow, "", "value", "payload.a[0]", `{"x":1,"y":2}`, `{"y":2,"x":2}`, "", ""},
		{"Java's text", router, outboxRow, "value.converter=" + stringConverter, "value", "", `{"a":[1,"b",{"c":null}],"n":null,"s":"x"}`, "Struct{a=[1, b, Struct{}],s=x}", "", "Java's own text"},
		{"another text", router, outboxRow, "value.converter=" + stringConverter, "value", "", `{"a":1}`, "Struct{a=2}", "", ""},
		{"moment", cast, "", "time.precision.mode=connect", "value", "payload.a", `"2024-01-02T03:04:05.678901"`, `"2024-01-02T03:04:05.678Z"`, `{"a":1}`, "dates and times"},
		{"moment before 1970", cast, "", "time.precision.mode=connect", "value", "payload.a", `"1969-12-31T23:59:59.999999"`, `"23:59:59.999Z"`, `{"a":1}`, "dates and times"},
		{"day before 1970", cast, "", "time.precision.mode=connect", "value", "payload.a", `"1960-01-01"`, `"00:00:00.000Z"`, `{"a":1}`, "dates and times"},
		{"time", cast, "", "time.precision.mode=connect", "value", "payload.a", `"12:34:56.789012"`, `"12:34:56.789Z"`, `{"a":1}`, "dates and times"},
		{"time below zero", cast, "", "time.precision.mode=connect", "value", "payload.a", `"-01:00:00"`, "null", `{"a":1}`, "dates and times"},
		{"another time", cast, "", "time.precision.mode=connect", "value", "payload.a", `"12:34:56.789012"`, `"12:34:57.789Z"`, `{"a":1}`, ""},
		{"a day after 1970", cast, "", "time.precision.mode=connect", "value", "payload.a", `"2020-01-01"`, `"00:00:00.000Z"`, `{"a":1}`, ""},
		{"a column that isn't cast", cast, "", "time.precision.mode=connect", "value", "payload.b", `"1960-01-01"`, `"00:00:00.000Z"`, `{"b":1}`, ""},
		{"null of a delete", unwrapped + "/type=x.InsertField$Value", "", "", "value", "schema.fields[o].field", `"o"`, "", `{"schema":{},"payload":null}`, "null of a delete"},
		{"a row", unwrapped + "/type=x.InsertField$Value", "", "", "value", "schema.fields[o].field", `"o"`, "", `{"schema":{},"payload":{"a":1}}`, ""},
		{"null of unwrap alone", unwrapped, "", "", "value", "schema.fields[o].field", `"o"`, "", `{"schema":{},"payload":null}`, ""},
		{"mask", masked, "", "", "value", "schema.fields[j].name", "", `"io.debezium.data.Json"`, `{"j":1}`, "masked column"},
		{"mask of a default", masked, "create table t (a text default 'x')", "", "value", "payload.a", "null", `"***"`, `{"a":1}`, "masked column"},
		{"mask without a default", masked, "create table t (a text)", "", "value", "payload.a", "null", `"***"`, `{"a":1}`, ""},
		{"no mask", masked, "", "", "value", "schema.fields[k].name", "", `"io.debezium.data.Json"`, `{"k":1}`, ""},
		{"name of a key", "type=x.ValueToKey", "", "", "key", "schema.name", `"p.d.t.Key"`, "", "", "has no name"},
		{"name of another key", unwrapped, "", "", "key", "schema.name", `"p.d.t.Key"`, "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := place(t, "mysql", tt.script, "")
			configure(s.Case, tt.transforms, tt.config)
			record := visible{Record: Record{Topic: "p.d.t"}, value: []byte(tt.value)}
			if strings.Contains(tt.transforms, "EventRouter") {
				record.Headers = []Header{{"id", []byte("1")}}
			}
			s = spotOf(s.comparison, record)
			s.part = tt.part
			got := reasonOf(s.at(tt.path, tt.ours, tt.theirs))
			if got == "" && tt.want != "" || tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("argued by %q, want %q", got, tt.want)
			}
		})
	}
}

// configure gives a case transforms, with slashes between them and their options
// between bars, and another property.
func configure(c *Case, transforms, property string) {
	var names []string
	for i, options := range strings.Split(transforms, "/") {
		names = append(names, string(rune('a'+i)))
		for option := range strings.SplitSeq(options, "|") {
			key, value, _ := strings.Cut(option, "=")
			c.Config["transforms."+names[i]+"."+key] = value
		}
	}
	c.Config["transforms"] = strings.Join(names, ",")
	key, value, _ := strings.Cut(property, "=")
	c.Config[key] = value
}

// TestHeadersOfRules: what differs in headers is bound to transforms, too.
func TestHeadersOfRules(t *testing.T) {
	header := func(pairs ...string) []Header {
		var list []Header
		for i := 0; i < len(pairs); i += 2 {
			h := Header{Key: pairs[i]}
			if pairs[i+1] != "null" {
				h.Value = []byte(pairs[i+1])
			}
			list = append(list, h)
		}
		return list
	}
	for name, tt := range map[string]struct {
		transforms, script string
		snapshot           bool
		got, want          []Header
		equal              bool
	}{
		"no such transform":    {"type=x.Filter", "create table t (a text default 'dv')", false, header("A", "null"), header("A", "dv"), false},
		"JSON of a snapshot":   {"type=x.HeaderFrom$Value", "", true, header("A", `{"a":1}`), header("A", `{"a": 1}`), true},
		"JSON of the stream":   {"type=x.HeaderFrom$Value", "", false, header("A", `{"a":1}`), header("A", `{"a": 1}`), false},
		"other JSON":           {"type=x.HeaderFrom$Value", "", true, header("A", `{"a":1}`), header("A", `{"a": 2}`), false},
		"key header":           {"type=x.ValueToKey", "", false, header("h", "1"), header(oldKeyHeader, "k", "h", "1"), true},
		"another key header":   {"type=x.ValueToKey", "", false, header(oldKeyHeader, "l"), header(oldKeyHeader, "k"), false},
		"another header":       {"type=x.ValueToKey", "", false, header("h", "1"), header(oldKeyHeader, "k", "h", "2"), false},
		"key header of tables": {"type=x.Filter", "", false, header("h", "1"), header(oldKeyHeader, "k", "h", "1"), false},
	} {
		s := place(t, "mysql", tt.script, "")
		configure(s.Case, tt.transforms, "")
		s.snapshot = tt.snapshot
		s.headers("here", s, tt.got, tt.want)
		if (len(s.faults) == 0) != tt.equal {
			t.Errorf("%s: %q", name, s.faults)
		}
	}
}
