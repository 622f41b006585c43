package dryrun

import (
	"strings"
	"testing"

	"cdc/transform"
	"cdc/transform/rulefile"
)

// shown is a change on one line.
func shown(c *Change) string {
	b := append([]byte(string(rune(c.Op))+" "+c.Table), ' ')
	for _, l := range []*rulefile.Literal{c.Before, c.After} {
		if l == nil {
			l = &rulefile.Literal{}
		}
		b = append(appendJSON(b, l), ' ')
	}
	return strings.TrimSpace(string(b))
}

func TestReadChanges(t *testing.T) {
	const text = "\ufeff" + `# a comment
insert shop.orders {id: 1001, status: NEW, note: 'it''s, so', ok: true, nothing: null, list: [1, two words, "a\tb"], at: 2026-01-01 10:00:00, n: -1.50, minus: -x}
-- another one
update shop.orders {id: 1} -> {id: 2}; update "shop".` + "`or ders`" + ` -> {}
  DELETE shop.orders {"id": 1}
snapshot shop.orders
  {id: 1,
   status: OLD}
truncate shop.orders
INSERT INTO shop.orders (id, ` + "`status`" + `) VALUES (1, 'it''s \'x\''), (-2.5e1,NULL) ,
  (TRUE, x'00FF');
insert into "shop"."orders" ("id") values (3)
{"table": "shop.orders", "op": "c", "after": {"id": 1, "doc": {"a": [1]}}}
{"id":7}	{"before":null,"after":{"id":7,"n":"x"},"source":{"connector":"postgresql","name":"p","db":"d","schema":"shop","table":"orders"},"op":"c","ts_ms":5}
{"id":7}	null
{"schema":null,"payload":{"before":{"id":7},"after":null,"source":{"connector":"mysql","name":"m","db":"shop","table":"orders"},"op":"d"}}
{"status":"BEGIN","id":"1","event_count":null,"data_collections":null}
`
	changes, err := ReadChanges(strings.NewReader(text), "in")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, c := range changes {
		got.WriteString(c.At.String() + " " + shown(c) + "\n")
	}
	golden(t, "changes.txt", got.String())
	last := changes[len(changes)-1].Origin()
	if last != (Origin{Connector: connectorMySQL, Name: "m"}) || changes[0].Origin() != (Origin{}) {
		t.Errorf("got origin %+v", last)
	}
}

func TestInputThatCannotBeRead(t *testing.T) {
	for text, want := range map[string]string{
		"inset shop.orders {}":                       `in:1:1: a line begins with insert, update, delete, snapshot, truncate, or is a JSON object, not "inset" (did you mean "insert"?)`,
		"\n insert orders {}":                        "in:2:15: a table's name is missing",
		"insert shop.orders":                         "in:1:19: a row is missing",
		"insert shop.orders {id 1}":                  "a colon is missing",
		"insert shop.orders {id: 1":                  "a comma or } is missing",
		"insert shop.orders {id: }":                  "a value is missing",
		"insert shop.orders {id: 1, id: 2}":          `in:1:28: "id" stands here twice`,
		"insert shop.orders {id: 'x}":                "no closing quote",
		`insert shop.orders {id: "\q"}`:              "escapes are those of JSON",
		"update shop.orders {id: 1} {id: 2}":         "an update needs -> and the row after",
		"insert into shop.orders values (1)":         "the list of columns is missing",
		"insert into shop.orders (a) values (now())": "a value that can't be read (a value is a number",
		"insert into shop.orders (a) values (1, 2)":  "more values than there are columns",
		"insert into shop.orders (a, b) values (1)":  "fewer values than there are columns",
		"insert into shop.orders (a) values (x'0')":  "aren't hexadecimal",
		"[1]":          "without brackets",
		"{\"a\": 1":    "has no end",
		"{\"a\" 1}":    "in:1:6: not JSON",
		"{\n\"a\": 1}": "in:1:1: the object is neither a Debezium event nor a change",
		`{"op":"x","source":{"db":"a","table":"b"},"after":{}}`:  "an operation that isn't known",
		`{"op":"c","source":{"db":"a"},"after":{}}`:              "doesn't say of which table",
		`{"op":"c","source":{"db":"a","table":"b"},"before":{}}`: "an insert has a row after, and none before",
		`{"table":"a.b","op":"c","afetr":{}}`:                    `did you mean "after"?`,
		"12":                                                     "a change must be an object, not a number",
		"insert shop.orders {a: " + strings.Repeat("[", 100):     "nested deeper",
		`{"a":` + strings.Repeat("[", 100):                       "nested deeper",
	} {
		_, err := ReadChanges(strings.NewReader(text), "in")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
		if err != nil && len(Placed(err)) != 1 {
			t.Errorf("%s: the error has no place: %v", text, err)
		}
	}
}

// What is read can be run, or is refused.
func FuzzReadChanges(f *testing.F) {
	for _, text := range []string{
		"insert shop.orders {id: 1, s: 'a', l: [1, {a: b}]}\nupdate shop.orders {id: 1} -> {id: 2}", "INSERT INTO a.b (x, y) VALUES (1, x'ff'), (NULL, 'a\\'b');",
		`{"id":7}	{"before":null,"after":{"id":7},"source":{"connector":"postgresql","name":"p","db":"d","schema":"shop","table":"orders","lsn":5,"sequence":"[\"1\",\"2\"]"},"op":"c","ts_ms":5}`,
		`{"schema":{"type":"struct","fields":[{"field":"after","type":"struct","fields":[{"field":"id","type":"int64"},{"field":"d","type":"bytes","name":"org.apache.kafka.connect.data.Decimal","parameters":{"scale":"2","connect.decimal.precision":"9"},"optional":true}]}]},"payload":{"after":{"id":1,"d":"BNI="},"op":"c","source":{"connector":"mysql","name":"m","db":"s","table":"t"}}}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		changes, err := ReadChanges(strings.NewReader(string(text)), "in")
		if err != nil {
			return
		}
		for _, c := range changes {
			setup := Setup{Connector: c.Origin().Connector}
			e, err := NewEngine(passAll(setup), nil, setup)
			if err != nil {
				continue
			}
			if e.Learn(c) == nil {
				_, _ = e.Run(c) // a value that has no form is an error
			}
		}
	})
}

func passAll(s Setup) Rules { return transform.PassAll(s.Complete().Rules) }
