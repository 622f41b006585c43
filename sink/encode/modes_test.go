package encode

import (
	"encoding/hex"
	"strings"
	"testing"

	"cdc/event"
	"cdc/sink/encode/connect"
)

// with returns conf with changed options.
func with(conf Config, change func(*Options)) Config {
	conf.Options = DefaultOptions(conf.Connector)
	change(&conf.Options)
	return conf
}

// described is the schema of a column, in JSON.
func described(t *testing.T, c Config, typ event.Type) string {
	t.Helper()
	e := mustNew(t, c)
	l := e.layout(table(0), &event.Column{Name: "v", Type: typ}, true)
	if _, err := newColumn(&l, side{nullAsDefault: true}); err != nil {
		t.Fatal(err)
	}
	return string(l.schema.AppendJSON(nil))
}

// list makes a list whose texts are put by the values themselves.
func list(values ...func(*builder) event.Value) func(*builder) event.Value {
	return func(b *builder) event.Value {
		at := len(b.batch.Arena)
		elements := make([]event.Value, len(values))
		for i := range values {
			elements[i] = values[i](b)
		}
		return b.batch.PutList(at, elements)
	}
}

func ints(numbers ...int64) func(*builder) event.Value {
	var values []func(*builder) event.Value
	for _, n := range numbers {
		values = append(values, constant(event.Int(n)))
	}
	return list(values...)
}

func named(t, name string) string {
	return `{"type":"` + t + `","optional":false,"name":"` + name + `","version":1}`
}

func meaning(k event.Kind, l event.Logical) event.Type { return event.Type{Kind: k, Logical: l} }

func arrayOf(elem event.Type) event.Type {
	return event.Type{Kind: event.KindList, Logical: event.LogicalArray, Elem: &elem}
}

// afternoon is 13:14:15.120000 of 2020-02-29.
const (
	afternoon = (13*3600+14*60+15)*microsPerSecond + 120_000
	leapDay   = 18321
	leapNoon  = leapDay*microsPerDay + afternoon
)

type modeCase struct {
	name   string
	conf   Config
	typ    event.Type
	value  func(*builder) event.Value
	want   string
	schema string
}

func temporalCases() (cases []modeCase) {
	for _, c := range []struct{ mode, date, time, local string }{
		{modeAdaptiveMicros, "Date 18321", "MicroTime 47655120000", "Timestamp 1582982055120"},
		{modeConnect, connect.DateName + " 18321", connect.TimeName + " 47655120", connect.TimestampName + " 1582982055120"},
		{modeISO, `IsoDate "2020-02-29Z"`, `IsoTime "13:14:15.12Z"`, `IsoTimestamp "2020-02-29T13:14:15.12Z"`},
		{modeMicros, "Date 18321", "MicroTime 47655120000", "MicroTimestamp 1582982055120000"},
		{modeNanos, "Date 18321", "NanoTime 47655120000000", "NanoTimestamp 1582982055120000000"},
		{modeAdaptive, "Date 18321", "Time 47655120", "Timestamp 1582982055120"},
	} {
		conf := with(pgConf, func(o *Options) { o.TimePrecision = c.mode })
		for want, v := range map[string]event.Value{
			c.date: event.Of(event.KindDate, leapDay), c.time: event.Of(event.KindTime, afternoon), c.local: event.Of(event.KindLocal, leapNoon),
		} {
			name, text, _ := strings.Cut(want, " ")
			physical := "int64"
			switch {
			case c.mode == modeISO:
				physical = "string"
			case strings.HasSuffix(name, "Date"), name == "Time", name == connect.TimeName:
				physical = "int32"
			}
			if !strings.Contains(name, ".") {
				name = timeNames + name
			}
			cases = append(cases, modeCase{c.mode, conf, event.Type{Kind: v.Kind(), Precision: 2}, constant(v), text, named(physical, name)})
		}
	}
	return cases
}

func modeCases() []modeCase {
	str := with(pgConf, func(o *Options) { o.DecimalHandling, o.IntervalHandling = modeString, modeString })
	double := with(pgConf, func(o *Options) { o.DecimalHandling = modeDouble })
	binary := func(mode string) Config { return with(mysqlConf, func(o *Options) { o.BinaryHandling = mode }) }
	hmap := with(pgConf, func(o *Options) { o.HstoreHandling = modeMap })
	money3 := with(pgConf, func(o *Options) { o.MoneyFractionDigits = 1 })
	precise := with(mysqlConf, func(o *Options) { o.BigintUnsigned = modePrecise })
	hstore := meaning(event.KindList, event.LogicalHstore)
	pairs := list(text(event.KindString, "a"), text(event.KindString, "1"), text(event.KindString, "n"), constant(event.Null),
		text(event.KindString, "b c"), text(event.KindString, "x\"y😀"), text(event.KindString, "new"), text(event.KindString, "v,w"))
	interval := meaning(event.KindList, event.LogicalInterval)
	money := meaning(event.KindDecimal, event.LogicalMoney)
	bytes := typ(event.KindBytes, 0)
	raw := text(event.KindBytes, "\xfb\xff\xfe")
	mysqlInt := func(native string) event.Type { return event.Type{Kind: event.KindInt, Native: native} }
	plainSchema := func(t string) string { return `{"type":"` + t + `","optional":false}` }
	shape := func(native string) event.Type {
		return event.Type{Kind: event.KindBytes, Logical: event.LogicalUnknown, Native: native}
	}
	decimal := func(scale, precision string) string {
		return `{"type":"bytes","optional":false,"name":"` + connect.DecimalName + `","version":1,"parameters":{"scale":"` + scale + `","connect.decimal.precision":"` + precision + `"}}`
	}
	return []modeCase{
		{"decimal string", str, decimalType(10, 2), constant(event.Decimal(-5, 2)), `"-0.05"`, plainSchema("string")},
		{"decimal string rescaled", str, decimalType(10, 2), text(event.KindBigDecimal, "-0012.5"), `"-12.50"`, plainSchema("string")},
		{"numeric string", str, decimalType(-1, 0), text(event.KindBigDecimal, "100.00"), `"100.00"`, plainSchema("string")},
		{"NaN string", str, decimalType(-1, 0), text(event.KindBigDecimal, "NaN"), `"NAN"`, plainSchema("string")},
		{"-Infinity string", str, decimalType(10, 2), text(event.KindBigDecimal, "-Infinity"), `"NEGATIVE_INFINITY"`, plainSchema("string")},
		{"decimal double", double, decimalType(10, 2), constant(event.Decimal(12345, 2)), `123.45`, plainSchema("double")},
		{"long decimal double", double, decimalType(38, 2), text(event.KindBigDecimal, "12345678901234567890.10"), `1.2345678901234567E19`, plainSchema("double")},
		{"Infinity double", double, decimalType(-1, 0), text(event.KindBigDecimal, "Infinity"), `"Infinity"`, plainSchema("double")},
		{"money", pgConf, money, constant(event.Decimal(150, 2)), `"AJY="`, `{"type":"bytes","optional":false,"name":"` + connect.DecimalName + `","version":1,"parameters":{"scale":"2"}}`},
		{"money rounded", money3, money, constant(event.Decimal(-995, 2)), `"nA=="`, `{"type":"bytes","optional":false,"name":"` + connect.DecimalName + `","version":1,"parameters":{"scale":"1"}}`},
		{"money string", str, money, constant(event.Decimal(-200, 2)), `"-2.00"`, plainSchema("string")},
		{"bigint unsigned", mysqlConf, typ(event.KindUint, event.Unsigned), constant(event.Uint(1<<64 - 1)), `-1`, plainSchema("int64")},
		{"bigint unsigned precise", precise, typ(event.KindUint, event.Unsigned), constant(event.Uint(1<<64 - 1)), `"AP//////////"`, decimal("0", "20")},
		{"small bigint unsigned precise", precise, typ(event.KindUint, event.Unsigned), constant(event.Uint(7)), `"Bw=="`, decimal("0", "20")},
		{"bytes", binary(modeBytes), bytes, raw, `"+//+"`, plainSchema("bytes")},
		{"base64", binary(modeBase64), bytes, raw, `"+//+"`, plainSchema("string")},
		{"base64-url-safe", binary(modeBase64URL), bytes, raw, `"-__-"`, plainSchema("string")},
		{"hex", binary(modeHex), bytes, raw, `"fbfffe"`, plainSchema("string")},
		{"unknown in hex", binary(modeHex), meaning(event.KindBytes, event.LogicalUnknown), raw, `"fbfffe"`, plainSchema("string")},
		{"box", pgConf, shape("box"), text(event.KindBytes, "(1,1),(-0.5,1e-07)"), `"KDEuMCwxLjApLCgtMC41LDEuMEUtNyk="`, plainSchema("bytes")},
		{"line in hex", binary(modeHex), shape("line"), text(event.KindBytes, "{1,NaN,-Infinity}"), `"` + hex.EncodeToString([]byte("{1.0,NaN,-Infinity}")) + `"`, plainSchema("string")},
		{"circle in base64", binary(modeBase64), shape("circle"), text(event.KindBytes, "<(0,0),2>"), `"PCgwLjAsMC4wKSwyLjA+"`, plainSchema("string")},
		{"path in base64-url-safe", binary(modeBase64URL), shape("path"), text(event.KindBytes, "[(0,0),(1,1e+300)]"), `"WygwLjAsMC4wKSwoMS4wLDEuMEUzMDApXQ=="`, plainSchema("string")},
		{
			"array of polygons", pgConf, arrayOf(shape("polygon")), list(text(event.KindBytes, "((0,0))")), `["KCgwLjAsMC4wKSk="]`,
			`{"type":"array","items":{"type":"bytes","optional":false},"optional":false}`,
		},
		{"hstore", pgConf, hstore, pairs, `"{\"a\":\"1\",\"new\":\"v,w\",\"b c\":\"x\\\"y\uD83D\uDE00\",\"n\":null}"`, named("string", "io.debezium.data.Json")},
		{
			"hstore map", hmap, hstore, pairs, `{"a":"1","new":"v,w","b c":"x\"y\uD83D\uDE00","n":null}`,
			`{"type":"map","keys":{"type":"string","optional":false},"values":{"type":"string","optional":true},"optional":false}`,
		},
		{"interval", pgConf, interval, ints(14, 3, 14_706_789_000), `37091106789000`, named("int64", "io.debezium.time.MicroDuration")},
		{"negative interval", pgConf, interval, ints(-1, 5, -1_000_000), `-2197801000000`, named("int64", "io.debezium.time.MicroDuration")},
		{"infinite interval", pgConf, interval, ints(1<<31-1, 1<<31-1, 1<<63-1), `0`, named("int64", "io.debezium.time.MicroDuration")},
		{"interval text", str, interval, ints(14, 3, 14_706_789_000), `"P1Y2M3DT4H5M6.789S"`, named("string", "io.debezium.time.Interval")},
		{"negative interval text", str, interval, ints(-14, 3, -14_706_000_001), `"P-1Y-2M3DT-4H-5M-6.000001S"`, named("string", "io.debezium.time.Interval")},
		{"year", mysqlConf, meaning(event.KindInt, event.LogicalYear), constant(event.Int(1999)), `1999`, named("int32", "io.debezium.time.Year")},
		{"tinyint", mysqlConf, mysqlInt("tinyint(4)"), constant(event.Int(-5)), `-5`, plainSchema("int16")},
		{"smallint unsigned", mysqlConf, mysqlInt("smallint(5) unsigned"), constant(event.Int(65535)), `65535`, plainSchema("int32")},
		{"mediumint unsigned", mysqlConf, mysqlInt("mediumint unsigned"), constant(event.Int(1)), `1`, plainSchema("int32")},
		{"int unsigned", mysqlConf, mysqlInt("int unsigned zerofill"), constant(event.Int(1)), `1`, plainSchema("int64")},
		{"oid", pgConf, mysqlInt("oid"), constant(event.Int(1)), `1`, plainSchema("int64")},
		{
			"enum", mysqlConf,
			event.Type{Kind: event.KindString, Logical: event.LogicalEnum, Symbols: []string{"x,y", `q"`, "it's\n", `b\c`}},
			text(event.KindString, "x,y"), `"x,y"`,
			`{"type":"string","optional":false,"name":"io.debezium.data.Enum","version":1,"parameters":{"allowed":"x\\,y,q\",it's\\n,b\\\\c"}}`,
		},
		{
			"enum of PostgreSQL", pgConf,
			event.Type{Kind: event.KindString, Logical: event.LogicalEnum, Symbols: []string{"a,b", "c"}},
			text(event.KindString, "c"), `"c"`,
			`{"type":"string","optional":false,"name":"io.debezium.data.Enum","version":1,"parameters":{"allowed":"a,b,c"}}`,
		},
		{
			"bits", pgConf,
			event.Type{Kind: event.KindBits},
			text(event.KindBits, "\x01"), `"AQ=="`,
			`{"type":"bytes","optional":false,"name":"io.debezium.data.Bits","version":1,"parameters":{"length":"2147483647"}}`,
		},
		{
			"array", pgConf, arrayOf(mysqlInt("integer")), list(constant(event.Int(1)), constant(event.Null)), `[1,null]`,
			`{"type":"array","items":{"type":"int32","optional":true},"optional":false}`,
		},
		{
			"array of enums", pgConf, arrayOf(event.Type{Kind: event.KindString, Logical: event.LogicalEnum, Symbols: []string{"a"}}), list(text(event.KindString, "a")), `["a"]`,
			`{"type":"array","items":{"type":"string","optional":false,"name":"io.debezium.data.Enum","version":1,"parameters":{"allowed":"a"}},"optional":false}`,
		},
		{
			"array of arrays", pgConf, arrayOf(arrayOf(mysqlInt("bigint"))), list(ints(1, 2), ints()), `[[1,2],[]]`,
			`{"type":"array","items":{"type":"array","items":{"type":"int64","optional":true},"optional":true},"optional":false}`,
		},
		{
			"vector", mysqlConf, meaning(event.KindList, event.LogicalVector), list(constant(event.Float32(0.1)), constant(event.Float32(-1e-10))), `[0.1,-1.0E-10]`,
			`{"type":"array","items":{"type":"float","optional":false},"optional":false,"name":"io.debezium.data.FloatVector","version":1}`,
		},
		{
			"sparse vector", pgConf, meaning(event.KindList, event.LogicalSparseVector), list(constant(event.Int(40)), constant(event.Int(17)), constant(event.Float64(1.5)), constant(event.Int(2)), constant(event.Float64(2))),
			`{"dimensions":40,"vector":[[17,1.5],[2,2.0]]}`,
			`{"type":"struct","fields":[{"type":"int16","optional":false,"field":"dimensions"},{"type":"map","keys":{"type":"int16","optional":false},"values":{"type":"double","optional":false},"optional":false,"field":"vector"}],"optional":false,"name":"io.debezium.data.SparseDoubleVector","version":1,"doc":"Sparse double vector"}`,
		},
		{
			"geometry", mysqlConf, meaning(event.KindList, event.LogicalGeometry), list(text(event.KindBytes, "\x01"), constant(event.Int(4326))), `{"wkb":"AQ==","srid":4326}`,
			`{"type":"struct","fields":[{"type":"bytes","optional":false,"field":"wkb"},{"type":"int32","optional":true,"field":"srid"}],"optional":true,"name":"io.debezium.data.geometry.Geometry","version":1,"doc":"Geometry"}`,
		},
		{
			"geography", pgConf, meaning(event.KindList, event.LogicalGeography), list(text(event.KindBytes, "\x01"), constant(event.Null)), `{"wkb":"AQ==","srid":null}`,
			`{"type":"struct","fields":[{"type":"bytes","optional":false,"field":"wkb"},{"type":"int32","optional":true,"field":"srid"}],"optional":false,"name":"io.debezium.data.geometry.Geography","version":1,"doc":"Geography"}`,
		},
	}
}

// TestModes compares the text and the schema of a value in each mode.
func TestModes(t *testing.T) {
	for _, tt := range append(temporalCases(), modeCases()...) {
		got, err := printed(t, tt.conf, tt.typ, tt.value)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		} else if got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
		if got := described(t, tt.conf, tt.typ); got != tt.schema {
			t.Errorf("%s: schema\n got %s\nwant %s", tt.name, got, tt.schema)
		}
	}
}

// TestDefaultOfNow: the epoch stands for the current time, and has no fraction
// in MySQL and MariaDB.
func TestDefaultOfNow(t *testing.T) {
	for _, tt := range []struct {
		conf   Config
		micros int64
		want   string
	}{
		{mysqlConf, 0, "1970-01-01T00:00:00Z"},
		{mysqlConf, 946684800_000000, "2000-01-01T00:00:00.000000Z"},
		{pgConf, 0, "1970-01-01T00:00:00.000000Z"},
	} {
		typ := temporal(event.KindInstant, 6)
		typ.Default = &event.Default{Value: event.Of(event.KindInstant, tt.micros)}
		if got := described(t, tt.conf, typ); !strings.Contains(got, `"default":"`+tt.want+`"`) {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

// TestInfiniteTimes: infinities of PostgreSQL in the modes.
func TestInfiniteTimes(t *testing.T) {
	for mode, want := range map[string][2]string{
		modeNanos:   {"9223372036854775807", "-9223372036854775808"},
		modeMicros:  {"9223372036825200000", "-9223372036832400000"},
		modeConnect: {"9223372036825200", "-9223372036832400"},
		modeISO:     {`"+294247-01-10T04:00:25.2Z"`, `"-290308-12-21T19:59:27.6Z"`},
	} {
		conf := with(pgConf, func(o *Options) { o.TimePrecision = mode })
		for i, n := range []int64{event.Infinity, event.NegInfinity} {
			got, err := printed(t, conf, temporal(event.KindLocal, 6), constant(event.Of(event.KindLocal, n)))
			if err != nil || got != want[i] {
				t.Errorf("%s: got %s, want %s, error %v", mode, got, want[i], err)
			}
		}
	}
	iso := with(pgConf, func(o *Options) { o.TimePrecision = modeISO })
	got, err := printed(t, iso, typ(event.KindDate, 0), constant(event.Of(event.KindDate, event.Infinity)))
	if err != nil || got != `"-5877611-06-21Z"` {
		t.Errorf("got %s, error %v", got, err)
	}
}

func TestOptionsRefused(t *testing.T) {
	for _, tt := range []struct {
		key    string
		change func(*Options)
	}{
		{"time_precision_mode", func(o *Options) { o.TimePrecision = modeAdaptive }},
		{"time_precision_mode", func(o *Options) { o.TimePrecision = "x" }},
		{"decimal_handling_mode", func(o *Options) { o.DecimalHandling = "x" }},
		{"money_fraction_digits", func(o *Options) { o.MoneyFractionDigits = -1 }},
		{"unavailable_value_placeholder", func(o *Options) { o.UnavailablePlaceholder = "hex:f" }},
		{"unavailable_value_placeholder", func(o *Options) { o.UnavailablePlaceholder = "" }},
		{"column_mask_hash[0].algorithm", func(o *Options) { o.MaskHash = []HashMask{{Algorithm: "MD2", Columns: []string{"a.b.c"}}} }},
		{"column_mask_hash[0].version", func(o *Options) {
			o.MaskHash = []HashMask{{Algorithm: "MD5", Version: "v3", Columns: []string{"a.b.c"}}}
		}},
		{"column_mask_hash[0].columns", func(o *Options) { o.MaskHash = []HashMask{{Algorithm: "MD5"}} }},
		{"column_mask_with_chars.5", func(o *Options) { o.MaskWithChars = map[int][]string{5: {"b.c"}} }},
		{"column_truncate_to_chars", func(o *Options) { o.TruncateToChars = map[int][]string{-5: {"a.b.c"}} }},
		{"column_propagate_source_type", func(o *Options) { o.PropagateSourceType = []string{"/(/"} }},
	} {
		o := DefaultOptions("mysql")
		tt.change(&o)
		if err := o.Validate("mysql"); err == nil || !strings.HasPrefix(err.Error(), tt.key+": ") {
			t.Errorf("%s: got %v", tt.key, err)
		}
	}
	for _, tt := range []struct {
		connector, key, say string
		change              func(*Options)
	}{
		{"mariadb", "hstore_handling_mode", "PostgreSQL alone has", func(o *Options) { o.HstoreHandling = modeMap }},
		{"mysql", "interval_handling_mode", "PostgreSQL alone has", func(o *Options) { o.IntervalHandling = modeString }},
		{"mysql", "money_fraction_digits", "PostgreSQL alone has", func(o *Options) { o.MoneyFractionDigits = 3 }},
		{"postgresql", "bigint_unsigned_handling_mode", "MySQL and MariaDB alone have", func(o *Options) { o.BigintUnsigned = modePrecise }},
		{"mysql", "schema_name_adjustment_mode", "must be none, avro, avro_unicode", func(o *Options) { o.SchemaNameAdjustment = "x" }},
	} {
		o := DefaultOptions(tt.connector)
		tt.change(&o)
		if err := o.Validate(tt.connector); err == nil || !strings.HasPrefix(err.Error(), tt.key+": ") || !strings.Contains(err.Error(), tt.say) {
			t.Errorf("%s: got %v", tt.key, err)
		}
	}
	for key, f := range map[string]Format{"value": {Value: "xml"}, "key": {Key: "xml"}, "header": {Header: "avro"}, "decimal_format": {DecimalFormat: "x"}} {
		if err := f.Validate(); err == nil || !strings.Contains(err.Error(), key+": ") {
			t.Errorf("%s: got %v", key, err)
		}
	}
	for _, connector := range []string{"mysql", "mariadb", "postgresql"} {
		o := DefaultOptions(connector)
		if err := o.Validate(connector); err != nil {
			t.Errorf("%s: the defaults are refused: %v", connector, err)
		}
	}
}
