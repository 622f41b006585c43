package encode

import (
	"strings"
	"testing"

	"cdc/event"
)

// benchValue is a value of a common type.
type benchValue struct {
	name  string
	conf  Config
	typ   event.Type
	value func(*builder) event.Value
}

func benchValues() []benchValue {
	my := mysqlConf
	iso := with(pgConf, func(o *Options) { o.TimePrecision = modeISO })
	asText := with(pgConf, func(o *Options) { o.DecimalHandling, o.IntervalHandling = modeString, modeString })
	double := with(pgConf, func(o *Options) { o.DecimalHandling = modeDouble })
	hexBytes := with(pgConf, func(o *Options) { o.BinaryHandling = modeHex })
	labels := event.Type{Kind: event.KindString, Logical: event.LogicalEnum, Symbols: []string{"new", "paid", "sent"}}
	fifty := make([]int64, 50)
	for i := range fifty {
		fifty[i] = int64(i) * 1000
	}
	pairs := list(text(event.KindString, "colour"), text(event.KindString, "blue"), text(event.KindString, "size"), text(event.KindString, "XL"))
	const noon = 1767225600123456
	return []benchValue{
		{"int", my, event.Type{Kind: event.KindInt, Native: "int"}, constant(event.Int(1767225600))},
		{"bigint", my, typ(event.KindInt, 0), constant(event.Int(noon))},
		{"bigint_unsigned_precise", with(my, func(o *Options) { o.BigintUnsigned = modePrecise }), typ(event.KindUint, 0), constant(event.Uint(1<<63 + 5))},
		{"boolean", my, typ(event.KindBool, 0), constant(event.Bool(true))},
		{"year", my, meaning(event.KindInt, event.LogicalYear), constant(event.Int(2026))},
		{"float", my, typ(event.KindFloat32, 0), constant(event.Float32(1234.5))},
		{"double", my, typ(event.KindFloat64, 0), constant(event.Float64(1234.5678))},
		{"decimal", my, decimalType(10, 2), constant(event.Decimal(123456, 2))},
		{"decimal_30_digits", my, decimalType(30, 2), text(event.KindBigDecimal, "-12345678901234567890.10")},
		{"decimal_string", asText, decimalType(10, 2), constant(event.Decimal(123456, 2))},
		{"decimal_double", double, decimalType(10, 2), constant(event.Decimal(123456, 2))},
		{"numeric", pgConf, decimalType(-1, 0), constant(event.Decimal(123450, 3))},
		{"varchar_10", my, typ(event.KindString, 0), text(event.KindString, "a name, ok")},
		{"text_80_ascii", my, typ(event.KindString, 0), text(event.KindString, "a text of a length that comments and addresses have, all of it ASCII letters...")},
		{"text_80_mixed", my, typ(event.KindString, 0), text(event.KindString, "a text of a length that comments and addresses have, with ümläute and \"quotes\"")},
		{"text_4096", my, typ(event.KindString, 0), text(event.KindString, strings.Repeat("four thousand characters of text ", 124))},
		{"json_200", my, typ(event.KindJSON, 0), text(event.KindJSON, "{"+strings.Repeat(`"key":"some value",`, 10)+`"last":1}`)},
		{"enum", my, labels, text(event.KindString, "paid")},
		{"uuid", pgConf, typ(event.KindUUID, 0), text(event.KindUUID, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")},
		{"bytes_64", my, typ(event.KindBytes, 0), text(event.KindBytes, strings.Repeat("\x00\xffAB", 16))},
		{"bytes_64_hex", hexBytes, typ(event.KindBytes, 0), text(event.KindBytes, strings.Repeat("\x00\xffAB", 16))},
		{"bits", my, event.Type{Kind: event.KindBits, Length: 12}, text(event.KindBits, "\x01\x02")},
		{"date", my, typ(event.KindDate, 0), constant(event.Of(event.KindDate, 20454))},
		{"time", my, temporal(event.KindTime, 6), constant(event.Of(event.KindTime, afternoon))},
		{"datetime", my, temporal(event.KindLocal, 0), constant(event.Of(event.KindLocal, noon))},
		{"datetime_6", my, temporal(event.KindLocal, 6), constant(event.Of(event.KindLocal, noon))},
		{"datetime_iso", iso, temporal(event.KindLocal, 6), constant(event.Of(event.KindLocal, noon))},
		{"timestamp", my, temporal(event.KindInstant, 0), constant(event.Of(event.KindInstant, noon))},
		{"timestamptz", pgConf, temporal(event.KindInstant, 6), constant(event.Of(event.KindInstant, noon))},
		{"interval", pgConf, meaning(event.KindList, event.LogicalInterval), ints(14, 3, 14_706_789_000)},
		{"interval_string", asText, meaning(event.KindList, event.LogicalInterval), ints(14, 3, 14_706_789_000)},
		{"hstore", pgConf, meaning(event.KindList, event.LogicalHstore), pairs},
		{"array_of_50_ints", pgConf, arrayOf(typ(event.KindInt, 0)), ints(fifty...)},
		{"point", pgConf, meaning(event.KindList, event.LogicalPoint), list(constant(event.Float64(1.5)), constant(event.Float64(-2)), text(event.KindBytes, strings.Repeat("x", 21)), constant(event.Null))},
		{"masked", with(my, masked(5)), typ(event.KindString, 0), text(event.KindString, "a@example.org")},
		{"hashed", with(my, hashed("SHA-256", "pepper", "v2")), typ(event.KindString, 0), text(event.KindString, "a@example.org")},
		{"truncated", with(my, truncated(10)), typ(event.KindString, 0), text(event.KindString, "a very long note")},
	}
}

// appender appends a value of a column in one format.
type appender func(b []byte, v event.Value, arena []byte, limit int) ([]byte, error)

// appenders compiles a column for each format.
func appenders(tb testing.TB, c Config, t event.Type) map[string]appender {
	tb.Helper()
	e := mustNew(tb, c)
	l := e.layout(table(0), &event.Column{Name: "v", Type: t}, true)
	json, err := newColumn(&l, side{nullAsDefault: true})
	if err != nil {
		tb.Fatal(err)
	}
	avro, err := newAvroColumn(&l, side{nullAsDefault: true})
	if err != nil {
		tb.Fatal(err)
	}
	return map[string]appender{FormatJSON: json.append, FormatAvro: avro.append}
}

// BenchmarkValue is a table of ns per value by type and format.
func BenchmarkValue(b *testing.B) {
	for _, tt := range benchValues() {
		in := newBuilder(table(0))
		v := tt.value(in)
		formats := appenders(b, tt.conf, tt.typ)
		for _, format := range []string{FormatJSON, FormatAvro} {
			appendValue, buf := formats[format], make([]byte, 0, 16<<10)
			b.Run(tt.name+"/"+format, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := appendValue(buf, v, in.batch.Arena, 1<<20); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// A value of a common type takes no allocation in any format.
func TestValuesAllocateNothing(t *testing.T) {
	for _, tt := range benchValues() {
		in := newBuilder(table(0))
		v := tt.value(in)
		for format, appendValue := range appenders(t, tt.conf, tt.typ) {
			buf := make([]byte, 0, 16<<10)
			var err error
			n := testing.AllocsPerRun(20, func() { _, err = appendValue(buf, v, in.batch.Arena, 1<<20) })
			if n != 0 || err != nil {
				t.Errorf("%s in %s: %v allocations, error %v", tt.name, format, n, err)
			}
		}
	}
}

// The schema in every record costs a copy: 1.2 times "copy" and "json" together
// bound "json_schema".
func BenchmarkSchema(b *testing.B) {
	const rows = 1000
	batch := benchBatch(rows, 1, event.OpCreate)
	conf := mysqlConf
	conf.Format = Format{Value: FormatJSONSchema}
	encoded := batch.encode(b, conf)
	plain := batch.encode(b, mysqlConf)
	added := (len(encoded.Buf) - len(plain.Buf)) / rows
	for _, format := range []string{FormatJSON, FormatJSONSchema} {
		conf.Format.Value = format
		b.Run(format, func(b *testing.B) {
			e, f := mustNew(b, conf), new(event.Frame)
			f.Buf = make([]byte, 0, len(encoded.Buf))
			b.ReportAllocs()
			for b.Loop() {
				f.Records, f.Buf = f.Records[:0], f.Buf[:0]
				if err := e.Encode(f, &batch.batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		})
	}
	b.Run("copy", func(b *testing.B) {
		schema, buf := make([]byte, added), make([]byte, 0, len(encoded.Buf))
		for b.Loop() {
			buf = buf[:0]
			for range rows {
				buf = append(buf, schema...)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		b.ReportMetric(float64(added), "B/row")
	})
}

// Once the frame has grown, a record with its schema allocates nothing.
func TestSchemaAllocatesNothing(t *testing.T) {
	for _, c := range []Config{mysqlConf, pgConf} {
		c.Format.Value = FormatJSONSchema
		b := benchBatch(100, 3, event.OpUpdate)
		b.batch.Rows[5].Flags = event.KeyChanged
		b.batch.Outs[5].KeyChanged = true
		e, f := mustNew(t, c), &event.Frame{Buf: make([]byte, 0, 1<<20)}
		allocs := testing.AllocsPerRun(20, func() {
			f.Records, f.Buf = f.Records[:0], f.Buf[:0]
			if err := e.Encode(f, &b.batch); err != nil {
				t.Fatal(err)
			}
		})
		if allocs != 0 {
			t.Errorf("%s: %v allocations per batch", c.Connector, allocs)
		}
	}
}
