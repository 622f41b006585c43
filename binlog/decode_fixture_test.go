package binlog

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"cdc/binlog/ddl"
	"cdc/event"
)

// fixture is what testdata/decode/record.go kept of a server.
type fixture struct {
	flavor Flavor
	tables map[string]*fixtureTable
	events []rawEvent
}

type fixtureTable struct {
	facts ddl.Table
	// Rows are the rows at the end, as the text protocol gives them.
	rows [][][]byte
}

type rawEvent struct {
	typ  byte
	body []byte
}

const (
	eventTableMap   = 19
	eventHeaderSize = 19
)

func loadFixture(t testing.TB, name string) *fixture {
	t.Helper()
	f := &fixture{tables: map[string]*fixtureTable{}}
	if strings.HasPrefix(name, "mariadb") {
		f.flavor = MariaDB
	}
	f.loadTables(t, readTestdata(t, name+".json"))
	f.loadEvents(t, readTestdata(t, name+".events"))
	return f
}

func readTestdata(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "decode", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (f *fixture) loadTables(t testing.TB, text []byte) {
	t.Helper()
	var tables []struct {
		ddl.Table
		Columns []struct {
			ddl.Column
			ColumnDefault *string `json:"column_default"`
		} `json:"columns"`
		Create string
		Rows   [][][]byte
	}
	if err := json.Unmarshal(text, &tables); err != nil {
		t.Fatal(err)
	}
	for _, in := range tables {
		facts := in.Table
		facts.Columns = nil
		for _, c := range in.Columns {
			c.SetDefault(f.flavor, c.ColumnDefault)
			facts.Columns = append(facts.Columns, c.Column)
		}
		if in.Create != "" && f.flavor == MySQL {
			facts.TakeBinaryDefaults(f.flavor, in.Create)
		}
		f.tables[facts.Table] = &fixtureTable{facts: facts, rows: in.Rows}
	}
}

func (f *fixture) loadEvents(t testing.TB, file []byte) {
	t.Helper()
	file = file[4:]
	for len(file) > 0 {
		size := binary.LittleEndian.Uint32(file[9:])
		f.events = append(f.events, rawEvent{typ: file[4], body: file[eventHeaderSize:size]})
		file = file[size:]
	}
}

// decoder decodes a fixture as a source does: a plan per shape of a table.
type decoder struct {
	fixture *fixture
	facts   bool // use the catalogue's facts
	maps    map[uint64]*plan
	schemas map[uint64]*event.Schema
	batch   event.Batch
	key     func(*event.Schema) // another key than the table's; nil for none
	decoding
}

func newDecoder(f *fixture, facts bool) *decoder {
	return &decoder{fixture: f, facts: facts, maps: map[uint64]*plan{}, schemas: map[uint64]*event.Schema{}}
}

func (d *decoder) decode(e rawEvent) error {
	if e.typ == eventTableMap {
		return d.tableMap(e.body)
	}
	kind, ok := rowsKindOf(e.typ)
	if !ok {
		return nil
	}
	id, _, err := rowsTableID(e.body)
	if err != nil {
		return err
	}
	if d.maps[id] == nil {
		return nil
	}
	_, err = d.maps[id].decodeRows(kind, e.body, 0, &d.batch, 7, 8)
	return err
}

func (d *decoder) tableMap(body []byte) error {
	var m tableMap
	if err := parseTableMap(body, d.fixture.flavor, &m); err != nil {
		return err
	}
	s := d.schemas[m.fingerprint()]
	if s == nil {
		var facts *ddl.Table
		if table := d.fixture.tables[m.Table]; table != nil && d.facts {
			facts = &table.facts
		}
		var err error
		if s, err = m.schema(facts); err != nil {
			return err
		}
		if d.key != nil {
			d.key(s)
		}
		d.schemas[m.fingerprint()] = s
	}
	p, err := d.decoding.compilePlan(&m, s, nil)
	d.maps[m.ID] = p
	return err
}

func (d *decoder) decodeAll(t testing.TB) {
	t.Helper()
	for i, e := range d.fixture.events {
		if err := d.decode(e); err != nil {
			t.Fatalf("event %d of type %d: %v", i, e.typ, err)
		}
	}
}

// show prints a value for people: its kind and what it holds.
func show(arena []byte, v event.Value) string {
	switch v.Kind() {
	case event.KindSkipped:
		return "skipped"
	case event.KindUnavailable:
		return "unavailable"
	case event.KindNull:
		return "null"
	case event.KindBool:
		return fmt.Sprintf("bool %v", v.Bool())
	case event.KindUint:
		return fmt.Sprintf("uint %d", v.Uint())
	case event.KindFloat32:
		return fmt.Sprintf("float32 %v", float32(v.Float()))
	case event.KindFloat64:
		return fmt.Sprintf("float64 %v", v.Float())
	case event.KindDecimal:
		return fmt.Sprintf("decimal %s", decimalText(v.Int(), v.Scale()))
	case event.KindBytes, event.KindBits:
		return fmt.Sprintf("bytes %x", v.Bytes(arena))
	case event.KindDate:
		return "date " + time.Unix(v.Int()*86400, 0).UTC().Format(time.DateOnly)
	case event.KindTime:
		return fmt.Sprintf("time %d", v.Int())
	case event.KindLocal, event.KindInstant:
		return "at " + time.UnixMicro(v.Int()).UTC().Format("2006-01-02 15:04:05.999999")
	case event.KindInt:
		return fmt.Sprintf("int %d", v.Int())
	default:
		return fmt.Sprintf("text %q", v.Bytes(arena))
	}
}

func decimalText(unscaled int64, scale int) string {
	sign, digits := "", strconv.FormatUint(uint64(max(unscaled, -unscaled)), 10)
	if unscaled < 0 {
		sign = "-"
	}
	if unscaled == math.MinInt64 {
		digits = "9223372036854775808"
	}
	if pad := scale + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	if scale == 0 {
		return sign + digits
	}
	return sign + digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
}
