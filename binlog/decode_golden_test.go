package binlog

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cdc/event"

	"github.com/google/go-cmp/cmp"
)

// goldenTable is what Debezium made of a table: the files *.golden, cut out of
// its recorded events. The same statements ran for the fixture beside it. A
// table made while it streamed is left out where it has BOOL columns: Debezium
// takes the word from the statement, and the server has TINYINT(1).
type goldenTable struct {
	Defaults map[string]any
	// Snapshot counts the rows that Debezium read in its snapshot, and which are
	// in the log here.
	Snapshot int
	Events   []struct {
		Op            string
		Before, After map[string]any
	}
}

// Decoded rows and defaults, printed as Debezium prints them, are its events.
func TestDebeziumGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/decode/*.golden")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d golden files: %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".golden")
		t.Run(name, func(t *testing.T) {
			var want map[string]goldenTable
			decoder := json.NewDecoder(strings.NewReader(string(readTestdata(t, name+".golden"))))
			decoder.UseNumber()
			if err := decoder.Decode(&want); err != nil {
				t.Fatal(err)
			}
			d := newDecoder(loadFixture(t, name), true)
			d.decoding.plainYears = strings.HasSuffix(name, "adjuster-off")
			d.decodeAll(t)
			for table, w := range want {
				checkGolden(t, d, table, w)
			}
		})
	}
}

func checkGolden(t *testing.T, d *decoder, table string, want goldenTable) {
	t.Helper()
	var rows []event.Row
	for _, r := range d.batch.Rows {
		if r.Schema.Table == table {
			rows = append(rows, r)
		}
	}
	rows = rows[min(want.Snapshot, len(rows)):]
	if len(rows) != len(want.Events) {
		t.Fatalf("table %s: %d rows, want %d", table, len(rows), len(want.Events))
	}
	for i, w := range want.Events {
		r := &rows[i]
		if string(r.Op) != w.Op {
			t.Errorf("table %s, event %d: op %c, want %s", table, i, r.Op, w.Op)
		}
		for _, images := range []struct {
			at   int32
			want map[string]any
		}{{r.Before, w.Before}, {r.After, w.After}} {
			if diff := cmp.Diff(asDebezium(r.Schema, images.want), debeziumImage(&d.batch, images.at, r.Schema)); diff != "" {
				t.Errorf("table %s, event %d (-want +got):\n%s", table, i, diff)
			}
		}
		if d.fixture.tables[table] != nil {
			checkDefaults(t, r.Schema, want.Defaults)
		}
	}
}

func checkDefaults(t *testing.T, s *event.Schema, want map[string]any) {
	t.Helper()
	got := map[string]any{}
	for _, c := range s.Columns {
		if c.Type.Default != nil {
			got[c.Name] = debeziumValue(&c.Type, c.Type.Default.Text, shownDefault(&c.Type))
		}
	}
	if diff := cmp.Diff(asDebezium(s, want), got); diff != "" {
		t.Errorf("table %s, defaults (-want +got):\n%s", s.Table, diff)
	}
}

// asDebezium turns numbers into text, and takes out the backslash that Debezium
// leaves before a comma in a member of an ENUM or SET.
func asDebezium(s *event.Schema, image map[string]any) map[string]any {
	if image == nil {
		return nil
	}
	out := map[string]any{}
	for name, v := range image {
		c := s.Column(name)
		switch v := v.(type) {
		case json.Number:
			out[name] = normalNumber(c.Type.Kind, v.String())
		case map[string]any:
			for part, n := range v {
				if n, ok := n.(json.Number); ok {
					v[part] = normalNumber(pick(part == "srid", event.KindInt, event.KindFloat64), n.String())
				}
			}
			out[name] = v
		case []any:
			for i, n := range v {
				v[i] = normalNumber(event.KindFloat32, fmt.Sprint(n))
			}
			out[name] = v
		case string:
			if c.Type.Symbols != nil && slices.ContainsFunc(c.Type.Symbols, func(s string) bool { return strings.Contains(s, ",") }) {
				v = strings.ReplaceAll(v, `\,`, ",")
			}
			out[name] = v
		default:
			out[name] = v
		}
	}
	return out
}

func normalNumber(k event.Kind, text string) string {
	if k != event.KindFloat32 && k != event.KindFloat64 {
		return text
	}
	bits := 64
	if k == event.KindFloat32 {
		bits = 32
	}
	f, err := strconv.ParseFloat(text, bits)
	if err != nil {
		return text
	}
	return fmt.Sprint(f)
}

func debeziumImage(b *event.Batch, at int32, s *event.Schema) map[string]any {
	if at < 0 {
		return nil
	}
	out := map[string]any{}
	for _, c := range s.Columns {
		v, text := b.Image(at, s)[c.Ord], b.Arena
		if v.IsNull() && c.Type.Default != nil {
			v, text = shownDefault(&c.Type), c.Type.Default.Text
		}
		out[c.Name] = debeziumValue(&c.Type, text, v)
	}
	return out
}

// shownDefault is the default, which stops at the greatest int64 where values of
// the column are printed as such.
func shownDefault(t *event.Type) event.Value {
	if v := t.Default.Value; v.Kind() != event.KindUint || v.Uint() <= math.MaxInt64 {
		return v
	}
	return event.Uint(math.MaxInt64)
}

func debeziumValue(t *event.Type, text []byte, v event.Value) any {
	switch v.Kind() {
	case event.KindNull:
		return nil
	case event.KindBool:
		return v.Bool()
	case event.KindUint:
		return strconv.FormatInt(int64(v.Uint()), 10)
	case event.KindFloat32, event.KindFloat64:
		return fmt.Sprint(v.Float())
	case event.KindDecimal:
		return base64.StdEncoding.EncodeToString(twosComplement(big.NewInt(v.Int())))
	case event.KindBigDecimal:
		unscaled, _ := new(big.Int).SetString(strings.Replace(string(v.Bytes(text)), ".", "", 1), 10)
		return base64.StdEncoding.EncodeToString(twosComplement(unscaled))
	case event.KindBytes, event.KindBits:
		return base64.StdEncoding.EncodeToString(v.Bytes(text))
	case event.KindLocal:
		if t.Precision <= 3 {
			return strconv.FormatInt(v.Int()/1000, 10)
		}
		return strconv.FormatInt(v.Int(), 10)
	case event.KindInstant:
		layout := "2006-01-02T15:04:05"
		if t.Precision > 0 {
			layout += "." + strings.Repeat("0", int(t.Precision))
		}
		return time.UnixMicro(v.Int()).UTC().Format(layout + "Z")
	case event.KindList:
		return debeziumList(t, v.Bytes(text))
	case event.KindInt, event.KindDate, event.KindTime:
		return strconv.FormatInt(v.Int(), 10)
	default:
		return string(v.Bytes(text))
	}
}

// debeziumList prints a geometry or a vector.
func debeziumList(t *event.Type, list event.List) any {
	names := []string{"wkb", "srid"}
	switch t.Logical {
	case event.LogicalPoint:
		names = []string{"x", "y", "wkb", "srid"}
	case event.LogicalVector:
		numbers := make([]any, list.Len())
		for i := range numbers {
			numbers[i] = fmt.Sprint(list.At(i).Float())
		}
		return numbers
	}
	parts := map[string]any{}
	for i, name := range names {
		parts[name] = debeziumValue(t, list, list.At(i))
	}
	return parts
}

// twosComplement is the shortest big-endian two's complement, as Java has it.
func twosComplement(i *big.Int) []byte {
	size := i.BitLen()/8 + 1
	if i.Sign() < 0 {
		size = new(big.Int).Not(i).BitLen()/8 + 1
		i = new(big.Int).Add(i, new(big.Int).Lsh(big.NewInt(1), uint(8*size)))
	}
	return i.FillBytes(make([]byte, size))
}
