package dryrun

import (
	"bytes"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"cdc/event"
)

// sampleTypes has a type of every kind and logical type.
func sampleTypes() []event.Type {
	text := func(k event.Kind, s string) *event.Default {
		return &event.Default{Value: event.Text(k, 0, len(s)), Text: []byte(s)}
	}
	num := func(v event.Value) *event.Default { return &event.Default{Value: v} }
	var b event.Batch
	list := b.PutList(0, []event.Value{b.Put(event.KindString, []byte("a")), event.Null})
	return []event.Type{
		{Kind: event.KindBool, Native: "boolean", Default: num(event.Bool(true))},
		{Kind: event.KindInt, Native: "bigint", Flags: event.AutoIncrement, Declared: event.Declared{Name: "BIGINT", Length: event.NoLength, Scale: event.NoLength}, Default: num(event.Int(math.MinInt64))},
		{Kind: event.KindUint, Native: "bigint unsigned", Flags: event.Unsigned, Default: num(event.Uint(math.MaxUint64))},
		{Kind: event.KindInt, Logical: event.LogicalYear, Flags: event.Generated | event.Invisible},
		{Kind: event.KindFloat32, Default: num(event.Float32(float32(math.NaN())))},
		{Kind: event.KindFloat64, Default: num(event.Float64(-0.1))},
		{Kind: event.KindDecimal, Precision: 10, Scale: 2, Default: num(event.Decimal(-1250, 2))},
		{Kind: event.KindDecimal, Precision: -1, Default: text(event.KindBigDecimal, "12345678901234567890.5")},
		{Kind: event.KindDecimal, Logical: event.LogicalMoney, Scale: 2},
		{Kind: event.KindString, Charset: "utf8mb4", Length: 20, Comment: "a \"comment\"", Default: text(event.KindString, "new")},
		{Kind: event.KindString, Logical: event.LogicalEnum, Symbols: []string{"a", "b,c"}, Default: text(event.KindString, "a")},
		{Kind: event.KindBytes, Default: text(event.KindBytes, "\xff\x00")},
		{Kind: event.KindJSON, Default: text(event.KindJSON, "{}")},
		{Kind: event.KindUUID},
		{Kind: event.KindBits, Length: 9},
		{Kind: event.KindDate, Default: num(event.Of(event.KindDate, -1))},
		{Kind: event.KindTime, Precision: 3},
		{Kind: event.KindLocal, Precision: 6},
		{Kind: event.KindInstant, Precision: -1, Default: num(event.Of(event.KindInstant, event.Infinity))},
		{Kind: event.KindList, Logical: event.LogicalArray, Elem: &event.Type{Kind: event.KindString, Flags: event.Nullable}, Default: &event.Default{Value: list, Text: b.Arena}},
		{Kind: event.KindList, Logical: event.LogicalInterval},
		{Kind: event.KindList, Logical: event.LogicalHstore},
		{Kind: event.KindList, Logical: event.LogicalPoint},
		{Kind: event.KindList, Logical: event.LogicalGeometry},
		{Kind: event.KindList, Logical: event.LogicalSparseVector},
		{Kind: event.KindString, Default: num(event.Null), Flags: event.Nullable},
	}
}

func randomSchema(r *rand.Rand) *event.Schema {
	types := sampleTypes()
	s := &event.Schema{Database: "app", Namespace: "shop", Table: string(rune('a' + r.IntN(26))), Version: 1, Old: event.OldRows(r.IntN(len(oldWords)))}
	n := 1 + r.IntN(len(types))
	s.Width = n + r.IntN(3)
	for i, ord := range r.Perm(s.Width)[:n] {
		s.Columns = append(s.Columns, event.Column{Name: string(rune('a'+i)) + "_", Ord: ord, Type: types[r.IntN(len(types))]})
	}
	for _, i := range r.Perm(n)[:r.IntN(n)] {
		s.Key = append(s.Key, s.Columns[i])
	}
	if s.Old == event.OldKey {
		s.OldColumns = []int{r.IntN(s.Width)}
	}
	return s
}

// What is written is read back as it was.
func TestDumpRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		s := randomSchema(r)
		var buf bytes.Buffer
		if err := (&Dump{connectorPostgres, []*event.Schema{s}}).Write(&buf); err != nil {
			t.Fatal(err)
		}
		got, err := ReadDump(&buf)
		if err != nil {
			t.Fatal(err)
		}
		if !got.Tables[0].Equal(s) || got.Connector != connectorPostgres {
			t.Fatalf("got %+v, want %+v", got.Tables[0], s)
		}
	}
}

func TestDumpRefuses(t *testing.T) {
	const head = `{"format":"cdc-tables","version":1,"connector":"mysql","tables":[`
	table := func(columns string) string {
		return head + `{"database":"shop","table":"orders","key":[],"old_rows":"full","width":1,"columns":[` + columns + `]}]}`
	}
	for text, want := range map[string]string{
		``:                                    "not a schema dump",
		`{"a":1}`:                             "its format isn't",
		`{"format":"cdc-tables","version":2}`: "version 2, and this cdc reads version 1",
		`{"format":"cdc-tables","version":1,"connector":"oracle"}`:                                           `connector "oracle"`,
		`{"format":"cdc-tables","version":1,"tabels":[]}`:                                                    `unknown field "tabels"`,
		head + `{"table":"orders"}]}`:                                                                        "lacks a name",
		table(`{"name":"id","ord":1,"type":{"kind":"int"}}`):                                                 "column 0 has no name or number of its own",
		table(`{"name":"id","ord":0,"type":{"kind":"integer"}}`):                                             `kind "integer" isn't known`,
		table(`{"name":"id","ord":0,"type":{"kind":"list"}}`):                                                "don't go together",
		table(`{"name":"id","ord":0,"type":{"kind":"int","default":{"kind":"string"}}}`):                     "isn't of its type",
		table(`{"name":"id","ord":0,"type":{"kind":"int","flags":["null"]}}`):                                `flag "null"`,
		table(`{"name":"id","ord":0,"type":{"kind":"int","precision":99999}}`):                               "out of range",
		table(`{"name":"id","ord":0,"type":{"kind":"list","logical":"interval","default":{"kind":"list"}}}`): "isn't of its type",
	} {
		if _, err := ReadDump(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

// A dump that is read can be written and read again.
func FuzzReadDump(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 5 {
		var buf bytes.Buffer
		if err := (&Dump{connectorPostgres, []*event.Schema{randomSchema(r)}}).Write(&buf); err != nil {
			f.Fatal(err)
		}
		f.Add(buf.Bytes())
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := ReadDump(bytes.NewReader(text))
		if err != nil {
			return
		}
		var buf bytes.Buffer
		if err := d.Write(&buf); err != nil {
			t.Fatal(err)
		}
		again, err := ReadDump(&buf)
		if err != nil || len(again.Tables) != len(d.Tables) {
			t.Fatalf("read again: %v", err)
		}
	})
}
