package binlog

import (
	"errors"
	"strings"
	"testing"

	"cdc/binlog/jsonb"
	"cdc/event"
)

// faultRow makes a plan of an id and one more column, and a row with that value.
func faultRow(t *testing.T, d *decoding, c mapColumn, typ event.Type, value []byte) (string, error) {
	t.Helper()
	m := &tableMap{columns: []mapColumn{{code: codeTiny}, c}}
	s := &event.Schema{Database: "d", Table: "t", Width: 2, Columns: []event.Column{
		{Name: "id", Type: event.Type{Kind: event.KindInt}}, {Name: "c", Ord: 1, Type: typ},
	}}
	s.Key = s.Columns[:1]
	p, err := d.compilePlan(m, s, nil)
	if err != nil {
		t.Fatal(err)
	}
	body := append([]byte{1, 0, 0, 0, 0, 0, 0, 0, 2, 0xff, 0, 7}, value...)
	var b event.Batch
	if _, err := p.decodeRows(rowsInsert, body, 0, &b, 0, 0); err != nil {
		return "", err
	}
	return show(b.Arena, b.Values[1]), nil
}

// Values without a form are taken or refused as the policy says, and those that
// Debezium has no form for are always refused.
func TestFaults(t *testing.T) {
	date := event.Type{Kind: event.KindDate}
	text := event.Type{Kind: event.KindString, Charset: "utf8mb4"}
	gbk := event.Type{Kind: event.KindString, Charset: "gbk"}
	point := event.Type{Kind: event.KindList, Logical: event.LogicalPoint}
	tests := []struct {
		name  string
		c     mapColumn
		typ   event.Type
		value []byte
		want  string // empty for a value that nobody takes
		fault fault
	}{
		{"zero date", mapColumn{code: codeDate}, date, []byte{0, 0, 0}, "date 1970-01-01", faultZeroDate},
		{"zero day", mapColumn{code: codeDate}, date, []byte{0x20, 0xc8, 0x0f}, "date 1970-01-01", faultZeroDate},
		{"zero timestamp", mapColumn{code: codeTimestamp2, nullable: true}, event.Type{Kind: event.KindInstant, Flags: event.Nullable}, []byte{0, 0, 0, 0}, "null", faultZeroDate},
		{"30 February", mapColumn{code: codeDate}, date, []byte{0x5e, 0xd0, 0x0f}, "", faultNoDay},
		{"text", mapColumn{code: codeVarchar, meta: 20}, text, []byte{6, 'a', 0xff, 0xe4, 0xb8, 'b', 0xe4}, "text \"a\ufffd\ufffdb\ufffd\"", faultText},
		{"text of gbk", mapColumn{code: codeVarchar, meta: 20}, gbk, []byte{4, 0xb1, 0xb1, 0xff, 'b'}, "text \"北\ufffdb\"", faultText},
		{"geometry", mapColumn{code: codeGeometry, meta: 1}, point, []byte{9, 0, 0, 0, 0, 1, 9, 0, 0, 0}, "", faultGeometry},
		{"JSON", mapColumn{code: codeJSON, meta: 2}, event.Type{Kind: event.KindJSON}, deepDocument(jsonb.MaxDepth + 1), "", faultDepth},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			unfit := &event.Unfit{}
			got, err := faultRow(t, &decoding{unfit: unfit}, tt.c, tt.typ, tt.value)
			if tt.want == "" {
				checkFault(t, err, tt.fault)
			} else if err != nil || got != tt.want || unfit.Count() != 1 {
				t.Errorf("got %s, %v, %d counted, want %s", got, err, unfit.Count(), tt.want)
			}
			_, err = faultRow(t, &decoding{unfit: &event.Unfit{Policy: event.PolicyFail}}, tt.c, tt.typ, tt.value)
			checkFault(t, err, tt.fault)
		})
	}
	if got, err := faultRow(t, new(decoding), mapColumn{code: codeJSON, meta: 2}, event.Type{Kind: event.KindJSON}, deepDocument(jsonb.MaxDepth)); err != nil || len(got) < 2*jsonb.MaxDepth {
		t.Errorf("%d levels: %s, %v", jsonb.MaxDepth, got, err)
	}
}

func checkFault(t *testing.T, err error, f fault) {
	t.Helper()
	if !errors.Is(err, event.ErrUnfit) || !errors.Is(err, event.ErrUnsupported) {
		t.Fatalf("got %v", err)
	}
	for _, part := range []string{"table d.t", "row 0", `column "c": ` + f.String(), "the key of the table: id"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q isn't in %q", part, err)
		}
	}
}

// deepDocument is a JSON column's value of arrays inside of arrays.
func deepDocument(levels int) []byte {
	const smallArray = 2
	doc := []byte{0, 0, 4, 0}
	for range levels - 1 {
		size := len(doc) + 7
		doc = append([]byte{1, 0, byte(size), byte(size >> 8), smallArray, 7, 0}, doc...)
	}
	doc = append([]byte{smallArray}, doc...)
	return append([]byte{byte(len(doc)), byte(len(doc) >> 8)}, doc...)
}

// Years of one or two digits are read as in a literal, or left alone.
func TestTimeAdjuster(t *testing.T) {
	tests := []struct {
		raw             []byte
		text            string
		adjusted, plain string
	}{
		{[]byte{0x21, 0x02, 0x00}, "0001-01-01", "date 2001-01-01", "date 0001-01-01"},
		{[]byte{0x9f, 0x8b, 0x00}, "0069-12-31", "date 2069-12-31", "date 0069-12-31"},
		{[]byte{0x21, 0x8c, 0x00}, "0070-01-01", "date 1970-01-01", "date 0070-01-01"},
		{[]byte{0x21, 0xc8, 0x00}, "0100-01-01", "date 0100-01-01", "date 0100-01-01"},
	}
	typ := event.Type{Kind: event.KindDate}
	for _, tt := range tests {
		for want, d := range map[string]*decoding{tt.adjusted: {}, tt.plain: {plainYears: true}} {
			if got, err := faultRow(t, d, mapColumn{code: codeDate}, typ, tt.raw); err != nil || got != want {
				t.Errorf("%s in the log: %s, %v, want %s", tt.text, got, err, want)
			}
			parse, err := d.compileText(&event.Schema{}, &event.Column{Type: typ}, MySQL)
			if err != nil {
				t.Fatal(err)
			}
			v, err := parse(new(event.Batch), []byte(tt.text))
			if got := show(nil, v); err != nil || got != want {
				t.Errorf("%s as text: %s, %v, want %s", tt.text, got, err, want)
			}
		}
	}
	if !Default().EnableTimeAdjuster {
		t.Error("the adjuster is off")
	}
}

// Addresses are printed as MariaDB prints them.
func TestInet6(t *testing.T) {
	for want, words := range map[string][inet6Words]uint16{
		"::":                 {},
		"::1":                {7: 1},
		"1::":                {0: 1},
		"::ffff:1.2.3.4":     {5: 0xffff, 6: 0x102, 7: 0x304},
		"::1.2.3.4":          {6: 0x102, 7: 0x304},
		"::fffe:102:304":     {5: 0xfffe, 6: 0x102, 7: 0x304},
		"1::2:3:4:5:6:7":     {1, 0, 2, 3, 4, 5, 6, 7},
		"1:0:0:2::3":         {0: 1, 3: 2, 7: 3},
		"2001:db8::ff00:1":   {0: 0x2001, 1: 0xdb8, 6: 0xff00, 7: 1},
		"1:2:3:4:5:6:7:8":    {1, 2, 3, 4, 5, 6, 7, 8},
		"::1:0:1:0:1:0:1":    {1: 1, 3: 1, 5: 1, 7: 1},
		"a::b:0:0":           {0: 0xa, 5: 0xb},
		"1:2:3:4:5:6:7::":    {1, 2, 3, 4, 5, 6, 7, 0},
		"::2:3:4:5:6:7:8":    {1: 2, 2: 3, 3: 4, 4: 5, 5: 6, 6: 7, 7: 8},
		"::ffff:255.255.0.0": {5: 0xffff, 6: 0xffff},
		"1:2:3:4:5:6::":      {1, 2, 3, 4, 5, 6, 0, 0},
		"ffff:1:2:3:4:5:6:7": {0xffff, 1, 2, 3, 4, 5, 6, 7},
		"::5:0:0:6":          {4: 5, 7: 6},
	} {
		var raw [inet6Bytes]byte
		for i, w := range words {
			raw[2*i], raw[2*i+1] = byte(w>>8), byte(w)
		}
		if got := string(appendInet6(nil, &raw)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
