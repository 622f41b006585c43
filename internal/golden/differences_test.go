package golden

import (
	"strings"
	"testing"
)

// place is a spot of a case with these scripts.
func place(t *testing.T, source, setup, changes string) spot {
	t.Helper()
	c := one(t, map[string]string{"setup.sql": setup, "changes.sql": changes})
	c.Source = source
	scripts, err := c.scripts()
	if err != nil {
		t.Fatal(err)
	}
	return spot{comparison: &comparison{Case: c, scripts: scripts, tally: &Tally{}}, table: "t", part: "value", op: "c"}
}

// reasonOf is what argues a difference; empty for none.
func reasonOf(s spot) string {
	for _, d := range differences {
		if d.wanted(&s) {
			return d.reason
		}
	}
	return ""
}

func TestDifferences(t *testing.T) {
	const key = "key"
	for _, tt := range []struct {
		name, source, setup, changes string
		snapshot                     bool
		part, path, ours, theirs     string
		want                         string // part of the reason
	}{
		{"float", "mysql", "", "", false, "", "payload.after.a", "1.0E10", "1.00000001E10", ""},
		{"long single", "postgres", "create table t (a real)", "", false, "", "payload.after.a", "2.5E10", "2.49999995E10", "more digits"},
		{"long float", "mysql", "", "", false, "", "payload.after.a", "2.5E10", "2.50000000E10", "more digits"},
		{"float of a snapshot", "mysql", "create table t (a float)", "", true, "", "payload.after.a", "1.23456792E8", "1.23457E8", "six digits"},
		{"double of a snapshot", "mysql", "create table t (a double)", "", true, "", "payload.after.a", "1.23456792E8", "1.23457E8", ""},
		{"float of the stream", "mysql", "create table t (a float)", "", false, "", "payload.after.a", "1.23456792E8", "1.23457E8", ""},
		{"zeros", "mysql", "", "", true, "", "after.a", `"2020-01-01T00:00:00.100Z"`, `"2020-01-01T00:00:00.1Z"`, "trailing zeros"},
		{"another time", "mysql", "", "", true, "", "after.a", `"2020-01-01T00:00:00.100Z"`, `"2020-01-01T00:00:00.2Z"`, ""},
		{"json", "mysql", "create table t (a json)", "", true, "", "after.a", `"{\"b\":1e2}"`, `"{\"b\": 100}"`, "no blanks"},
		{"other json", "mysql", "create table t (a json)", "", true, "", "after.a", `"{\"b\":1}"`, `"{\"b\": 2}"`, ""},
		{"year", "mysql", "create table t (a year)", "", true, "", "after.a", "1900", "2000", "YEAR 0000"},
		{"int", "mysql", "create table t (a int)", "", true, "", "after.a", "1900", "2000", ""},
		{"enum", "mysql", "create table t (a enum('x,y'))", "", false, "", "after.a", `"x,y"`, `"x\\,y"`, "escaped"},
		{"text", "mysql", "create table t (a text)", "", false, "", "after.a", `"x,y"`, `"x\\,y"`, ""},
		{"bit key", "mysql", "create table t (a bit(16) primary key)", "", true, key, "payload.a", `"AQA="`, `"AAE="`, "turned around"},
		{"streamed boolean", "mysql", "", "create table t (id int, a bool)", false, "", "after.a", "1", "true", "boolean"},
		{"its schema", "mysql", "", "create table t (id int, a boolean not null)", false, "", "schema.fields[after].fields[a].type", `"int16"`, `"boolean"`, "boolean"},
		{"boolean from before", "mysql", "create table t (id int, a bool)", "", false, "", "after.a", "1", "true", ""},
		{"tinyint", "mysql", "", "create table t (a tinyint(1))", false, "", "after.a", "1", "true", ""},
		{"lost key", "mysql", "create table t (a int, unique key e ((a+1)), unique key p (a))", "", false, key, "", `{"a":1}`, "null", "index on an expression"},
		{"no such index", "mysql", "create table t (a int, unique key p (a))", "", false, key, "", `{"a":1}`, "null", ""},
		{"index of another table", "mysql", "create table t (a int); create table u (a int, unique key e ((a+1)))", "", false, key, "", `{"a":1}`, "null", ""},
		{"name", "postgres", "create table t (a name)", "insert into t values ('x')", false, "", "payload.after.a", `"x"`, "null", "data is lost"},
		{"array of a domain", "postgres", "create domain pct as int; create table t (a pct[])", "", false, "", "payload.after.a", "[1]", "", "left out"},
		{"its schema, of a domain", "postgres", "create domain pct as int; create table t (a pct[])", "", false, "", "schema.fields[after].fields[a]", `{"type":"array"}`, "", "left out"},
		{"array of money", "postgres", "create table t (id int, a money [])", "", false, "", "payload.after.a[0]", `"AQ=="`, "", "left out"},
		{"other array of money", "postgres", "create table t (id int, a money[])", "", false, "", "payload.after.a[0]", `"AQ=="`, `"Ag=="`, ""},
		{"array of numbers", "postgres", "create domain pct as int; create table t (a int[])", "", false, "", "payload.after.a", "[1]", "", ""},
		{"generated", "postgres", "create table t (a int, b int generated always as (a*2) stored)", "", true, "", "payload.after.b", "", "2", "generated column"},
		{"unpublished", "postgres", "create publication f for table u where (id < 9), t(id, c)", "", true, "", "payload.after.b", "", "2", "column list"},
		{"unpublished, streamed", "postgres", "create publication f for table t(id, c)", "", false, "", "payload.after.b", "", "2", ""},
		{"published", "postgres", "create publication f for table u(id), t (id, b)", "", true, "", "payload.after.b", "", "2", ""},
		{"not generated", "postgres", "create table t (a int, b int)", "", true, "", "payload.after.b", "", "2", ""},
		{"scale", "postgres", "create table t (a numeric(6,-2))", "", false, "", "schema.fields[after].fields[a].parameters.scale", `"0"`, `"2046"`, "negative scale"},
		{"no scale", "postgres", "create table t (a numeric(6,2))", "", false, "", "schema.fields[after].fields[a].parameters.scale", `"0"`, `"2046"`, ""},
		{"era", "postgres", "create table t (a date[])", "insert into t values ('{0044-03-15 BC}')", false, "", "payload.after.a[0]", "-719528", "-719162", "era"},
		{"no era", "postgres", "create table t (a date[])", "", false, "", "payload.after.a[0]", "-719528", "-719162", ""},
		{"serial", "postgres", "create table t (a serial)", "", true, "", "schema.fields[after].fields[a].parameters.__debezium.source.column.type", `"INT4"`, `"SERIAL"`, "told with it"},
		{"zeros of a default", "mysql", "", "", true, "", "schema.fields[after].fields[a].default", `"1970-01-01T00:00:00.000Z"`, `"1970-01-01T00:00:00Z"`, ""},
		{"backslash", "mysql", `create table t (a set('b\\c'))`, "", false, "", "after.a", `"b\\c"`, `"b\\\\c"`, "escaped"},
		{"backslash of a snapshot", "mysql", `create table t (a set('b\\c'))`, "", true, "", "after.a", `"b\\c"`, `"b\\\\c"`, ""},
		{"array of bit", "postgres", "create table t (a bit(3)[])", "insert into t values ('{101}')", false, "", "payload.after.a", `["BQ=="]`, "null", "single bit string"},
		{"its schema", "postgres", "create table t (a bit(3)[])", "", false, "", "schema.fields[after].fields[a]", `{"type":"array"}`, `{"type":"bytes"}`, "single bit string"},
		{"bits", "postgres", "create table t (a bit(3))", "", false, "", "payload.after.a", `"BQ=="`, "null", ""},
		{"array of timetz", "postgres", "create table t (a timetz[])", "", false, "", "payload.after.a[0]", `"02:05:06.5Z"`, `"02:05:06Z"`, "fraction"},
		{"array of timetz, spelt out", "postgres", "create table t (a time(3) with time zone [])", "", false, "", "payload.after.a[0]", `"02:05:06.5Z"`, `"02:05:06Z"`, "fraction"},
		{"another time in an array", "postgres", "create table t (a timetz[])", "", false, "", "payload.after.a[0]", `"02:05:06.5Z"`, `"03:05:06Z"`, ""},
		{"timetz", "postgres", "create table t (a timetz)", "", false, "", "payload.after.a", `"02:05:06.5Z"`, `"02:05:06Z"`, ""},
		{"dropped key", "mysql", "create table t (a int, b int, unique key u (b, `a`))", "alter table t drop key u", false, key, "", "null", `{"a":1,"b":2}`, "lost it"},
		{"dropped key of a schema change", "mysql", "create table t (b int not null); create unique index u on t (b)", "drop index u on t", false, "", "payload.tableChanges[0].table.primaryKeyColumnNames", "[]", `["b"]`, "lost it"},
		{"other dropped key", "mysql", "create table t (a int, b int, unique key u (a))", "alter table t drop key u", false, key, "", "null", `{"b":2}`, ""},
		{"kept key", "mysql", "create table t (b int, unique key u (b))", "", false, key, "", "null", `{"b":2}`, ""},
		{"messages", "postgres", "", "", false, "", "data_collections", `[{"data_collection":"LOGICAL_DECODING_MESSAGE","event_count":1},{"data_collection":"public.t","event_count":2}]`, `[{"data_collection":"public.t","event_count":2},{"data_collection":"io.debezium.connector.postgresql.LogicalDecodingMessageMonitor$LogicalDecodingMessageId@2b45cd21","event_count":1}]`, "address in memory"},
		{"another count of messages", "postgres", "", "", false, "", "data_collections", `[{"data_collection":"LOGICAL_DECODING_MESSAGE","event_count":2}]`, `[{"data_collection":"io.debezium.connector.postgresql.LogicalDecodingMessageMonitor$LogicalDecodingMessageId@2b45cd21","event_count":1}]`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := place(t, tt.source, tt.setup, tt.changes)
			s.snapshot = tt.snapshot
			if tt.part != "" {
				s.part = tt.part
			}
			got := reasonOf(s.at(tt.path, tt.ours, tt.theirs))
			if got == "" && tt.want != "" || tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("argued by %q, want %q", got, tt.want)
			}
		})
	}
}

func TestShiftedInstant(t *testing.T) {
	s := place(t, "mysql", "", "")
	s.snapshot = true
	s = s.at("after.a", `"2020-06-01T12:00:00Z"`, `"2020-06-01T03:00:00Z"`)
	if reasonOf(s) != "" {
		t.Error("argued without the property")
	}
	s.Config["driver.connectionTimeZone"] = "Asia/Tokyo"
	if reasonOf(s) == "" {
		t.Error("not argued")
	}
	if s.theirs = `"2020-06-01T04:00:00Z"`; reasonOf(s) != "" {
		t.Error("another shift is argued")
	}
}

// TestDifferencesOfModes: these need a property.
func TestDifferencesOfModes(t *testing.T) {
	numbers := "create table t (id int, a numeric(5,1)[]); insert into t values (1,'{1,NaN}')"
	for _, tt := range []struct {
		source, script, property, value, op, path, ours, theirs string
		want                                                    bool
	}{
		{"postgres", numbers, "decimal.handling.mode", "double", "c", "payload.after.a", `[1.0,"NaN"]`, "null", true},
		{"postgres", numbers, "decimal.handling.mode", "double", "c", "payload.after.a[1]", `"NaN"`, "", true},
		{"postgres", numbers, "decimal.handling.mode", "double", "c", "payload.after.a", `[2.5,"NaN"]`, "null", false},
		{"postgres", numbers, "decimal.handling.mode", "string", "c", "payload.after.a", "", "null", false},
		{"postgres", "create table t (a int[])", "decimal.handling.mode", "double", "c", "payload.after.a", "", "null", false},
		{"mysql", "", "time.precision.mode", "nanoseconds", "c", "after.i", "-9223372036000000000", "null", true},
		{"mysql", "", "time.precision.mode", "nanoseconds", "c", "after.i", "-9223372035000000000", "null", false},
		{"mysql", "", "time.precision.mode", "microseconds", "c", "after.i", "-9223372036000000000", "null", false},
		{"mysql", "", "skipped.operations", "u", "t", "source.row", "0", "1", true},
		{"mysql", "", "skipped.operations", "none", "t", "source.row", "0", "1", false},
		{"mysql", "", "skipped.operations", "u", "c", "source.row", "0", "1", false},
	} {
		s := place(t, tt.source, tt.script, "")
		s.op, s.Config[tt.property] = tt.op, tt.value
		s.value = map[string]string{"payload.after.a": "null"}
		if got := reasonOf(s.at(tt.path, tt.ours, tt.theirs)); (got != "") != tt.want {
			t.Errorf("%+v: argued by %q", tt, got)
		}
	}
}

func TestNegativeScaleIsTheSameNumber(t *testing.T) {
	s := place(t, "postgres", "create table t (a numeric(6,-2))", "")
	// 2*100 with scale 0, and with a scale of 2046: 200 * 10^2046.
	if s = s.at("payload.after.a", `"AMg="`, `"AMg="`); negativeScale(&s) {
		t.Error("another number is argued")
	}
}

// TestArgue replaces what is argued and nothing else.
func TestArgue(t *testing.T) {
	s := place(t, "mysql", "create table t (y year, i int)", "")
	s.snapshot = true
	reasons, ours, theirs := s.argue(s, []byte(`{"after":{"y":1900,"i":1900}}`), []byte(`{"after":{"y":2000,"i":2000}}`))
	if len(reasons) != 1 || string(ours) != `{"after":{"y":1900,"i":1900}}` || string(theirs) != `{"after":{"y":1900,"i":2000}}` {
		t.Errorf("%q: ours %s, theirs %s", reasons, ours, theirs)
	}
}
