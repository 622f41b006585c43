package binlog

import (
	"strings"
	"testing"

	"cdc/binlog/ddl"
	"cdc/event"

	"github.com/google/go-cmp/cmp"
)

// Rows carry what all rows of their event share, their number in it, and the
// change of a key.
func TestRowFields(t *testing.T) {
	d := newDecoder(loadFixture(t, "mysql-types"), true)
	d.decodeAll(t)
	type fields struct {
		Op            event.Op
		Index         uint32
		Before, After bool
		Flags         event.Flags
	}
	var got []fields
	for i := range d.batch.Rows {
		r := &d.batch.Rows[i]
		if r.Schema.Table != "many" && r.Schema.Table != "ints" {
			continue
		}
		if r.Origin != 7 || r.Off != 8 {
			t.Errorf("row %d: origin %d, offset %d", i, r.Origin, r.Off)
		}
		got = append(got, fields{Op: r.Op, Index: r.Index, Before: r.Before >= 0, After: r.After >= 0, Flags: r.Flags})
	}
	want := []fields{
		{Op: 'c', After: true},
		{Op: 'c', After: true},
		{Op: 'c', After: true},
		{Op: 'c', Index: 1, After: true},
		{Op: 'c', After: true},
		{Op: 'c', Index: 1, After: true},
		{Op: 'c', After: true},
		{Op: 'u', Before: true, After: true},
		{Op: 'u', Before: true, After: true, Flags: event.KeyChanged},
		{Op: 'u', Before: true, After: true},
		{Op: 'd', Before: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Rows that were delivered before are passed over and counted.
func TestSkipRows(t *testing.T) {
	for _, kind := range []rowsKind{rowsInsert, rowsUpdate} {
		p, events := ordersRows(t, kind, nil)
		var whole event.Batch
		rows, err := p.decodeRows(kind|rowsExtra, events[0], 0, &whole, 0, 0)
		if err != nil || rows != len(whole.Rows) || rows < 10 {
			t.Fatalf("%d rows, %v", rows, err)
		}
		for _, skip := range []int{1, rows - 1, rows, rows + 5} {
			var b event.Batch
			n, err := p.decodeRows(kind|rowsExtra, events[0], skip, &b, 0, 0)
			if n != rows || err != nil || len(b.Rows) != max(0, rows-skip) {
				t.Errorf("skip %d: %d rows in the event, %d decoded, %v", skip, n, len(b.Rows), err)
			}
			if len(b.Rows) > 0 && b.Rows[0].Index != uint32(skip) {
				t.Errorf("skip %d: first index %d", skip, b.Rows[0].Index)
			}
		}
	}
}

// A column that nobody wants is left alone; the key is decoded all the same.
func TestUnwantedColumns(t *testing.T) {
	want := make([]bool, 10)
	want[2] = true
	some, events := ordersRows(t, rowsUpdate, want)
	all, _ := ordersRows(t, rowsUpdate, nil)
	var b, whole event.Batch
	for _, body := range events {
		if _, err := some.decodeRows(rowsUpdate|rowsExtra, body, 0, &b, 0, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := all.decodeRows(rowsUpdate|rowsExtra, body, 0, &whole, 0, 0); err != nil {
			t.Fatal(err)
		}
	}
	for i, v := range b.Values {
		switch i % 10 {
		case 0, 2:
			if !v.Equal(b.Arena, whole.Values[i], whole.Arena) {
				t.Fatalf("value %d: %s, want %s", i, show(b.Arena, v), show(whole.Arena, whole.Values[i]))
			}
		default:
			if v.Kind() != event.KindSkipped {
				t.Fatalf("value %d: %s", i, show(b.Arena, v))
			}
		}
	}
}

func TestWrongPlans(t *testing.T) {
	f := loadFixture(t, "mysql-orders")
	m := typesMaps(t, f, false)["orders"]
	s, err := m.schema(nil)
	if err != nil {
		t.Fatal(err)
	}
	fewer := *s
	fewer.Columns = s.Columns[1:]
	if _, err := new(decoding).compilePlan(m, &fewer, nil); err == nil {
		t.Error("a schema of fewer columns: no error")
	}
	other := *s
	other.Columns = append([]event.Column(nil), s.Columns...)
	other.Columns[1].Type.Kind = event.KindJSON
	if _, err := new(decoding).compilePlan(m, &other, nil); err == nil || !strings.Contains(err.Error(), `column "customer"`) {
		t.Errorf("a column of another kind: %v", err)
	}
}

// Types from before MySQL 5.6, which no server of today creates.
func TestOldTemporals(t *testing.T) {
	tests := []struct {
		code byte
		kind event.Kind
		in   []byte
		want string
	}{
		{codeTimestamp, event.KindInstant, []byte{0x80, 0x43, 0x6d, 0x38}, "at 2000-01-01 00:00:00"},
		{codeTimestamp, event.KindInstant, make([]byte, 4), faultZeroDate.String()},
		{codeDatetime, event.KindLocal, []byte{0x45, 0x1c, 0xfa, 0xa2, 0x30, 0x12, 0, 0}, "at 2000-01-02 03:04:05"},
		{codeDatetime, event.KindLocal, make([]byte, 8), faultZeroDate.String()},
		{codeDatetime, event.KindLocal, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0}, errDamaged.Error()},
		{codeTime, event.KindTime, []byte{0x59, 0x0a, 0x80}, "time -3020399000000"},
		{codeTime, event.KindTime, []byte{0x40, 0xe2, 0x01}, "time 45296000000"},
		{codeDate, event.KindDate, []byte{0x5d, 0xd0, 0x0f}, "date 2024-02-29"},
		{codeDate, event.KindDate, []byte{0x5e, 0xd0, 0x0f}, faultNoDay.String()}, // 30 February
	}
	for _, tt := range tests {
		m := mapColumn{code: tt.code, nullable: true}
		c, ok := new(decoding).compileCell(&m, &event.Type{Kind: tt.kind, Flags: event.Nullable}, MySQL, true)
		if !ok {
			t.Fatalf("code %d: no cell", tt.code)
		}
		start, end := c.span(tt.in)
		v, ok := c.read(&c, nil, tt.in[start:end])
		got := show(nil, v)
		if !ok {
			got = c.fault.String()
		}
		if got != tt.want {
			t.Errorf("code %d, % x: %s, want %s", tt.code, tt.in, got, tt.want)
		}
	}
}

func TestTextRefused(t *testing.T) {
	tests := []struct {
		typ  event.Type
		text string
	}{
		{event.Type{Kind: event.KindInt}, "1x"},
		{event.Type{Kind: event.KindInt, Native: "year"}, ""},
		{event.Type{Kind: event.KindUint}, "-1"},
		{event.Type{Kind: event.KindFloat64}, "nought"},
		{event.Type{Kind: event.KindDecimal, Precision: 5, Scale: 2}, "1.5"},
		{event.Type{Kind: event.KindDecimal, Precision: 5, Scale: 2}, "1000.00"},
		{event.Type{Kind: event.KindDecimal, Precision: 30, Scale: 2}, "1e5.00"},
		{event.Type{Kind: event.KindDate}, "2024-02"},
		{event.Type{Kind: event.KindTime}, "12:00"},
		{event.Type{Kind: event.KindTime}, "12:00:00.1234567"},
		{event.Type{Kind: event.KindLocal}, "2024-02-29"},
		{event.Type{Kind: event.KindBool}, "00"},
		{event.Type{Kind: event.KindUUID}, "1234"},
	}
	for _, tt := range tests {
		parse, err := new(decoding).compileText(new(event.Schema), &event.Column{Name: "c", Type: tt.typ}, MySQL)
		if err != nil {
			t.Fatal(err)
		}
		if v, err := parse(new(event.Batch), []byte(tt.text)); err == nil || tt.text != "" && strings.Contains(err.Error(), tt.text) {
			t.Errorf("kind %d, %q: value %v, error %v", tt.typ.Kind, tt.text, v, err)
		}
	}
	if _, err := new(decoding).compileText(new(event.Schema), &event.Column{Name: "c", Type: event.Type{Kind: event.KindSkipped}}, MySQL); err == nil {
		t.Error("no error for a kind without text")
	}
}

func TestSetDefault(t *testing.T) {
	text := func(s string) *string { return &s }
	tests := []struct {
		fl    Flavor
		typ   string
		extra string
		in    *string
		want  *string
		expr  bool
	}{
		{MySQL, "int", "", nil, nil, false},
		{MySQL, "int", "", text("5"), text("5"), false},
		{MySQL, "varchar(9)", "", text("NULL"), text("NULL"), false},
		{MySQL, "json", "DEFAULT_GENERATED", text("json_array(1)"), text("json_array(1)"), true},
		{MySQL, "timestamp", "on update CURRENT_TIMESTAMP", text("CURRENT_TIMESTAMP"), text("CURRENT_TIMESTAMP"), true}, // 5.7
		{MySQL, "varchar(20)", "", text("CURRENT_TIMESTAMP"), text("CURRENT_TIMESTAMP"), false},
		{MariaDB, "int(11)", "", text("NULL"), nil, false},
		{MariaDB, "varchar(9)", "", text("'NULL'"), text("NULL"), false},
		{MariaDB, "varchar(9)", "", text(`'a\\b\nc''d'`), text("a\\b\nc'd"), false},
		{MariaDB, "int(11)", "", text("-1"), text("-1"), false},
		{MariaDB, "bit(3)", "", text("b'101'"), text("b'101'"), false},
		{MariaDB, "decimal(5,2)", "", text("(1.0 + 0.5)"), text("(1.0 + 0.5)"), true},
		{MariaDB, "datetime", "", text("current_timestamp()"), text("current_timestamp()"), true},
	}
	for _, tt := range tests {
		c := ddl.Column{Type: tt.typ, Extra: tt.extra}
		c.SetDefault(tt.fl, tt.in)
		if diff := cmp.Diff(tt.want, c.Default); diff != "" || c.DefaultExpr != tt.expr {
			t.Errorf("%s %s %q: expression %v, %s", tt.fl, tt.typ, *tt.in, c.DefaultExpr, diff)
		}
	}
}

// A compressed event that lies about itself is an error and takes no memory.
func TestDamagedCompression(t *testing.T) {
	packed := []byte{0x82, 0x01, 0x00, 0x78, 0x9c, 0x4b, 0x4c, 0x1c, 0xd9, 0x00, 0x00, 0xb4, 0x50, 0x61, 0x01} // 256 times a
	edit := func(at int, c byte) []byte {
		p := append([]byte(nil), packed...)
		p[at] = c
		return p
	}
	tests := map[string][]byte{
		"nothing":           {},
		"length cut":        packed[:2],
		"data cut":          packed[:10],
		"another algorithm": edit(0, 0x92),
		"fewer bytes":       edit(1, 2),
		"more bytes":        edit(2, 1),
		"no zlib":           edit(3, 0),
		"4 GiB":             append([]byte{0x85, 0xff, 0xff, 0xff, 0xff, 0xff}, packed[3:]...),
	}
	for name, data := range tests {
		var f inflater
		if out, err := f.inflate(data); err == nil {
			t.Errorf("%s: no error, %d bytes", name, len(out))
		}
		if out, err := f.inflate(packed); err != nil || len(out) != 256 {
			t.Errorf("good bytes after %s: %d bytes, %v", name, len(out), err)
		}
	}
}
