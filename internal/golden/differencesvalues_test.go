package golden

import "testing"

// TestDifferencesHaveTheirValue: what is argued has the one value that it must
// have; the same cause with any other value is a fault.
func TestDifferencesHaveTheirValue(t *testing.T) {
	const (
		scale     = "schema.fields[after].fields[a].parameters.scale"
		precision = "schema.fields[after].fields[a].parameters.connect.decimal.precision"
		ofColumn  = "schema.fields[after].fields[a].parameters.__debezium.source.column."
		hundreds  = "create table t (a numeric(6,-2))"
		dates     = "create table t (a date[]); insert into t values ('{0044-03-15 BC,infinity}')"
		instants  = "create table t (a timestamptz[]); insert into t values ('{0044-03-15 12:00 BC}')"
	)
	for _, tt := range []struct {
		name, source, script, path, ours, theirs string
		snapshot, want                           bool
	}{
		{"scale", "postgres", hundreds, scale, `"0"`, `"2046"`, false, true},
		{"another scale of ours", "postgres", hundreds, scale, `"1"`, `"2046"`, false, false},
		{"another scale of theirs", "postgres", hundreds, scale, `"0"`, `"2045"`, false, false},
		{"precision", "postgres", hundreds, precision, `"8"`, `"6"`, false, true},
		{"another precision", "postgres", hundreds, precision, `"9"`, `"6"`, false, false},
		{"another parameter", "postgres", hundreds, "schema.fields[after].fields[a].parameters.x", `"0"`, `"1"`, false, false},
		{"date", "postgres", dates, "after.a[0]", "-719528", "-719162", false, true},
		{"another date of ours", "postgres", dates, "after.a[0]", "-719529", "-719162", false, false},
		{"another date of theirs", "postgres", dates, "after.a[0]", "-719528", "-719161", false, false},
		{"a date after Christ", "postgres", dates, "after.a[0]", "18262", "18263", false, false},
		{"no date", "postgres", dates, "after.a[0]", "null", "-719162", false, false},
		{"infinity", "postgres", dates, "after.a[0]", "-2147472692", "-622191234", false, true},
		{"the other infinity", "postgres", dates, "after.a[0]", "-2147472691", "-622191234", false, false},
		{"instant", "postgres", instants, "after.a[0]", `"-0043-03-15T12:00:00.000000Z"`, `"0044-03-15T12:00:00.000000Z"`, false, true},
		{"another year", "postgres", instants, "after.a[0]", `"-0044-03-15T12:00:00.000000Z"`, `"0044-03-15T12:00:00.000000Z"`, false, false},
		{"another hour", "postgres", instants, "after.a[0]", `"-0043-03-15T13:00:00.000000Z"`, `"0044-03-15T12:00:00.000000Z"`, false, false},
		{"serial", "postgres", "create table t (a serial)", ofColumn + "type", `"INT4"`, `"SERIAL"`, true, true},
		{"bigserial", "postgres", "create table t (a bigserial)", ofColumn + "type", `"INT8"`, `"BIGSERIAL"`, true, true},
		{"serial of another size", "postgres", "create table t (a serial)", ofColumn + "type", `"INT8"`, `"SERIAL"`, true, false},
		{"length of a serial", "postgres", "create table t (a serial)", ofColumn + "length", `"11"`, `"10"`, true, false},
		{"serial of the stream", "postgres", "create table t (a serial)", ofColumn + "type", `"INT4"`, `"SERIAL"`, false, false},
		{"numeric", "postgres", "create table t (a numeric, b int)", ofColumn + "length", `"131089"`, `"0"`, true, true},
		{"another length", "postgres", "create table t (a numeric, b int)", ofColumn + "length", `"131088"`, `"0"`, true, false},
		{"numeric with a length", "postgres", "create table t (a numeric(4), b int)", ofColumn + "length", `"131089"`, `"0"`, true, false},
		{"another parameter of a numeric", "postgres", "create table t (a numeric, b int)", ofColumn + "name", `"b"`, `"a"`, true, false},
		{"bits that nobody wrote", "postgres", "create table t (a bit(3)[]); insert into t values ('{101}')", "after.a", `["Bg=="]`, "null", false, false},
		{"name that nobody wrote", "postgres", "create table t (a name); insert into t values ('x')", "after.a", `"y"`, "null", false, false},
	} {
		s := place(t, tt.source, tt.script, "")
		s.snapshot = tt.snapshot
		if got := reasonOf(s.at(tt.path, tt.ours, tt.theirs)); (got != "") != tt.want {
			t.Errorf("%s: argued by %q", tt.name, got)
		}
	}
	s := place(t, "mysql", "create table t (a int, b int, unique key e ((a+1)), unique key p (a))", "")
	s.part = "key"
	if got := reasonOf(s.at("", `{"b":1}`, "null")); got != "" {
		t.Errorf("a key of other columns: argued by %q", got)
	}
}
