package encode

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hamba/avro/v2"

	"cdc/event"
	"cdc/sink/encode/connect"
)

// avroCase is a recorded case in Avro.
type avroCase struct {
	schemas map[uint32]string
	records []struct{ Key, Value struct{ Hex string } }
}

func readAvroCase(t *testing.T, name string) avroCase {
	t.Helper()
	c := avroCase{schemas: map[uint32]string{}}
	for _, line := range readLines(t, filepath.Join(name, "schemas.jsonl")) {
		var s struct {
			ID     uint32
			Schema json.RawMessage
		}
		mustUnmarshal(t, line, &s)
		c.schemas[s.ID] = string(s.Schema)
	}
	for _, line := range readLines(t, filepath.Join(name, "events.jsonl")) {
		c.records = append(c.records, struct{ Key, Value struct{ Hex string } }{})
		mustUnmarshal(t, line, &c.records[len(c.records)-1])
	}
	return c
}

func readLines(t *testing.T, name string) [][]byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(goldenRoot, name))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Split(bytes.TrimSpace(text), []byte("\n"))
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	p, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// envelope reads a recorded value: what of it belongs to the run is encoded
// again.
func (c *avroCase) envelope(t *testing.T, value []byte) goldenEnvelope {
	t.Helper()
	p := &avroPrinter{r: avro.NewReader(nil, 0).Reset(value[5:])}
	p.print(parseAvro(t, c.schemas[binary.BigEndian.Uint32(value[1:])]))
	var e goldenEnvelope
	mustUnmarshal(t, p.b, &e)
	return e
}

// TestAvroGolden encodes the recorded rows again. Keys and values are equal byte
// for byte, but for the numbers of the schemas, and the schemas are equal
// character for character.
func TestAvroGolden(t *testing.T) {
	for name, in := range map[string]struct {
		target *event.Target
		schema *event.Schema
		rows   func(*builder)
	}{
		"mysql/avro":    {&event.Target{Topic: "gold_my_avro.gold_avro.t"}, mysqlAvroTable(), mysqlAvroRows},
		"postgres/avro": {&event.Target{Topic: "gold_pg_avro.public.t"}, postgresAvroTable(), postgresAvroRows},
	} {
		t.Run(name, func(t *testing.T) {
			c := readAvroCase(t, name)
			b := newBuilder(in.schema)
			b.target = in.target
			in.rows(b)
			record := 0
			for i := range b.batch.Rows {
				f, r := c.encodeRow(t, b, i, record)
				for j := range f.Records {
					c.compare(t, r, f, j, record)
					record++
				}
			}
			if record != len(c.records) {
				t.Errorf("%d records, want %d", record, len(c.records))
			}
		})
	}
}

// encodeRow encodes row i of the batch with what the recorded envelope says of
// its run.
func (c *avroCase) encodeRow(t *testing.T, b *builder, i, record int) (*event.Frame, Config) {
	t.Helper()
	e := c.envelope(t, unhex(t, c.records[record].Value.Hex))
	conf := Config{Connector: e.Source.Connector, Name: e.Source.Name, Now: func() time.Time { return time.Unix(0, e.Nanos) }}
	conf = avroConf(t, conf, newFake(t))
	row := b.batch.Rows[i]
	tx := event.Tx{Server: e.Source.Server, File: e.Source.File, Thread: e.Source.Thread, GTID: event.Null, XID: e.Source.XID}
	row.Off, row.Index, row.Origin = e.Source.Pos+e.Source.LSN, e.Source.Row, 0
	if e.Source.GTID != nil {
		tx.GTID = b.text(event.KindString, *e.Source.GTID)
	}
	if s := e.Source.Sequence; s != nil && !strings.HasPrefix(*s, "[null") {
		var places [2]json.Number
		mustUnmarshal(t, []byte(*s), &places)
		n, err := places[0].Int64()
		if err != nil {
			t.Fatal(err)
		}
		tx.PrevCommit = uint64(n)
	}
	one := event.Batch{
		Rows: []event.Row{row}, Outs: []event.Out{b.batch.Outs[i]}, Values: b.batch.Values, Arena: b.batch.Arena,
		Txs: []event.Tx{tx}, Origins: []event.Origin{{Micros: e.Source.Micros}},
	}
	one.Outs[0].Row = 0
	f := new(event.Frame)
	if err := mustNew(t, conf).Encode(f, &one); err != nil {
		t.Fatal(err)
	}
	return f, conf
}

func (c *avroCase) compare(t *testing.T, conf Config, f *event.Frame, i, record int) {
	t.Helper()
	want := c.records[record]
	for part, pair := range map[string][2][]byte{
		partKey: {f.Key(i), unhex(t, want.Key.Hex)}, partValue: {f.Value(i), unhex(t, want.Value.Hex)},
	} {
		got, want := pair[0], pair[1]
		if len(want) == 0 {
			if got != nil {
				t.Errorf("record %d: %s is %x, want none", record, part, got)
			}
			continue
		}
		if got == nil || !bytes.Equal(got[5:], want[5:]) {
			t.Errorf("record %d: %s\n got %x\nwant %x", record, part, got, want)
			continue
		}
		if diff := cmp.Diff(c.schemas[binary.BigEndian.Uint32(want[1:])], registered(t, conf, got)); diff != "" {
			t.Errorf("record %d: schema of the %s:\n%s", record, part, diff)
		}
	}
}

func ofDefault(k event.Type, v event.Value, text string) event.Type {
	k.Default = &event.Default{Value: v, Text: []byte(text)}
	return k
}

func mysqlAvroTable() *event.Schema {
	const null = event.Nullable
	labels := ofDefault(event.Type{Kind: event.KindString, Logical: event.LogicalEnum, Symbols: []string{"x", "y"}, Flags: null},
		event.Text(event.KindString, 0, 1), "x")
	decimal := ofDefault(decimalType(10, 2), event.Decimal(125, 2), "")
	s := table(1, col("id", 0, native(event.KindInt, "int")), col("a", 1, decimal), col("b", 2, labels),
		col("c", 3, event.Type{Kind: event.KindLocal, Precision: 6, Flags: null}), col("d", 4, event.Type{Kind: event.KindInstant, Flags: null}),
		col("e", 5, typ(event.KindBytes, null)), col("f", 6, typ(event.KindUint, null)),
		col("g", 7, event.Type{Kind: event.KindInt, Native: "tinyint(1)", Flags: null}), col("h", 8, typ(event.KindFloat64, null)),
		col("i", 9, typ(event.KindJSON, null)), col("j", 10, typ(event.KindString, null)),
		col("k", 11, event.Type{Kind: event.KindBits, Length: 5, Flags: null}),
		col("unit-price", 12, event.Type{Kind: event.KindInt, Native: "int", Flags: null}))
	s.Database, s.Namespace = "gold_avro", ""
	return s
}

func mysqlAvroRows(b *builder) {
	null := event.Null
	first := func(json string) []event.Value {
		return vals(event.Int(1), event.Decimal(1234, 2), b.text(event.KindString, "x"), event.Of(event.KindLocal, micros("2020-01-01 00:00:00").Int()),
			micros("2020-01-01 00:00:00"), b.text(event.KindBytes, "\x00\xff"), event.Uint(7), event.Int(1),
			event.Float64(1.5), b.text(event.KindJSON, json), b.text(event.KindString, "v"), b.text(event.KindBits, "\x05"), null)
	}
	second := func(label string, j event.Value) []event.Value {
		return vals(event.Int(2), event.Decimal(125, 2), b.text(event.KindString, label), null, null, null, null, null, null, null, j, null, null)
	}
	b.add(event.OpRead, event.SnapshotLast, nil, first(`{"a": 1}`))
	b.add(event.OpCreate, 0, nil, second("x", null))
	b.add(event.OpUpdate, 0, second("x", null), second("y", b.text(event.KindString, "new")))
	b.add(event.OpDelete, 0, first(`{"a":1}`), nil)
}

func postgresAvroTable() *event.Schema {
	const null = event.Nullable
	labels := ofDefault(event.Type{Kind: event.KindString, Logical: event.LogicalEnum, Symbols: []string{"r", "g"}}, event.Text(event.KindString, 0, 1), "r")
	numeric := decimalType(10, 2)
	numeric.Flags = null
	point := logical(event.KindList, event.LogicalPoint, nil)
	point.Flags = null
	array := logical(event.KindList, event.LogicalArray, &event.Type{Kind: event.KindString, Native: "text"})
	array.Flags = null
	s := table(1, col("id", 0, typ(event.KindUUID, 0)), col("a", 1, numeric),
		col("b", 2, event.Type{Kind: event.KindDecimal, Precision: -1, Flags: null}), col("c", 3, labels),
		col("d", 4, event.Type{Kind: event.KindInstant, Precision: 6, Flags: null}), col("e", 5, array), col("f", 6, typ(event.KindJSON, null)),
		col("g", 7, ofDefault(native(event.KindInt, "integer"), event.Int(5), "")), col("h", 8, typ(event.KindDate, null)),
		col("i", 9, typ(event.KindFloat32, null)), col("j", 10, point))
	s.Database, s.Namespace = "gold_avro", "public"
	return s
}

func postgresAvroRows(b *builder) {
	null := event.Null
	id := func(n string) event.Value { return b.text(event.KindUUID, "00000000-0000-0000-0000-00000000000"+n) }
	texts := putList(func(b *builder) []event.Value { return vals(b.text(event.KindString, "a"), null) })(b)
	wkb := "\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\xf0\x3f\x00\x00\x00\x00\x00\x00\x00\x40"
	point := putList(func(b *builder) []event.Value {
		return vals(event.Float64(1), event.Float64(2), b.text(event.KindBytes, wkb), null)
	})(b)
	b.add(event.OpRead, event.SnapshotLast, nil, vals(id("1"), event.Decimal(150, 2), event.Decimal(25, 1), b.text(event.KindString, "g"),
		micros("2020-01-01 00:00:00"), texts, b.text(event.KindJSON, `{"a": 1}`), event.Int(1),
		event.Of(event.KindDate, 18262), event.Float32(0.5), point))
	b.add(event.OpCreate, 0, nil, vals(id("2"), null, null, b.text(event.KindString, "r"), null, null, null, event.Int(5), null, null, null))
	b.add(event.OpDelete, event.KeyOnly, vals(id("1"), null, null, null, null, null, null, null, null, null, null), nil)
}

// TestAvroGoldenSchemaChange compares the schemas of the schema change topic.
func TestAvroGoldenSchemaChange(t *testing.T) {
	c := readAvroCase(t, "mysql/avro")
	for id, s := range map[uint32]*connect.Schema{
		1: schemaChangeKeySchema("mysql"), 2: schemaChangeValueSchema("mysql", sourceSchema("mysql")),
	} {
		got, err := avroText(s)
		if diff := cmp.Diff(c.schemas[id], got); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
	}
}
