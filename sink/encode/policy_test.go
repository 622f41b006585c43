package encode

import (
	"errors"
	"strings"
	"testing"

	"cdc/event"
)

// unfitCases are values without a form: what stands there, or what the error
// says when Debezium stops, too.
type unfitCase struct {
	name  string
	conf  Config
	typ   event.Type
	value func(*builder) event.Value
	want  string // under the policy debezium; empty for an error
}

func unfitCases() []unfitCase {
	nanos := with(pgConf, func(o *Options) { o.TimePrecision = modeNanos })
	connectMode := with(mysqlConf, func(o *Options) { o.TimePrecision = modeConnect })
	iso := with(mysqlConf, func(o *Options) { o.TimePrecision = modeISO })
	nullable := func(t event.Type) event.Type {
		t.Flags |= event.Nullable
		return t
	}
	def := nullable(decimalType(10, 2))
	def.Default = &event.Default{Value: event.Decimal(5, 2)}
	notNull := def
	notNull.Flags = 0
	mysqlDef := nullable(typ(event.KindInt, 0))
	mysqlDef.Default = &event.Default{Value: event.Int(7)}
	far := constant(event.Of(event.KindLocal, 1<<62))
	labels := arrayOf(event.Type{Kind: event.KindString, Logical: event.LogicalEnum, Symbols: []string{"a"}})
	return []unfitCase{
		{"NaN", pgConf, nullable(decimalType(10, 2)), text(event.KindBigDecimal, "NaN"), "null"},
		{"NaN without precision", pgConf, nullable(decimalType(-1, 0)), text(event.KindBigDecimal, "NaN"), "null"},
		{"NaN with a default", pgConf, def, text(event.KindBigDecimal, "NaN"), `"BQ=="`},
		{"NaN where there must be a value", pgConf, decimalType(10, 2), text(event.KindBigDecimal, "NaN"), ""},
		{"nanoseconds", nanos, nullable(temporal(event.KindLocal, 6)), far, "null"},
		{"nanoseconds where there must be a value", nanos, temporal(event.KindLocal, 6), far, ""},
		{"a negative time", connectMode, nullable(temporal(event.KindTime, 0)), constant(event.Of(event.KindTime, -1)), "null"},
		{"a long time", iso, nullable(temporal(event.KindTime, 0)), constant(event.Of(event.KindTime, microsPerDay+1)), "null"},
		{"bytes that are no text", mysqlConf, typ(event.KindString, 0), text(event.KindString, "a\xff"), "\"a\uFFFD\""},
		{"an array of two dimensions", pgConf, nullable(arrayOf(typ(event.KindInt, 0))), list(ints(1)), "null"},
		{"a null among labels", pgConf, nullable(labels), list(constant(event.Null)), "null"},
		{"a long sparse vector", pgConf, nullable(meaning(event.KindList, event.LogicalSparseVector)), ints(40_000), "null"},
		{"a decimal that isn't in the log", pgConf, nullable(decimalType(-1, 0)), constant(event.Unavailable), "null"},
		{"NaN where there must be a value and is a default", pgConf, notNull, text(event.KindBigDecimal, "NaN"), `"BQ=="`},
		{"a number that a row lacks", mysqlConf, nullable(typ(event.KindInt, 0)), constant(event.Unavailable), ""},
		{"a number with a default that a row lacks", mysqlConf, mysqlDef, constant(event.Unavailable), ""},
		{"a number that a row lacks where there must be one", mysqlConf, typ(event.KindInt, 0), constant(event.Unavailable), ""},
		{"a negative time where there must be a value", connectMode, temporal(event.KindTime, 0), constant(event.Of(event.KindTime, -1)), ""},
		{"an infinite interval", pgConf, meaning(event.KindList, event.LogicalInterval), ints(-1<<31, -1<<31, -1<<63), "0"},
	}
}

func TestUnfitDebezium(t *testing.T) {
	for _, tt := range unfitCases() {
		logged := ""
		tt.conf.Unfit = &event.Unfit{Log: func(table, column, _ string) { logged = table + "." + column }}
		got, err := printed(t, tt.conf, tt.typ, tt.value)
		switch {
		case tt.want == "" && (!errors.Is(err, event.ErrUnfit) || !strings.Contains(err.Error(), `of a table without a key: table public.t, column "v": `)):
			t.Errorf("%s: got %s, error %v", tt.name, got, err)
		case tt.want != "" && (err != nil || got != tt.want):
			t.Errorf("%s: got %s, want %s, error %v", tt.name, got, tt.want, err)
		case tt.want != "" && (logged != "public.t.v" || tt.conf.Unfit.Count() != 1):
			t.Errorf("%s: counted %d, logged %q", tt.name, tt.conf.Unfit.Count(), logged)
		}
	}
}

func TestUnfitFail(t *testing.T) {
	for _, tt := range unfitCases() {
		tt.conf.Unfit = &event.Unfit{Policy: event.PolicyFail}
		got, err := printed(t, tt.conf, tt.typ, tt.value)
		if !errors.Is(err, event.ErrUnfit) {
			t.Errorf("%s: got %s, error %v", tt.name, got, err)
			continue
		}
		for _, part := range []string{"encode: the row at ", `, of a table without a key: table public.t, column "v": `, event.ErrUnfit.Error()} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %q doesn't say %s", tt.name, err, part)
			}
		}
	}
}

// An error names the columns of the key, and no value.
func TestUnfitNamesKey(t *testing.T) {
	b := newBuilder(table(1, col("id", 0, typ(event.KindString, 0)), col("v", 1, decimalType(5, 1))))
	b.add(event.OpCreate, 0, nil, vals(b.text(event.KindString, "secret"), b.text(event.KindBigDecimal, "NaN")))
	c := pgConf
	c.Unfit = &event.Unfit{Policy: event.PolicyFail}
	f := new(event.Frame)
	e := mustNew(t, c)
	err := e.Encode(f, &b.batch)
	if !errors.Is(err, event.ErrUnfit) || len(f.Records) != 0 || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v with %d records", err, len(f.Records))
	}
	c.Unfit.Policy = event.PolicyDebezium
	b.schema.Columns[1].Type.Flags = event.Nullable
	b.batch.Rows[0].Schema, b.batch.Outs[0].View = b.schema, b.schema
	if err := mustNew(t, c).Encode(f, &b.batch); err != nil || !strings.Contains(string(f.Value(0)), `"v":null`) {
		t.Errorf("got %v", err)
	}
	c.Unfit.Policy = event.PolicyFail
	if err := mustNew(t, c).Encode(f, &b.batch); err == nil || !strings.Contains(err.Error(), "(key: id)") {
		t.Errorf("got %v", err)
	}
}

// TestLackingColumns: a row before a change may be its key alone, which is no
// fault of anybody's; the row after it isn't made up.
func TestLackingColumns(t *testing.T) {
	id, n, m := col("id", 0, typ(event.KindInt, 0)), col("n", 1, typ(event.KindInt, 0)), col("m", 2, typ(event.KindInt, event.Nullable))
	id.Type.Native, n.Type.Native, m.Type.Native = "int", "int", "int"
	n.Type.Default = &event.Default{Value: event.Int(7)}
	b := newBuilder(table(1, id, n, m))
	whole := vals(event.Int(1), event.Int(2), event.Int(3))
	b.add(event.OpUpdate, 0, vals(event.Int(1), event.Unavailable, event.Unavailable), whole)
	c := mysqlConf
	c.Unfit = &event.Unfit{Policy: event.PolicyFail}
	b.sameInBoth(t, c, newFake(t))
	f, err := b.try(t, c)
	if err != nil {
		t.Fatal(err)
	}
	if want := `"before":{"id":1,"n":7,"m":null},"after":{"id":1,"n":2,"m":3}`; !strings.Contains(string(f.Value(0)), want) {
		t.Errorf("got %s, want %s", f.Value(0), want)
	}
	c.Unfit.Policy = event.PolicyDebezium
	b = newBuilder(table(1, id, n, m))
	b.add(event.OpUpdate, 0, whole, vals(event.Int(1), event.Unavailable, event.Int(3)))
	if _, err := b.try(t, c); !errors.Is(err, event.ErrUnfit) || !strings.Contains(err.Error(), `column "n"`) || !strings.Contains(err.Error(), "binlog_row_image") {
		t.Errorf("got %v", err)
	}
	// A nullable one isn't made up either, in any format.
	for _, policy := range []event.Policy{event.PolicyDebezium, event.PolicyFail} {
		c.Unfit = &event.Unfit{Policy: policy}
		b = newBuilder(table(1, id, n, m))
		b.add(event.OpUpdate, 0, whole, vals(event.Int(1), event.Int(2), event.Unavailable))
		b.sameInBoth(t, c, newFake(t))
		if f, err := b.try(t, c); !errors.Is(err, event.ErrUnfit) || len(f.Records) != 0 || !strings.Contains(err.Error(), `(key: id): table public.t, column "m": `) {
			t.Errorf("%s: got %v", policy, err)
		}
	}
}

// TestLackingReason: what mends a value that isn't in the log is told for the
// source at hand.
func TestLackingReason(t *testing.T) {
	for _, tt := range []struct {
		conf        Config
		want, never string
	}{
		{mysqlConf, "binlog_row_image", "REPLICA IDENTITY"},
		{pgConf, "REPLICA IDENTITY FULL", "binlog"},
	} {
		_, err := printed(t, tt.conf, typ(event.KindInt, 0), constant(event.Unavailable))
		if !errors.Is(err, event.ErrUnfit) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), tt.never) {
			t.Errorf("%s: got %v", tt.conf.Connector, err)
		}
	}
}

// A key column must have a value under every policy.
func TestUnfitKey(t *testing.T) {
	for _, v := range []string{"NaN", ""} {
		b := newBuilder(table(1, col("id", 0, event.Type{Kind: event.KindDecimal, Precision: -1, Flags: event.Nullable})))
		value := event.Unavailable
		if v != "" {
			value = b.text(event.KindBigDecimal, v)
		}
		b.add(event.OpCreate, 0, nil, vals(value))
		if _, err := b.try(t, pgConf); !errors.Is(err, event.ErrUnfit) {
			t.Errorf("got %v", err)
		}
	}
}

// TestPlaceholders compares what stands for values that aren't in the log.
func TestPlaceholders(t *testing.T) {
	native := func(k event.Kind, native string) event.Type { return event.Type{Kind: k, Native: native} }
	custom := func(change func(*Options)) Config {
		return with(pgConf, func(o *Options) {
			o.UnavailablePlaceholder = "hex:41ff"
			change(o)
		})
	}
	none := func(*Options) {}
	hexMode := func(o *Options) { o.BinaryHandling = modeHex }
	for _, tt := range []struct {
		name string
		conf Config
		typ  event.Type
		want string
	}{
		{"text", pgConf, typ(event.KindString, 0), `"__debezium_unavailable_value"`},
		{"json", pgConf, typ(event.KindJSON, 0), `"__debezium_unavailable_value"`},
		{"bytes", pgConf, typ(event.KindBytes, 0), `"X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ=="`},
		{"bytes in base64", with(pgConf, func(o *Options) { o.BinaryHandling = modeBase64 }), typ(event.KindBytes, 0), `"X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ=="`},
		{"bytes in hex", with(pgConf, hexMode), typ(event.KindBytes, 0), `"__debezium_unavailable_value"`},
		{"decimal as text", with(pgConf, func(o *Options) { o.DecimalHandling = modeString }), decimalType(-1, 0), `"__debezium_unavailable_value"`},
		{"texts", pgConf, arrayOf(native(event.KindString, "text")), `["__debezium_unavailable_value"]`},
		{"UUIDs", pgConf, arrayOf(native(event.KindUUID, "uuid")), `["b68a35a7-17ad-35b3-af2a-ae46edb4545a"]`},
		{"byte strings", pgConf, arrayOf(native(event.KindBytes, "bytea")), `["X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ=="]`},
		{"byte strings in hex", with(pgConf, hexMode), arrayOf(native(event.KindBytes, "bytea")), `["__debezium_unavailable_value"]`},
		{"numbers", custom(none), arrayOf(native(event.KindInt, "integer")), `[65,-1]`},
		{"dates", custom(none), arrayOf(native(event.KindDate, "date")), `[65,-1]`},
		{"text that isn't UTF-8", custom(none), typ(event.KindString, 0), "\"A\uFFFD\""},
		{"texts that aren't UTF-8", custom(none), arrayOf(native(event.KindString, "text")), "[\"A\uFFFD\"]"},
		{"bytes that aren't UTF-8", custom(none), typ(event.KindBytes, 0), `"Qf8="`},
		{"hstore that isn't UTF-8", custom(func(o *Options) { o.HstoreHandling = modeMap }), meaning(event.KindList, event.LogicalHstore), "{\"A\uFFFD\":\"A\uFFFD\"}"},
		{"hstore", pgConf, meaning(event.KindList, event.LogicalHstore), `"{\"__debezium_unavailable_value\":\"__debezium_unavailable_value\"}"`},
		{
			"hstore as a map", with(pgConf, func(o *Options) { o.HstoreHandling = modeMap; o.UnavailablePlaceholder = "p" }),
			meaning(event.KindList, event.LogicalHstore), `{"p":"p"}`,
		},
	} {
		got, err := printed(t, tt.conf, tt.typ, constant(event.Unavailable))
		if err != nil || got != tt.want {
			t.Errorf("%s: got %s, want %s, error %v", tt.name, got, tt.want, err)
		}
	}
}

// TestZeros compares what stands where there must be a value and is none.
func TestZeros(t *testing.T) {
	iso := with(pgConf, func(o *Options) {
		o.TimePrecision, o.DecimalHandling, o.IntervalHandling = modeISO, modeString, modeString
	})
	for _, tt := range []struct {
		conf Config
		typ  event.Type
		want string
	}{
		{iso, typ(event.KindDate, 0), `"1970-01-01Z"`},
		{iso, temporal(event.KindTime, 6), `"00:00:00Z"`},
		{iso, temporal(event.KindLocal, 6), `"1970-01-01T00:00:00Z"`},
		{iso, decimalType(10, 2), `"0.00"`},
		{iso, meaning(event.KindList, event.LogicalInterval), `"P0Y0M0DT0H0M0S"`},
		{pgConf, meaning(event.KindList, event.LogicalInterval), `0`},
		{pgConf, meaning(event.KindList, event.LogicalHstore), `"{}"`},
		{pgConf, arrayOf(typ(event.KindInt, 0)), `[]`},
		{pgConf, meaning(event.KindList, event.LogicalPoint), `{"x":0.0,"y":0.0,"wkb":"AQEAAAAAAAAAAAAAAAAAAAAAAAAA","srid":null}`},
		{pgConf, meaning(event.KindList, event.LogicalGeometry), `{"wkb":"AQcAAAAAAAAA","srid":null}`},
		{pgConf, meaning(event.KindList, event.LogicalDoubleVector), `[]`},
		{pgConf, meaning(event.KindList, event.LogicalSparseVector), `{"dimensions":0,"vector":[]}`},
		{pgConf, meaning(event.KindDecimal, event.LogicalMoney), `"AA=="`},
		{pgConf, meaning(event.KindString, event.LogicalZonedTime), `"00:00:00Z"`},
	} {
		got, err := printed(t, tt.conf, tt.typ, constant(event.Null))
		if err != nil || got != tt.want {
			t.Errorf("%+v: got %s, want %s, error %v", tt.typ, got, tt.want, err)
		}
	}
}
