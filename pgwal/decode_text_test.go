package pgwal

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgtype"

	"cdc/event"
)

// columnOf makes a column of a built-in type.
func columnOf(tb testing.TB, oid uint32, mod int32) *event.Column {
	tb.Helper()
	f := fact("c", oid, mod)
	return columnOfFact(tb, &f)
}

// columnOfFact makes a column of what the catalogue says.
func columnOfFact(tb testing.TB, f *columnFact) *event.Column {
	tb.Helper()
	s, _ := makeSchema("app", "public", "t", []columnFact{*f}, nil, &event.Capture{UnknownTypes: true})
	return &s.Columns[0]
}

// extensions are the types that come with extensions.
var extensions = []string{"citext", "ltree", "hstore", "geometry", "geography", "vector", "halfvec", "sparsevec", "isbn13"}

func extensionFact(name string) *columnFact {
	const oid = firstUserOID + 7
	return &columnFact{Name: "c", TypeOID: oid, Mod: -1, TypeName: name, OwnName: name, BaseOID: oid, BaseMod: -1, BaseName: name, Kind: kindBase}
}

func arrayOf(f *columnFact) *columnFact {
	const oid = firstUserOID + 8
	return &columnFact{Name: "c", TypeOID: oid, Mod: -1, TypeName: f.TypeName + "[]", BaseOID: oid, BaseMod: -1, BaseName: "_" + f.BaseName, Kind: kindBase, Elem: f}
}

func show(v event.Value, arena []byte) string {
	switch {
	case v.Kind() == event.KindList:
		l := event.List(v.Bytes(arena))
		parts := make([]string, l.Len())
		for i := range parts {
			parts[i] = show(l.At(i), l)
		}
		return "[" + strings.Join(parts, " ") + "]"
	case v.IsNull():
		return "null"
	case v.Kind() == event.KindDecimal:
		return fmt.Sprintf("%de-%d", v.Int(), v.Scale())
	case v.Kind() == event.KindBytes || v.Kind() == event.KindBits:
		return fmt.Sprintf("%x", v.Bytes(arena))
	case v.HasText():
		return string(v.Bytes(arena))
	case v.Kind() == event.KindFloat32 || v.Kind() == event.KindFloat64:
		return fmt.Sprint(v.Float())
	default:
		return fmt.Sprint(v.Int())
	}
}

func numericMod(precision, scale int32) int32 { return precision<<16 + scale + 4 }

func TestText(t *testing.T) {
	for _, c := range []struct {
		oid        uint32
		mod        int32
		text, want string
	}{
		{pgtype.BoolOID, -1, "t", "1"},
		{pgtype.BoolOID, -1, "f", "0"},
		{pgtype.Int8OID, -1, "-9223372036854775808", "-9223372036854775808"},
		{pgtype.Int8OID, -1, "9223372036854775807", "9223372036854775807"},
		{pgtype.OIDOID, -1, "4294967295", "4294967295"},
		{pgtype.Float4OID, -1, "1.1", "1.100000023841858"},
		{pgtype.Float8OID, -1, "-Infinity", "-Inf"},
		{pgtype.Float8OID, -1, "1e-320", "1e-320"},
		{pgtype.NumericOID, -1, "1.10", "110e-2"},
		{pgtype.NumericOID, -1, "0", "0e-0"},
		{pgtype.NumericOID, -1, "-0.000000000000000001", "-0.000000000000000001"},
		{pgtype.NumericOID, -1, "123456789012345678", "123456789012345678e-0"},
		{pgtype.NumericOID, -1, "1234567890123456789", "1234567890123456789"},
		{pgtype.NumericOID, -1, "NaN", "NaN"},
		{pgtype.NumericOID, -1, "-Infinity", "-Infinity"},
		{pgtype.NumericOID, numericMod(10, 2), "-0.05", "-5e-2"},
		{pgtype.NumericOID, numericMod(10, 2), "7", "700e-2"},
		{pgtype.NumericOID, numericMod(38, 20), "1.5", "1.50000000000000000000"},
		{pgtype.NumericOID, numericMod(38, 20), "1", "1.00000000000000000000"},
		{pgtype.TextOID, -1, "ä€😀", "ä€😀"},
		{pgtype.ByteaOID, -1, `\x00fF`, "00ff"},
		{pgtype.ByteaOID, -1, `\x`, ""},
		{pgtype.JSONBOID, -1, `{"a": 1}`, `{"a": 1}`},
		{pgtype.UUIDOID, -1, "b68a35a7-17ad-35b3-af2a-ae46edb4545a", "b68a35a7-17ad-35b3-af2a-ae46edb4545a"},
		{pgtype.BitOID, 1, "1", "1"},
		{pgtype.VarbitOID, 1, "", "null"},
		{pgtype.BitOID, 12, "001000000001", "0102"},
		{pgtype.BitOID, 8, "00000000", ""},
		{pgtype.DateOID, -1, "1970-01-01", "0"},
		{pgtype.DateOID, -1, "2000-02-29", "11016"},
		{pgtype.DateOID, -1, "4714-11-24 BC", "-2440588"},
		{pgtype.DateOID, -1, "5874897-12-31", "2145042905"},
		{pgtype.DateOID, -1, "infinity", "-2147472692"},
		{pgtype.TimeOID, -1, "24:00:00", "86400000000"},
		{pgtype.TimeOID, -1, "00:00:00.000001", "1"},
		{pgtype.TimetzOID, -1, "01:00:00.1+05:45", "19:15:00.1Z"},
		{pgtype.TimetzOID, -1, "24:00:00-03", "03:00:00Z"},
		{pgtype.TimetzOID, -1, "00:00:00+15:59:59", "08:00:01Z"},
		{pgtype.TimetzOID, -1, "00:00:00.000001+00", "00:00:00.000001Z"},
		{pgtype.TimetzOID, -1, "00:00:00.10001+00", "00:00:00.10001Z"},
		{pgtype.TimestampOID, -1, "1969-12-31 23:59:59.999999", "-1"},
		{pgtype.TimestampOID, -1, "infinity", "9223372036854775807"},
		{pgtype.TimestamptzOID, -1, "-infinity", "-9223372036854775808"},
		{pgtype.TimestamptzOID, -1, "1970-01-01 00:00:00+00", "0"},
		{pgtype.TimestamptzOID, -1, "1900-01-01 00:00:00+00:19:32", "-2208989972000000"},
		{pgtype.TimestamptzOID, -1, "0001-12-31 23:59:59.999+00 BC", "-62135596800001000"},
		{pgtype.IntervalOID, -1, "1 year 2 mons 3 days 04:05:06.789", "[14 3 14706789000]"},
		{pgtype.IntervalOID, -1, "-1 years -2 mons +3 days -04:05:06.000001", "[-14 3 -14706000001]"},
		{pgtype.IntervalOID, -1, "00:00:00", "[0 0 0]"},
		{pgtype.IntervalOID, -1, "1 mon", "[1 0 0]"},
		{pgtype.IntervalOID, -1, "-36:00:00.5", "[0 0 -129600500000]"},
		{pgtype.IntervalOID, -1, "infinity", "[0 0 0]"},
	} {
		read, err := compileText(&columnOf(t, c.oid, c.mod).Type, nil)
		if err != nil {
			t.Fatal(err)
		}
		var b event.Batch
		v, err := read(&b, []byte(c.text))
		if got := show(v, b.Arena); err != nil || got != c.want {
			t.Errorf("type %d, %q: got %s, %v, want %s", c.oid, c.text, got, err, c.want)
		}
	}
}

func TestBadText(t *testing.T) {
	for oid, texts := range map[uint32][]string{
		pgtype.BoolOID:   {"", "true", "1"},
		pgtype.Int8OID:   {"", "-", "+1", "1x", "9223372036854775808", "-9223372036854775809", "99999999999999999999", "1 "},
		pgtype.Float8OID: {"", "1,5", "0.0000000000000000000000000000000001", "1e999"},
		// 2 digits behind the point, see below
		pgtype.NumericOID:     {"", "-", ".", "1e5", "1.234", "1..2", "--1", "nan", "+1"},
		pgtype.TextOID:        {"\xff", "a\xc3"},
		pgtype.JSONOID:        {"\xff"},
		pgtype.ByteaOID:       {"", "abc", `\x0`, `\xzz`, `\001`},
		pgtype.UUIDOID:        {"", "b68a35a717ad35b3af2aae46edb4545a", "b68a35a7-17ad-35b3-af2a-ae46edb4545", "b68a35a7-17ad-35b3-af2a-ae46edb4545g", "b68a35a7-17ad-35b3-af2a-ae46edb45-5a"},
		pgtype.BitOID:         {"12", "1a"},
		pgtype.DateOID:        {"", "now", "99-01-01", "2021-02-29", "1900-02-29", "2021-13-01", "2021-00-10", "2021-01-32", "01/02/2021", "2021-1-1", "12345678-01-01", "2021-01-01 AD"},
		pgtype.TimeOID:        {"", "24:00:01", "1:00:00", "12:60:00", "12:00:60", "12:00", "12:00:00.", "12:00:00.1234567", "12:00:00Z"},
		pgtype.TimetzOID:      {"12:00:00", "12:00:00+1", "12:00:00+24", "12:00:00+01:60", "12:00:00+01:", "12:00:00+01:00:00:00"},
		pgtype.TimestampOID:   {"", "2021-01-01", "2021-01-01T00:00:00", "2021-01-01 00:00:00+00", "294247-01-11 00:00:00", "Infinity"},
		pgtype.TimestamptzOID: {"2021-01-01 00:00:00", "2021-01-01 00:00:00+", "2021-01-01 00:00:00+aa"},
		pgtype.IntervalOID:    {"1", "1 fortnight", "x days", "@ 1 day", "P1D", "1:00:00", "01:00:00 1 day", "01:00:00.x", "+-1 days", "99999999999 days", "9999999999999999:00:00", "2562047788:00:54.775808"},
	} {
		mod := int32(-1)
		switch oid {
		case pgtype.NumericOID:
			mod = numericMod(10, 2)
		case pgtype.BitOID:
			mod = 8
		}
		read, err := compileText(&columnOf(t, oid, mod).Type, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			b := event.Batch{Arena: []byte("kept")}
			v, err := read(&b, []byte(text))
			if err == nil {
				t.Errorf("type %d: %q is taken for %s", oid, text, show(v, b.Arena))
			} else if len(text) > 3 && strings.Contains(err.Error(), text) {
				t.Errorf("type %d: the error %q quotes the value", oid, err)
			}
			if string(b.Arena) != "kept" {
				t.Errorf("type %d: %q left %q in the arena", oid, text, b.Arena)
			}
		}
	}
}

func TestDefaults(t *testing.T) {
	for _, c := range []struct {
		oid        uint32
		mod        int32
		expr, want string // "-" for none
	}{
		{pgtype.Int4OID, -1, "5", "5"},
		{pgtype.Int4OID, -1, "'-1'::integer", "-1"},
		{pgtype.Int4OID, -1, "(-1)", "-1"},
		{pgtype.Int8OID, -1, "'9223372036854775807'::bigint", "9223372036854775807"},
		{pgtype.Int4OID, -1, "(1 + 2)", "-"},
		{pgtype.Int4OID, -1, "nextval('t_id_seq'::regclass)", "0"},
		{pgtype.Int4OID, -1, "NULL::integer", "-"},
		{pgtype.Int4OID, -1, "", "-"},
		{pgtype.OIDOID, -1, "5", "-"},
		{pgtype.BoolOID, -1, "true", "1"},
		{pgtype.BoolOID, -1, "false", "0"},
		{pgtype.BoolOID, -1, "pg_is_in_recovery()", "0"},
		{pgtype.NumericOID, numericMod(6, 2), "1.5", "150e-2"},
		{pgtype.NumericOID, numericMod(6, 2), "1.555", "156e-2"},
		{pgtype.NumericOID, numericMod(6, 2), "'-7.125'::numeric", "-713e-2"},
		{pgtype.NumericOID, numericMod(6, 2), "random()", "0e-2"},
		{pgtype.NumericOID, -1, "2.50", "250e-2"},
		{pgtype.NumericOID, -1, "'-12'::numeric", "-12e-0"},
		{pgtype.NumericOID, -1, "random()", "0e-0"},
		{pgtype.NumericOID, -1, "'NaN'::numeric", "-"},
		{pgtype.NumericOID, numericMod(6, 2), "'1e9999'::numeric", "-"},
		{pgtype.Float8OID, -1, "1.25", "1.25"},
		{pgtype.Float8OID, -1, "'NaN'::double precision", "NaN"},
		{pgtype.VarcharOID, 14, "'x'::character varying", "x"},
		{pgtype.TextOID, -1, "'a''b'::text", "a"},
		{pgtype.TextOID, -1, "lower('AB'::text)", ""},
		{pgtype.TextOID, -1, "app.make_name()", ""},
		{pgtype.TextOID, -1, "CURRENT_USER", ""},
		{pgtype.TextOID, -1, "('a'::text || 'b'::text)", "-"},
		{pgtype.TextOID, -1, "'a'::text || 'b'::text", "a"},
		{pgtype.TextOID, -1, "'open", "-"},
		{pgtype.NameOID, -1, "'x'::name", "-"},
		{pgtype.ByteaOID, -1, `'\x01'::bytea`, "-"},
		{pgtype.JSONBOID, -1, `'{"a": 1}'::jsonb`, `{"a": 1}`},
		{pgtype.JSONBOID, -1, "jsonb_build_object()", "{}"},
		{pgtype.UUIDOID, -1, "gen_random_uuid()", "00000000-0000-0000-0000-000000000000"},
		{pgtype.UUIDOID, -1, "'b68a35a7-17ad-35b3-af2a-ae46edb4545a'::uuid", "b68a35a7-17ad-35b3-af2a-ae46edb4545a"},
		{pgtype.BitOID, 4, `'0101'::"bit"`, "05"},
		{pgtype.BitOID, 4, "B'0101'::\"bit\"", "05"},
		{pgtype.BitOID, 1, "'1'::\"bit\"", "1"},
		{pgtype.DateOID, -1, "'2020-01-01'::date", "18262"},
		{pgtype.DateOID, -1, "CURRENT_DATE", "0"},
		{pgtype.DateOID, -1, "('now'::text)::date", "-"},
		{pgtype.TimestampOID, -1, "LOCALTIMESTAMP", "0"},
		{pgtype.TimestampOID, -1, "CURRENT_TIMESTAMP(3)", "0"},
		{pgtype.TimestampOID, -1, "(now() + '1 day'::interval)", "0"},
		{pgtype.TimestamptzOID, -1, "'2020-01-01 00:00:00+01'::timestamp with time zone", "1577833200000000"},
		{pgtype.TimeOID, -1, "'01:02:03'::time without time zone", "3723000000"},
		{pgtype.TimetzOID, -1, "'01:02:03+00'::time with time zone", "-"},
		{pgtype.IntervalOID, -1, "'1 day'::interval", "[0 1 0]"},
	} {
		d := parseDefault(c.expr, &columnOf(t, c.oid, c.mod).Type)
		got := "-"
		if d != nil {
			got = show(d.Value, d.Text)
		}
		if got != c.want {
			t.Errorf("type %d, %q: got %s, want %s", c.oid, c.expr, got, c.want)
		}
	}
}

func TestDefaultOfAnEnum(t *testing.T) {
	f := columnFact{Name: "size", Enum: []string{"s", "m"}, Default: "'m'::sz"}
	if ty, _ := f.eventType(); ty.Default == nil || string(ty.Default.Text) != "m" {
		t.Errorf("got %+v", ty.Default)
	}
	f.Default, f.TypeOID = "'m'::sz", 20000 // a domain over it
	if ty, _ := f.eventType(); ty.Default != nil {
		t.Error("Debezium knows no default of a column that has a domain for its type")
	}
}
