package expr

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"cdc/event"
	"cdc/internal/cdctest"
	"cdc/transform/rulefile"
)

func testLanguage(t testing.TB) *Language {
	t.Helper()
	l, err := NewLanguage(Options{
		Now:    func() time.Time { return time.UnixMicro(1_700_000_000_123_456) },
		Secret: func(env string) ([]byte, bool) { return []byte("k"), env == "PII_KEY" },
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func testTable(s *event.Schema) *Table {
	return &Table{Schema: s, Topic: "pre.shop.orders", Name: "pre", Version: "3.0"}
}

// show prints a value: its kind by its form.
func show(b *event.Batch, v event.Value) string {
	switch v.Kind() {
	case event.KindNull:
		return "null"
	case event.KindBool:
		return strconv.FormatBool(v.Bool())
	case event.KindUint:
		return fmt.Sprint(v.Uint(), "u")
	case event.KindFloat32, event.KindFloat64:
		return fmt.Sprintf("%g double", v.Float())
	case event.KindDecimal:
		return string(decimal{unscaled: v.Int(), scale: v.Scale()}.append(nil)) + " decimal"
	case event.KindBigDecimal:
		return string(b.Bytes(v)) + " decimal"
	case event.KindString, event.KindJSON, event.KindUUID:
		return strconv.Quote(string(b.Bytes(v)))
	case event.KindBytes:
		return fmt.Sprintf("b%q", b.Bytes(v))
	case event.KindInstant:
		return time.UnixMicro(v.Int()).UTC().Format(time.RFC3339Nano)
	case event.KindInt:
		return strconv.FormatInt(v.Int(), 10)
	default:
		return fmt.Sprint("kind ", v.Kind(), " ", v.Int())
	}
}

// result evaluates an output expression on a row: "refused: ..." when it can't be
// bound, "error: ..." when the row has no answer.
func result(t *testing.T, l *Language, tab *Table, text string, b *event.Batch, r *event.Row) (got string, simple bool) {
	t.Helper()
	var rep rulefile.Report
	c := l.CheckValue(rulefile.NewExpr("r.yaml", text), tab, &rep)
	if c == nil {
		return "refused: " + rep.Err().Error(), false
	}
	get, simple, err := c.Compile(tab, r.Op)
	if err != nil {
		t.Fatalf("%s: compile: %v", text, err)
	}
	v, err := get(b, r)
	if err != nil {
		return "error: " + err.Error(), simple
	}
	typ := c.Type()
	if k := v.Kind(); k != event.KindNull && k != typ.Kind && (typ.Kind != event.KindDecimal || k != event.KindBigDecimal) {
		t.Errorf("%s: the type is of kind %d, the value of kind %d", text, typ.Kind, k)
	}
	if !typ.Nullable() {
		t.Errorf("%s: the field doesn't take NULL", text)
	}
	return show(b, v), simple
}

// sampleRow is an insert into the table of all kinds.
func sampleRow(s *event.Schema) *event.Batch {
	return cdctest.NewBatch().Insert(s, 7, "Ship", nil, uint64(5), float32(0.5), 2.5, "12.50", true,
		[]byte{0, 255}, 1_700_000_000_123_456, 19_000, `{"a":{"b":[1,2.5,"x"]},"n":null}`).Batch()
}

func TestValues(t *testing.T) {
	l, tab := testLanguage(t), testTable(cdctest.KindsTable(false))
	tests := []struct{ text, want string }{
		{`after.id`, "7"},
		{`row.status`, `"Ship"`},
		{`key.id`, "7"},
		{`value.after.id`, "7"},
		{`value["after"]["id"]`, "7"},
		{`value.op + value.source.table`, `"corders"`},
		{`value.ts_ms`, "1700000000123"},
		{`value.ts_us`, "1700000000123456"},
		{`ts`, "1970-01-01T00:00:01Z"},
		{`topic`, `"pre.shop.orders"`},
		{`op`, `"c"`},
		{`after.note`, "null"},
		{`after.day`, "kind 14 19000"},
		{`after.f`, "0.5 double"},
		{`"#" + after.status + "-" + string(after.id) + "-" + string(after.u) + string(after.flag) + string(after.total)`, `"#Ship-7-5true12.50"`},
		{`after.note + "x"`, "error: a NULL (or a time outside of the years 1 to 9999) was used where a value is needed (compare the column with null first)"},
		{`after.status.lowerAscii()`, `"ship"`},
		{`(after.status + "x").upperAscii() + after.status`, `"SHIPXShip"`},
		{`after.id > 5 ? after.status : "small"`, `"Ship"`},
		{`after.id > 5 ? null : after.id`, "null"},
		{`after.?note.orValue("none")`, `"none"`},
		{`before.?id.orValue(0)`, "0"},
		{`after.?total.orValue(0)`, "12.50 decimal"},
		{`before.?total.orValue(0)`, "0 decimal"},
		{`after[?"u"].orValue(0)`, "5u"},
		{`after.?id.optMap(x, x * 2).orValue(0)`, "14"},
		{`after.?note.hasValue()`, "false"},
		{`coalesce(before.status, after.note, after.status, "x")`, `"Ship"`},
		{`coalesce(after.note, "x") + "y"`, `"xy"`},
		{`coalesce(before.total, 0)`, "0 decimal"},
		{`coalesce(old("id"), after.id)`, "7"},
		{`after.id * 2 + 1`, "15"},
		{`after.total * 2 + decimal("0.05")`, "25.05 decimal"},
		{`after.total * after.id - after.u`, "82.50 decimal"},
		{`double(after.total)`, "12.5 double"},
		{`int(after.total)`, "12"},
		{`int(decimal("-12.9"))`, "-12"},
		{`string(decimal("-0.05"))`, `"-0.05"`},
		{`decimal(after.total) >= decimal("12") ? "high" : "low"`, `"high"`},
		{`decimal("99999999999999999999.5")`, "99999999999999999999.5 decimal"},
		{`changed("id")`, "false"},
		{`before == null`, "true"},
		{`after.flag && after.id == 7`, "true"},
		{`is_insert() ? "new" : "old"`, `"new"`},
		{`source.version + source.connector + source.name + source.db + source.table + source.schema`, `"3.0mysqlpreshoporders"`},
		{`source.ts_ms`, "1000"},
		{`source.ts_us`, "1000000"},
		{`source.ts_ns`, "1000000000"},
		{`source.snapshot`, `"false"`},
		{`source.file + ":" + string(source.pos) + ":" + string(source.row)`, `"binlog.000001:100:0"`},
		{`source.gtid`, "null"},
		{`source.?gtid.orValue("-")`, `"-"`},
		{`source.sequence`, "null"},
		{`source.query`, "null"},
		{`source.thread`, "null"},
		{`source.server_id`, "0"},
		{`transaction.id`, "null"},
		{`transaction == null`, "true"},
		{`sha256("a")`, `"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"`},
		{`sha512("a").size()`, "128"},
		{`md5(b"a")`, `"0cc175b9c0f1b6a831c399e269772661"`},
		{`hmac_sha256(after.status, "PII_KEY")`, `"bc595ae6c67b67db016056561b3f68d29a08d015ef1c559fc7c5c041abedfa54"`},
		{`hmac_sha512(after.raw, "PII_KEY").size()`, "128"},
		{`mask(after.status, 2)`, `"**ip"`},
		{`mask("äöü", 1)`, `"**ü"`},
		{`mask("ab", -1)`, `"**"`},
		{`mask("ab", 5)`, `"ab"`},
		{`uuid5("dns", "www.example.com")`, `"2ed6657d-e927-568b-95e1-2665a8aea6a2"`},
		{`uuid5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com")`, `"2ed6657d-e927-568b-95e1-2665a8aea6a2"`},
		{`string(json(after.doc).a.b[2])`, `"x"`},
		{`int(json(after.doc).a.b[0])`, "1"},
		{`string(json(after.doc).?z.orValue("none"))`, `"none"`},
		{`to_json(json(after.doc))`, `"{\"a\":{\"b\":[1,2.5,\"x\"]},\"n\":null}"`},
		{
			`to_json({"id": after.id, "total": after.total, "at": after.at, "t": "<ü>", "raw": after.raw, "n": after.note})`,
			`"{\"at\":\"2023-11-14T22:13:20.123456Z\",\"id\":7,\"n\":null,\"raw\":\"AP8=\",\"t\":\"<ü>\",\"total\":12.50}"`,
		},
		{`json(after.doc).a.b.exists(x, x == "x")`, "true"},
		{`has(json(after.doc).a.c)`, "false"},
		{`json(after.doc).a.b.map(x, string(x)).join(",")`, `"1,2.5,x"`},
		{`to_json(json(after.doc).a.b.filter(x, x != "x").map(x, {"v": x}))`, `"[{\"v\":1},{\"v\":2.5}]"`},
		{`after.status.split("").all(s, s in ["S", "h", "i", "p"]) && json(after.doc).a.b.exists(t, t == 1)`, "true"},
		{
			`"x" + after.status + after.status + after.status + string(after.id) + string(after.id) + after.status + after.status + after.status + after.status + after.status +
			after.status + after.status + after.status + after.status + after.status + after.status + after.status + after.status + after.status`,
			`"xShipShipShip77ShipShipShipShipShipShipShipShipShipShipShipShipShipShip"`,
		},
		{`format_time(after.at, "%Y-%m-%d %H:%M:%S.%L|%f|%j|%%")`, `"2023-11-14 22:13:20.123|123456|318|%"`},
		{`date(after.at)`, `"2023-11-14"`},
		{`date(ts)`, `"1970-01-01"`},
		{`unix_ms(after.at)`, "1700000000123"},
		{`from_unix_ms(after.id)`, "1970-01-01T00:00:00.007Z"},
		{`parse_time("2024/02/29 12:30", "%Y/%m/%d %H:%M")`, "2024-02-29T12:30:00Z"},
		{`parse_time("20240229123001.5", "%Y%m%d%H%M%S.%f")`, "error: a text isn't a time of the layout"},
		{`parse_time("20240229T123001250", "%Y%m%dT%H%M%S%L")`, "2024-02-29T12:30:01.25Z"},
		{`after.at + duration("1h")`, "2023-11-14T23:13:20.123456Z"},
		{`after.at - after.at`, "kind 15 0"},
		{`after.status.replace("i", "ii").split("i").join("-")`, `"Sh--p"`},
		{`after.status.substring(1, 3) + after.status.charAt(0)`, `"hiS"`},
		{`math.greatest(after.id, 3)`, "7"},
		{`base64.encode(after.raw)`, `"AP8="`},
		{`"%s-%d".format([after.status, after.id])`, `"Ship-7"`},
		{`string(after.id)`, `"7"`},
		{`b"x"`, `b"x"`},
		{`1u`, "1u"},
		{`1.5`, "1.5 double"},
		{`decimal(after.status)`, "error: the text isn't a decimal number"},
		{`json(after.status)`, "refused: r.yaml:1:1: a field can't be dyn (write string(...), int(...) or another type around it)"},
		{`int(json(after.status))`, "error: a text isn't JSON (test the column first, or let on_error say what becomes of the row)"},
		{`[1]`, "refused: r.yaml:1:1: a field can't be list(int) (write to_json(...) around it)"},
		{`null`, "refused: r.yaml:1:1: a field can't be null (it would always be NULL)"},
		{`after.?id`, "7"},
		{`before.?id`, "null"},
		{`after.?day`, "kind 14 19000"},
		{`after.id > 9 ? optional.of(5) : optional.none()`, "null"},
		{`after.id < 9 ? optional.of("a" + after.status) : optional.none()`, `"aShip"`},
		{`after.id < 9 ? null : 5`, "refused: r.yaml:1:14: \"? :\" can't be applied to bool, null, int (write optional.none() for it, and optional.of(...) around the other)"},
		{`json(after.doc).?a`, "refused: r.yaml:1:1: a field can't be optional dyn (write string(...), int(...) or another type around it)"},
		{`after`, "refused: r.yaml:1:1: after can't be used as a whole (write after.column, or compare it with null)"},
	}
	for _, tt := range tests {
		b := sampleRow(tab.Schema)
		if got, _ := result(t, l, tab, tt.text, b, &b.Rows[0]); got != tt.want {
			t.Errorf("%s\ngot  %s\nwant %s", tt.text, got, tt.want)
		}
	}
}
