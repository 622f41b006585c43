package dryrun

import (
	"strings"
	"testing"

	"cdc/event"
	"cdc/transform"
	"cdc/transform/rulefile"
)

// through takes changes through no rule and returns what leaves, a line for each
// record.
func through(t *testing.T, s Setup, hints, text string) (string, error) {
	t.Helper()
	var files []*rulefile.File
	if hints != "" {
		parsed, err := ParseFiles([]*rulefile.Source{{Name: "hints", Text: []byte("version: 1\ntest_tables:\n  shop.t: {" + hints + "}\n")}})
		if err != nil {
			t.Fatal(err)
		}
		files = parsed
	}
	changes, err := ReadChanges(strings.NewReader(text), "in")
	if err != nil {
		t.Fatal(err)
	}
	e, err := NewEngine(transform.PassAll(s.Complete().Rules), files, s)
	if err != nil {
		return "", err
	}
	for _, c := range changes {
		if err := e.Learn(c); err != nil {
			return "", err
		}
	}
	var b []byte
	for _, c := range changes {
		records, err := e.Run(c)
		if err != nil {
			return "", err
		}
		for i := range records {
			b = append(records[i].AppendJSON(b), '\n')
		}
	}
	return string(b), nil
}

// Values of every type that test_tables can say.
func TestValues(t *testing.T) {
	for _, v := range []struct{ typ, literal, mysql, postgres string }{
		{"bigint", "-7", "-7", "-7"},
		{"bigint unsigned", "18446744073709551615", "-1", "-1"},
		{"boolean", "true", "true", "true"},
		{"double", "1.5e3", "1500.0", "1500.0"},
		{"real", "NaN", `"NaN"`, `"NaN"`},
		{`"decimal(10,2)"`, "'12.5'", "12.50", "12.50"},
		{`"decimal(10,2)"`, "1250e-2", "12.50", "12.50"},
		{`"decimal(40,20)"`, "-12345678901234567890.5", "-12345678901234567890.50000000000000000000", "-12345678901234567890.50000000000000000000"},
		{"varchar(5)", "'7'", `"7"`, `"7"`},
		{"bytea", "'AB'", `"QUI="`, `"QUI="`},
		{"json", "{a: [1, x]}", `"{\"a\":[1,\"x\"]}"`, `"{\"a\":[1,\"x\"]}"`},
		{"uuid", "0E8400E2-9B41-D4A7-1644-665544000000", `"0e8400e2-9b41-d4a7-1644-665544000000"`, `"0e8400e2-9b41-d4a7-1644-665544000000"`},
		{"date", "2026-01-31", "20484", "20484"},
		{"date", "'-0001-12-31'", "-719529", "-719529"},
		{"time(3)", "'01:02:03.5'", "3723500000", "3723500"},
		{"time", "'-100:00:00'", "-360000000000", "-360000000000"},
		{"datetime", "2026-01-01 00:00:01", "1767225601000", "1767225601000000"},
		{"datetime(6)", "'2026-01-01T00:00:00.000001'", "1767225600000001", "1767225600000001"},
		{"timestamptz", "'2026-01-01T01:00:00+01:00'", `"2026-01-01T00:00:00Z"`, `"2026-01-01T00:00:00.000000Z"`},
		{`"enum('a','b')"`, "b", `"b"`, `"b"`},
		{"bit(4)", "'1010'", `"Cg=="`, `"Cg=="`},
		{"year", "2026", "2026", "2026"},
		{"text", "null", "null", "null"},
		{"text", "__debezium_unavailable_value", `"__debezium_unavailable_value"`, `"__debezium_unavailable_value"`},
	} {
		for connector, want := range map[string]string{connectorMySQL: v.mysql, connectorPostgres: v.postgres} {
			s := Setup{Connector: connector}
			s.Encoding.Format.DecimalFormat = decimalNumeric
			got, err := through(t, s, "id: bigint primary key, v: "+v.typ, "insert shop.t {id: 1, v: "+v.literal+"}")
			if err != nil || !strings.Contains(got, `"after":{"id":1,"v":`+want+`}`) {
				t.Errorf("%s, %s %s: got %s %v, want %s", connector, v.typ, v.literal, got, err, want)
			}
		}
	}
}

func TestValuesThatAreNone(t *testing.T) {
	for _, v := range []struct{ typ, literal, want string }{
		{"bigint", "x", "text stands there"},
		{"bigint", "1.5", "isn't an integer"},
		{"boolean", "2", "a number stands there"},
		{`"decimal(4,2)"`, "1.234", "more digits behind the point"},
		{`"decimal(4,2)"`, "123", "more digits than the column"},
		{`"decimal(4,2)"`, "1x", "isn't a decimal"},
		{`"decimal(4,2)"`, "1e99999", "isn't a decimal"},
		{"text", "1", "write it in quotes"},
		{"json", "'{'", "isn't JSON"},
		{"uuid", "abc", "isn't a UUID"},
		{"date", "tomorrow", "isn't a date"},
		{"time", "'25'", "isn't a time"},
		{"timestamptz", "5", "write the time as text"},
		{"bit(4)", "'12'", "isn't made of 0 and 1"},
		{"bigint not null", "null", "takes no NULL"},
	} {
		_, err := through(t, Setup{}, "id: bigint primary key, v: "+v.typ, "insert shop.t {id: 1, v: "+v.literal+"}")
		if err == nil || !strings.Contains(err.Error(), v.want) || !strings.HasPrefix(err.Error(), "in:1:26: ") {
			t.Errorf("%s %s: got %v, want %q", v.typ, v.literal, err, v.want)
		}
	}
}

func TestTypesThatAreNone(t *testing.T) {
	for hints, want := range map[string]string{"id: bigserail": `did you mean "bigserial"`, "id: bigint, id: text": "twice"} {
		src := &rulefile.Source{Name: "hints", Text: []byte("version: 1\ntest_tables:\n  shop.t: {" + hints + "}\n")}
		files, err := ParseFiles([]*rulefile.Source{src})
		if err == nil {
			_, err = NewEngine(passAll(Setup{}), files, Setup{})
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", hints, err, want)
		}
	}
}

func TestKeys(t *testing.T) {
	for text, want := range map[string]string{
		"insert shop.t {a: 1, ID: 2}": `"key":{"ID":2}`, "insert shop.t {a: 1, b: 2}": `"key":{"a":1}`,
		"{\"b\":2}\t{\"op\":\"c\",\"after\":{\"a\":1,\"b\":2},\"source\":{\"connector\":\"mysql\",\"db\":\"shop\",\"table\":\"t\"}}": `"key":{"b":2}`,
		"null\t{\"op\":\"c\",\"after\":{\"a\":1,\"b\":2},\"source\":{\"connector\":\"mysql\",\"db\":\"shop\",\"table\":\"t\"}}":      `"key":null`,
	} {
		if got, err := through(t, Setup{}, "", text); err != nil || !strings.Contains(got, want) {
			t.Errorf("%s: got %s %v, want %s", text, got, err, want)
		}
	}
}

// What the log doesn't hold of a row before, rules don't see.
func TestOldRows(t *testing.T) {
	table := func(old event.OldRows) Setup {
		id := event.Column{Name: "id", Type: event.Type{Kind: event.KindInt}}
		v := event.Column{Name: "v", Ord: 1, Type: event.Type{Kind: event.KindString, Flags: event.Nullable}}
		return Setup{Connector: connectorPostgres, Tables: []*event.Schema{{
			Database: "app", Namespace: "shop", Table: "t", Version: 1, Width: 2, Columns: []event.Column{id, v}, Key: []event.Column{id}, Old: old,
		}}}
	}
	for _, v := range []struct {
		old        event.OldRows
		text, want string
	}{
		{event.OldFull, "update shop.t {id: 1, v: a} -> {id: 1, v: b}", `"before":{"id":1,"v":"a"}`},
		{event.OldKey, "update shop.t {id: 1, v: a} -> {id: 1, v: b}", `"before":null`},
		{event.OldKey, "update shop.t {id: 1, v: a} -> {id: 2, v: b}", `"before":{"id":1,"v":null},"after":null`},
		{event.OldKey, "delete shop.t {id: 1, v: a}", `"before":{"id":1,"v":null}`},
	} {
		if got, err := through(t, table(v.old), "", v.text); err != nil || !strings.Contains(got, v.want) {
			t.Errorf("%s: got %s %v, want %s", v.text, got, err, v.want)
		}
	}
	if _, err := through(t, table(event.OldNone), "", "delete shop.t {id: 1}"); err == nil || !strings.Contains(err.Error(), "ALTER TABLE shop.t REPLICA IDENTITY FULL") {
		t.Errorf("got %v", err)
	}
}

func TestSource(t *testing.T) {
	change := func(source string) string {
		return `{"table":"shop.t","op":"c","after":{"id":1},"source":{` + source + `}}`
	}
	for _, v := range []struct{ connector, source, want string }{
		{
			connectorMySQL, `"ts_ms":1000,"file":"b.7","pos":5,"gtid":"g:1","server_id":9,"thread":3,"row":2,"query":"q"`,
			`"ts_ms":1000,"snapshot":"false","db":"shop","sequence":null,"ts_us":1000000,"ts_ns":1000000000,"table":"t","server_id":9,"gtid":"g:1","file":"b.7","pos":5,"row":2,"thread":3,"query":"q"}`,
		},
		{connectorPostgres, `"ts_us":1500,"lsn":7,"txId":8,"db":"d","sequence":"[\"3\",\"7\"]"`, `"ts_ms":1,"snapshot":"false","db":"d","sequence":"[\"3\",\"7\"]","schema":"shop"`},
	} {
		got, err := through(t, Setup{Connector: v.connector}, "", change(v.source))
		if v.connector == connectorPostgres {
			got = strings.Replace(got, `"ts_us":1500,"ts_ns":1500000,"schema"`, `"schema"`, 1)
		}
		if err != nil || !strings.Contains(got, v.want) {
			t.Errorf("%s: got %s %v, want %s", v.source, got, err, v.want)
		}
	}
	for source, want := range map[string]string{
		`"lsn":5`: "say which one it is, with --connector", `"posi":5`: `did you mean "pos"?`, `"pos":"x"`: "source.pos: text can't stand there", `"ts_ms":"x"`: "source.ts_ms",
	} {
		if _, err := through(t, Setup{}, "", change(source)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", source, err, want)
		}
	}
}

// An event without a schema is read by the types of a dump, as the JSON converter
// writes them; without a dump its values are taken as they stand.
func TestEventsWithoutSchema(t *testing.T) {
	const text = `{"op":"u","before":{"id":1,"total":"BNI=","day":20484,"raw":"QUI="},"after":{"id":1,"total":"BOI=","day":20485,"raw":"QUI="},` +
		`"source":{"connector":"mysql","name":"m","db":"shop","table":"t","file":"b.1","pos":4,"server_id":1,"ts_ms":5},"ts_ms":6}`
	columns := []event.Column{
		{Name: "id", Type: event.Type{Kind: event.KindInt, Native: "bigint"}},
		{Name: "total", Ord: 1, Type: event.Type{Kind: event.KindDecimal, Precision: 10, Scale: 2, Flags: event.Nullable}},
		{Name: "day", Ord: 2, Type: event.Type{Kind: event.KindDate, Flags: event.Nullable}},
		{Name: "raw", Ord: 3, Type: event.Type{Kind: event.KindBytes, Flags: event.Nullable}},
	}
	dump := Setup{Tables: []*event.Schema{{Database: "shop", Table: "t", Version: 1, Width: 4, Columns: columns, Key: columns[:1]}}}
	dump.Encoding.Format.DecimalFormat = decimalNumeric
	for want, s := range map[string]Setup{`"after":{"id":1,"total":12.50,"day":20485,"raw":"QUI="}`: dump, `"after":{"id":1,"total":"BOI=","day":20485,"raw":"QUI="}`: {}} {
		if got, err := through(t, s, "", text); err != nil || !strings.Contains(got, want) || !strings.Contains(got, `"op":"u","ts_ms":6,`) {
			t.Errorf("got %s %v, want %s", got, err, want)
		}
	}
}
