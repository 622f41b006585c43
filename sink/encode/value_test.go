package encode

import (
	"math"
	"strings"
	"testing"
	"time"

	"cdc/event"
)

func temporal(k event.Kind, precision int16) event.Type {
	return event.Type{Kind: k, Precision: precision}
}

func micros(text string) event.Value {
	at, err := time.Parse("2006-01-02 15:04:05.999999", text)
	if err != nil {
		panic(err)
	}
	return event.Of(event.KindInstant, at.UnixMicro())
}

func decimalType(precision, scale int16) event.Type {
	return event.Type{Kind: event.KindDecimal, Precision: precision, Scale: scale}
}

// The wanted texts are those of the recordings named.
func TestValues(t *testing.T) {
	float32s := func(f float32) func(*builder) event.Value { return constant(event.Float32(f)) }
	float64s := func(f float64) func(*builder) event.Value { return constant(event.Float64(f)) }
	big := func(s string) func(*builder) event.Value { return text(event.KindBigDecimal, s) }
	of := func(k event.Kind, n int64) func(*builder) event.Value { return constant(event.Of(k, n)) }
	unlimited := decimalType(-1, 0)
	tests := []struct {
		name  string
		conf  Config
		typ   event.Type
		value func(*builder) event.Value
		want  string
	}{
		{"mysql/ints-signed e", mysqlConf, typ(event.KindInt, 0), constant(event.Int(math.MinInt64)), "-9223372036854775808"},
		{"mariadb/ints e wraps", mysqlConf, typ(event.KindUint, event.Unsigned), constant(event.Uint(math.MaxUint64)), "-1"},
		{"mysql/bits a", mysqlConf, typ(event.KindBool, 0), constant(event.Bool(true)), "true"},
		{"mysql/bits e", mysqlConf, typ(event.KindBits, 0), text(event.KindBits, "\x00\x00\x00\x00\x00\x00\x00\x80"), `"AAAAAAAAAIA="`},
		{"mysql/binary-bytes d", mysqlConf, typ(event.KindBytes, 0), text(event.KindBytes, "\xde\xad\xbe\xef"), `"3q2+7w=="`},

		{"mysql/decimal-precise 12.34", mysqlConf, decimalType(10, 2), constant(event.Decimal(1234, 2)), `"BNI="`},
		{"mysql/decimal-precise -0.01", mysqlConf, decimalType(10, 2), constant(event.Decimal(-1, 2)), `"/w=="`},
		{"mysql/decimal-precise 127.9", mysqlConf, decimalType(4, 1), constant(event.Decimal(1279, 1)), `"BP8="`},
		{"mysql/decimal-precise -12.8", mysqlConf, decimalType(4, 1), constant(event.Decimal(-128, 1)), `"gA=="`},
		{"mysql/decimal-precise c", mysqlConf, decimalType(65, 30), big("12345678901234567890123456789012345.123456789012345678901234567890"), `"HgK8HpeFi9xsuVBY80JNfTp/7HsD4maOPwrS"`},
		{"mysql/decimal-precise e", mysqlConf, decimalType(20, 0), big("99999999999999999999"), `"BWvHXi1jD///"`},
		{"fewer digits than the column", mysqlConf, decimalType(10, 3), constant(event.Decimal(-15, 1)), `"+iQ="`},
		{"postgres/decimal-precise c", pgConf, decimalType(38, 20), big("-0.00000000000000000001"), `"/w=="`},
		{"postgres/decimal-precise d", pgConf, unlimited, constant(event.Decimal(1234500, 4)), `{"scale":2,"value":"MDk="}`},
		{"postgres/decimal-precise 1e30", pgConf, unlimited, big("1000000000000000000000000000000"), `{"scale":0,"value":"DJ8snNBGdO3qQAAAAA=="}`},
		{"postgres/decimal-precise row 4", pgConf, unlimited, big("-12345678901234567890.000100"), `{"scale":4,"value":"5dtk4O9fk2lU3w=="}`},
		{"postgres/decimal-precise 0.000", pgConf, unlimited, constant(event.Decimal(0, 3)), `{"scale":0,"value":"AA=="}`},
		{"postgres/key-types 100", pgConf, unlimited, constant(event.Decimal(100, 0)), `{"scale":0,"value":"ZA=="}`},
		{"negative scale", pgConf, decimalType(6, -2), big("12300"), `"ew=="`},

		{"mysql/floats a", mysqlConf, typ(event.KindFloat32, 0), float32s(1.1), "1.1"},
		{"mysql/floats max", mysqlConf, typ(event.KindFloat32, 0), float32s(3.40282e38), "3.40282E38"},
		{"mysql/floats 16777217", mysqlConf, typ(event.KindFloat32, 0), float32s(16777217), "1.6777216E7"},
		{"mysql/floats d, float(7,3)", mysqlConf, typ(event.KindFloat64, 0), float32s(1234.567), "1234.5670166015625"},
		{"mysql/floats 0.00099", mysqlConf, typ(event.KindFloat64, 0), float64s(0.00099), "9.9E-4"},
		{"mysql/floats 0.001", mysqlConf, typ(event.KindFloat64, 0), float64s(0.001), "0.001"},
		{"mysql/floats 1234567", mysqlConf, typ(event.KindFloat64, 0), float64s(1234567), "1234567.0"},
		{"mysql/floats 1e7", mysqlConf, typ(event.KindFloat64, 0), float64s(1e7), "1.0E7"},
		{"mysql/floats -1e-7", mysqlConf, typ(event.KindFloat64, 0), float64s(-1e-7), "-1.0E-7"},
		{"mysql/floats 5e-324", mysqlConf, typ(event.KindFloat64, 0), float64s(5e-324), "4.9E-324"},
		{"postgres/floats 1e-45", pgConf, typ(event.KindFloat32, 0), float32s(1e-45), "1.4E-45"},
		{"postgres/floats 1e22", pgConf, typ(event.KindFloat64, 0), float64s(1e22), "1.0E22"},
		{"postgres/floats NaN", pgConf, typ(event.KindFloat32, 0), float32s(float32(math.NaN())), `"NaN"`},
		{"postgres/floats -Infinity", pgConf, typ(event.KindFloat64, 0), float64s(math.Inf(-1)), `"-Infinity"`},
		{"negative zero", pgConf, typ(event.KindFloat64, 0), float64s(math.Copysign(0, -1)), "-0.0"},

		{"mysql/temporal-default a", mysqlConf, typ(event.KindDate, 0), of(event.KindDate, -354285), "-354285"},
		{"mysql/temporal-default b", mysqlConf, temporal(event.KindTime, 0), of(event.KindTime, -3020399000000), "-3020399000000"},
		{"mysql/temporal-default f", mysqlConf, temporal(event.KindLocal, 1), of(event.KindLocal, micros("1969-12-31 23:59:59.9").Int()), "-100"},
		{"mysql/temporal-default h", mysqlConf, temporal(event.KindLocal, 4), of(event.KindLocal, micros("1883-11-18 12:03:58.5").Int()), "-2717668561500000"},
		{"mysql/temporal-default j", mysqlConf, temporal(event.KindInstant, 0), constant(micros("2020-02-29 13:14:15")), `"2020-02-29T13:14:15Z"`},
		{"mysql/temporal-default k", mysqlConf, temporal(event.KindInstant, 2), constant(micros("2001-09-09 01:46:40")), `"2001-09-09T01:46:40.00Z"`},
		{"mysql/temporal-default l", mysqlConf, temporal(event.KindInstant, 6), constant(micros("2038-01-19 03:14:07.999999")), `"2038-01-19T03:14:07.999999Z"`},
		{"postgres/temporal-default d", pgConf, temporal(event.KindTime, 3), of(event.KindTime, 86399999000), "86399999"},
		{"postgres/temporal-default b", pgConf, temporal(event.KindTime, 6), of(event.KindTime, 86400000000), "86400000000"},
		{"postgres/temporal-default a inf", pgConf, typ(event.KindDate, 0), of(event.KindDate, event.Infinity), "-2147472692"},
		{"postgres/temporal-default a -inf", pgConf, typ(event.KindDate, 0), of(event.KindDate, event.NegInfinity), "-2147472691"},
		{"postgres/temporal-default e inf", pgConf, temporal(event.KindLocal, 6), of(event.KindLocal, event.Infinity), "9223372036825200000"},
		{"postgres/temporal-default f -inf", pgConf, temporal(event.KindLocal, 0), of(event.KindLocal, event.NegInfinity), "-9223372036832400"},
		{"postgres/temporal-default h inf", pgConf, temporal(event.KindInstant, 6), of(event.KindInstant, event.Infinity), `"infinity"`},
		{"postgres/temporal-default h", pgConf, temporal(event.KindInstant, -1), constant(micros("2020-02-29 11:14:15.123456")), `"2020-02-29T11:14:15.123456Z"`},
		{"postgres/temporal-default j", pgConf, temporal(event.KindInstant, 3), constant(micros("2020-02-29 18:44:15.12")), `"2020-02-29T18:44:15.120Z"`},
		{"postgres/temporal-default 44 BC", pgConf, temporal(event.KindInstant, 6), of(event.KindInstant, -63517780800000000), `"-0043-03-15T12:00:00.000000Z"`},
		{"postgres/temporal-default 1 BC", pgConf, temporal(event.KindInstant, 3), of(event.KindInstant, -62135596800001000), `"0000-12-31T23:59:59.999Z"`},
		{"postgres/temporal-default 20000", pgConf, temporal(event.KindInstant, 6), of(event.KindInstant, 568971820800000000), `"+20000-01-01T00:00:00.000000Z"`},

		{"mysql/text d", mysqlConf, typ(event.KindString, 0), text(event.KindString, "line\nbreak"), `"line\nbreak"`},
		{"mysql/text e", mysqlConf, typ(event.KindString, 0), text(event.KindString, `quote " and back\slash`), `"quote \" and back\\slash"`},
		{"mysql/text f", mysqlConf, typ(event.KindString, 0), text(event.KindString, `<a href="x">&amp;</a>/end`), `"<a href=\"x\">&amp;</a>/end"`},
		{"mysql/text b", mysqlConf, typ(event.KindString, 0), text(event.KindString, "😀 smile"), `"\uD83D\uDE00 smile"`},
		{"mysql/text row 4", mysqlConf, typ(event.KindString, 0), text(event.KindString, "\x00a ctl\x01\x1f\x7f \u2028"), "\"\\u0000a ctl\\u0001\\u001F\x7f \u2028\""},
		{"mysql/json snapshot", mysqlConf, typ(event.KindJSON, 0), text(event.KindJSON, `{"a": [1, "x"]}`), `"{\"a\": [1, \"x\"]}"`},
		{"mysql/enum-set label", mysqlConf, typ(event.KindString, 0), text(event.KindString, "x,y"), `"x,y"`},
		{"postgres/toast a", pgConf, typ(event.KindString, 0), constant(event.Unavailable), `"__debezium_unavailable_value"`},
		{"postgres/toast c", pgConf, typ(event.KindBytes, 0), constant(event.Unavailable), `"X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ=="`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := printed(t, tt.conf, tt.typ, tt.value)
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// What stands for a null: nothing, the default, or the zero of the type.
func TestNull(t *testing.T) {
	withDefault := func(typ event.Type, v event.Value, text string) event.Type {
		typ.Default = &event.Default{Value: v, Text: []byte(text)}
		return typ
	}
	timetz := event.Type{Kind: event.KindString, Logical: event.LogicalZonedTime, Native: "time(2) with time zone"}
	tests := []struct {
		name string
		typ  event.Type
		want string
	}{
		{"nullable", typ(event.KindInt, event.Nullable), "null"},
		{"nullable with default", withDefault(typ(event.KindInt, event.Nullable), event.Int(5), ""), "5"},
		{"text default", withDefault(typ(event.KindString, 0), event.Text(event.KindString, 0, 3), `a"b`), `"a\"b"`},
		{"decimal default", withDefault(decimalType(6, 2), event.Decimal(15, 1), ""), `"AJY="`},
		{"a default is cut where a value wraps", withDefault(typ(event.KindUint, event.Unsigned|event.Nullable), event.Uint(math.MaxUint64), ""), "9223372036854775807"},
		{"default null", withDefault(typ(event.KindInt, event.Nullable), event.Null, ""), "null"},
		{"datetime default", withDefault(temporal(event.KindLocal, 0), event.Of(event.KindLocal, 1577872800000000), ""), "1577872800000"},
		{"zoned default", withDefault(temporal(event.KindInstant, 6), event.Of(event.KindInstant, 0), ""), `"1970-01-01T00:00:00.000000Z"`},
		{"int", typ(event.KindInt, 0), "0"},
		{"bool", typ(event.KindBool, 0), "false"},
		{"float", typ(event.KindFloat32, 0), "0.0"},
		{"double", typ(event.KindFloat64, 0), "0.0"},
		{"decimal", decimalType(6, 2), `"AA=="`},
		{"numeric", decimalType(-1, 0), `{"scale":0,"value":"AA=="}`},
		{"text", typ(event.KindString, 0), `""`},
		{"timetz", timetz, `"00:00:00Z"`},
		{"bytes", typ(event.KindBytes, 0), `""`},
		{"bits", typ(event.KindBits, 0), `""`},
		{"uuid", typ(event.KindUUID, 0), `""`},
		{"json", typ(event.KindJSON, 0), `""`},
		{"date", typ(event.KindDate, 0), "0"},
		{"time", temporal(event.KindTime, 6), "0"},
		{"local", temporal(event.KindLocal, 6), "0"},
		{"instant", temporal(event.KindInstant, 6), `"1970-01-01T00:00:00Z"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := printed(t, pgConf, tt.typ, constant(event.Null))
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestValueErrors(t *testing.T) {
	tests := []struct {
		name  string
		typ   event.Type
		value func(*builder) event.Value
		want  string
	}{
		{"skipped", typ(event.KindInt, 0), constant(event.Value{}), "internal error"},
		{"unavailable number", decimalType(-1, 0), constant(event.Unavailable), "REPLICA IDENTITY FULL"},
		{"NaN", decimalType(10, 2), text(event.KindBigDecimal, "NaN"), "NaN and Infinity"},
		{"Infinity", decimalType(-1, 0), text(event.KindBigDecimal, "-Infinity"), "NaN and Infinity"},
		{"exponent", decimalType(-1, 0), text(event.KindBigDecimal, "1e5"), "plain decimal"},
		{"empty", decimalType(-1, 0), text(event.KindBigDecimal, "-"), "plain decimal"},
		{"scale", decimalType(10, 2), text(event.KindBigDecimal, "1.234"), "more fraction digits"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := printed(t, pgConf, tt.typ, tt.value)
			if err == nil {
				t.Fatal("no error")
			}
			for _, part := range []string{"public.t", `"v"`, "0/C8", tt.want} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q doesn't say %s", err, part)
				}
			}
		})
	}
}

// Java writes one U+FFFD for the longest run that could have begun a
// character, and one for a surrogate.
func TestInvalidUTF8(t *testing.T) {
	tests := map[string]string{
		"a\xffb":               "a\uFFFDb",
		"\xc0\x80":             "\uFFFD\uFFFD",
		"\xe2\x82A":            "\uFFFDA",
		"\xe2\x82":             "\uFFFD",
		"\xf0\x9f\x98":         "\uFFFD",
		"\xf0\x9f\x98x":        "\uFFFDx",
		"\xed\xa0\xbd":         "\uFFFD",
		"\xf4\x90\x80\x80":     "\uFFFD\uFFFD\uFFFD\uFFFD",
		"\xe0\x80\x80":         "\uFFFD\uFFFD\uFFFD",
		"plain text, \xe2\x82": "plain text, \uFFFD",
		"\uFFFD":               "\uFFFD",
	}
	for in, want := range tests {
		if got := string(appendString(nil, []byte(in))); got != `"`+want+`"` {
			t.Errorf("appendString(%q) = %q, want %q", in, got, want)
		}
		if got := string(appendSimpleString(nil, []byte(in))); got != `"`+want+`"` {
			t.Errorf("appendSimpleString(%q) = %q, want %q", in, got, want)
		}
	}
}

// The calendar is compared with that of the standard library.
func TestInstantAgainstTime(t *testing.T) {
	for days := int64(-5_000_000); days < 12_000_000; days += 997 {
		want := time.Unix(days*86_400+days%86_400, 123_456_000).UTC()
		year := want.Format("2006")
		if want.Year() > 9999 {
			year = "+" + year
		}
		text := `"` + year + want.Format("-01-02T15:04:05.000000Z") + `"`
		if got := string(appendInstant(nil, want.UnixMicro(), 6)); got != text {
			t.Fatalf("got %s, want %s", got, text)
		}
	}
}

// Both ways of printing a decimal print the same.
func TestScaledAgainstPlain(t *testing.T) {
	for _, n := range []int64{0, 1, -1, 9, 10, 123, -12345, 999_999, 1_000_000, -1_000_001, 1<<63 - 1, -1 << 63} {
		for scale := range 18 {
			var room [maxDecimalText]byte
			d, err := parseValue(event.Decimal(n, scale), nil, &room)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := string(appendScaled(nil, n, scale)), string(d.appendPlain(nil)); got != want {
				t.Errorf("%d at %d: got %s, want %s", n, scale, got, want)
			}
			f := &form{way: asDecimal, scale: scale}
			got, err := f.appendNumeric(nil, event.Decimal(n, scale), nil)
			if want := string(appendJavaDecimal(nil, d, scale)); err != nil || string(got) != want {
				t.Errorf("%d at %d: got %s, want %s, error %v", n, scale, got, want, err)
			}
		}
	}
}
