package encode

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/sr"

	"cdc/event"
	"cdc/sink/registry"
)

// sample is a type with values of it.
type sample struct {
	typ    event.Type
	values func(b *builder) []event.Value
}

func some(list ...event.Value) func(*builder) []event.Value {
	return func(*builder) []event.Value { return list }
}

func texts(k event.Kind, list ...string) func(*builder) []event.Value {
	return func(b *builder) []event.Value {
		var all []event.Value
		for _, s := range list {
			all = append(all, b.text(k, s))
		}
		return all
	}
}

func logical(k event.Kind, l event.Logical, elem *event.Type) event.Type {
	return event.Type{Kind: k, Logical: l, Elem: elem, Symbols: []string{"x", "a,b"}}
}

// putList makes a list whose elements make puts into the arena.
func putList(elements func(b *builder) []event.Value) func(*builder) event.Value {
	return func(b *builder) event.Value {
		at := len(b.batch.Arena)
		return b.batch.PutList(at, elements(b))
	}
}

func lists(list ...func(*builder) event.Value) func(*builder) []event.Value {
	return func(b *builder) []event.Value {
		var all []event.Value
		for _, l := range list {
			all = append(all, l(b))
		}
		return all
	}
}

func native(k event.Kind, name string) event.Type { return event.Type{Kind: k, Native: name} }

// samples are those of both kinds of source.
func samples() []sample {
	return []sample{
		{typ(event.KindBool, 0), some(event.Bool(true), event.Bool(false))},
		{native(event.KindInt, "tinyint"), some(event.Int(-128), event.Int(0))},
		{native(event.KindInt, "smallint"), some(event.Int(math.MinInt16))},
		{native(event.KindInt, "int"), some(event.Int(math.MinInt32), event.Int(math.MaxInt32))},
		{native(event.KindInt, "bigint"), some(event.Int(math.MinInt64), event.Int(math.MaxInt64))},
		{typ(event.KindUint, 0), some(event.Uint(math.MaxUint64), event.Uint(1))},
		{typ(event.KindFloat32, 0), some(event.Float32(0.1), event.Float32(float32(math.Inf(1))))},
		{typ(event.KindFloat64, 0), some(event.Float64(0.1), event.Float64(math.NaN()), event.Float64(math.Copysign(0, -1)))},
		{decimalType(10, 2), some(event.Decimal(-12345, 2), event.Decimal(5, 1), event.Decimal(0, 0))},
		{decimalType(40, 3), texts(event.KindBigDecimal, "-12345678901234567890123456789.100", "128.000", "0.000")},
		{typ(event.KindString, 0), texts(event.KindString, "", "größe 😀 \x00\"", strings.Repeat("long ", 50))},
		{typ(event.KindJSON, 0), texts(event.KindJSON, `{"a": 1}`)},
		{typ(event.KindUUID, 0), texts(event.KindUUID, "00000000-0000-0000-0000-000000000001")},
		{typ(event.KindBytes, 0), texts(event.KindBytes, "", "\x00\xff", strings.Repeat("\xfe", 300))},
		{event.Type{Kind: event.KindBits, Length: 9}, texts(event.KindBits, "\x05\x01", "")},
		{typ(event.KindDate, 0), some(event.Of(event.KindDate, 19000), event.Of(event.KindDate, -1))},
		{temporal(event.KindTime, 0), some(event.Of(event.KindTime, 3_600_000_000))},
		{temporal(event.KindTime, 6), some(event.Of(event.KindTime, 3_600_000_001))},
		{temporal(event.KindLocal, 3), some(event.Of(event.KindLocal, 1577836800123000))},
		{temporal(event.KindLocal, 6), some(event.Of(event.KindLocal, -1))},
		{temporal(event.KindInstant, 6), some(event.Of(event.KindInstant, 1577836800000001))},
		{logical(event.KindInt, event.LogicalYear, nil), some(event.Int(2026))},
		{logical(event.KindString, event.LogicalEnum, nil), texts(event.KindString, "x", "a,b")},
		{logical(event.KindString, event.LogicalSet, nil), texts(event.KindString, "x,a,b")},
		{logical(event.KindList, event.LogicalPoint, nil), lists(
			putList(func(b *builder) []event.Value {
				return vals(event.Float64(1), event.Float64(-2.5), b.text(event.KindBytes, "\x01\x02"), event.Int(4326))
			}),
			putList(func(*builder) []event.Value {
				return vals(event.Float64(0), event.Float64(math.Inf(-1)), event.Null, event.Null)
			}))},
		{logical(event.KindList, event.LogicalGeometry, nil), lists(putList(func(b *builder) []event.Value {
			return vals(b.text(event.KindBytes, "\x01\x07"), event.Null)
		}))},
		{logical(event.KindList, event.LogicalVector, &event.Type{Kind: event.KindFloat32}), lists(
			putList(func(*builder) []event.Value { return vals(event.Float32(0.5), event.Float32(-1)) }), putList(func(*builder) []event.Value { return nil }))},
	}
}

func postgresSamples() []sample {
	list := func(elem event.Type, elements ...event.Value) sample {
		return sample{logical(event.KindList, event.LogicalArray, &elem), lists(putList(some(elements...)), putList(some()))}
	}
	textArray := logical(event.KindList, event.LogicalArray, &event.Type{Kind: event.KindString})
	return append(samples(), []sample{
		{decimalType(-1, 0), texts(event.KindBigDecimal, "-12345678901234567890.100", "0", "1.5")},
		{decimalType(-1, 0), some(event.Decimal(1500, 3))},
		{logical(event.KindDecimal, event.LogicalMoney, nil), some(event.Decimal(-150, 2))},
		{logical(event.KindString, event.LogicalXML, nil), texts(event.KindString, "<a/>")},
		{logical(event.KindString, event.LogicalZonedTime, nil), texts(event.KindString, "12:05:06Z")},
		{logical(event.KindList, event.LogicalInterval, nil), lists(putList(some(event.Int(14), event.Int(-3), event.Int(3_600_000_001))))},
		{logical(event.KindList, event.LogicalHstore, nil), lists(putList(func(b *builder) []event.Value {
			return vals(b.text(event.KindString, "bb"), b.text(event.KindString, "ü"), b.text(event.KindString, "a"), event.Null)
		}), putList(some()))},
		{textArray, lists(putList(func(b *builder) []event.Value {
			return vals(b.text(event.KindString, "x"), event.Null, b.text(event.KindString, ""))
		}))},
		list(native(event.KindInt, "integer"), event.Int(1), event.Null, event.Int(-1)),
		list(decimalType(10, 2), event.Decimal(125, 2), event.Null),
		list(decimalType(-1, 0), event.Decimal(125, 2), event.Null),
		list(typ(event.KindBool, 0), event.Bool(true), event.Null),
		list(typ(event.KindDate, 0), event.Of(event.KindDate, 1)),
		list(temporal(event.KindInstant, 6), event.Of(event.KindInstant, 1)),
		{logical(event.KindList, event.LogicalDoubleVector, &event.Type{Kind: event.KindFloat64}), lists(putList(some(event.Float64(0.1))))},
		{logical(event.KindList, event.LogicalSparseVector, nil), lists(
			putList(some(event.Int(1000), event.Int(500), event.Float64(1.5), event.Int(3), event.Float64(-1))), putList(some(event.Int(7))))},
		{temporal(event.KindLocal, 6), some(event.Of(event.KindLocal, event.Infinity), event.Of(event.KindLocal, event.NegInfinity))},
		{temporal(event.KindInstant, 6), some(event.Of(event.KindInstant, event.Infinity))},
	}...)
}

// optionSets are all modes at least once.
func optionSets(connector string) []Options {
	var sets []Options
	times := []string{modeAdaptiveMicros, modeConnect, modeISO, modeMicros, modeNanos}
	if connector == connectorPostgres {
		times = append(times, modeAdaptive)
	}
	for i, mode := range times {
		o := DefaultOptions(connector)
		o.TimePrecision = mode
		o.DecimalHandling = []string{modePrecise, modeString, modeDouble}[i%3]
		o.BinaryHandling = []string{modeBytes, modeBase64, modeBase64URL, modeHex}[i%4]
		if connector == connectorPostgres {
			o.HstoreHandling = []string{modeMap, modeJSON}[i%2]
			o.IntervalHandling = []string{modeNumeric, modeString}[i%2]
		} else {
			o.BigintUnsigned = []string{modeLong, modePrecise}[i%2]
		}
		sets = append(sets, o)
	}
	return sets
}

// TestAvroHoldsWhatJSONHolds encodes every type in every mode, in columns that
// may be null and that may not, with a default and without, with what is there
// and what isn't.
// The source block of a transaction from another server.
func TestAvroReplicationOrigin(t *testing.T) {
	b := newBuilder(idName())
	b.batch.Txs[0].ReplicationOrigin, b.batch.Txs[0].OriginLSN = "elsewhere", 0x1234
	for i := range 2 { // the second one shares what the first has written
		b.add(event.OpCreate, 0, nil, vals(event.Int(int64(i)), event.Null))
	}
	if text := string(b.encode(t, pgConf).Value(1)); !strings.Contains(text, `"origin":"elsewhere","origin_lsn":4660}`) {
		t.Errorf("got %s", text)
	}
	b.sameInBoth(t, pgConf, newFake(t))
}

func TestAvroHoldsWhatJSONHolds(t *testing.T) {
	fake := newFake(t)
	for _, connector := range []string{connectorMySQL, connectorPostgres} {
		list := samples()
		if connector == connectorPostgres {
			list = postgresSamples()
		}
		for _, o := range optionSets(connector) {
			for _, replace := range []bool{true, false} {
				for _, flags := range []event.TypeFlags{0, event.Nullable} {
					t.Run(fmt.Sprintf("%s/%s %s/%d/%v", connector, o.TimePrecision, o.DecimalHandling, flags, replace), func(t *testing.T) {
						c := Config{Connector: connector, Name: "shop", Now: mysqlConf.Now, Options: o, Format: Format{ReplaceNullWithDefault: &replace}}
						sampleBatch(t.Name(), list, flags).sameInBoth(t, c, fake)
					})
				}
			}
		}
	}
}

// sampleBatch holds the values of all samples, a column each.
func sampleBatch(topic string, list []sample, flags event.TypeFlags) *builder {
	b := newBuilder(nil)
	columns := []event.Column{col("id", 0, typ(event.KindInt, 0))}
	rows := [][]event.Value{}
	const most = 3
	for i, s := range list {
		s.typ.Flags |= flags
		values := s.values(b)
		if i%3 == 0 && !values[0].HasText() {
			s.typ.Default = &event.Default{Value: values[0]}
		}
		columns = append(columns, col(fmt.Sprintf("v%d", i), i+1, s.typ))
		column := make([]event.Value, most+2)
		for j := range most {
			column[j] = values[j%len(values)]
		}
		column[most], column[most+1] = event.Null, event.Null
		switch s.typ.Logical {
		case event.LogicalHstore, event.LogicalArray:
			column[most+1] = event.Unavailable
		case event.LogicalNone:
			if s.typ.Kind == event.KindString || s.typ.Kind == event.KindBytes || s.typ.Kind == event.KindJSON {
				column[most+1] = event.Unavailable
			}
		}
		rows = append(rows, column)
	}
	b.schema, b.target = table(1, columns...), &event.Target{Topic: topic, Name: "p.public.t"}
	for j := range most + 2 {
		image := vals(event.Int(1))
		for i := range list {
			image = append(image, rows[i][j])
		}
		b.add(event.OpUpdate, 0, image, image)
	}
	return b
}

// TestAvroRecords are the shapes and operations, which in JSON are compared with
// recordings.
func TestAvroRecords(t *testing.T) {
	fake := newFake(t)
	for _, c := range []Config{mysqlConf, pgConf} {
		for _, shape := range []event.Shape{event.ShapeEnvelope, event.ShapeRow} {
			t.Run(fmt.Sprintf("%s/%d", c.Connector, shape), func(t *testing.T) {
				b := newBuilder(idName())
				b.target = &event.Target{Topic: "t", Name: "p-1.pub lic.t", Shape: shape}
				b.batch.Txs[0].GTID = b.text(event.KindString, "3e11fa47-71ca-11e1-9e33-c80aa9429562:984204")
				b.batch.Origins = append(b.batch.Origins, event.Origin{Micros: 5, Query: b.text(event.KindString, "insert /* ü */")})
				image := func(id int64, name string) []event.Value { return vals(event.Int(id), b.text(event.KindString, name)) }
				b.add(event.OpRead, event.SnapshotFirst, nil, image(1, "a"))
				b.add(event.OpRead, event.SnapshotLastInTable, nil, image(2, "b"))
				b.add(event.OpCreate, 0, nil, image(3, "c"))
				b.add(event.OpUpdate, 0, image(3, "c"), image(3, "d"))
				b.add(event.OpUpdate, event.KeyChanged, image(3, "d"), image(4, "d"))
				b.add(event.OpDelete, 0, image(4, "d"), nil)
				for i := 5; i < 8; i++ { // one statement, in a transaction with metadata
					b.add(event.OpCreate, 0, nil, image(int64(i), "e"))
					r := &b.batch.Rows[len(b.batch.Rows)-1]
					r.Origin, r.Order, r.TableOrder = 1, uint32(i), uint32(i-4)
				}
				if shape == event.ShapeEnvelope {
					b.add(event.OpTruncate, 0, nil, nil)
				}
				f := b.sameInBoth(t, c, fake)
				for i := range f.Records {
					if _, header, ok := f.KeyHeader(i); ok && header[0] != '{' {
						t.Errorf("record %d: the header is %q, want what JSON has", i, header)
					}
				}
			})
		}
	}
}

// TestAvroTransactionWithoutGTID names it by its place in the log.
func TestAvroTransactionWithoutGTID(t *testing.T) {
	for _, c := range []Config{mysqlConf, pgConf} {
		b := newBuilder(idName())
		b.add(event.OpCreate, 0, nil, vals(event.Int(1), event.Null))
		b.batch.Rows[0].Order, b.batch.Rows[0].TableOrder = 1, 1
		b.sameInBoth(t, c, newFake(t))
	}
}

func TestAvroFiltered(t *testing.T) {
	o := DefaultOptions(connectorPostgres)
	o.MaskWithChars = map[int][]string{5: {"public.t.masked"}}
	o.MaskHash = []HashMask{{Algorithm: "SHA-256", Salt: "s", Columns: []string{"public.t.hashed"}}}
	o.TruncateToChars = map[int][]string{3: {"public.t.cut", "public.t.bytes"}}
	c := pgConf
	c.Options = o
	list := []event.Column{col("id", 0, typ(event.KindInt, 0))}
	for i, name := range []string{"masked", "hashed", "cut", "bytes"} {
		k := event.Type{Kind: event.KindString, Native: "text", Flags: event.Nullable}
		if name == "bytes" {
			k.Kind = event.KindBytes
		}
		list = append(list, col(name, i+1, k))
	}
	b := newBuilder(table(1, list...))
	b.add(event.OpCreate, 0, nil, vals(event.Int(1), b.text(event.KindString, "secret"), b.text(event.KindString, "secret"),
		b.text(event.KindString, "lönger"), b.text(event.KindBytes, "\x01\x02\x03\x04\x05")))
	b.add(event.OpCreate, 0, nil, vals(event.Int(2), event.Null, event.Null, event.Null, event.Null))
	b.add(event.OpCreate, 0, nil, vals(event.Int(3), event.Unavailable, event.Unavailable, event.Unavailable, event.Unavailable))
	b.sameInBoth(t, c, newFake(t))
}

// TestAvroUnfit takes values without a form as JSON does, and no branch is left
// of what was begun.
func TestAvroUnfit(t *testing.T) {
	for name, s := range map[string]sample{
		"nan":               {decimalType(10, 2), texts(event.KindBigDecimal, "NaN")},
		"bad text":          {typ(event.KindString, 0), texts(event.KindString, "a\xffb")},
		"infinite interval": {logical(event.KindList, event.LogicalInterval, nil), lists(putList(some(event.Int(math.MaxInt32), event.Int(math.MaxInt32), event.Int(math.MaxInt64))))},
		"bad texts": {logical(event.KindList, event.LogicalArray, &event.Type{Kind: event.KindString}), lists(putList(func(b *builder) []event.Value {
			return vals(b.text(event.KindString, "a\xff"), b.text(event.KindString, "b"))
		}))},
	} {
		t.Run(name, func(t *testing.T) {
			c := pgConf
			c.Unfit = &event.Unfit{}
			c.Options = DefaultOptions(connectorPostgres)
			s.typ.Flags |= event.Nullable
			b := newBuilder(table(1, col("id", 0, typ(event.KindInt, 0)), col("v", 1, s.typ), col("after", 2, typ(event.KindInt, 0))))
			for _, v := range s.values(b) {
				b.add(event.OpCreate, 0, nil, vals(event.Int(1), v, event.Int(7)))
			}
			b.sameInBoth(t, c, newFake(t))
			if c.Unfit.Count() == 0 {
				t.Error("no value was counted")
			}
			c.Unfit = &event.Unfit{Policy: event.PolicyFail}
			if _, err := b.try(t, avroConf(t, c, newFake(t))); !errors.Is(err, event.ErrUnfit) {
				t.Errorf("under the policy fail: %v", err)
			}
		})
	}
}

func TestAvroIntTooLarge(t *testing.T) {
	b := newBuilder(table(0, col("v", 0, native(event.KindInt, "int"))))
	b.add(event.OpCreate, 0, nil, vals(event.Int(math.MaxInt32+1)))
	if _, err := b.try(t, avroConf(t, pgConf, newFake(t))); err == nil || !strings.Contains(err.Error(), `column "v"`) {
		t.Errorf("got %v", err)
	}
}

// TestAvroBesideJSON has each half in its own format.
func TestAvroBesideJSON(t *testing.T) {
	for _, format := range []Format{{Key: FormatJSON, Value: FormatAvro}, {Key: FormatAvro, Value: FormatJSON}} {
		b := newBuilder(idName())
		b.add(event.OpCreate, 0, nil, vals(event.Int(1), event.Null))
		c := avroConf(t, mysqlConf, newFake(t))
		format.Registry = c.Format.Registry
		c.Format = format
		f := b.encode(t, c)
		if (f.Key(0)[0] == 0) != (format.Key == FormatAvro) || (f.Value(0)[0] == 0) != (format.Value == FormatAvro) {
			t.Errorf("%s and %s: got %q and %q", format.Key, format.Value, f.Key(0), f.Value(0))
		}
	}
}

func TestAvroNamesAreAdjusted(t *testing.T) {
	b := newBuilder(table(1, col("unit price", 0, typ(event.KindInt, 0))))
	b.target = &event.Target{Topic: "p-1.t"}
	b.add(event.OpCreate, 0, nil, vals(event.Int(1)))
	c := avroConf(t, mysqlConf, newFake(t))
	f := b.encode(t, c)
	for i, want := range []string{`"namespace":"p_1.t","fields":[{"name":"unit_price"`, `"connect.name":"p_1.t.Envelope"`} {
		if text := registered(t, c, [][]byte{f.Key(0), f.Value(0)}[i]); !strings.Contains(text, want) {
			t.Errorf("%s lacks %s", text, want)
		}
	}
	for i, change := range []func(*Options){
		func(o *Options) { o.SchemaNameAdjustment = modeNone },
		func(o *Options) { o.FieldNameAdjustment = modeNone },
	} {
		c.Options = DefaultOptions(connectorMySQL)
		change(&c.Options)
		_, err := b.try(t, c)
		if !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), []string{"events.schema_name", "events.field_name"}[i]+"_adjustment_mode: avro") {
			t.Errorf("got %v", err)
		}
	}
}

// A part of a name that begins with a digit, which no adjustment mends, is told
// before the registry is asked.
func TestAvroNamesWithDigits(t *testing.T) {
	for topic, part := range map[string]string{"p.shop.1t": `"1t"`, "p.2shop.t": `"2shop"`} {
		fake := newFake(t)
		b := newBuilder(idName())
		b.target = &event.Target{Topic: topic}
		b.add(event.OpCreate, 0, nil, vals(event.Int(1), event.Null))
		c := avroConf(t, mysqlConf, fake)
		for _, format := range []Format{{Key: FormatAvro, Value: FormatJSON}, {Key: FormatJSON, Value: FormatAvro}} {
			c.Format.Key, c.Format.Value = format.Key, format.Value
			_, err := b.try(t, c)
			if !errors.Is(err, event.ErrConfig) || !strings.Contains(err.Error(), "table public.t: ") || !strings.Contains(err.Error(), part) || !strings.Contains(err.Error(), "topic") {
				t.Errorf("%s: got %v", topic, err)
			}
		}
		if fake.SubjectExists(topic+"-key") || fake.SubjectExists(topic+"-value") {
			t.Errorf("%s: the registry was asked", topic)
		}
	}
	// A topic prefix that begins with one is adjusted.
	b := newBuilder(idName())
	b.target = &event.Target{Topic: "1p.t"}
	b.add(event.OpCreate, 0, nil, vals(event.Int(1), event.Null))
	b.encode(t, avroConf(t, mysqlConf, newFake(t)))
}

func TestAvroSubjects(t *testing.T) {
	fake := newFake(t)
	b := newBuilder(idName())
	b.add(event.OpCreate, 0, nil, vals(event.Int(1), event.Null))
	c := avroConf(t, mysqlConf, fake)
	c.Format.Registry.KeySubject, c.Format.Registry.ValueSubject = registry.SubjectRecord, registry.SubjectTopicRecord
	b.encode(t, withRegistry(t, c))
	for _, subject := range []string{"p.public.t.Key", "p.public.t-p.public.t.Envelope"} {
		if !fake.SubjectExists(subject) {
			t.Errorf("subject %s isn't there", subject)
		}
	}
}

func TestAvroNeedsARegistry(t *testing.T) {
	c := mysqlConf
	c.Format.Value = FormatAvro
	if _, err := New(c); err == nil || !strings.Contains(err.Error(), "registry.url") {
		t.Errorf("got %v", err)
	}
}

// TestAvroMarks are the records that don't come from a row.
func TestAvroMarks(t *testing.T) {
	fake := newFake(t)
	for _, c := range []Config{mysqlConf, pgConf} {
		b := newBuilder(idName())
		b.batch.Txs[0].GTID = event.Null
		b.batch.Counts = []event.TableCount{{Table: "shop.t", Events: 2}}
		b.batch.Marks = []event.Mark{
			{Kind: event.MarkBegin}, {Kind: event.MarkEnd, Events: 2, CountsEnd: 1}, {Kind: event.MarkHeartbeat, Origin: -1},
		}
		if c.Connector == connectorPostgres {
			b.batch.Marks = append(b.batch.Marks,
				event.Mark{Kind: event.MarkMessage, Prefix: b.text(event.KindString, "ü"), Content: b.text(event.KindBytes, "\x00\xff"), Transactional: true, Order: 1})
		} else {
			length := int32(5)
			info := &event.TableInfo{Charset: "utf8mb4", Key: []string{"id"}, Columns: []event.ColumnInfo{
				{Name: "id", JDBCType: 4, TypeName: "INT", Position: 1}, {Name: "v", Length: &length, EnumValues: []string{"'x'"}, Optional: true},
			}}
			change := &event.SchemaChange{Database: "shop", Table: "t", DDL: "create table t", Changes: []event.TableChange{
				{Type: "CREATE", ID: `"shop"."t"`, Table: info}, {Type: "DROP", ID: `"shop"."u"`},
			}}
			b.batch.Marks = append(b.batch.Marks, event.Mark{Kind: event.MarkSchemaChange, Change: change})
		}
		f := b.sameInBoth(t, c, fake)
		if len(f.Records) != 4 {
			t.Errorf("%d records, want 4", len(f.Records))
		}
	}
	for _, subject := range []string{"shop.transaction-key", "__debezium-heartbeat.shop-value", "shop-value", "shop.message-value"} {
		if !fake.SubjectExists(subject) {
			t.Errorf("subject %s isn't there", subject)
		}
	}
}

// TestAvroRefusedByTheRegistry says so for the table, and not as a fault of a row.
func TestAvroRefusedByTheRegistry(t *testing.T) {
	fake := newFake(t)
	fake.Intercept(func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusConflict)
		return json.NewEncoder(w).Encode(sr.ResponseError{ErrorCode: http.StatusConflict, Message: "field x"}) == nil
	})
	b := newBuilder(idName())
	b.add(event.OpCreate, 0, nil, vals(event.Int(1), event.Null))
	_, err := b.try(t, avroConf(t, mysqlConf, fake))
	if _, ok := errors.AsType[*registry.Error](err); !ok || !errors.Is(err, event.ErrConfig) || !errors.Is(err, event.ErrDelivery) {
		t.Fatalf("got %v, want a permanent refusal", err)
	}
	for _, word := range []string{"table public.t", `subject "p.public.t-key"`, "field x", "NONE"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q doesn't say %q", err, word)
		}
	}
}
