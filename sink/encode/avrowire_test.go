package encode

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"github.com/hamba/avro/v2"

	"cdc/sink/encode/connect"
)

func TestAppendLong(t *testing.T) {
	for _, n := range []int64{0, -1, 1, 63, 64, -64, -65, 8191, 8192, math.MaxInt32, math.MinInt32, math.MaxInt64, math.MinInt64} {
		got := appendLong(nil, n)
		if want := binary.AppendVarint(nil, n); !bytes.Equal(got, want) {
			t.Errorf("%d: got %x, want %x", n, got, want)
		}
		if n >= 0 && longSize(int(n)) != len(got) {
			t.Errorf("%d: size %d, want %d", n, longSize(int(n)), len(got))
		}
	}
}

func TestCloseAvro(t *testing.T) {
	for _, size := range []int{0, 1, 63, 64, 65, 8191, 8192, 1 << 20} {
		text := strings.Repeat("x", size)
		b := append([]byte("before"), 0)
		got := closeAvro(append(b, text...), len("before"))
		if want := appendAvroBytes([]byte("before"), []byte(text)); !bytes.Equal(got, want) {
			t.Errorf("%d: got %.20x, want %.20x", size, got, want)
		}
	}
}

func TestAppendAvroTextMendsIt(t *testing.T) {
	got, valid := appendAvroText(nil, []byte("a\xffb\xed\xa0\x80"))
	if valid || string(got[1:]) != "a\uFFFDb\uFFFD" {
		t.Errorf("got %q, valid %v", got[1:], valid)
	}
}

func TestSchemaID(t *testing.T) {
	if got := appendSchemaID(nil, 0x01020304); !bytes.Equal(got, []byte{0, 1, 2, 3, 4}) {
		t.Errorf("got %x", got)
	}
}

// TestAvroDatum reads back what was appended for a control record.
func TestAvroDatum(t *testing.T) {
	withDefault := connect.Of(connect.String).Opt()
	withDefault.Default = &connect.Value{Bytes: []byte("false")}
	schema := structure("n.R", field("a", connect.Of(connect.Int64)), field("b", optional(connect.String)), field("c", optional(connect.String)),
		field("d", withDefault), field("e", &connect.Schema{Type: connect.Array, Items: optional(connect.String)}),
		field("f", connect.Of(connect.Bytes)), field("g", connect.Of(connect.Boolean)), field("h", connect.Of(connect.Float64)))
	text, err := schema.AppendAvro(nil)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := avro.ParseBytesWithCache(text, "", &avro.SchemaCache{})
	if err != nil {
		t.Fatal(err)
	}
	for defaults, want := range map[bool]string{true: "false", false: ""} {
		b, err := appendAvroDatum(nil, schema, []datum{int64(-5), "x", nil, nil, []datum{"y", nil}, []byte{1}, true, 0.5}, defaults)
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			A int64     `avro:"a"`
			B *string   `avro:"b"`
			C *string   `avro:"c"`
			D *string   `avro:"d"`
			E []*string `avro:"e"`
			F []byte    `avro:"f"`
			G bool      `avro:"g"`
			H float64   `avro:"h"`
		}
		if err := avro.Unmarshal(parsed, b, &got); err != nil {
			t.Fatal(err)
		}
		if got.A != -5 || *got.B != "x" || got.C != nil || *got.E[0] != "y" || got.E[1] != nil || got.F[0] != 1 || !got.G || got.H != 0.5 {
			t.Errorf("got %+v", got)
		}
		if (got.D != nil) != (want != "") || got.D != nil && *got.D != want {
			t.Errorf("defaults %v: got %v, want %q", defaults, got.D, want)
		}
	}
}

func TestAvroDatumRefused(t *testing.T) {
	for _, d := range []datum{nil, []datum{nil}, []datum{int64(1), int64(2)}, 1} {
		if _, err := appendAvroDatum(nil, structure("n.R", field("a", connect.Of(connect.Int64))), d, true); err == nil {
			t.Errorf("%v: no error", d)
		}
	}
}
