package encode

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdc/event"
)

const (
	mysqlSource = `"source":{"version":"3.6.1.Final","connector":"mysql","name":"shop","ts_ms":1767225600130,"snapshot":"false","db":"shop",` +
		`"sequence":null,"ts_us":1767225600130456,"ts_ns":1767225600130456000,"table":"t","server_id":1,"gtid":null,"file":"bin.000001","pos":200,"row":0,"thread":7,"query":null}`
	pgSource = `"source":{"version":"3.6.1.Final","connector":"postgresql","name":"shop","ts_ms":1767225600130,"snapshot":"false","db":"shop",` +
		`"sequence":"[\"100\",\"200\"]","ts_us":1767225600130456,"ts_ns":1767225600130456000,"schema":"public","table":"t","txId":571,"lsn":200,"xmin":null,"origin":null,"origin_lsn":null}`
	clockText = `,"ts_ms":1767225600201,"ts_us":1767225600201883,"ts_ns":1767225600201883915}`
)

func mysqlEnvelope(before, after, op string) string {
	return `{"before":` + before + `,"after":` + after + `,` + mysqlSource + `,"transaction":null,"op":"` + op + `"` + clockText
}

func pgEnvelope(before, after, op string) string {
	return strings.Replace(mysqlEnvelope(before, after, op), mysqlSource, pgSource, 1)
}

// lines prints the records of a frame, one line each: key, value, header.
func lines(f *event.Frame) []string {
	var list []string
	for i := range f.Records {
		line := show(f.Key(i)) + " " + show(f.Value(i))
		if name, v, ok := f.KeyHeader(i); ok {
			line += " " + strings.TrimPrefix(name, "__debezium.") + "=" + string(v)
		}
		list = append(list, line)
	}
	return list
}

func show(p []byte) string {
	if p == nil {
		return "-"
	}
	return string(p)
}

func compareLines(t *testing.T, f *event.Frame, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, lines(f)); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func idName() *event.Schema {
	return table(1, col("id", 0, typ(event.KindInt, 0)), col("name", 1, typ(event.KindString, 0)))
}

func vals(list ...event.Value) []event.Value { return list }

func TestInsertAndUpdate(t *testing.T) {
	b := newBuilder(idName())
	b.add(event.OpCreate, 0, nil, vals(event.Int(1), b.text(event.KindString, "Ada")))
	compareLines(t, b.encode(t, mysqlConf), `{"id":1} `+mysqlEnvelope("null", `{"id":1,"name":"Ada"}`, "c"))

	b = newBuilder(idName())
	ada, bea := b.text(event.KindString, "Ada"), b.text(event.KindString, "Bea")
	b.add(event.OpUpdate, 0, vals(event.Int(1), ada), vals(event.Int(1), bea))
	b.add(event.OpUpdate, 0, nil, vals(event.Int(1), ada)) // no old row in the log
	compareLines(t, b.encode(t, pgConf),
		`{"id":1} `+pgEnvelope(`{"id":1,"name":"Ada"}`, `{"id":1,"name":"Bea"}`, "u"),
		`{"id":1} `+pgEnvelope("null", `{"id":1,"name":"Ada"}`, "u"))
}

func TestDelete(t *testing.T) {
	b := newBuilder(idName())
	b.add(event.OpDelete, event.KeyOnly, vals(event.Int(1), event.Null), nil)
	compareLines(t, b.encode(t, pgConf), `{"id":1} `+pgEnvelope(`{"id":1,"name":""}`, "null", "d"), `{"id":1} -`)
}

func TestDeleteWithoutKey(t *testing.T) {
	b := newBuilder(table(0, col("a", 0, typ(event.KindInt, event.Nullable))))
	b.add(event.OpDelete, 0, vals(event.Int(1)), nil)
	compareLines(t, b.encode(t, mysqlConf), "- "+mysqlEnvelope(`{"a":1}`, "null", "d"), "- -")
}

func keyChange() *builder {
	b := newBuilder(idName())
	a := b.text(event.KindString, "a")
	return b.add(event.OpUpdate, event.KeyChanged, vals(event.Int(2), a), vals(event.Int(20), a))
}

func TestKeyChange(t *testing.T) {
	b := keyChange()
	compareLines(t, b.encode(t, mysqlConf),
		`{"id":2} `+mysqlEnvelope(`{"id":2,"name":"a"}`, "null", "d")+` newkey={"id":20}`,
		`{"id":2} - newkey={"id":20}`,
		`{"id":20} `+mysqlEnvelope("null", `{"id":20,"name":"a"}`, "c")+` oldkey={"id":2}`)

	b.batch.Outs[0].NoDelete = true
	compareLines(t, b.encode(t, mysqlConf), `{"id":20} `+mysqlEnvelope("null", `{"id":20,"name":"a"}`, "c")+` oldkey={"id":2}`)
}

// In a table without a key there is none to change.
func TestKeyChangeWithoutKey(t *testing.T) {
	b := newBuilder(table(0, col("a", 0, typ(event.KindInt, 0))))
	b.add(event.OpUpdate, event.KeyChanged, vals(event.Int(1)), vals(event.Int(2)))
	compareLines(t, b.encode(t, mysqlConf), "- "+mysqlEnvelope(`{"a":1}`, `{"a":2}`, "u"))
}

func TestTruncate(t *testing.T) {
	b := newBuilder(idName()).add(event.OpTruncate, 0, nil, nil)
	compareLines(t, b.encode(t, mysqlConf), "- "+mysqlEnvelope("null", "null", "t"))

	b.target.Shape = event.ShapeRow
	if _, err := b.try(t, mysqlConf); err == nil || !strings.Contains(err.Error(), "TRUNCATE") {
		t.Errorf("as a row: got error %v", err)
	}
}

// A rule's view renames, reorders and leaves out; the key stays that of the
// table.
func TestRows(t *testing.T) {
	s := idName()
	renamed := s.Columns[0]
	renamed.Name = "orderId"
	view := s.Project([]event.Column{s.Columns[1], renamed})
	b := newBuilder(s)
	b.target.Shape = event.ShapeRow
	a := b.text(event.KindString, "a")
	b.add(event.OpRead, 0, nil, vals(event.Int(1), a))
	b.add(event.OpUpdate, 0, vals(event.Int(1), a), vals(event.Int(1), b.text(event.KindString, "b")))
	b.add(event.OpUpdate, event.KeyChanged, vals(event.Int(1), a), vals(event.Int(2), a))
	b.add(event.OpDelete, 0, vals(event.Int(2), a), nil)
	for i := range b.batch.Outs {
		b.batch.Outs[i].View = view
	}
	compareLines(t, b.encode(t, mysqlConf),
		`{"id":1} {"name":"a","orderId":1}`,
		`{"id":1} {"name":"b","orderId":1}`,
		`{"id":1} - newkey={"id":2}`,
		`{"id":2} {"name":"a","orderId":2} oldkey={"id":1}`,
		`{"id":2} -`)

	b.batch.Outs = b.batch.Outs[2:3]
	b.batch.Outs[0].NoDelete = true
	compareLines(t, b.encode(t, mysqlConf), `{"id":2} {"name":"a","orderId":2} oldkey={"id":1}`)

	b.batch.Outs[0].View = s.Project(nil)
	compareLines(t, b.encode(t, mysqlConf), `{"id":2} {} oldkey={"id":1}`)
}

// A rule may put a private copy with another value in place of the image; the
// key is taken from the copy, too.
func TestPrivateImage(t *testing.T) {
	b := newBuilder(idName())
	b.add(event.OpCreate, 0, nil, vals(event.Int(1), b.text(event.KindString, "secret")))
	o := &b.batch.Outs[0]
	o.After = b.batch.CopyImage(o.After, b.schema)
	masked := b.batch.Image(o.After, b.schema)
	masked[0], masked[1] = event.Int(0), b.text(event.KindString, "***")
	compareLines(t, b.encode(t, mysqlConf), `{"id":0} `+mysqlEnvelope("null", `{"id":0,"name":"***"}`, "c"))
}

// The source block of a row is made from that of the row before; every change
// between them must show.
func TestSourceBlocks(t *testing.T) {
	b := newBuilder(idName())
	a := b.text(event.KindString, "a")
	gtid := b.text(event.KindString, "0-1-57")
	b.batch.Txs = append(b.batch.Txs, event.Tx{File: "bin.000002", GTID: gtid})
	b.batch.Origins = append(b.batch.Origins, event.Origin{Tx: 1, Micros: 0})
	for range 6 {
		b.add(event.OpRead, 0, nil, vals(event.Int(1), a))
	}
	rows := b.batch.Rows
	rows[1].Flags = event.SnapshotFirst
	rows[2].Origin = 1
	rows[3].Origin, rows[3].Off = 1, 300
	rows[4].Op = event.OpCreate
	b.batch.Outs[5].View = b.schema.Project(b.schema.Columns[:1])

	f := b.encode(t, mysqlConf)
	for i, want := range [][]string{
		{`"snapshot":"true"`, `"row":0,`, `"pos":200,`, `"file":"bin.000001"`, `"gtid":null`, `"thread":7,`},
		{`"snapshot":"first"`, `"row":1,`},
		{`"snapshot":"true"`, `"row":2,`, `"file":"bin.000002"`, `"gtid":"0-1-57"`, `"thread":null`, `"ts_ms":0,"snapshot"`, `"ts_us":0,"ts_ns":0,"table"`, `"server_id":0`},
		{`"row":3,`, `"pos":300,`, `"file":"bin.000002"`},
		{`"snapshot":"false"`, `"row":4,`, `"pos":200,`, `"file":"bin.000001"`, `"op":"c"`},
		{`"snapshot":"true"`, `"row":5,`, `"after":{"id":1}`},
	} {
		for _, part := range want {
			if !strings.Contains(string(f.Value(i)), part) {
				t.Errorf("record %d: %s isn't in %s", i, part, f.Value(i))
			}
		}
	}
}

func TestPostgresSourceBlocks(t *testing.T) {
	b := newBuilder(idName())
	a := b.text(event.KindString, "a")
	b.batch.Txs = append(b.batch.Txs, event.Tx{})
	b.batch.Origins = append(b.batch.Origins, event.Origin{Tx: 1, Micros: 1})
	for range 3 {
		b.add(event.OpCreate, 0, nil, vals(event.Int(1), a))
	}
	b.batch.Rows[1].Off = 24023400
	b.batch.Rows[2].Origin, b.batch.Rows[2].Off = 1, 0
	f := b.encode(t, pgConf)
	for i, want := range [][]string{
		{`"sequence":"[\"100\",\"200\"]"`, `"txId":571,"lsn":200,`},
		{`"sequence":"[\"100\",\"24023400\"]"`, `"txId":571,"lsn":24023400,`},
		{`"sequence":"[null,null]"`, `"txId":null,"lsn":null,`, `"ts_us":1,"ts_ns":1000,`},
	} {
		for _, part := range want {
			if !strings.Contains(string(f.Value(i)), part) {
				t.Errorf("record %d: %s isn't in %s", i, part, f.Value(i))
			}
		}
	}
}

// A key header is written by another converter than key and value.
func TestKeyHeader(t *testing.T) {
	cols := []event.Column{
		col(`q"`, 0, typ(event.KindString, 0)), col("n", 1, decimalType(38, 20)), col("f", 2, typ(event.KindFloat64, 0)),
		col("b", 3, typ(event.KindBytes, 0)), col("v", 4, decimalType(-1, 0)), col("z", 5, decimalType(10, 2)), col("t", 6, temporal(event.KindInstant, 0)),
	}
	b := newBuilder(table(7, cols...))
	image := vals(b.text(event.KindString, "😀\"\\\n"), event.Decimal(-1, 18), event.Float64(1e10), b.text(event.KindBytes, "\x00\xff"),
		event.Decimal(110, 2), event.Decimal(300, 2), event.Of(event.KindInstant, 0))
	nulls := vals(event.Null, event.Null, event.Null, event.Null, event.Null, event.Null, event.Null)
	b.add(event.OpUpdate, event.KeyChanged, image, nulls)
	f := b.encode(t, pgConf)
	_, old, _ := f.KeyHeader(2)
	want := `{"q\"":"😀\"\\` + "\n" + `","n":-1.00E-18,"f":1.0E10,"b":"AP8=","v":{"scale":1,"value":"Cw=="},"z":3.00,"t":"1970-01-01T00:00:00Z"}`
	if string(old) != want {
		t.Errorf("old key\n got %s\nwant %s", old, want)
	}
	_, next, _ := f.KeyHeader(0)
	want = `{"q\"":"","n":0E-20,"f":0.0,"b":"","v":{"scale":0,"value":"AA=="},"z":0.00,"t":"1970-01-01T00:00:00Z"}`
	if string(next) != want {
		t.Errorf("new key\n got %s\nwant %s", next, want)
	}
}

func TestJavaDecimal(t *testing.T) {
	tests := []struct {
		text  string
		scale int
		want  string
	}{
		{"0", 0, "0"},
		{"-12", 0, "-12"},
		{"1.50", 2, "1.50"},
		{"-0.05", 2, "-0.05"},
		{"0.000001", 6, "0.000001"},
		{"0.0000001", 7, "1E-7"},
		{"0.00000012", 8, "1.2E-7"},
		{"12300", -2, "1.23E+4"},
		{"0", -2, "0E+2"},
	}
	for _, tt := range tests {
		d, err := parseDecimal([]byte(tt.text))
		if err != nil {
			t.Fatal(err)
		}
		if d, err = d.at(tt.scale); err != nil {
			t.Fatal(err)
		}
		if got := string(appendJavaDecimal(nil, d, tt.scale)); got != tt.want {
			t.Errorf("%s at scale %d: got %s, want %s", tt.text, tt.scale, got, tt.want)
		}
	}
}

func TestKeyUnavailable(t *testing.T) {
	b := newBuilder(table(1, col("k", 0, typ(event.KindString, 0))))
	b.add(event.OpCreate, 0, nil, vals(event.Unavailable))
	if _, err := b.try(t, pgConf); err == nil {
		t.Error("a key without its value: no error")
	}
}

// Rows before a bad one are kept, whole.
func TestErrorKeepsRowsBefore(t *testing.T) {
	b := newBuilder(idName())
	a := b.text(event.KindString, "a")
	b.add(event.OpCreate, 0, nil, vals(event.Int(1), a))
	b.add(event.OpUpdate, event.KeyChanged, vals(event.Int(1), a), vals(event.Int(2), event.Value{}))
	b.batch.Next = event.Checkpoint{Point: event.Point{Seq: 5}, Valid: true}
	f, err := b.try(t, mysqlConf)
	if err == nil {
		t.Fatal("no error")
	}
	if len(f.Records) != 1 || int(f.Records[0].End) != len(f.Buf) {
		t.Errorf("got %d records and %d bytes", len(f.Records), len(f.Buf))
	}
}

func TestMissingImages(t *testing.T) {
	for _, op := range []event.Op{event.OpCreate, event.OpDelete, event.Op('x')} {
		b := newBuilder(idName()).add(op, 0, nil, nil)
		if _, err := b.try(t, mysqlConf); err == nil {
			t.Errorf("%c without images: no error", op)
		}
	}
	b := newBuilder(idName()).add(event.OpUpdate, event.KeyChanged, nil, vals(event.Int(1), event.Null))
	b.batch.Outs[0].NoDelete = true
	if _, err := b.try(t, mysqlConf); err == nil {
		t.Error("a key change without the old row: no error")
	}
}

func TestNewRefuses(t *testing.T) {
	for _, c := range []Config{{Connector: "oracle", Name: "shop"}, {Connector: "mysql"}} {
		if _, err := New(c); err == nil {
			t.Errorf("%+v: no error", c)
		}
	}
}

func TestLimitFails(t *testing.T) {
	c := mysqlConf
	broken := errors.New("no such topic")
	c.Limit = func(string) (int, error) { return 0, broken }
	b := newBuilder(idName()).add(event.OpCreate, 0, nil, vals(event.Int(1), event.Null))
	if _, err := b.try(t, c); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
